"""The refusal of a step that a role sees: by the status if it reads one, else by what it reads.

A role that reads no status reads the stage, and whether the fee is paid. So wherever those are the
same, it must meet the same refusal: otherwise the refusal would reveal the status.
"""

from collections.abc import Collection, Iterable

from models.life.case_state import Attempt, CaseState
from models.life.refusals import Refusal
from models.life.steps import UNPAID, Step, Verb, refusal, step_for
from models.vocabulary import CLOSED, STAGE_OF, Role, Stage, Status

#: The refusal of a step in a wrong status, for roles that read neither status nor stage.
_CLOSED = {
    Verb.RECORD_PAYMENT: Refusal.BILL_CLOSED,
    Verb.RECORD_SCREENING: Refusal.NOTHING_ASKED,
    Verb.PROPOSE_ANSWER: Refusal.NOTHING_ASKED,
    Verb.CONFIRM_SCREENING: Refusal.NOTHING_PROPOSED,
}


def statuses_alike(stage: Stage, *, is_paid: bool) -> tuple[Status, ...]:
    """The statuses that an application may have, as far as a role can tell from its stage and its
    payment."""
    return tuple(
        status
        for status in Status
        if STAGE_OF[status] is stage and (status in CLOSED or (status in UNPAID) is not is_paid)
    )


def refusal_of(
    verb: Verb, now: CaseState, attempt: Attempt, *, reads_status: bool
) -> Refusal | None:
    """Why a step cannot be taken; None if it can."""
    if step := step_for(verb, now.status, attempt.role):
        return refusal(step, now, attempt)
    if verb in _CLOSED:
        return _CLOSED[verb]
    if reads_status:
        return Refusal.WRONG_STATUS
    alike = statuses_alike(STAGE_OF[now.status], is_paid=now.is_paid)
    for step in _steps((verb,), alike, attempt.role):
        # Judge it as in a status in which the step is allowed, so that the refusal names the first
        # other obstacle.
        return refusal(step, now, attempt) or step.needs[-1].refusal
    return Refusal.WRONG_STAGE


def visible_refusal(
    verbs: Collection[Verb],
    statuses: Collection[Status],
    now: CaseState,
    known: Collection[str],
    attempt: Attempt,
) -> Refusal | None:
    """Why none of some steps can be taken, as far as the role reads; None if one may be.

    ``statuses`` are those that the application may have for the role, ``known`` the attributes of
    the state that the role reads. Needs that depend on more show only when the step is attempted.
    """
    found: list[Refusal] = []
    for step in _steps(verbs, statuses, attempt.role):
        needs = (need for need in step.needs if need.facts and set(need.facts) <= set(known))
        unmet = next((need.refusal for need in needs if not need.holds(now, attempt)), None)
        if unmet is None:
            return None
        found.append(unmet)
    if found:
        return found[0]
    return Refusal.WRONG_STATUS if "status" in known else Refusal.WRONG_STAGE


def _steps(
    verbs: Iterable[Verb], statuses: Collection[Status], role: Role | None
) -> Iterable[Step]:
    for verb in verbs:
        for status in statuses:
            if step := step_for(verb, status, role):
                yield step
