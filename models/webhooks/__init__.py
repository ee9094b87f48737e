"""Notices to the systems of partners: where they go, how they are signed, and how they are sent."""

from models.webhooks.tables import (
    WebhookCursor,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookKey,
    WebhookNotice,
)

__all__ = [
    "WebhookCursor",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookKey",
    "WebhookNotice",
]
