"""Changes of reference data: one administrator proposes, another approves, any of them can cancel.

Only the database writes what is approved: a proposal holds whole rows, which the guard of the
ledger compares with the present ones, when it is proposed and when it is approved.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import (
    ApproveReferenceChange,
    CancelReferenceChange,
    Proposal,
    ReferenceRequest,
)
from gateway.mutations.reference.rows import Row, lock_row, replace
from models import ReferenceChange
from models.life import Refusal
from models.row_keys import new_key
from models.vocabulary import ReferenceChangeState, ReferenceKind

_PATH = "changeId"


async def propose(
    transaction: WriteTransaction, request: Proposal, kind: ReferenceKind, rows: list[Row]
) -> str:
    """Write a proposal. Raises RefusedError if another one of the same row waits or is to come."""
    proposal = insert(ReferenceChange).values(
        id=new_key(),
        kind=kind.value,
        decree=request.decree,
        reason=request.reason,
        changed=[row.to_json() for row in rows],
        proposed_by=transaction.viewer.subject,
    )
    written = await transaction.rows(proposal.returning(ReferenceChange.id))
    if not written:
        raise RefusedError(Reason(Refusal.ALREADY_PROPOSED, ()))
    return str(written[0].id)


async def approve(
    transaction: WriteTransaction, request: ApproveReferenceChange, today: date, reasons: Reasons
) -> str:
    """Agree to a change, which the database writes for its day."""
    row = await _lock(transaction, request, request.change_id, reasons)
    if row.state in (ReferenceChangeState.APPROVED, ReferenceChangeState.INITIAL):
        raise RefusedError(Reason(Refusal.ALREADY_APPROVED, (_PATH,)))
    if row.proposed_by == transaction.viewer.subject:
        raise RefusedError(Reason(Refusal.SECOND_PERSON_REQUIRED, (_PATH,)))
    if row.effective_on is not None and row.effective_on < today:
        raise RefusedError(Reason(Refusal.DATE_PASSED, (_PATH,)))
    return await _write(transaction, row.id, approved_by=transaction.viewer.subject)


async def cancel(
    transaction: WriteTransaction, request: CancelReferenceChange, today: date, reasons: Reasons
) -> str:
    """Stop a change before its day: what was in force stays so. One person is enough for that."""
    row = await _lock(transaction, request, request.change_id, reasons)
    is_approved = row.state in (ReferenceChangeState.APPROVED, ReferenceChangeState.INITIAL)
    if is_approved and (row.effective_on is None or row.effective_on <= today):
        raise RefusedError(Reason(Refusal.ALREADY_IN_FORCE, (_PATH,)))
    by = {"cancelled_by": transaction.viewer.subject, "cancel_reason": request.reason}
    return await _write(transaction, row.id, **by)


async def _lock(
    transaction: WriteTransaction, request: ReferenceRequest, id_: UUID | None, reasons: Reasons
) -> Any:
    """Lock a change that was not cancelled. Raises RefusedError if there is none."""
    row = id_ and await lock_row(transaction, request, ReferenceChange, {"id": id_})
    if not row:
        reasons.add(Refusal.NOT_FOUND, _PATH)
    elif row.state == ReferenceChangeState.CANCELLED:
        reasons.add(Refusal.ALREADY_CANCELLED, _PATH)
    reasons.refuse_if_any()
    return row


async def _write(transaction: WriteTransaction, id_: UUID, **values: str) -> str:
    """Raises RefusedError if the row it changes has changed meanwhile: nothing is written then."""
    if not await replace(transaction, ReferenceChange, {"id": id_}, values):
        raise RefusedError(Reason(Refusal.CHANGED_MEANWHILE, (_PATH,)))
    return str(id_)
