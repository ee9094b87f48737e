"""Mutations of supervision over those who read people: inquiries, their reviews, and alerts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, false, func, select

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import lock_row, read_row
from models import Alert, BudgetException, Inquiry, ScreeningReplay
from models.access_tokens import LONGEST_SUBJECT
from models.case.reference_numbers import new_reference
from models.key_service import Relation, RelationKind, Widening
from models.life import Refusal
from models.reference.data import values
from models.row_keys import new_key
from models.supervision.budget_exception import WIDENED_ROLES
from models.supervision.inquiry import (
    MOST_MINUTES_OF_TWO,
    MOST_PEOPLE_OF_TWO,
    REFERENCE_BEGINS,
    WAITING_HOURS,
)
from models.supervision.widening import MOST_MINUTES, MOST_PEOPLE
from models.vocabulary import InquiryVerdict, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRequest(Request):
    """Any request of supervision, mostly with its reason."""

    #: None where it takes none.
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAlert(SupervisionRequest):
    #: None if the id was malformed.
    alert_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInquiry(SupervisionRequest):
    minutes: int
    most_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveInquiry(SupervisionRequest):
    """A second supervisor approves an inquiry, which already has its reason."""

    #: None if the id was malformed.
    inquiry_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewInquiry(SupervisionRequest):
    #: None if the id was malformed.
    inquiry_id: UUID | None
    verdict: InquiryVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeBudgetException(SupervisionRequest):
    """A budget is to be widened for a viewer in a role."""

    viewer: str
    role: Role
    most_people: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveBudgetException(SupervisionRequest):
    #: None if the id was malformed.
    exception_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayScreening(SupervisionRequest):
    pass


async def open_inquiry(
    transaction: WriteTransaction, request: OpenInquiry, reasons: Reasons
) -> str:
    """Open an inquiry, or apply for one: the database decides whether it begins now."""
    for path, number, most in (
        ("minutes", request.minutes, MOST_MINUTES_OF_TWO),
        ("mostPeople", request.most_people, MOST_PEOPLE_OF_TWO),
    ):
        if not 1 <= number <= most:
            reasons.add(Refusal.INVALID, path, rule="inquiry_limit", limits={"most": most})
    reasons.refuse_if_any()
    id_, subject = new_key(), transaction.viewer.subject
    reference = REFERENCE_BEGINS + new_reference(SystemRandom())
    row = {
        "id": id_,
        "reference": reference,
        "reason": request.reason,
        "minutes": request.minutes,
        "most_people": request.most_people,
        "opened_by": subject,
    }
    transaction.insert(Inquiry, row)
    transaction.relate(Relation(RelationKind.INQUIRY, reference, subject))
    return str(id_)


async def approve(transaction: WriteTransaction, request: ApproveInquiry, reasons: Reasons) -> str:
    """Approve an inquiry that waits for a second supervisor: it begins now."""
    row = await _lock(transaction, request, reasons)
    if row.has_lapsed:
        reasons.add(Refusal.INQUIRY_LAPSED, "inquiryId")
    elif row.ends_at is not None:
        reasons.add(Refusal.NOTHING_PROPOSED, "inquiryId")
    elif row.opened_by == transaction.viewer.subject:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "inquiryId")
    reasons.refuse_if_any()
    subject = transaction.viewer.subject
    transaction.relate(Relation(RelationKind.APPROVAL, row.reference, subject))
    return _update(transaction, row.id, {"approved_by": subject})


async def review(transaction: WriteTransaction, request: ReviewInquiry, reasons: Reasons) -> str:
    """Record the verdict on another supervisor's inquiry, once it has ended."""
    row, subject = await _lock(transaction, request, reasons), transaction.viewer.subject
    if subject in (row.opened_by, row.approved_by):
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "inquiryId")
    elif row.reviewed_by is not None:
        reasons.add(Refusal.ALREADY_REVIEWED, "inquiryId")
    elif not row.has_ended:
        reasons.add(Refusal.NOT_ENDED, "inquiryId")
    reasons.refuse_if_any()
    review_columns = {
        "reviewed_by": subject,
        "verdict": request.verdict.value,
        "review_reason": request.reason,
    }
    return _update(transaction, row.id, review_columns)


async def close(transaction: WriteTransaction, request: CloseAlert, reasons: Reasons) -> str:
    """Close an alert, once. The database writes down when."""
    key = {"id": request.alert_id}
    found = request.alert_id and await lock_row(
        transaction, request.mutation, Alert, key, "closed_by"
    )
    if not found:
        reasons.add(Refusal.NOT_FOUND, "alertId")
    elif found.closed_by is not None:
        reasons.add(Refusal.ALREADY_CLOSED, "alertId")
    elif await _is_for_or_by(transaction, key):
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "alertId")
    reasons.refuse_if_any()
    columns = {"closed_by": transaction.viewer.subject, "close_reason": request.reason}
    transaction.update(Alert, key, columns)
    return str(request.alert_id)


async def _is_for_or_by(transaction: WriteTransaction, key: Mapping[str, Any]) -> bool:
    """Whether an alert is of an exception that is for the viewer, or was proposed by them."""
    found = await read_row(transaction, BudgetException, key, "proposed_by", "viewer")
    return found is not None and transaction.viewer.subject in found


async def propose_exception(
    transaction: WriteTransaction, request: ProposeBudgetException, reasons: Reasons
) -> str:
    """Propose that somebody else reads further people. Whether there is such a viewer only the
    provider knows."""
    for path, number, most in (
        ("mostPeople", request.most_people, MOST_PEOPLE),
        ("minutes", request.minutes, MOST_MINUTES),
    ):
        if not 1 <= number <= most:
            reasons.add(Refusal.INVALID, path, rule="exception_limit", limits={"most": most})
    if not request.viewer.isprintable() or not 0 < len(request.viewer) <= LONGEST_SUBJECT:
        limits = {"most": LONGEST_SUBJECT}
        reasons.add(Refusal.INVALID, "viewer", rule="subject", limits=limits)
    if request.role not in WIDENED_ROLES:
        reasons.add(Refusal.INVALID, "role", rule="exception_role")
    subject = transaction.viewer.subject
    if request.viewer == subject:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "viewer")
    reasons.refuse_if_any()
    widened = (new_key(), request.role.value, request.viewer, request.most_people, request.minutes)
    row = dict(zip(_WIDENED, widened, strict=True))
    more = {"reason": request.reason, "proposed_by": subject}
    if not await transaction.insert_now(BudgetException, row | more):
        reasons.add(Refusal.ALREADY_REQUESTED, "viewer", rule="budget_exception")
    reasons.refuse_if_any()
    widening = str(_widening(*widened))
    transaction.relate(Relation(RelationKind.EXCEPTION, widening, subject))
    return str(row["id"])


_WIDENED = ("id", "role", "viewer", "most_people", "minutes")


def _widening(id_: UUID, role: str, viewer: str, most_people: int, minutes: int) -> Widening:
    """As the key service hears of it, from both supervisors."""
    return Widening(id_, role, viewer, most_people, minutes * 60)


async def approve_exception(
    transaction: WriteTransaction, request: ApproveBudgetException, reasons: Reasons
) -> str:
    """Agree to an exception: it begins now. The database writes down until when."""
    key, subject = {"id": request.exception_id}, transaction.viewer.subject
    columns = (*_WIDENED, "proposed_by", "approved_by")
    row = request.exception_id and await lock_row(
        transaction, request.mutation, BudgetException, key, *columns
    )
    if not row:
        reasons.add(Refusal.NOT_FOUND, "exceptionId")
    elif subject in (row.proposed_by, row.viewer):
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "exceptionId")
    elif row.approved_by is not None:
        reasons.add(Refusal.ALREADY_APPROVED, "exceptionId", rule="budget_exception")
    elif not reasons and not await transaction.update_now(
        BudgetException, key, {"approved_by": subject}
    ):
        reasons.add(Refusal.NOTHING_PROPOSED, "exceptionId", rule="budget_exception")
    reasons.refuse_if_any()
    widening = _widening(*(getattr(row, name) for name in _WIDENED))
    transaction.relate(Relation(RelationKind.WIDENING, widening.reader, str(widening)))
    return str(widening.id)


async def replay_screening(
    transaction: WriteTransaction, request: ReplayScreening, reasons: Reasons
) -> str:
    """Ask for a replay, unless one goes on; the SCREENER does it."""
    row = {"id": new_key(), "asked_by": transaction.viewer.subject}
    if not reasons and not await transaction.insert_now(ScreeningReplay, row, unless_there=True):
        reasons.add(Refusal.ALREADY_REQUESTED, rule="screening_replay")
    reasons.refuse_if_any()
    return str(row["id"])


async def _lock(
    transaction: WriteTransaction, request: ApproveInquiry | ReviewInquiry, reasons: Reasons
) -> Any:
    """Lock an inquiry. Raises RefusedError if there is none."""
    role, id_ = transaction.viewer.role, request.inquiry_id
    rows = await transaction.fetch_one(_select_inquiry_to_lock, request.mutation, role, id=id_)
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "inquiryId")
    reasons.refuse_if_any()
    return rows[0]


def _select_inquiry_to_lock(mutation: str, role: Role) -> Any:
    since = func.clock_timestamp() - timedelta(hours=WAITING_HOURS)
    has_lapsed = and_(Inquiry.ends_at.is_(None), Inquiry.opened_at <= since)
    has_ended = func.coalesce(Inquiry.ends_at <= func.clock_timestamp(), false())
    found = select(
        Inquiry.id,
        Inquiry.reference,
        Inquiry.opened_by,
        Inquiry.approved_by,
        Inquiry.reviewed_by,
        Inquiry.ends_at,
        has_ended.label("has_ended"),
        has_lapsed.label("has_lapsed"),
    ).where(Inquiry.id == bindparam("id"), changeable(mutation, role))
    return found.with_for_update(key_share=True)


def _update(transaction: WriteTransaction, id_: UUID, columns: dict[str, str | None]) -> str:
    """Write columns of an inquiry, and return its key. The database sets the time."""
    transaction.update(Inquiry, {"id": id_}, columns)
    return str(id_)


#: Takes the transaction, the request and the reasons found so far; returns the key of what changed.
Effect = Callable[[WriteTransaction, Any, Reasons], Awaitable[str]]

EFFECTS: Mapping[type[SupervisionRequest], Effect] = {
    CloseAlert: close,
    OpenInquiry: open_inquiry,
    ApproveInquiry: approve,
    ReviewInquiry: review,
    ProposeBudgetException: propose_exception,
    ApproveBudgetException: approve_exception,
    ReplayScreening: replay_screening,
}


async def supervise(transaction: WriteTransaction, request: SupervisionRequest) -> Outcome:
    """Raises RefusedError if the request is not valid."""
    reasons = Reasons(request.faults)
    if request.reason is not None and not 0 < len(request.reason) <= values.LONGEST_REASON:
        limits = {"most": values.LONGEST_REASON}
        reasons.add(Refusal.INVALID, "reason", rule="reason", limits=limits)
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, reasons))])
