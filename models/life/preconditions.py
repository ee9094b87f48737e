"""The preconditions of steps, besides the status of the application."""

from collections.abc import Callable
from dataclasses import dataclass

from models.life.case_state import Attempt, CaseState
from models.life.refusals import Refusal
from models.vocabulary import (
    UNANNOUNCED_GROUNDS,
    CorrectionState,
    Extendability,
    ScreeningResult,
    Status,
)


@dataclass(frozen=True, slots=True)
class Precondition:
    """A condition: its words for the docs, its check, and the refusal if it does not hold."""

    words: str
    holds: Callable[[CaseState, Attempt], bool]
    refusal: Refusal
    #: The attributes of the state that decide; None where more than the case itself does: what is
    #: attempted, or what supervision answered.
    facts: tuple[str, ...] | None = None


IS_READY_FOR_WORK = Precondition(
    "a partner has handed the file over",
    lambda now, _: now.is_received or not now.is_partnered,
    Refusal.NOT_RECEIVED,
    ("is_received", "is_partnered"),
)
IS_NOT_RECEIVED = Precondition(
    "not handed over before",
    lambda now, _: not now.is_received,
    Refusal.ALREADY_RECEIVED,
    ("is_received",),
)
HAS_ALL_DOCUMENTS = Precondition(
    "every document of its checklist is there",
    lambda now, _: not now.missing_documents,
    Refusal.DOCUMENTS_MISSING,
    ("missing_documents",),
)
ARE_REQUIRED = Precondition(
    "each document is on its checklist",
    lambda now, by: by.documents <= now.required_documents,
    Refusal.NOT_REQUIRED,
)
IS_HELD = Precondition("held", lambda now, _: now.is_held, Refusal.NOT_HELD, ("is_held",))
IS_NOT_HELD = Precondition(
    "not held", lambda now, _: not now.is_held, Refusal.ALREADY_HELD, ("is_held",)
)
IS_URGENT = Precondition("urgent", lambda now, _: now.is_urgent, Refusal.NOT_URGENT, ("is_urgent",))
IS_NOT_URGENT = Precondition(
    "not urgent", lambda now, _: not now.is_urgent, Refusal.ALREADY_URGENT, ("is_urgent",)
)
OWES_FEE = Precondition(
    "its payment was reversed, and nobody paid anew",
    lambda now, _: now.owes_fee,
    Refusal.BILL_CLOSED,
)
#: A single refusal for all causes, so that officers do not learn of holds and hits.
IS_CLEARED = Precondition(
    "not held, its fee not owed again, and every question of supervision was last answered CLEAR,"
    " or its hit NO_MATCH; of an extension, the same of the visa, which is in force and not held",
    lambda now, _: now.is_cleared,
    Refusal.NOT_CLEARED,
)
#: The LINKER looks at every case, moments after it was handed in or its person was corrected.
IS_LINKED = Precondition(
    "the search for other files of the person is done",
    lambda now, _: now.is_linked,
    Refusal.NOT_LINKED,
    ("is_linked",),
)
#: A linked file that was refused for forgery, revoked or matched; or too many to link them all.
NO_LINK_COUNTS = Precondition(
    "no link counts, or a second person approved the grant since it does",
    lambda now, _: now.grant_stop is None,
    Refusal.LINK_COUNTS,
    ("grant_stop",),
)
LINK_COUNTS = Precondition(
    "a link counts, and nobody approved the grant since it does",
    lambda now, _: now.grant_stop is not None,
    Refusal.NO_LINK_COUNTS,
    ("grant_stop",),
)
HAS_NO_PROPOSED_GRANT = Precondition(
    "nobody has proposed to grant it all the same",
    lambda now, _: not now.grant_stop,
    Refusal.ALREADY_PROPOSED,
    ("grant_stop",),
)
HAS_A_PROPOSED_GRANT = Precondition(
    "somebody has proposed to grant it all the same",
    lambda now, _: bool(now.grant_stop),
    Refusal.NOTHING_PROPOSED,
    ("grant_stop",),
)
GRANT_WAS_PROPOSED_BY_ANOTHER = Precondition(
    "proposed by another person",
    lambda now, by: now.grant_stop != by.subject,
    Refusal.SECOND_PERSON_REQUIRED,
    ("grant_stop",),
)
WAS_DECIDED_BY_ANOTHER = Precondition(
    "decided by another person",
    lambda now, by: now.decided_by != by.subject,
    Refusal.SECOND_PERSON_REQUIRED,
    ("decided_by",),
)
#: Which is seen when it is tried, and not before: nobody learns beforehand that two decide a case.
IS_THE_FIRST_OF_TWO = Precondition(
    "drawn to be decided twice, and not decided yet",
    lambda now, _: now.awaits_first_decision,
    Refusal.SECOND_PERSON_REQUIRED,
)
IS_NOT_THE_FIRST_OF_TWO = Precondition(
    "if it is decided twice, another officer was the first",
    lambda now, _: not (now.awaits_first_decision or now.was_decided_first_by_oneself),
    Refusal.SECOND_PERSON_REQUIRED,
)
WAS_REVOKED_BY_ANOTHER = Precondition(
    "revoked by another person",
    lambda now, by: now.revoked_by != by.subject,
    Refusal.SECOND_PERSON_REQUIRED,
    ("revoked_by",),
)
CHANGES_THE_DECISION = Precondition(
    "different from the decision in force",
    lambda now, by: now.decided != by.decision,
    Refusal.SAME_DECISION,
)
CONDITIONS_ARE_OF_A_VISA = Precondition(
    "no conditions, if it is an extension: those of the visa stay",
    lambda now, by: not (now.is_extension and by.decision and by.decision[1]),
    Refusal.CONDITIONS_NOT_ALLOWED,
)
IS_PARTNERED = Precondition(
    "taken in by a partner",
    lambda now, _: now.is_partnered,
    Refusal.NOT_HANDED_OVER,
    ("is_partnered",),
)
WAITS_FOR_ANSWER = Precondition(
    "the question waits for its answer",
    lambda now, by: by.question in now.open_questions,
    Refusal.NOTHING_ASKED,
)
HAS_A_QUESTION_TO_ASK = Precondition(
    "there is a question to ask or to repeat",
    lambda now, _: bool(now.questions_to_ask),
    Refusal.NOTHING_TO_ASK,
)
CAN_BE_ASKED_AGAIN = Precondition(
    "some question is not waiting for its answer, and has no known hit",
    lambda now, _: bool(now.questions_to_ask_again),
    Refusal.NOTHING_TO_ASK,
)
HAS_A_LIVE_VISA = Precondition(
    "the visa is live: its holder may still enter or stay",
    lambda now, _: now.has_live_visa,
    Refusal.VISA_EXPIRED,
    ("has_live_visa",),
)
HAS_AN_UNUSED_VISA = Precondition(
    "the visa serves to enter, and nobody has entered by it",
    lambda now, _: now.has_unused_visa,
    Refusal.NO_UNUSED_VISA,
    ("has_unused_visa",),
)
CAN_BE_EXTENDED = Precondition(
    "the stay on a visa of its type is extended",
    lambda now, _: now.extendability is not Extendability.NO_RULE,
    Refusal.NOT_EXTENDABLE,
    ("extendability",),
)
IS_NOT_USED_UP = Precondition(
    "it was extended, or that was asked for, less often than allowed",
    lambda now, _: now.extendability is not Extendability.USED,
    Refusal.ALREADY_EXTENDED,
    ("extendability",),
)
IS_NOT_OVER = Precondition(
    "its last day has not passed, its holder has not left, and the visa is in force",
    lambda now, _: now.extendability is not Extendability.ENDED,
    Refusal.STAY_ENDED,
    ("extendability",),
)
IS_AN_EXTENSION = Precondition(
    "it asks for an extension",
    lambda now, _: now.is_extension,
    Refusal.NO_EXTENSION,
    ("is_extension",),
)
HAS_NOT_APPEARED = Precondition(
    "nobody reported before that its applicant appeared",
    lambda now, _: not now.has_appeared,
    Refusal.ALREADY_APPEARED,
    ("has_appeared",),
)
HAS_APPEARED = Precondition(
    "of an extension, its applicant has appeared at an immigration office",
    lambda now, _: now.has_appeared or not now.is_extension,
    Refusal.NOT_APPEARED,
    ("is_extension", "has_appeared"),
)
#: The others of the group are cases of their own, which whoever grants may read.
HAS_COMPANY = Precondition(
    "a minor whom an adult of the group accompanies has one whose application is open or granted",
    lambda now, _: not now.lacks_company,
    Refusal.ADULT_REQUIRED,
    ("lacks_company",),
)
WAITS_FOR_SECOND_PERSON = Precondition(
    "an answer waits for a second person",
    lambda now, by: by.question in now.proposals,
    Refusal.NOTHING_PROPOSED,
)
WAS_PROPOSED_BY_ANOTHER = Precondition(
    "proposed by another person, who did not find the hit either",
    lambda now, by: by.subject not in _people_involved(now, by.question),
    Refusal.SECOND_PERSON_REQUIRED,
)
HAS_A_HIT = Precondition(
    "there was a hit that was not resolved as somebody else",
    lambda now, by: by.question in now.hits,
    Refusal.NO_HIT,
)
IS_ON_THE_OWN_DESK = Precondition(
    "on the officer's own desk",
    lambda now, by: now.officer == by.subject,
    Refusal.NOT_ASSIGNED,
    ("officer",),
)
IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR = Precondition(
    "on the supervisor's own desk",
    lambda now, by: now.supervisor == by.subject,
    Refusal.NOT_ASSIGNED,
    ("supervisor",),
)
IS_ON_NO_DESK = Precondition(
    "on no desk",
    lambda now, _: now.officer is None and now.supervisor is None,
    Refusal.ALREADY_ASSIGNED,
)
IS_GIVEN_TO_ANOTHER = Precondition(
    "on a different desk than before",
    lambda now, by: by.receiver != (now.officer or now.supervisor),
    Refusal.ALREADY_ASSIGNED,
)
#: A hit that is a match is refused by supervisors: no officer gets it, or learns of it.
IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS = Precondition(
    "a confirmed hit stays with supervisors",
    lambda now, by: ScreeningResult.MATCH not in now.answers.values() or by.receiver == by.subject,
    Refusal.SUPERVISION_REQUIRED,
)
HAS_NO_OPEN_CORRECTION = Precondition(
    "no correction of the person is pending",
    lambda now, _: now.correction is None,
    Refusal.CORRECTION_PENDING,
    ("correction",),
)
HAS_A_PROPOSED_CORRECTION = Precondition(
    "a correction is proposed, and not approved yet",
    lambda now, _: now.correction is CorrectionState.PROPOSED,
    Refusal.NOTHING_PROPOSED,
    ("correction",),
)
HAS_AN_APPROVED_CORRECTION = Precondition(
    "a correction waits for a second person",
    lambda now, _: now.correction is CorrectionState.APPROVED,
    Refusal.NOTHING_PROPOSED,
    ("correction",),
)
HAS_AN_OPEN_CORRECTION = Precondition(
    "a correction is pending",
    lambda now, _: now.correction is not None,
    Refusal.NOTHING_PROPOSED,
    ("correction",),
)
WAS_APPROVED_BY_ANOTHER = Precondition(
    "approved first by another person",
    lambda now, by: now.correction_approved_by != by.subject,
    Refusal.SECOND_PERSON_REQUIRED,
    ("correction_approved_by",),
)
HOLDS_A_VISA = Precondition(
    "granted, if closed", lambda now, _: now.status is Status.GRANTED, Refusal.WRONG_STAGE
)
MAY_BE_CORRECTED = Precondition(
    "the holder of a visa of its type is corrected after the grant",
    lambda now, _: now.may_be_corrected,
    Refusal.CORRECTION_NOT_PROVIDED,
    ("may_be_corrected",),
)
IS_ANNOUNCED_FIRST = Precondition(
    "a refusal of its visa type is announced before it is decided",
    lambda now, _: now.needs_intention,
    Refusal.INTENTION_NOT_PROVIDED,
    ("needs_intention",),
)
#: Once is once: whoever was heard is decided about, on whatever ground.
WAS_NOT_ANNOUNCED = Precondition(
    "no intention to refuse it was announced before",
    lambda now, _: not now.was_announced,
    Refusal.ALREADY_ANNOUNCED,
    ("was_announced",),
)
#: What was announced has been answered by then, or the time for it ran out: nothing is decided
#: before. Whoever would be warned is not told.
WAS_ANNOUNCED = Precondition(
    "announced before, where the visa type provides for that; but for a ban, security or a forged"
    " document, and for a hit that is a match",
    lambda now, by: (
        not now.needs_intention
        or now.was_announced
        or ScreeningResult.MATCH in now.answers.values()
        or (by.decision is not None and bool({*by.decision[1]} & {*UNANNOUNCED_GROUNDS}))
    ),
    Refusal.INTENTION_REQUIRED,
)
HAS_AN_OPEN_INTENTION = Precondition(
    "an intention to refuse waits for its answer",
    lambda now, _: now.has_open_intention,
    Refusal.NOTHING_ANNOUNCED,
    ("has_open_intention",),
)
HAS_NO_OPEN_INTENTION = Precondition(
    "no intention to refuse waits for its answer",
    lambda now, _: not now.has_open_intention,
    Refusal.NOT_REQUESTED,
    ("has_open_intention",),
)
#: Before requests had items, an answer was for the whole request.
IS_ASKED_FOR = Precondition(
    "each item was requested, and waits for its answer",
    lambda now, by: by.items <= now.outstanding and bool(by.items or not now.outstanding),
    Refusal.NOT_REQUESTED,
)


def _people_involved(now: CaseState, question: str | None) -> tuple[str | None, ...]:
    """The subjects who had a part in the proposal."""
    proposal = next((one for kind, one in now.proposals.items() if kind == question), None)
    return (proposal.by, proposal.found_by) if proposal else ()
