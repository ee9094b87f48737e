"""Takes one step of an application: checks the rules, writes the changes and the event."""

from typing import Any

from sqlalchemy import insert, update

from gateway.access.fields import is_readable
from gateway.access.rows import reachable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case import Case, lock_case
from gateway.mutations.effects import EFFECTS
from gateway.mutations.outcome import Outcome, RefusedError, Result
from gateway.mutations.requests import StepRequest
from models import Application, ApplicationEvent, Assignment
from models.life import Attempt, Refusal, Step, columns_after_step, refusal, step_for
from models.vocabulary import CLOSED
from models.vocabulary import Outcome as Decided


async def take_step(transaction: WriteTransaction, request: StepRequest) -> Outcome:
    """Take the step. Raises RefusedError if the rules do not allow it."""
    _check_decision(request)
    case = await lock_case(transaction, request.mutation, request.application)
    step = _allowed_step(transaction, request, case)
    state = case.state
    changes = columns_after_step(state, step.target, step.event, case.at)
    if effect := EFFECTS.get(request.verb):
        changes |= await effect(transaction, request, case)
    if changes:
        await transaction.run(
            update(Application).where(Application.id == case.id).values(**changes)
        )
    if step.target in CLOSED and not state.is_closed:
        await _end_assignment(transaction, case)
    if step.event:
        await transaction.run(insert(ApplicationEvent), _event_row(transaction, step, case))
    if not await transaction.all_within(reachable("Application", transaction.viewer), [case.id]):
        raise PermissionError("a step that moves a row out of reach of who takes it")
    return Outcome([Result(str(case.id))])


def _check_decision(request: StepRequest) -> None:
    """A refusal has a ground and a grant has none."""
    if request.outcome is Decided.REFUSED and request.ground is None:
        raise RefusedError(Refusal.GROUND_REQUIRED, "ground")
    if request.outcome is Decided.GRANTED and request.ground is not None:
        raise RefusedError(Refusal.GROUND_NOT_ALLOWED, "ground")


def _allowed_step(transaction: WriteTransaction, request: StepRequest, case: Case) -> Step:
    """The step to take. Raises RefusedError if none is allowed in this state."""
    status, viewer = case.state.status, transaction.viewer
    if request.expected_status not in (None, status):
        raise RefusedError(Refusal.STATUS_CHANGED, "expectedStatus", status=status)
    step = step_for(request.verb, status, viewer.role)
    if step is None:
        raise RefusedError(Refusal.WRONG_STATUS, "applicationId", status=status)
    decision = (request.outcome, request.ground) if request.outcome else None
    attempt = Attempt(viewer.subject, viewer.role, request.question, decision)
    if why := refusal(step, case.state, attempt):
        # Whoever does not read the status meets the same at a grant as at a refusal.
        if case.state.is_closed and not is_readable("Application", "status", viewer.role):
            why = Refusal.WRONG_STATUS
        raise RefusedError(why, "applicationId", status=status)
    return step


def _event_row(transaction: WriteTransaction, step: Step, case: Case) -> dict[str, Any]:
    return {
        "application_id": case.id,
        "sequence": case.sequence + 1,
        "kind": step.event,
        "occurred_at": case.at,
        "actor": transaction.viewer.subject,
        "actor_role": transaction.viewer.role.value,
    }


async def _end_assignment(transaction: WriteTransaction, case: Case) -> None:
    """End the assignment of a closed case, so that its officer can no longer read the identity."""
    current = update(Assignment).where(
        Assignment.application_id == case.id, Assignment.ended_at.is_(None)
    )
    await transaction.run(current.values(ended_at=case.at))
