"""Suspensions of partners and viewers: one administrator suspends at once, another confirms; one
proposes to lift, another lifts."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import (
    ConfirmSuspension,
    LiftSuspension,
    ProposeLifting,
    ReferenceRequest,
    SuspendPartner,
    SuspendViewer,
)
from gateway.mutations.reference.rows import check_known
from gateway.mutations.row_lookups import Values, lock_row
from models import Partner, Suspension
from models.life import Refusal
from models.row_keys import new_key


async def suspend_partner(
    transaction: WriteTransaction, request: SuspendPartner, today: date, reasons: Reasons
) -> str:
    await check_known(transaction, reasons, Partner, request.partner, "partner")
    target = {Suspension.partner_code.key: request.partner}
    return await _suspend(transaction, target, request.reason, reasons, "partner")


async def suspend_viewer(
    transaction: WriteTransaction, request: SuspendViewer, today: date, reasons: Reasons
) -> str:
    """Suspend a viewer. Whether there is such a one only the provider knows."""
    target = {Suspension.subject.key: request.subject}
    return await _suspend(transaction, target, request.reason, reasons, "subject")


async def confirm(
    transaction: WriteTransaction, request: ConfirmSuspension, today: date, reasons: Reasons
) -> str:
    """Agree to a suspension: it lasts until it is lifted. The database writes down when."""
    row = await _lock(transaction, request, request.suspension_id, reasons)
    if row.confirmed_by is not None:
        raise RefusedError(Reason(Refusal.ALREADY_CONFIRMED, ("suspensionId",)))
    if row.suspended_by == transaction.viewer.subject:
        raise RefusedError(Reason(Refusal.SECOND_PERSON_REQUIRED, ("suspensionId",)))
    by = {Suspension.confirmed_by.key: transaction.viewer.subject}
    transaction.update(Suspension, {"id": row.id}, by)
    return str(row.id)


async def propose_lifting(
    transaction: WriteTransaction, request: ProposeLifting, today: date, reasons: Reasons
) -> str:
    """Say why it should end: it lasts until another administrator lifts it."""
    row = await _lock(transaction, request, request.suspension_id, reasons)
    if row.lift_proposed_by is not None:
        raise RefusedError(Reason(Refusal.ALREADY_PROPOSED, ("suspensionId",)))
    by = {"lift_proposed_by": transaction.viewer.subject, "lift_reason": request.reason}
    transaction.update(Suspension, {"id": row.id}, by)
    return str(row.id)


async def lift(
    transaction: WriteTransaction, request: LiftSuspension, today: date, reasons: Reasons
) -> str:
    row = await _lock(transaction, request, request.suspension_id, reasons)
    if row.lift_proposed_by in (None, transaction.viewer.subject):
        raise RefusedError(Reason(Refusal.SECOND_PERSON_REQUIRED, ("suspensionId",)))
    by = {"lifted_by": transaction.viewer.subject}
    transaction.update(Suspension, {"id": row.id}, by)
    return str(row.id)


async def _suspend(
    transaction: WriteTransaction, target: Values, reason: str, reasons: Reasons, path: str
) -> str:
    [(column, value)] = target.items()
    for row in await transaction.fetch_one(_select_latest, column, target=value):
        if row.lasts:
            reasons.add(Refusal.ALREADY_SUSPENDED, path)
        elif row.confirmed_by is None and row.suspended_by == transaction.viewer.subject:
            # Or one person could suspend for ever, a day at a time.
            reasons.add(Refusal.SECOND_PERSON_REQUIRED, path)
    reasons.refuse_if_any()
    id_ = new_key()
    by = {"suspended_by": transaction.viewer.subject, "reason": reason}
    transaction.insert(Suspension, {"id": id_, **target, **by})
    return str(id_)


def _select_latest(column: str) -> Any:
    """The latest suspension of ``target``, by the column that names whom it suspends."""
    return (
        select(Suspension.suspended_by, Suspension.confirmed_by, _is_in_force().label("lasts"))
        .where(getattr(Suspension, column) == bindparam("target"))
        .order_by(Suspension.suspended_at.desc(), Suspension.id.desc())
        .limit(1)
    )


async def _lock(
    transaction: WriteTransaction, request: ReferenceRequest, id_: UUID | None, reasons: Reasons
) -> Any:
    """Lock a suspension that lasts. Raises RefusedError if there is none."""
    row = id_ and await lock_row(transaction, request.mutation, Suspension, {"id": id_})
    if not row:
        reasons.add(Refusal.NOT_FOUND, "suspensionId")
    elif not await transaction.fetch_one(_select_if_in_force, id=id_):
        reasons.add(Refusal.NOT_SUSPENDED, "suspensionId")
    reasons.refuse_if_any()
    return row


def _select_if_in_force() -> Any:
    return select(Suspension.id).where(Suspension.id == bindparam("id"), _is_in_force())


def _is_in_force() -> ColumnElement[bool]:
    ends_at = Suspension.ends_at
    return ends_at.is_(None) | (ends_at > func.clock_timestamp())
