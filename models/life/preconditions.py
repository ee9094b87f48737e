"""The preconditions of steps, besides the status of the application."""

from collections.abc import Callable
from dataclasses import dataclass

from models.life.case_state import CaseState
from models.life.refusals import Refusal
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who wants to take a step, and the arguments that preconditions look at."""

    subject: str
    role: Role | None
    #: The screening question that is answered.
    question: str | None = None
    #: Outcome and ground of the decision.
    decision: tuple[str, str | None] | None = None


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
IS_HELD = Precondition("held", lambda now, _: now.is_held, Refusal.NOT_HELD, ("is_held",))
IS_NOT_HELD = Precondition(
    "not held", lambda now, _: not now.is_held, Refusal.ALREADY_HELD, ("is_held",)
)
#: A single refusal for all causes, so that officers do not learn of holds and hits.
IS_CLEARED = Precondition(
    "not held, and every question of supervision was last answered CLEAR, or its hit NO_MATCH",
    lambda now, _: now.is_cleared,
    Refusal.NOT_CLEARED,
)
WAS_DECIDED_BY_ANOTHER = Precondition(
    "decided by another person",
    lambda now, by: now.decided_by != by.subject,
    Refusal.SECOND_PERSON_REQUIRED,
    ("decided_by",),
)
CHANGES_THE_DECISION = Precondition(
    "not what was decided",
    lambda now, by: now.decided != by.decision,
    Refusal.SAME_DECISION,
)
IS_PARTNERED = Precondition(
    "taken in by a partner",
    lambda now, _: now.is_partnered,
    Refusal.NOT_HANDED_OVER,
    ("is_partnered",),
)
WAITS_FOR_ANSWER = Precondition(
    "the question waits for its answer",
    lambda now, by: by.question in now.pending,
    Refusal.NOTHING_ASKED,
)
CAN_BE_ASKED_ANEW = Precondition(
    "something can be asked anew",
    lambda now, _: bool(now.questions_to_ask),
    Refusal.NOTHING_TO_ASK,
)
WAITS_FOR_SECOND_PERSON = Precondition(
    "an answer waits for a second person",
    lambda now, by: by.question in now.proposals,
    Refusal.NOTHING_PROPOSED,
)
WAS_PROPOSED_BY_ANOTHER = Precondition(
    "proposed by another person, who did not find the hit either",
    lambda now, by: by.subject not in _involved(now, by.question),
    Refusal.SECOND_PERSON_REQUIRED,
)
HAS_A_HIT = Precondition(
    "there was a hit that is not known to be somebody else's",
    lambda now, by: by.question in now.hits,
    Refusal.NO_HIT,
)
IS_ON_AN_OFFICERS_DESK = Precondition(
    "on an officer's desk",
    lambda now, _: now.officer is not None,
    Refusal.NOT_ASSIGNED,
    ("officer",),
)
IS_ON_THE_OWN_DESK = Precondition(
    "on the desk of the supervisor who resolved its hit",
    lambda now, by: now.supervisor == by.subject,
    Refusal.NOT_ASSIGNED,
    ("supervisor",),
)


def _involved(now: CaseState, question: str | None) -> tuple[str | None, ...]:
    """Who had a part in what is proposed."""
    for kind, proposal in now.proposals.items():
        if kind == question:
            return proposal.by, proposal.found_by
    return ()
