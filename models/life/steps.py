"""The steps in the life of an application: the whole state machine as one table."""

from dataclasses import dataclass
from enum import StrEnum

from models.life.case_state import CaseState
from models.life.preconditions import (
    CAN_BE_ASKED_ANEW,
    CHANGES_THE_DECISION,
    HAS_A_HIT,
    IS_CLEARED,
    IS_HELD,
    IS_NOT_HELD,
    IS_NOT_RECEIVED,
    IS_ON_AN_OFFICERS_DESK,
    IS_ON_THE_OWN_DESK,
    IS_PARTNERED,
    IS_READY_FOR_WORK,
    WAITS_FOR_ANSWER,
    WAITS_FOR_SECOND_PERSON,
    WAS_DECIDED_BY_ANOTHER,
    WAS_PROPOSED_BY_ANOTHER,
    Attempt,
    Precondition,
)
from models.life.refusals import Refusal
from models.vocabulary import CLOSED, EventKind, Role, Status


class Verb(StrEnum):
    """What somebody, or a clock, does to an application."""

    SUBMIT = "submit"
    RECORD_PAYMENT = "record payment"
    MARK_RECEIVED = "mark received"
    START_VERIFICATION = "start verification"
    REQUEST_INFORMATION = "request information"
    ANSWER_INFORMATION = "answer information"
    REFER_TO_SCREENING = "refer to screening"
    RECORD_SCREENING = "record screening"
    PROPOSE_ANSWER = "propose answer"
    RESOLVE_HIT = "resolve hit"
    CONFIRM_SCREENING = "confirm screening"
    HOLD = "hold"
    RELEASE = "release"
    GRANT = "grant"
    REFUSE = "refuse"
    CORRECT_TO_GRANTED = "correct to granted"
    CORRECT_TO_REFUSED = "correct to refused"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    EXPIRE = "expire"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Step:
    """A transition from some statuses to one, by some roles, or by a clock if there are none."""

    verb: Verb
    sources: tuple[Status, ...]
    #: None: the status stays.
    target: Status | None
    #: None: it is recorded as a row of its own, a screening question or its answer.
    event: EventKind | None
    by: tuple[Role, ...] = ()
    needs: tuple[Precondition, ...] = ()


S, E, R = Status, EventKind, Role

UNPAID = (S.SUBMITTED, S.AWAITING_PAYMENT)
OPEN = tuple(status for status in S if status not in CLOSED)
DECIDED = (S.GRANTED, S.REFUSED)
#: Where questions may wait for answers; what is withdrawn meanwhile is answered all the same.
ASKED = (S.SCREENING, S.REFUSED, S.WITHDRAWN)
SENDERS = (R.PARTNER_AGENT, R.APPLICANT)
HANDING_OVER = (R.PARTNER_AGENT, R.PARTNER_SERVICE)

STEPS = (
    # Billed at once: the applicant leaves with the bill.
    Step(Verb.SUBMIT, (), S.AWAITING_PAYMENT, E.SUBMITTED, SENDERS),
    Step(Verb.RECORD_PAYMENT, UNPAID, S.PAID, E.PAID, (R.TREASURY,)),
    Step(Verb.MARK_RECEIVED, OPEN, None, E.RECEIVED, HANDING_OVER,
         (IS_PARTNERED, IS_NOT_RECEIVED)),
    Step(Verb.START_VERIFICATION, (S.PAID,), S.IN_VERIFICATION, E.IN_VERIFICATION, (R.OFFICER,),
         (IS_READY_FOR_WORK,)),
    Step(Verb.REQUEST_INFORMATION, (S.IN_VERIFICATION,), S.INFO_REQUESTED, E.INFO_REQUESTED,
         (R.OFFICER,)),
    Step(Verb.ANSWER_INFORMATION, (S.INFO_REQUESTED,), S.IN_VERIFICATION, E.IN_VERIFICATION,
         (*SENDERS, R.PARTNER_SERVICE)),
    Step(Verb.REFER_TO_SCREENING, (S.IN_VERIFICATION,), S.SCREENING, E.SCREENING, (R.OFFICER,)),
    # Asking again, after UNAVAILABLE.
    Step(Verb.REFER_TO_SCREENING, (S.SCREENING,), None, E.SCREENING, (R.OFFICER, R.SUPERVISOR),
         (CAN_BE_ASKED_ANEW,)),
    # A refusal that was made unscreened can only be corrected to a grant after a screening.
    Step(Verb.REFER_TO_SCREENING, (S.REFUSED,), None, None, (R.SUPERVISOR,),
         (CAN_BE_ASKED_ANEW,)),
    Step(Verb.RECORD_SCREENING, ASKED, None, E.SCREENED, (R.SCREENING,), (WAITS_FOR_ANSWER,)),
    # A clearance, and what a hit turned out to be, take effect once a second person agrees.
    Step(Verb.PROPOSE_ANSWER, ASKED, None, E.ANSWER_PROPOSED, (R.SCREENING,),
         (WAITS_FOR_ANSWER,)),
    Step(Verb.RESOLVE_HIT, ASKED, None, E.ANSWER_PROPOSED, (R.SUPERVISOR,), (HAS_A_HIT,)),
    Step(Verb.CONFIRM_SCREENING, ASKED, None, E.SCREENED, (R.SCREENING,),
         (WAITS_FOR_SECOND_PERSON, WAS_PROPOSED_BY_ANOTHER)),
    Step(Verb.HOLD, OPEN, None, E.HELD, (R.SUPERVISOR,), (IS_NOT_HELD,)),
    Step(Verb.RELEASE, tuple(S), None, E.RELEASED, (R.SUPERVISOR,), (IS_HELD,)),
    Step(Verb.GRANT, (S.IN_VERIFICATION, S.SCREENING), S.GRANTED, E.GRANTED, (R.OFFICER,),
         (IS_ON_AN_OFFICERS_DESK, IS_CLEARED)),
    Step(Verb.REFUSE, (S.IN_VERIFICATION, S.SCREENING), S.REFUSED, E.REFUSED, (R.OFFICER,),
         (IS_ON_AN_OFFICERS_DESK,)),
    # A hit that is one: the case is on the desk of who resolved it.
    Step(Verb.REFUSE, (S.SCREENING,), S.REFUSED, E.REFUSED, (R.SUPERVISOR,),
         (IS_ON_THE_OWN_DESK,)),
    Step(Verb.CORRECT_TO_GRANTED, DECIDED, S.GRANTED, E.GRANTED, (R.SUPERVISOR,),
         (WAS_DECIDED_BY_ANOTHER, CHANGES_THE_DECISION, IS_CLEARED)),
    Step(Verb.CORRECT_TO_REFUSED, DECIDED, S.REFUSED, E.REFUSED, (R.SUPERVISOR,),
         (WAS_DECIDED_BY_ANOTHER, CHANGES_THE_DECISION)),
    Step(Verb.WITHDRAW, OPEN, S.WITHDRAWN, E.WITHDRAWN, SENDERS),
    Step(Verb.REVOKE, (S.GRANTED,), S.REVOKED, E.REVOKED, (R.SUPERVISOR,)),
    Step(Verb.EXPIRE, UNPAID, S.PAYMENT_EXPIRED, E.PAYMENT_EXPIRED),
    Step(Verb.LAPSE, (S.INFO_REQUESTED,), S.LAPSED, E.LAPSED),
)  # fmt: skip


def step_for(verb: Verb, status: Status, role: Role | None) -> Step | None:
    """The step for a verb from a status by a role (None: a clock), if there is one."""
    for step in STEPS:
        acts = role in step.by if role else not step.by
        if step.verb is verb and status in step.sources and acts:
            return step
    return None


def refusal(step: Step, now: CaseState, attempt: Attempt) -> Refusal | None:
    """The first unmet precondition's refusal; None if the step can be taken."""
    return next((need.refusal for need in step.needs if not need.holds(now, attempt)), None)
