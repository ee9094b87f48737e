"""Relieves an officer who left of every case on the desk: each goes back to its queue."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, any_, func, literal, literal_column, select, update

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.desk import works_on_cases
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.requests import ReliefRequest
from models import Application, Assignment
from models.life import Refusal

#: How many cases one statement takes off the desk; all of them are in one transaction.
_BATCH = 200


async def relieve(transaction: WriteTransaction, request: ReliefRequest) -> Outcome:
    """End every assignment of the officer, and return how many. No case returns to the officer.

    A decision that is just being made is waited for; that case is then off the desk.
    """
    reasons = Reasons(request.faults)
    if not await works_on_cases(transaction, request.officer):
        reasons.add(Refusal.OFFICER_UNKNOWN, "officer")
    reasons.refuse_if_any()
    relieved = 0
    while batch := await _lock_batch(transaction, request):
        await _take_off_the_desk(transaction, request, batch)
        relieved += len(batch)
    return Outcome([Result(str(relieved))])


async def _lock_batch(transaction: WriteTransaction, request: ReliefRequest) -> Sequence[UUID]:
    on_the_desk = (
        select(Application.id)
        .where(
            Application.officer == request.officer,
            changeable(request.mutation, transaction.viewer),
        )
        .order_by(Application.target_due_at, Application.id)
        .limit(literal_column(str(_BATCH)))
    )
    locked = on_the_desk.with_for_update(of=Application, key_share=True)
    return [row.id for row in await transaction.rows(locked)]


async def _take_off_the_desk(
    transaction: WriteTransaction, request: ReliefRequest, batch: Sequence[UUID]
) -> None:
    ids: Any = literal(list(batch), ARRAY(Application.id.type))
    current = update(Assignment).where(
        Assignment.application_id == any_(ids), Assignment.ended_at.is_(None)
    )
    await transaction.run(
        current.values(
            ended_at=func.clock_timestamp(),
            ended_by=transaction.viewer.subject,
            reason=request.reason,
        )
    )
