"""Mutations of supervision over those who read people: inquiries, their reviews, and alerts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.supervision import alerts, inquiries
from gateway.mutations.supervision.requests import (
    ApproveInquiry,
    CloseAlert,
    OpenInquiry,
    ReviewInquiry,
    SupervisionRequest,
)
from models.life import Refusal
from models.reference.data import values

#: Takes the transaction, the request and the reasons found so far; returns the key of what changed.
Effect = Callable[[WriteTransaction, Any, Reasons], Awaitable[str]]

EFFECTS: Mapping[type[SupervisionRequest], Effect] = {
    CloseAlert: alerts.close,
    OpenInquiry: inquiries.open_inquiry,
    ApproveInquiry: inquiries.approve,
    ReviewInquiry: inquiries.review,
}


async def supervise(transaction: WriteTransaction, request: SupervisionRequest) -> Outcome:
    """Raises RefusedError if the request is not valid."""
    reasons = Reasons(request.faults)
    if request.reason is not None and not 0 < len(request.reason) <= values.LONGEST_REASON:
        limits = {"most": values.LONGEST_REASON}
        reasons.add(Refusal.INVALID, "reason", rule="reason", limits=limits)
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, reasons))])
