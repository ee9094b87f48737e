"""Where partners' systems are told of their files, what they were told, and how that went."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.mapping.connections import Connection
from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from gateway.schema.application import Application
from gateway.schema.country import Country
from models import Application as ApplicationRow
from models import Country as CountryRow
from models import WebhookDelivery as DeliveryRow
from models import WebhookEndpoint as Row
from models import WebhookNotice as NoticeRow
from models.vocabulary import NoticeState, Stage, WebhookState
from models.webhooks.tables import FAILING_DAYS, TRIED_DAYS


@noun(key=DeliveryRow.endpoint_id)
class WebhookDelivery:
    """How an endpoint does."""

    last_number: int = column(DeliveryRow.last_number, "The number of its last notice.")
    delivered_at: datetime | None = column(DeliveryRow.delivered_at, "When it last took one.")
    failures: int = column(
        DeliveryRow.failures, "How many attempts have failed since then; zero while all is well."
    )
    failing_since: datetime | None = column(DeliveryRow.failing_since, "Since when they fail.")
    failure: str | None = column(
        DeliveryRow.failure, "Why the last one failed: a status, or a kind of error."
    )
    disabled_at: datetime | None = column(
        DeliveryRow.disabled_at,
        f"Since when it is told nothing: it failed for {FAILING_DAYS} days, or said that it is"
        " gone. It goes on when somebody resumes it.",
    )


@noun(key=NoticeRow.id)
class WebhookNotice(Node):
    """A notice that a file is in another stage. It is kept for thirty days."""

    number: int = column(NoticeRow.number, "Its number at its endpoint: there are no gaps.")
    stage: Stage = column(NoticeRow.stage, "The stage that it tells.")
    application: Application | None = link(
        NoticeRow.application_id,
        ApplicationRow.id,
        "The file; null once it is out of your reach.",
    )
    written_at: datetime = column(
        NoticeRow.written_at, "When it was written.", filters=True, orders=True
    )
    state: NoticeState = column(NoticeRow.state, "What became of it.", filters=True)
    settled_at: datetime | None = column(NoticeRow.settled_at, "When that was.")
    attempts: int = column(NoticeRow.attempts, "How often it was sent.")
    failure: str | None = column(NoticeRow.failure, "Why the last attempt failed.")
    endpoint: Annotated["WebhookEndpoint", strawberry.lazy("gateway.schema.webhook")] = link(
        NoticeRow.endpoint_id, Row.id, "Where it goes."
    )


@noun(key=Row.id)
class WebhookEndpoint(Node):
    """Where the system of a partner is told of its files in a country."""

    country: Country = link(Row.country_code, CountryRow.code, "Of which country's files.")
    url: str = column(Row.url, "Where notices go.")
    state: WebhookState = column(Row.state, "Where it stands.", filters=True)
    registered_by: str = column(Row.registered_by, "Subject who registered it.")
    registered_at: datetime = column(Row.registered_at, "When that was.", orders=True)
    approved_by: str | None = column(Row.approved_by, "Subject who approved it.")
    approved_at: datetime | None = column(Row.approved_at, "When that was.")
    secret_at: datetime = column(Row.secret_at, "Since when its secret is what it is.")
    paused_by: str | None = column(Row.paused_by, "Subject who paused it.")
    paused_at: datetime | None = column(Row.paused_at, "Since when it is paused.")
    resumed_at: datetime | None = column(Row.resumed_at, "When it was last resumed.")
    removed_by: str | None = column(Row.removed_by, "Subject who removed it.")
    removed_at: datetime | None = column(Row.removed_at, "When that was.")
    delivery: WebhookDelivery | None = link(
        Row.id, DeliveryRow.endpoint_id, "How it does; null before its first notice."
    )
    notices: Connection[WebhookNotice] = pages(
        Row.id,
        NoticeRow.endpoint_id,
        f"What it is told, in order; what was not taken for {TRIED_DAYS} days is dead.",
        order=NoticeRow.number,
    )
