"""Mutations about the rights of people on file: requests, answers, and holds against erasure."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import is_there, lock_row, read_row
from models import Applicant, Application, DataRequest, Erasure, LegalHold
from models.case.reference_numbers import new_reference
from models.key_service import Opening, Relation, RelationKind
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
class ProposeLookupOpening(RightsRequest):
    data_request: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveLookupOpening(RightsRequest):
    data_request: UUID | None


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
    own = await read_row(transaction, Applicant, {"account": account}, "id")
    if not own:
        reasons.add(Refusal.NOTHING_ON_FILE)
    reasons.refuse_if_any()
    new = _new_row(transaction, request.kind) | {
        "applicant_id": own.id,
        "account": account,
    }
    if not await transaction.insert_now(DataRequest, new, unless_there=True):
        reasons.add(Refusal.ALREADY_REQUESTED, "kind")
        reasons.refuse_if_any()
    return str(new["id"])


async def register(
    transaction: WriteTransaction, request: RegisterDataRequest, reasons: Reasons
) -> str:
    """Register a letter, by the data protection officer; its author is found later."""
    reasons.refuse_if_any()
    new = _new_row(transaction, request.kind)
    transaction.insert(DataRequest, new)
    return str(new["id"])


async def name_subject(
    transaction: WriteTransaction, request: NameDataSubject, reasons: Reasons
) -> str:
    """Record whose data a registered request is about."""
    row = await _lock_open(transaction, request.mutation, request.data_request, reasons)
    if row is not None and row.applicant_id is not None:
        reasons.add(Refusal.ALREADY_SAID, "dataRequestId")
    person = request.applicant
    if person is None or not await is_there(transaction, Applicant, {"id": person}):
        reasons.add(Refusal.NOT_FOUND, "applicantId")
    elif row is not None and await transaction.fetch_one(
        _select_open, applicant=person, kind=row.kind
    ):
        reasons.add(Refusal.ALREADY_REQUESTED, "applicantId")
    reasons.refuse_if_any()
    transaction.update(DataRequest, {"id": request.data_request}, {"applicant_id": person})
    return str(request.data_request)


def _select_open() -> Any:
    return select(DataRequest.id).where(
        DataRequest.applicant_id == bindparam("applicant"),
        DataRequest.kind == bindparam("kind"),
        DataRequest.outcome.is_(None),
    )


async def propose_opening(
    transaction: WriteTransaction, request: ProposeLookupOpening, reasons: Reasons
) -> str:
    """Propose that the log of look-ups is compared with whoever asks."""
    row = await _lock_open(transaction, request.mutation, request.data_request, reasons)
    if row is not None and row.applicant_id is None:
        reasons.add(Refusal.SUBJECT_UNKNOWN, "dataRequestId")
    elif row is not None and row.lookups_proposed_by is not None:
        reasons.add(Refusal.ALREADY_PROPOSED, "dataRequestId")
    reasons.refuse_if_any()
    return _write_opening(transaction, row, RelationKind.OPENING, "lookups_proposed_by")


async def approve_opening(
    transaction: WriteTransaction, request: ApproveLookupOpening, reasons: Reasons
) -> str:
    """Agree to it as a second auditor: the LINKER then compares them."""
    row = await _lock_open(transaction, request.mutation, request.data_request, reasons)
    if row is not None and row.lookups_proposed_by is None:
        reasons.add(Refusal.NOTHING_PROPOSED, "dataRequestId")
    elif row is not None and row.lookups_approved_by is not None:
        reasons.add(Refusal.ALREADY_APPROVED, "dataRequestId")
    elif row is not None and row.lookups_proposed_by == transaction.viewer.subject:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "dataRequestId")
    reasons.refuse_if_any()
    return _write_opening(transaction, row, RelationKind.AGREEMENT, "lookups_approved_by")


def _write_opening(transaction: WriteTransaction, row: Any, kind: RelationKind, column: str) -> str:
    """The key service learns of it with the auditor's own token: it believes no database."""
    subject = transaction.viewer.subject
    transaction.relate(Relation(kind, str(Opening(row.id, row.applicant_id)), subject))
    transaction.update(DataRequest, {"id": row.id}, {column: subject})
    return str(row.id)


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
    transaction.update(DataRequest, {"id": request.data_request}, answer_columns)
    if row is not None and is_granted and row.kind == DataRequestKind.ERASURE:
        order = {
            "id": new_key(),
            "applicant_id": row.applicant_id,
            "data_request_id": row.id,
            "cause": ErasureCause.REQUEST.value,
        }
        # An erasure may have been ordered already: a second order changes nothing.
        await transaction.insert_now(Erasure, order, unless_there=True)
    return str(request.data_request)


async def hold(transaction: WriteTransaction, request: HoldErasure, reasons: Reasons) -> str:
    """Hold the applicant of a case against erasure. An erasure that is under way comes first."""
    rows: Sequence[Any] = ()
    if request.application:
        # Behind the erasure that is under way: what it did is seen by the next statement.
        _, rows = await transaction.fetch(
            transaction.bind(_select_case_to_share, id=request.application),
            transaction.bind(_select_erasure_of_case, id=request.application),
        )
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
    if not await transaction.insert_now(LegalHold, new, unless_there=True):
        reasons.add(Refusal.ALREADY_HELD, "applicationId")
        reasons.refuse_if_any()
    return str(new["id"])


_ID = bindparam("id", None, Application.id.type)


def _select_case_to_share() -> Any:
    case = select(Application.id).where(Application.id == _ID)
    return case.with_for_update(read=True, key_share=True)


def _select_erasure_of_case() -> Any:
    return (
        select(Application.id, Erasure.erased_at)
        .outerjoin(Erasure, Erasure.applicant_id == Application.applicant_id)
        .where(Application.id == _ID)
    )


async def release(transaction: WriteTransaction, request: ReleaseErasure, reasons: Reasons) -> str:
    """Release a hold, once."""
    key = {"id": request.legal_hold}
    found = request.legal_hold and await lock_row(
        transaction, request.mutation, LegalHold, key, "released_by"
    )
    if not found:
        reasons.add(Refusal.NOT_FOUND, "legalHoldId")
    elif found.released_by is not None:
        reasons.add(Refusal.NOT_HELD, "legalHoldId")
    reasons.refuse_if_any()
    columns = {"released_by": transaction.viewer.subject, "release_reason": request.reason}
    transaction.update(LegalHold, key, columns)
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
    columns = (
        *("id", "kind", "applicant_id", "outcome"),
        *("lookups_proposed_by", "lookups_approved_by"),
    )
    found = id_ and await lock_row(transaction, mutation, DataRequest, {"id": id_}, *columns)
    if not found:
        reasons.add(Refusal.NOT_FOUND, "dataRequestId")
    elif found.outcome is not None:
        reasons.add(Refusal.ALREADY_ANSWERED, "dataRequestId")
    else:
        return found
    return None


EFFECTS: Effects = {
    LodgeDataRequest: lodge,
    RegisterDataRequest: register,
    NameDataSubject: name_subject,
    ProposeLookupOpening: propose_opening,
    ApproveLookupOpening: approve_opening,
    AnswerDataRequest: answer,
    HoldErasure: hold,
    ReleaseErasure: release,
}
