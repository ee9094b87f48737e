"""Takes one step of an application: checks the rules, writes the changes and the event."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from gateway.access.fields import is_readable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.answering import check_answers
from gateway.mutations.correcting import check_correction
from gateway.mutations.desk import end_assignment, most_urgent, rest_of_family
from gateway.mutations.effects import EFFECTS
from gateway.mutations.extending import apply_for_extension
from gateway.mutations.leaving import require_in_reach
from gateway.mutations.locked_case import Case, lock_case
from gateway.mutations.outcome import Outcome, Reason, Reasons, RefusedError, Result
from gateway.mutations.requests import StepRequest
from gateway.mutations.row_lookups import is_there
from gateway.policy import MUTATIONS
from models import Application, ApplicationEvent, Bill, FormerBill
from models.life import (
    REASONED,
    Attempt,
    CaseState,
    Refusal,
    Step,
    Verb,
    columns_after_step,
    refusal_of,
    step_for,
    verb_taken,
)
from models.vocabulary import CLOSED, STAGE_OF, Status
from models.vocabulary import Outcome as Decided


async def take_step(transaction: WriteTransaction, request: StepRequest) -> Outcome:
    """Take the step. Raises RefusedError if the rules do not allow it."""
    reasons = Reasons(request.faults)
    _check_decision(request, reasons)
    # All files of a bill are locked before anything is written: see `leave_family_bill`.
    named = await _named_applications(transaction, request)
    locked = [await lock_case(transaction, request.mutation, each) for each in named]
    cases = [case for case in locked if case is not None]
    if not cases or len(cases) < len(locked):
        reasons.add(await _nothing_found(transaction, request), request.target)
        raise RefusedError(*reasons.all())
    made = [await _step_of(transaction, request, case, reasons) for case in cases]
    if request.queue is not None:
        for id_ in await rest_of_family(transaction, request, cases[0].id):
            if case := await lock_case(transaction, request.mutation, id_):
                await _step_of(transaction, request, case, reasons)
                cases.append(case)
    await require_in_reach(transaction, request.mutation, [case.id for case in cases])
    return Outcome([Result(str(made[0]) if made[0] else _answered_key(request, cases[0]))])


async def _step_of(
    transaction: WriteTransaction, request: StepRequest, case: Case, reasons: Reasons
) -> UUID | None:
    """Take the step of one application; return the other one that it makes, if it makes one.

    Raises RefusedError if the rules do not allow it.
    """
    if request.correction is not None:
        await check_correction(transaction, request.correction, case, reasons)
    if request.items:
        await check_answers(transaction, request.items, case, reasons)
    step = _allowed_step(transaction, request, case, reasons)
    if step and not case.is_locked:  # it came to this desk after we tried to lock it
        reasons.add(Refusal.NOT_ASSIGNED, request.target)
    if step is None or reasons:
        raise RefusedError(*reasons.all())
    if step.verb is Verb.APPLY_FOR_EXTENSION:
        return await apply_for_extension(transaction, request, case)
    state = case.state
    changes = columns_after_step(state, step.target, step.event, case.at)
    if effect := EFFECTS.get(step.verb):
        changes |= await effect(transaction, request, case)
    if changes:
        transaction.update(Application, {"id": case.id}, changes)
    if step.event:
        transaction.insert(ApplicationEvent, _event_row(transaction, request, step, case))
    if step.target in CLOSED and not state.is_closed:
        end_assignment(transaction, case)
    return None


async def _nothing_found(transaction: WriteTransaction, request: StepRequest) -> Refusal:
    """The refusal where no application was found; one of a former code waits under another, and
    each file of a family may have left its bill."""
    if request.queue is not None:
        return Refusal.QUEUE_EMPTY
    if request.billing_code is not None:
        for noun, column in ((FormerBill, "billing_code"), (Bill, "paid_under")):
            if await is_there(transaction, noun, {column: request.billing_code}):
                return Refusal.BILL_CLOSED
    return Refusal.NOT_FOUND


def _answered_key(request: StepRequest, case: Case) -> str:
    """The key of what the mutation answers with."""
    if request.billing_code is not None:
        return request.billing_code
    if MUTATIONS[request.mutation].answers == "screening":
        return str(next(id_ for kind, id_ in case.questions.items() if kind == request.question))
    return str(case.id)


async def _named_applications(
    transaction: WriteTransaction, request: StepRequest
) -> list[UUID | None]:
    """The application that the request names by its id, those that it names by their bill, or the
    next of a queue."""
    if request.queue is not None:
        return [await most_urgent(transaction, request)]
    if request.billing_code is None:
        return [request.application]
    rows = await transaction.fetch_one(_select_billed, billing_code=request.billing_code)
    return [row.application_id for row in rows]


def _select_billed() -> Any:
    paid = Bill.paid_under == bindparam("billing_code")
    billed = select(Bill.application_id).where(paid, Bill.application_id.is_not(None))
    return billed.order_by(Bill.application_id)


def _check_decision(request: StepRequest, reasons: Reasons) -> None:
    """A refusal has a ground and a grant has none; only a grant has conditions."""
    if request.outcome is Decided.REFUSED and not request.grounds:
        reasons.add(Refusal.GROUND_REQUIRED, "grounds")
    if request.outcome is Decided.GRANTED and request.grounds:
        reasons.add(Refusal.GROUND_NOT_ALLOWED, "grounds")
    if request.outcome is Decided.REFUSED and request.conditions:
        reasons.add(Refusal.CONDITIONS_NOT_ALLOWED, "conditions")


def _allowed_step(
    transaction: WriteTransaction, request: StepRequest, case: Case, reasons: Reasons
) -> Step | None:
    """The step to take; None, with the reason, if none is allowed in this state."""
    status, viewer = case.state.status, transaction.viewer
    if request.expected_status not in (None, status):
        reasons.add(Refusal.STATUS_CHANGED, "expectedStatus", status=status)
    elif request.expected_stage not in (None, STAGE_OF[status]):
        reasons.add(Refusal.STAGE_CHANGED, "expectedStage", status=status)
    else:
        decision = (
            (request.outcome, request.grounds + request.conditions) if request.outcome else None
        )
        attempt = Attempt(
            viewer.subject,
            viewer.role,
            request.question,
            decision,
            items=frozenset(item.kind for item in request.items),
            documents=frozenset(request.documents),
            receiver=request.receiver,
        )
        verb = verb_taken(request.verb, case.state, attempt)
        reads_status = is_readable("Application", "status", viewer.role)
        why = refusal_of(verb, case.state, attempt, reads_status=reads_status)
        if why is None:
            return step_for(verb, status, viewer.role)
        reads_stage = reads_status or is_readable("Application", "stage", viewer.role)
        visible_status = status if reads_stage else None
        reasons.include(reason_of(why, (request.target,), case.state, visible_status))
    return None


def reason_of(why: Refusal, path: tuple[str, ...], now: CaseState, status: Status | None) -> Reason:
    """The reason for a refusal, with what the case says of it beyond the code."""
    if why is Refusal.DOCUMENTS_MISSING:
        missing = tuple(sorted(now.missing_documents))
        return Reason(
            Refusal.DOCUMENTS_MISSING, path, rule="missing", status=status, missing=missing
        )
    return Reason(why, path, status=status)


def _event_row(
    transaction: WriteTransaction, request: StepRequest, step: Step, case: Case
) -> dict[str, Any]:
    return {
        "application_id": case.id,
        "sequence": case.sequence + 1,
        "kind": step.event,
        "occurred_at": case.at,
        "actor": transaction.viewer.subject,
        "actor_role": transaction.viewer.role.value,
        "reason": request.reason if step.verb in REASONED else None,
    }
