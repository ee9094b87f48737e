"""Whose desk a case is on: the most urgent is taken from a queue, given back, or reassigned. An
officer who left is relieved of every case: each goes back to its queue.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, func, literal_column, select, update

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.locked_case import Case
from gateway.mutations.outcome import Outcome, Reason, Reasons, RefusedError, Result
from gateway.mutations.requests import ReliefRequest, StepRequest
from gateway.rules import Scope
from models import Application, Assignment
from models.case.queues import IS_FREE
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.vocabulary import Queue, Role


async def most_urgent(transaction: WriteTransaction, request: StepRequest) -> UUID | None:
    """The case of a queue that is due first, locked: two officers never get the same.

    A case that somebody else is just taking is skipped, and so is one that the viewer had before.
    Where none is left, those that are being changed are waited for: the keeper may have the last.
    """
    is_overdue, role = request.queue is Queue.OVERDUE, transaction.viewer.role
    for skips in (True, False):
        found = await transaction.fetch_one(
            _select_most_urgent, request.mutation, role, is_overdue, skips
        )
        if found:
            return found[0].id
    return None


def _select_most_urgent(mutation: str, role: Role, is_overdue: bool, skips: bool) -> Any:
    oneself = bindparam(Scope.SUBJECT.value, None, Assignment.officer.type)
    had_it = (
        select(Assignment.id)
        .where(Assignment.application_id == Application.id, Assignment.officer == oneself)
        .exists()
    )
    free = select(Application.id).where(IS_FREE, changeable(mutation, role), ~had_it)
    if is_overdue:
        free = free.where(Application.target_due_at < func.clock_timestamp())
    first = free.order_by(Application.target_due_at, Application.id).limit(literal_column("1"))
    return first.with_for_update(of=Application, skip_locked=skips)


async def take(transaction: WriteTransaction, _: StepRequest, case: Case) -> dict[str, Any]:
    put_on_desk(transaction, case, transaction.viewer.subject, Role.OFFICER)
    return {}


async def give_back(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    end_assignment(transaction, case, request.reason)
    return {}


async def reassign(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Give the case to an officer who has worked on cases, to oneself, or back to its queue."""
    receiver, subject = request.receiver, transaction.viewer.subject
    if receiver not in (None, subject) and not await works_on_cases(transaction, receiver):
        raise RefusedError(Reason(Refusal.OFFICER_UNKNOWN, ("officer",)))
    end_assignment(transaction, case, request.reason)
    if receiver is not None:
        role = Role.SUPERVISOR if receiver == subject else Role.OFFICER
        put_on_desk(transaction, case, receiver, role)
    return {}


def put_on_desk(transaction: WriteTransaction, case: Case, subject: str, role: Role) -> None:
    assignment = {
        "application_id": case.id,
        "officer": subject,
        "role": role.value,
        "assigned_at": case.at,
        "assigned_by": transaction.viewer.subject,
    }
    transaction.insert(Assignment, assignment)
    if role is Role.OFFICER and case.reference is not None:
        transaction.relate(
            Relation(RelationKind.CASE, case.reference, case.applicant),
            Relation(RelationKind.APPLICANT, case.reference, case.applicant),
            Relation(RelationKind.DESK, case.reference, subject),
        )


def end_assignment(transaction: WriteTransaction, case: Case, reason: str | None = None) -> None:
    """Take the case off its desk: whoever had it can no longer read the identity."""
    columns = {"ended_at": case.at, "ended_by": transaction.viewer.subject}
    if reason is not None:
        columns["reason"] = reason
    current = {"application_id": case.id, "ended_at": None}
    transaction.update(Assignment, current, columns)


async def works_on_cases(transaction: WriteTransaction, subject: str | None) -> bool:
    """Whether somebody has worked on a case as an officer: a mistyped name has not."""
    return bool(await transaction.fetch_one(_select_worked, officer=subject))


def _select_worked() -> Any:
    worked = select(Assignment.id).where(
        Assignment.officer == bindparam("officer"), Assignment.role == Role.OFFICER
    )
    return worked.limit(literal_column("1"))


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
    role, ended_by = transaction.viewer.role, transaction.viewer.subject
    while batch := await transaction.fetch_one(
        _select_batch_to_lock, request.mutation, role, officer=request.officer
    ):
        ids = [row.id for row in batch]
        transaction.write(_end_assignments, ids=ids, ended_by=ended_by, reason=request.reason)
        relieved += len(batch)
    return Outcome([Result(str(relieved))])


def _select_batch_to_lock(mutation: str, role: Role) -> Any:
    on_the_desk = (
        select(Application.id)
        .where(Application.officer == bindparam("officer"), changeable(mutation, role))
        .order_by(Application.target_due_at, Application.id)
        .limit(literal_column(str(_BATCH)))
    )
    return on_the_desk.with_for_update(of=Application, key_share=True)


def _end_assignments() -> Any:
    ids = bindparam("ids", None, ARRAY(Application.id.type))
    current = update(Assignment).where(
        Assignment.application_id == any_(ids), Assignment.ended_at.is_(None)
    )
    return current.values(
        ended_at=func.clock_timestamp(),
        ended_by=bindparam("ended_by"),
        reason=bindparam("reason"),
    )
