"""Mutations about the rights of people on file: requests, answers, and holds against erasure."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.requests import Request
from models import Applicant, Application, DataRequest, Erasure, LegalHold
from models.case.reference_numbers import new_reference
from models.life import Refusal
from models.row_keys import new_key
from models.vocabulary import DataRequestKind, DataRequestState, ErasureCause


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRequest(Request):
    """Any request, answer or hold. Ids are None where they were malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgeDataRequest(RightsRequest):
    kind: DataRequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDataRequest(RightsRequest):
    kind: DataRequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDataSubject(RightsRequest):
    data_request: UUID | None
    applicant: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDataRequest(RightsRequest):
    data_request: UUID | None
    outcome: DataRequestState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldErasure(RightsRequest):
    application: UUID | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseErasure(RightsRequest):
    legal_hold: UUID | None
    reason: str


async def lodge(transaction: WriteTransaction, request: LodgeDataRequest, reasons: Reasons) -> str:
    """Lodge a request of the viewer about their own data."""
    account = transaction.viewer.subject
    own = select(Applicant.id).where(Applicant.account == account)
    rows = await transaction.rows(own)
    if not rows:
        reasons.add(Refusal.NOTHING_ON_FILE)
    reasons.refuse_if_any()
    new = _new_row(transaction, request.kind) | {
        "applicant_id": rows[0].id,
        "account": account,
    }
    insertion = insert_unless(DataRequest).values(**new).on_conflict_do_nothing()
    if not await transaction.rows(insertion.returning(DataRequest.id)):
        reasons.add(Refusal.ALREADY_REQUESTED, "kind")
        reasons.refuse_if_any()
    return str(new["id"])


async def register(
    transaction: WriteTransaction, request: RegisterDataRequest, reasons: Reasons
) -> str:
    """Register a letter, by the data protection officer; its author is found later."""
    reasons.refuse_if_any()
    new = _new_row(transaction, request.kind)
    await transaction.run(insert(DataRequest).values(**new))
    return str(new["id"])


async def name_subject(
    transaction: WriteTransaction, request: NameDataSubject, reasons: Reasons
) -> str:
    """Record whose data a registered request is about."""
    row = await _lock_open(transaction, request.mutation, request.data_request, reasons)
    if row is not None and row.applicant_id is not None:
        reasons.add(Refusal.ALREADY_SAID, "dataRequestId")
    person = select(Applicant.id).where(Applicant.id == request.applicant)
    if request.applicant is None or not await transaction.rows(person):
        reasons.add(Refusal.NOT_FOUND, "applicantId")
    elif row is not None and await transaction.rows(
        select(DataRequest.id).where(
            DataRequest.applicant_id == request.applicant,
            DataRequest.kind == row.kind,
            DataRequest.outcome.is_(None),
        )
    ):
        reasons.add(Refusal.ALREADY_REQUESTED, "applicantId")
    reasons.refuse_if_any()
    await _update(transaction, request.data_request, {"applicant_id": request.applicant})
    return str(request.data_request)


async def answer(
    transaction: WriteTransaction, request: AnswerDataRequest, reasons: Reasons
) -> str:
    """Answer a request, once. An erasure that is granted is ordered with it."""
    row = await _lock_open(transaction, request.mutation, request.data_request, reasons)
    is_granted = request.outcome is DataRequestState.GRANTED
    if row is not None and is_granted and row.applicant_id is None:
        reasons.add(Refusal.SUBJECT_UNKNOWN, "dataRequestId")
    reasons.refuse_if_any()
    answer_columns = {
        "outcome": request.outcome.value,
        "reason": request.reason,
        "answered_by": transaction.viewer.subject,
    }
    await _update(transaction, request.data_request, answer_columns)
    if row is not None and is_granted and row.kind == DataRequestKind.ERASURE:
        order = {
            "id": new_key(),
            "applicant_id": row.applicant_id,
            "data_request_id": row.id,
            "cause": ErasureCause.REQUEST.value,
        }
        # An erasure may have been ordered already: a second order changes nothing.
        await transaction.run(insert_unless(Erasure).values(**order).on_conflict_do_nothing())
    return str(request.data_request)


async def hold(transaction: WriteTransaction, request: HoldErasure, reasons: Reasons) -> str:
    """Hold the applicant of a case against erasure. An erasure that is under way comes first."""
    is_it = Application.id == request.application
    if request.application:
        # Behind the erasure that is under way: what it did is seen by the next statement.
        locked = select(Application.id).where(is_it)
        await transaction.rows(locked.with_for_update(read=True, key_share=True))
    case = (
        select(Application.id, Erasure.erased_at)
        .outerjoin(Erasure, Erasure.applicant_id == Application.applicant_id)
        .where(is_it)
    )
    rows = await transaction.rows(case) if request.application else ()
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "applicationId")
    elif rows[0].erased_at is not None:
        reasons.add(Refusal.ALREADY_ERASED, "applicationId")
    reasons.refuse_if_any()
    new = {
        "id": new_key(),
        "application_id": request.application,
        "reason": request.reason,
        "held_by": transaction.viewer.subject,
    }
    insertion = insert_unless(LegalHold).values(**new).on_conflict_do_nothing()
    if not await transaction.rows(insertion.returning(LegalHold.id)):
        reasons.add(Refusal.ALREADY_HELD, "applicationId")
        reasons.refuse_if_any()
    return str(new["id"])


async def release(transaction: WriteTransaction, request: ReleaseErasure, reasons: Reasons) -> str:
    """Release a hold, once."""
    in_reach = changeable(request.mutation, transaction.viewer)
    is_it = LegalHold.id == request.legal_hold
    found = select(LegalHold.released_by).where(is_it, in_reach).with_for_update(key_share=True)
    rows = await transaction.rows(found) if request.legal_hold else ()
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "legalHoldId")
    elif rows[0].released_by is not None:
        reasons.add(Refusal.NOT_HELD, "legalHoldId")
    reasons.refuse_if_any()
    columns = {"released_by": transaction.viewer.subject, "release_reason": request.reason}
    await transaction.run(update(LegalHold).where(is_it).values(**columns))
    return str(request.legal_hold)


def _new_row(transaction: WriteTransaction, kind: DataRequestKind) -> dict[str, Any]:
    viewer = transaction.viewer
    return {
        "id": new_key(),
        "reference": new_reference(SystemRandom()),
        "kind": kind.value,
        "lodged_by": viewer.subject,
        "lodged_role": viewer.role.value,
    }


async def _lock_open(
    transaction: WriteTransaction, mutation: str, id_: UUID | None, reasons: Reasons
) -> Any:
    """Lock a request that waits for its answer; None, with a reason, if there is none."""
    in_reach = changeable(mutation, transaction.viewer)
    columns = (DataRequest.id, DataRequest.kind, DataRequest.applicant_id, DataRequest.outcome)
    found = select(*columns).where(DataRequest.id == id_, in_reach)
    rows = await transaction.rows(found.with_for_update(key_share=True)) if id_ else ()
    if not rows:
        reasons.add(Refusal.NOT_FOUND, "dataRequestId")
    elif rows[0].outcome is not None:
        reasons.add(Refusal.ALREADY_ANSWERED, "dataRequestId")
    else:
        return rows[0]
    return None


async def _update(transaction: WriteTransaction, id_: UUID | None, columns: dict[str, Any]) -> None:
    await transaction.run(update(DataRequest).where(DataRequest.id == id_).values(**columns))


#: Takes the transaction, the request and the reasons found so far; returns the key of what changed.
Effect = Callable[[WriteTransaction, Any, Reasons], Awaitable[str]]

EFFECTS: Mapping[type[RightsRequest], Effect] = {
    LodgeDataRequest: lodge,
    RegisterDataRequest: register,
    NameDataSubject: name_subject,
    AnswerDataRequest: answer,
    HoldErasure: hold,
    ReleaseErasure: release,
}


async def change_rights(transaction: WriteTransaction, request: RightsRequest) -> Outcome:
    """Raises RefusedError if the request is not valid."""
    reasons = Reasons(request.faults)
    return Outcome([Result(await EFFECTS[type(request)](transaction, request, reasons))])
