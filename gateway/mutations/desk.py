"""Whose desk a case is on: the most urgent is taken from a queue with its family, given back, or
reassigned. An officer who left is relieved of every case: each goes back to its queue.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    all_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations.locked_case import Case
from gateway.mutations.outcome import Outcome, Reason, Reasons, RefusedError, Result
from gateway.mutations.requests import ReliefRequest, StepRequest
from gateway.rules import Scope
from models import Application, Assignment
from models.case.queues import IS_FREE, IS_URGENT
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.life.grant_conditions import LARGEST_FAMILY
from models.vocabulary import Queue, Role


async def most_urgent(transaction: WriteTransaction, request: StepRequest) -> UUID | None:
    """The case of a queue that is taken first, locked: two officers never get the same.

    It is of the viewer's pools; what is urgent comes before what is due first. A case, or a family,
    that somebody else is just taking is skipped, and so is one that the viewer had before. Where
    none is left, those that are being changed are waited for: the keeper may have the last.
    """
    for skips in (True, False):
        passed: list[Any] = []
        while found := await _first(transaction, request, passed):
            if await _lock(transaction, request, found, skips):
                return found.id
            passed.append(found)
    return None


async def rest_of_family(
    transaction: WriteTransaction, request: StepRequest, taken: UUID
) -> list[UUID]:
    """What is free of the family of a case that was just taken, locked, whichever pool it is of.

    What joins the family later is taken like any other case.
    """
    role = transaction.viewer.role
    rest = await transaction.fetch_one(_select_rest, request.mutation, role, taken=taken)
    return [row.id for row in rest]


async def _first(transaction: WriteTransaction, request: StepRequest, passed: list[Any]) -> Any:
    """The first case to take besides those that were passed, with its family; it is not locked."""
    shape = request.mutation, transaction.viewer.role, request.queue is Queue.OVERDUE
    besides = {
        "passed": [one.id for one in passed],
        "families": [one.family for one in passed if one.family],
    }
    urgent, others = await transaction.fetch(
        transaction.bind(_select_first, *shape, True, **besides),
        transaction.bind(_select_first, *shape, False, **besides),
    )
    return next(iter([*urgent, *others]), None)


async def _lock(
    transaction: WriteTransaction, request: StepRequest, found: Any, skips: bool
) -> bool:
    """Lock a case, if it is still to be taken. Of a family, whoever takes one file is the only one:
    no row is locked before, so that nobody waits for each other."""
    if found.family and skips:
        [ours] = await transaction.fetch_one(_select_try, text=found.family)
        if not ours.is_locked:
            return False
    elif found.family:
        await transaction.fetch_one(select_lock, text=found.family)
    shape = request.mutation, transaction.viewer.role, request.queue is Queue.OVERDUE, skips
    return bool(await transaction.fetch_one(_select_to_take, *shape, id=found.id))


def _select_first(mutation: str, role: Role, is_overdue: bool, is_urgent: bool) -> Any:
    member = aliased(Application)
    size = select(func.count()).where(member.group_reference == Application.group_reference)
    is_of_family = size.scalar_subquery() <= literal_column(str(LARGEST_FAMILY))
    passed = bindparam("passed", None, ARRAY(Application.id.type))
    families = bindparam("families", None, ARRAY(Application.group_reference.type))
    free = select(
        Application.id, case((is_of_family, Application.group_reference)).label("family")
    ).where(
        *_conditions(mutation, role, is_overdue),
        Application.id != all_(passed),
        or_(Application.group_reference.is_(None), Application.group_reference != all_(families)),
    )
    if is_urgent:
        free = free.where(IS_URGENT)
    return free.order_by(Application.target_due_at, Application.id).limit(literal_column("1"))


def _select_to_take(mutation: str, role: Role, is_overdue: bool, skips: bool) -> Any:
    conditions = _conditions(mutation, role, is_overdue)
    one = select(Application.id).where(Application.id == bindparam("id"), *conditions)
    return one.with_for_update(of=Application, skip_locked=skips)


def _select_rest(mutation: str, role: Role) -> Any:
    first, member = aliased(Application), aliased(Application)
    of_taken = first.id == bindparam("taken")
    family = select(first.group_reference).where(of_taken).scalar_subquery()
    size = select(func.count()).where(member.group_reference == family).scalar_subquery()
    rest = select(Application.id).where(
        *_conditions(mutation, role, is_overdue=False),
        Application.group_reference == family,
        size <= literal_column(str(LARGEST_FAMILY)),
    )
    return rest.order_by(Application.id).with_for_update(of=Application)


def _conditions(mutation: str, role: Role, is_overdue: bool) -> Iterator[ColumnElement[bool]]:
    """What a case must meet to be taken."""
    oneself = bindparam(Scope.SUBJECT.value, None, Assignment.officer.type)
    had_it = select(Assignment.id).where(
        Assignment.application_id == Application.id, Assignment.officer == oneself
    )
    yield from (IS_FREE, changeable(mutation, role), ~had_it.exists())
    if is_overdue:
        yield Application.target_due_at < func.clock_timestamp()


def _select_try() -> Any:
    """Like `select_lock`, for who does not wait."""
    text = bindparam("text", None, Text)
    return select(func.pg_try_advisory_xact_lock(func.hashtextextended(text, 0)).label("is_locked"))


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
