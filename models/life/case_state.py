"""The state of an application and the attempt on which steps depend, and how a step changes the
columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.vocabulary import (
    CLEARING,
    CLOSED,
    PAUSED,
    RESOLUTIONS,
    CorrectionState,
    DocumentKind,
    EventKind,
    Extendability,
    RequestedItemKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that waits for a second person."""

    result: ScreeningResult
    by: str
    #: Who found the hit that it resolves; None for an answer that resolves no hit.
    found_by: str | None = None

    @property
    def is_resolution(self) -> bool:
        return self.result in RESOLUTIONS


@dataclass(frozen=True, slots=True)
class CaseState:
    """What preconditions look at."""

    status: Status
    is_paid: bool = False
    is_held: bool = False
    #: Whether it is taken before all others.
    is_urgent: bool = False
    #: Whether its payment was reversed, and nobody paid anew.
    owes_fee: bool = False
    is_partnered: bool = False
    is_received: bool = False
    is_closed: bool = False
    #: Whether the LINKER has looked for other files of the person.
    is_linked: bool = False
    #: Whether a link that counts stops its grant (None: none does), and who has proposed it all the
    #: same; an empty text is nobody yet. As far as the role reads it.
    grant_stop: str | None = None
    #: When it entered its status.
    since: datetime | None = None
    #: How long it had waited for the applicant in total when it entered its status.
    paused: timedelta = timedelta()
    decided_by: str | None = None
    #: Who revoked the visa last, as far as the role reads it.
    revoked_by: str | None = None
    #: Whether its visa is live, as far as the role reads it.
    has_live_visa: bool = False
    #: Whether its visa serves to enter and nobody has, where the role may give it back.
    has_unused_visa: bool = False
    #: Whether the stay on its visa may be extended, where the role may ask for that.
    extendability: Extendability = Extendability.NO_RULE
    #: Whether it asks for more days of a stay, and its applicant has appeared for that.
    is_extension: bool = False
    has_appeared: bool = False
    #: Whether an adult of the group is to accompany a minor, and none is left there.
    lacks_company: bool = False
    #: Whether something stands against the visa whose stay is to be extended, as far as the role
    #: reads it.
    is_extended_visa_stopped: bool = False
    #: Whether two officers decide it, none has yet, and it is on the viewer's desk; and whether the
    #: viewer was the first.
    awaits_first_decision: bool = False
    was_decided_first_by_oneself: bool = False
    #: Outcome of the decision in force, and its grounds or conditions.
    decided: tuple[str, tuple[str, ...]] | None = None
    #: The questions that supervision has to answer before a grant.
    questions: tuple[ScreeningKind, ...] = (ScreeningKind.ENTRY_BAN,)
    #: The latest answer to each question that was asked.
    answers: Mapping[ScreeningKind, ScreeningResult] = field(default_factory=dict)
    #: The questions that the system answered last: whoever refers a case asks people all the same.
    answered_by_system: frozenset[ScreeningKind] = frozenset()
    #: What waits for a second person, by question.
    proposals: Mapping[ScreeningKind, Proposal] = field(default_factory=dict)
    #: The questions with a hit that was not found to be another person.
    hits: frozenset[ScreeningKind] = frozenset()
    #: Whether a refusal of its visa type is announced first, as of today; whether this one was, and
    #: whether what was announced waits for its answer still.
    needs_intention: bool = False
    was_announced: bool = False
    has_open_intention: bool = False
    #: Whether the holder of a visa of its type is corrected after the grant, as of today.
    may_be_corrected: bool = False
    #: What was asked for, and is not answered yet.
    outstanding: frozenset[RequestedItemKind] = frozenset()
    #: What belongs to a complete file, and what of it is not there yet.
    required_documents: frozenset[DocumentKind] = frozenset()
    missing_documents: frozenset[DocumentKind] = frozenset()
    #: On whose desk it is.
    officer: str | None = None
    supervisor: str | None = None
    #: The correction of its applicant that waits in it, and who approved that first.
    correction: CorrectionState | None = None
    correction_approved_by: str | None = None

    @property
    def is_cleared(self) -> bool:
        """Not held, nothing owed, nor anything against the visa that it extends; and every question
        answered CLEAR, or its hit NO_MATCH."""
        answers = (self.answers.get(question) for question in self.questions)
        is_stopped = self.is_held or self.owes_fee or self.is_extended_visa_stopped
        return not is_stopped and all(answer in CLEARING for answer in answers)

    @property
    def open_hits(self) -> frozenset[ScreeningKind]:
        """The questions with a hit that nobody has resolved yet."""
        return frozenset(kind for kind in self.hits if self.answers.get(kind) not in RESOLUTIONS)

    @property
    def open_questions(self) -> frozenset[ScreeningKind]:
        """The questions that still wait for an answer; an unresolved hit is not among them."""
        return frozenset(
            kind
            for kind, answer in self.answers.items()
            if answer is ScreeningResult.PENDING
            and not (kind in self.proposals and self.proposals[kind].is_resolution)
        )

    @property
    def questions_to_ask(self) -> tuple[ScreeningKind, ...]:
        """The questions that may be asked now. After a hit nobody asks again: the hit must be
        resolved."""
        unanswered = (None, ScreeningResult.UNAVAILABLE)
        return tuple(
            one
            for one in self.questions
            if self.answers.get(one) in unanswered or one in self.answered_by_system
        )

    @property
    def questions_to_ask_again(self) -> tuple[ScreeningKind, ...]:
        """The questions that may be asked again about a visa: those answered before its grant."""
        unasked = (None, ScreeningResult.UNAVAILABLE, *CLEARING)
        return tuple(one for one in self.questions if self.answers.get(one) in unasked)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who wants to take a step, and the arguments that preconditions look at."""

    subject: str
    role: Role | None
    #: The screening question that is answered.
    question: str | None = None
    #: Outcome of the decision, and its grounds or conditions.
    decision: tuple[str, tuple[str, ...]] | None = None
    #: The officer to whom the case is to be given; None if it goes back to its queue.
    receiver: str | None = None
    #: Which of the requested items are handed in.
    items: frozenset[RequestedItemKind] = frozenset()
    #: Which documents are there.
    documents: frozenset[DocumentKind] = frozenset()

    def leaves_open(self, now: CaseState) -> bool:
        """Whether a requested item stays unanswered."""
        return bool(now.outstanding - self.items)


def columns_after_step(
    now: CaseState, target: Status | None, event: EventKind | None, at: datetime
) -> dict[str, Any]:
    """The columns of an application that a step changes, with their new values."""
    match event:
        case EventKind.RECEIVED:
            return {"received_at": at}
        case EventKind.HELD:
            return {"is_held": True}
        case EventKind.RELEASED:
            return {"is_held": False}
        case EventKind.MARKED_URGENT:
            return {"is_urgent": True}
        case EventKind.URGENCY_ENDED:
            return {"is_urgent": False}
        case _:
            return {} if target is None else _on_entering(now, target, at) | _on_resuming(now, at)


def _on_entering(now: CaseState, target: Status, at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"status": target.value}
    if target is Status.INFO_REQUESTED:
        changes["was_info_requested"] = True
    if target in CLOSED and not now.is_closed:
        # The clock stops at the first decision, even if it is corrected later.
        changes["closed_at"] = at
    return changes


def _on_resuming(now: CaseState, at: datetime) -> dict[str, Any]:
    """Add the wait for the applicant, which the adjusted turnaround leaves out."""
    if now.status not in PAUSED or now.since is None:
        return {}
    # The total is rounded, not each wait, so that it can be recomputed from the events.
    return {"paused_seconds": round((now.paused + (at - now.since)).total_seconds())}
