"""The steps in the life of an application: the whole state machine as one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.life.case_state import Attempt, CaseState
from models.life.preconditions import (
    ARE_REQUIRED,
    CAN_BE_ASKED_AGAIN,
    CAN_BE_EXTENDED,
    CHANGES_THE_DECISION,
    CONDITIONS_ARE_OF_A_VISA,
    GRANT_WAS_PROPOSED_BY_ANOTHER,
    HAS_A_HIT,
    HAS_A_LIVE_VISA,
    HAS_A_PROPOSED_CORRECTION,
    HAS_A_PROPOSED_GRANT,
    HAS_A_QUESTION_TO_ASK,
    HAS_ALL_DOCUMENTS,
    HAS_AN_APPROVED_CORRECTION,
    HAS_AN_OPEN_CORRECTION,
    HAS_AN_OPEN_INTENTION,
    HAS_AN_UNUSED_VISA,
    HAS_APPEARED,
    HAS_COMPANY,
    HAS_NO_OPEN_CORRECTION,
    HAS_NO_OPEN_INTENTION,
    HAS_NO_PROPOSED_GRANT,
    HAS_NOT_APPEARED,
    HOLDS_A_VISA,
    IS_AN_EXTENSION,
    IS_ANNOUNCED_FIRST,
    IS_ASKED_FOR,
    IS_CLEARED,
    IS_GIVEN_TO_ANOTHER,
    IS_HELD,
    IS_LINKED,
    IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS,
    IS_NOT_HELD,
    IS_NOT_OVER,
    IS_NOT_RECEIVED,
    IS_NOT_THE_FIRST_OF_TWO,
    IS_NOT_URGENT,
    IS_NOT_USED_UP,
    IS_ON_NO_DESK,
    IS_ON_THE_OWN_DESK,
    IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR,
    IS_PARTNERED,
    IS_READY_FOR_WORK,
    IS_THE_FIRST_OF_TWO,
    IS_URGENT,
    LINK_COUNTS,
    MAY_BE_CORRECTED,
    NO_LINK_COUNTS,
    OWES_FEE,
    WAITS_FOR_ANSWER,
    WAITS_FOR_SECOND_PERSON,
    WAS_ANNOUNCED,
    WAS_APPROVED_BY_ANOTHER,
    WAS_DECIDED_BY_ANOTHER,
    WAS_NOT_ANNOUNCED,
    WAS_PROPOSED_BY_ANOTHER,
    WAS_REVOKED_BY_ANOTHER,
    Precondition,
)
from models.life.refusals import Refusal
from models.vocabulary import CLOSED, DECIDABLE, PAUSED, EventKind, Role, Status


class Verb(StrEnum):
    """What somebody, or a clock, does to an application."""

    SUBMIT = "submit"
    RECORD_PAYMENT = "record payment"
    RECORD_PAYMENT_ANEW = "record payment anew"
    RECORD_DOCUMENTS = "record documents"
    MARK_RECEIVED = "mark received"
    TAKE = "take"
    GIVE_BACK = "give back"
    REASSIGN = "reassign"
    REQUEST_INFORMATION = "request information"
    ANSWER_INFORMATION = "answer information"
    ANSWER_ITEMS = "answer items"
    ANNOUNCE_REFUSAL = "announce refusal"
    ANSWER_INTENTION = "answer intention"
    REFER_TO_SCREENING = "refer to screening"
    RECORD_SCREENING = "record screening"
    PROPOSE_ANSWER = "propose answer"
    RESOLVE_HIT = "resolve hit"
    CONFIRM_SCREENING = "confirm screening"
    HOLD = "hold"
    RELEASE = "release"
    MARK_URGENT = "mark urgent"
    END_URGENCY = "end urgency"
    PROPOSE_GRANT = "propose grant"
    APPROVE_GRANT = "approve grant"
    REJECT_GRANT = "reject grant"
    GRANT = "grant"
    REFUSE = "refuse"
    GRANT_FIRST = "grant as the first of two"
    REFUSE_FIRST = "refuse as the first of two"
    CORRECT_TO_GRANTED = "correct to granted"
    CORRECT_TO_REFUSED = "correct to refused"
    PROPOSE_CORRECTION = "propose correction"
    APPROVE_CORRECTION = "approve correction"
    CONFIRM_CORRECTION = "confirm correction"
    REJECT_CORRECTION = "reject correction"
    WRITE_NOTE = "write note"
    CONFIRM_LINK = "confirm link"
    REJECT_LINK = "reject link"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    RETURN_VISA = "return visa"
    APPLY_FOR_EXTENSION = "apply for extension"
    RECORD_APPEARANCE = "record appearance"
    SET_ASIDE = "set aside"
    EXPIRE = "expire"
    LAPSE = "lapse"
    END_INTENTION = "end intention"


@dataclass(frozen=True, slots=True)
class Step:
    """A transition from some statuses to one, by some roles, or by a clock if there are none."""

    verb: Verb
    sources: tuple[Status, ...]
    #: None: the status stays.
    target: Status | None
    #: None: it is recorded as a row of its own, such as a screening question or an assignment.
    event: EventKind | None
    by: tuple[Role, ...] = ()
    needs: tuple[Precondition, ...] = ()


S, E, R = Status, EventKind, Role

UNPAID = (S.SUBMITTED, S.AWAITING_PAYMENT)
WORKED_ON = (S.PAID, S.IN_VERIFICATION, *PAUSED, S.SCREENING)
PAID_BEFORE = tuple(status for status in S if status not in (*UNPAID, S.PAYMENT_EXPIRED))
OPEN = tuple(status for status in S if status not in CLOSED)
DECIDED = (S.GRANTED, S.REFUSED)
#: The statuses in which questions may wait for answers. They are answered even if the case is
#: withdrawn meanwhile; after a grant they may be asked again, and a revocation does not end that.
#: An intention to refuse takes a case out of SCREENING, and what was asked there goes on.
ASKED = (
    *(S.IN_VERIFICATION, S.INFO_REQUESTED, S.REFUSAL_INTENDED, S.SCREENING),
    *(S.GRANTED, S.REFUSED, S.WITHDRAWN, S.REVOKED),
)
SUBMITTERS = (R.PARTNER_AGENT, R.APPLICANT, R.PARTNER_SERVICE)
HANDING_OVER = (R.PARTNER_AGENT, R.PARTNER_SERVICE)
#: Where only the desk of a case changes.
STARTED = (*DECIDABLE, *PAUSED)
GIVEN = (IS_GIVEN_TO_ANOTHER, IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS)
ANSWERING = SUBMITTERS
#: What a grant needs besides the desk.
GRANTING = (
    CONDITIONS_ARE_OF_A_VISA, HAS_APPEARED, IS_LINKED, IS_CLEARED, NO_LINK_COUNTS,
    HAS_NO_OPEN_CORRECTION, HAS_COMPANY,
)  # fmt: skip
_FIRST_OF_TWO = {Verb.GRANT: Verb.GRANT_FIRST, Verb.REFUSE: Verb.REFUSE_FIRST}
#: Steps that need a reason, which is kept with the event.
REASONED = (
    Verb.HOLD, Verb.RELEASE, Verb.MARK_URGENT, Verb.END_URGENCY, Verb.PROPOSE_GRANT,
    Verb.REJECT_GRANT, Verb.CORRECT_TO_GRANTED, Verb.CORRECT_TO_REFUSED, Verb.REVOKE,
    Verb.SET_ASIDE,
)  # fmt: skip

STEPS = (
    # Billed at once: the applicant leaves with the bill.
    Step(Verb.SUBMIT, (), S.AWAITING_PAYMENT, E.SUBMITTED, SUBMITTERS),
    Step(Verb.RECORD_PAYMENT, UNPAID, S.PAID, E.PAID, (R.TREASURY,)),
    # After a reversal: the clock, and whatever became of the case, stay as they are.
    Step(Verb.RECORD_PAYMENT_ANEW, PAID_BEFORE, None, None, (R.TREASURY,), (OWES_FEE,)),
    # Which documents of the checklist are there, as often as that changes.
    Step(Verb.RECORD_DOCUMENTS, OPEN, None, None, HANDING_OVER,
         (IS_PARTNERED, IS_NOT_RECEIVED, ARE_REQUIRED)),
    Step(Verb.MARK_RECEIVED, OPEN, None, E.RECEIVED, HANDING_OVER,
         (IS_PARTNERED, IS_NOT_RECEIVED, HAS_ALL_DOCUMENTS)),
    # The first officer to take a case begins its verification. Nobody chooses: the most urgent is
    # taken.
    Step(Verb.TAKE, (S.PAID,), S.IN_VERIFICATION, E.IN_VERIFICATION, (R.OFFICER,),
         (IS_READY_FOR_WORK, IS_ON_NO_DESK)),
    Step(Verb.TAKE, DECIDABLE, None, None, (R.OFFICER,), (IS_ON_NO_DESK,)),
    Step(Verb.GIVE_BACK, STARTED, None, None, (R.OFFICER,), (IS_ON_THE_OWN_DESK,)),
    Step(Verb.REASSIGN, (S.PAID,), S.IN_VERIFICATION, E.IN_VERIFICATION, (R.SUPERVISOR,),
         (IS_READY_FOR_WORK, *GIVEN)),
    Step(Verb.REASSIGN, STARTED, None, None, (R.SUPERVISOR,), GIVEN),
    Step(Verb.REQUEST_INFORMATION, (S.IN_VERIFICATION,), S.INFO_REQUESTED, E.INFO_REQUESTED,
         (R.OFFICER,), (IS_ON_THE_OWN_DESK,)),
    Step(Verb.ANSWER_INFORMATION, (S.INFO_REQUESTED,), S.IN_VERIFICATION, E.IN_VERIFICATION,
         ANSWERING, (HAS_NO_OPEN_INTENTION, IS_ASKED_FOR)),
    # Some of the requested items are still missing.
    Step(Verb.ANSWER_ITEMS, (S.INFO_REQUESTED,), None, None, ANSWERING,
         (HAS_NO_OPEN_INTENTION, IS_ASKED_FOR)),
    # Before a refusal, where the visa type provides for it: its applicant may say something to it,
    # once. Of two officers who decide for themselves, the first announces nothing to the other.
    Step(Verb.ANNOUNCE_REFUSAL, DECIDABLE, S.REFUSAL_INTENDED, E.REFUSAL_INTENDED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, IS_ANNOUNCED_FIRST, WAS_NOT_ANNOUNCED, IS_NOT_THE_FIRST_OF_TWO)),
    Step(Verb.ANSWER_INTENTION, (S.REFUSAL_INTENDED,), S.IN_VERIFICATION, E.IN_VERIFICATION,
         ANSWERING, (HAS_AN_OPEN_INTENTION,)),
    # Nothing is to be asked where that was answered before a refusal was announced.
    Step(Verb.REFER_TO_SCREENING, (S.IN_VERIFICATION,), S.SCREENING, E.SCREENING, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, HAS_A_QUESTION_TO_ASK)),
    # Asking again, after UNAVAILABLE.
    Step(Verb.REFER_TO_SCREENING, (S.SCREENING,), None, E.SCREENING, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, HAS_A_QUESTION_TO_ASK)),
    Step(Verb.REFER_TO_SCREENING, (S.SCREENING,), None, E.SCREENING, (R.SUPERVISOR,),
         (HAS_A_QUESTION_TO_ASK,)),
    # A refusal that was made unscreened can only be corrected to a grant after a screening, and a
    # revocation set aside.
    Step(Verb.REFER_TO_SCREENING, (S.REFUSED, S.REVOKED), None, None, (R.SUPERVISOR,),
         (HAS_A_QUESTION_TO_ASK,)),
    # Supervision does not end at the grant: answers from before it no longer count.
    Step(Verb.REFER_TO_SCREENING, (S.GRANTED,), None, None, (R.SUPERVISOR,),
         (HAS_A_LIVE_VISA, CAN_BE_ASKED_AGAIN)),
    Step(Verb.RECORD_SCREENING, ASKED, None, E.SCREENED, (R.SCREENING,), (WAITS_FOR_ANSWER,)),
    # A clearance, and the verdict on a hit, take effect once a second person agrees.
    Step(Verb.PROPOSE_ANSWER, ASKED, None, E.ANSWER_PROPOSED, (R.SCREENING,),
         (WAITS_FOR_ANSWER,)),
    Step(Verb.RESOLVE_HIT, ASKED, None, E.ANSWER_PROPOSED, (R.SUPERVISOR,), (HAS_A_HIT,)),
    Step(Verb.CONFIRM_SCREENING, ASKED, None, E.SCREENED, (R.SCREENING,),
         (WAITS_FOR_SECOND_PERSON, WAS_PROPOSED_BY_ANOTHER)),
    Step(Verb.HOLD, OPEN, None, E.HELD, (R.SUPERVISOR,), (IS_NOT_HELD,)),
    Step(Verb.HOLD, (S.GRANTED,), None, E.HELD, (R.SUPERVISOR,), (HAS_A_LIVE_VISA, IS_NOT_HELD)),
    Step(Verb.RELEASE, tuple(S), None, E.RELEASED, (R.SUPERVISOR,), (IS_HELD,)),
    # Nobody chooses what they take; a supervisor says what is taken first, and why.
    Step(Verb.MARK_URGENT, OPEN, None, E.MARKED_URGENT, (R.SUPERVISOR,), (IS_NOT_URGENT,)),
    Step(Verb.END_URGENCY, OPEN, None, E.URGENCY_ENDED, (R.SUPERVISOR,), (IS_URGENT,)),
    # Nobody grants alone where a link counts: one says why all the same, another one approves it.
    Step(Verb.PROPOSE_GRANT, DECIDABLE, None, E.GRANT_PROPOSED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, LINK_COUNTS, HAS_NO_PROPOSED_GRANT)),
    # Where a refusal is to be corrected, or a revocation to be set aside, it is on no desk.
    Step(Verb.PROPOSE_GRANT, (*DECIDED, S.REVOKED), None, E.GRANT_PROPOSED, (R.SUPERVISOR,),
         (LINK_COUNTS, HAS_NO_PROPOSED_GRANT)),
    Step(Verb.APPROVE_GRANT, (*DECIDABLE, *DECIDED, S.REVOKED), None, E.GRANT_APPROVED,
         (R.SUPERVISOR,), (HAS_A_PROPOSED_GRANT, GRANT_WAS_PROPOSED_BY_ANOTHER)),
    # Whoever proposed it takes it back in the same way.
    Step(Verb.REJECT_GRANT, DECIDABLE, None, E.GRANT_REJECTED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, HAS_A_PROPOSED_GRANT)),
    Step(Verb.REJECT_GRANT, (*DECIDABLE, *DECIDED, S.REVOKED), None, E.GRANT_REJECTED,
         (R.SUPERVISOR,), (HAS_A_PROPOSED_GRANT,)),
    Step(Verb.GRANT, DECIDABLE, S.GRANTED, E.GRANTED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, IS_NOT_THE_FIRST_OF_TWO, *GRANTING)),
    Step(Verb.REFUSE, DECIDABLE, S.REFUSED, E.REFUSED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, IS_NOT_THE_FIRST_OF_TWO, WAS_ANNOUNCED)),
    # Of the sample of a rule, two officers decide some, each for themselves: what the first decides
    # is withheld, and it goes on as if it had been given back.
    Step(Verb.GRANT_FIRST, DECIDABLE, None, None, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, IS_THE_FIRST_OF_TWO, *GRANTING)),
    Step(Verb.REFUSE_FIRST, DECIDABLE, None, None, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, IS_THE_FIRST_OF_TWO)),
    # Refused because of a confirmed hit. Supervisors grant nothing: the person who judges a hit
    # does not also grant.
    Step(Verb.REFUSE, DECIDABLE, S.REFUSED, E.REFUSED, (R.SUPERVISOR,),
         (IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR, WAS_ANNOUNCED)),
    Step(Verb.CORRECT_TO_GRANTED, DECIDED, S.GRANTED, E.GRANTED, (R.SUPERVISOR,),
         (WAS_DECIDED_BY_ANOTHER, CHANGES_THE_DECISION, CONDITIONS_ARE_OF_A_VISA, HAS_APPEARED,
          IS_LINKED, IS_CLEARED, NO_LINK_COUNTS, HAS_COMPANY)),
    Step(Verb.CORRECT_TO_REFUSED, DECIDED, S.REFUSED, E.REFUSED, (R.SUPERVISOR,),
         (WAS_DECIDED_BY_ANOTHER, CHANGES_THE_DECISION)),
    # Corrections of the person on file. Before payment they take effect at once.
    Step(Verb.PROPOSE_CORRECTION, UNPAID, None, E.CORRECTED, SUBMITTERS),
    Step(Verb.PROPOSE_CORRECTION, WORKED_ON, None, E.CORRECTION_PROPOSED, SUBMITTERS,
         (HAS_NO_OPEN_CORRECTION,)),
    Step(Verb.PROPOSE_CORRECTION, (S.GRANTED,), None, E.CORRECTION_PROPOSED, (R.APPLICANT,),
         (HAS_NO_OPEN_CORRECTION, HOLDS_A_VISA, MAY_BE_CORRECTED)),
    Step(Verb.APPROVE_CORRECTION, WORKED_ON, None, E.CORRECTED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, HAS_A_PROPOSED_CORRECTION)),
    # After a grant it is on nobody's desk: two supervisors agree to it.
    Step(Verb.APPROVE_CORRECTION, (S.GRANTED,), None, None, (R.SUPERVISOR,),
         (HAS_A_PROPOSED_CORRECTION,)),
    Step(Verb.CONFIRM_CORRECTION, (S.GRANTED,), None, E.CORRECTED, (R.SUPERVISOR,),
         (HAS_AN_APPROVED_CORRECTION, WAS_APPROVED_BY_ANOTHER)),
    Step(Verb.REJECT_CORRECTION, WORKED_ON, None, E.CORRECTION_REJECTED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, HAS_A_PROPOSED_CORRECTION)),
    Step(Verb.REJECT_CORRECTION, (S.GRANTED,), None, E.CORRECTION_REJECTED, (R.SUPERVISOR,),
         (HAS_AN_OPEN_CORRECTION,)),
    # What whoever works on it next has to know.
    Step(Verb.WRITE_NOTE, STARTED, None, None, (R.OFFICER,), (IS_ON_THE_OWN_DESK,)),
    Step(Verb.WRITE_NOTE, STARTED, None, None, (R.SUPERVISOR,)),
    # Whether it is the same person, where name and birth date are alike: an officer compares both
    # files.
    Step(Verb.CONFIRM_LINK, STARTED, None, None, (R.OFFICER,), (IS_ON_THE_OWN_DESK,)),
    Step(Verb.REJECT_LINK, STARTED, None, None, (R.OFFICER,), (IS_ON_THE_OWN_DESK,)),
    Step(Verb.WITHDRAW, OPEN, S.WITHDRAWN, E.WITHDRAWN, SUBMITTERS),
    Step(Verb.REVOKE, (S.GRANTED,), S.REVOKED, E.REVOKED, (R.SUPERVISOR,)),
    # The decision stays; its holder goes without the visa.
    Step(Verb.RETURN_VISA, (S.GRANTED,), None, E.VISA_RETURNED, (R.APPLICANT,),
         (HAS_AN_UNUSED_VISA,)),
    # Whoever stays by the visa asks for more days of it: by an application of its own, which is
    # billed at once, and changes nothing of this one.
    Step(Verb.APPLY_FOR_EXTENSION, (S.GRANTED,), None, None, (R.APPLICANT,),
         (CAN_BE_EXTENDED, IS_NOT_USED_UP, IS_NOT_OVER)),
    # An immigration office tells the officer who has the case.
    Step(Verb.RECORD_APPEARANCE, DECIDABLE, None, E.APPEARED, (R.OFFICER,),
         (IS_ON_THE_OWN_DESK, IS_AN_EXTENSION, HAS_NOT_APPEARED)),
    # A revocation made in error: a second person grants again, by a new decision with a new visa.
    Step(Verb.SET_ASIDE, (S.REVOKED,), S.GRANTED, E.GRANTED, (R.SUPERVISOR,),
         (WAS_REVOKED_BY_ANOTHER, IS_LINKED, IS_CLEARED, NO_LINK_COUNTS)),
    Step(Verb.EXPIRE, UNPAID, S.PAYMENT_EXPIRED, E.PAYMENT_EXPIRED),
    Step(Verb.LAPSE, (S.INFO_REQUESTED,), S.LAPSED, E.LAPSED),
    # Nobody lapses who says nothing: the officer decides.
    Step(Verb.END_INTENTION, (S.REFUSAL_INTENDED,), S.IN_VERIFICATION, E.IN_VERIFICATION),
)  # fmt: skip


def verb_taken(verb: Verb, now: CaseState, attempt: Attempt) -> Verb:
    """The verb of an attempt: an answer to some of the requested items is a step of its own, and so
    is a payment of what was paid before, and a decision that another one follows."""
    if now.awaits_first_decision and verb in _FIRST_OF_TWO:
        return _FIRST_OF_TWO[verb]
    if verb is Verb.RECORD_PAYMENT and now.is_paid:
        return Verb.RECORD_PAYMENT_ANEW
    is_answer = verb is Verb.ANSWER_INFORMATION
    return Verb.ANSWER_ITEMS if is_answer and attempt.leaves_open(now) else verb


def steps_by_attempt(
    steps: Sequence[Step],
) -> Mapping[tuple[Verb, Status, Role | None], Step]:
    """By verb, status and role (None: a clock): the first step that fits."""
    return {
        (step.verb, status, role): step
        for step in reversed(steps)
        for status in step.sources
        for role in step.by or (None,)
    }


BY_ATTEMPT = steps_by_attempt(STEPS)


def step_for(verb: Verb, status: Status, role: Role | None) -> Step | None:
    """The step for a verb from a status by a role (None: a clock), if there is one."""
    return BY_ATTEMPT.get((verb, status, role))


def refusal(step: Step, now: CaseState, attempt: Attempt) -> Refusal | None:
    """The first unmet precondition's refusal; None if the step can be taken."""
    return next((need.refusal for need in step.needs if not need.holds(now, attempt)), None)
