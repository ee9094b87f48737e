"""Requests of data subjects: lodged or registered, and answered once by an auditor.

The database sets the times, and when an answer is due.
"""

from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.rights.requests import (
    AnswerDataRequest,
    LodgeDataRequest,
    NameDataSubject,
    RegisterDataRequest,
)
from models import Applicant, DataRequest, Erasure
from models.case.reference_numbers import new_reference
from models.life import Refusal
from models.row_keys import new_key
from models.vocabulary import DataRequestKind, DataRequestState, ErasureCause


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
