"""Mutations about breaches: each is recorded, its notices are, and somebody else closes it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row
from models import Breach
from models.life import Refusal
from models.row_keys import new_key
from models.vocabulary import NoticeReach


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRequest(Request):
    """A breach, or what is written of one that is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBreach(BreachRequest):
    description: str
    noticed_at: datetime
    window_from: datetime
    window_before: datetime
    viewer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachStep(BreachRequest):
    """What is written of a breach that is there, each once."""

    #: None if the id was malformed.
    breach: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyInstitution(BreachStep):
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyPeople(BreachStep):
    notice: str
    people: int
    reached: NoticeReach
    in_english: str
    in_indonesian: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBreach(BreachStep):
    reason: str


async def record_breach(
    transaction: WriteTransaction, request: RecordBreach, reasons: Reasons
) -> str:
    """Record a breach. The database computes by when others are told of it."""
    if not request.window_from <= request.noticed_at <= datetime.now(UTC):
        reasons.add(Refusal.INVALID, "noticedAt", rule="noticed_at")
    if request.window_before <= request.window_from:
        reasons.add(Refusal.INVALID, "windowBefore", rule="window")
    reasons.refuse_if_any()
    new = {
        "id": new_key(),
        "description": request.description,
        "noticed_at": request.noticed_at,
        "window_from": request.window_from,
        "window_before": request.window_before,
        "viewer": request.viewer,
        "recorded_by": transaction.viewer.subject,
    }
    transaction.insert(Breach, new)
    return str(new["id"])


async def notify_institution(
    transaction: WriteTransaction, request: NotifyInstitution, reasons: Reasons
) -> str:
    """Record that the institution was told of a breach."""
    breach = await _lock_breach(transaction, request, reasons)
    if breach is not None and breach.institution_notified_by is not None:
        reasons.add(Refusal.ALREADY_NOTIFIED, "breachId")
    written = {
        "institution_notice": request.notice,
        "institution_notified_by": transaction.viewer.subject,
    }
    return _write_step(transaction, request, written, reasons)


async def notify_people(
    transaction: WriteTransaction, request: NotifyPeople, reasons: Reasons
) -> str:
    """Record that the people were told of a breach. The database tells whom the log has."""
    breach = await _lock_breach(transaction, request, reasons)
    if breach is not None and breach.people_notified_by is not None:
        reasons.add(Refusal.ALREADY_NOTIFIED, "breachId")
    written = {
        "people_notice": request.notice,
        "notice_in_english": request.in_english,
        "notice_in_indonesian": request.in_indonesian,
        "people_reached": request.reached,
        "people_notified": request.people,
        "people_notified_by": transaction.viewer.subject,
    }
    return _write_step(transaction, request, written, reasons)


async def close_breach(
    transaction: WriteTransaction, request: CloseBreach, reasons: Reasons
) -> str:
    """Close a breach of which everybody was told, as somebody who had no part in it."""
    breach = await _lock_breach(transaction, request, reasons)
    subject = transaction.viewer.subject
    if breach is not None:
        notified_by = breach.institution_notified_by, breach.people_notified_by
        if None in notified_by:
            reasons.add(Refusal.NOT_NOTIFIED, "breachId")
        elif subject in (breach.recorded_by, *notified_by):
            reasons.add(Refusal.SECOND_PERSON_REQUIRED, "breachId")
    written = {"close_reason": request.reason, "closed_by": subject}
    return _write_step(transaction, request, written, reasons)


async def _lock_breach(transaction: WriteTransaction, request: BreachStep, reasons: Reasons) -> Any:
    """Lock a breach that is open; None, with a reason, if there is none."""
    columns = ("recorded_by", "institution_notified_by", "people_notified_by", "closed_by")
    found = request.breach and await lock_row(
        transaction, request.mutation, Breach, {"id": request.breach}, *columns
    )
    if not found:
        reasons.add(Refusal.NOT_FOUND, "breachId")
    elif found.closed_by is not None:
        reasons.add(Refusal.ALREADY_CLOSED, "breachId")
    else:
        return found
    return None


def _write_step(
    transaction: WriteTransaction, request: BreachStep, written: dict[str, Any], reasons: Reasons
) -> str:
    """Write what nothing speaks against. The database writes when."""
    reasons.refuse_if_any()
    transaction.update(Breach, {"id": request.breach}, written)
    return str(request.breach)


EFFECTS: Effects = {
    RecordBreach: record_breach,
    NotifyInstitution: notify_institution,
    NotifyPeople: notify_people,
    CloseBreach: close_breach,
}
