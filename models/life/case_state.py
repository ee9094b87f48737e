"""Where an application stands, as far as the next step depends on it, and how a step moves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.vocabulary import CLOSED, EventKind, Role, ScreeningKind, ScreeningResult, Status


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the rules look at."""

    status: Status
    is_held: bool = False
    is_partnered: bool = False
    is_received: bool = False
    is_closed: bool = False
    #: When it entered its status.
    since: datetime | None = None
    #: For how long it waited for the applicant before it entered its status.
    paused: timedelta = timedelta()
    decided_by: str | None = None
    #: The outcome and the ground of the decision that stands.
    decided: tuple[str, str | None] | None = None
    #: The questions that supervision has to answer before a grant.
    questions: tuple[ScreeningKind, ...] = (ScreeningKind.ENTRY_BAN,)
    #: The latest answer to each question that was asked.
    answers: Mapping[ScreeningKind, ScreeningResult] = field(default_factory=dict)

    @property
    def is_cleared(self) -> bool:
        """Unscreened, hit, pending and unavailable are all alike: not cleared."""
        answers = (self.answers.get(question) for question in self.questions)
        return not self.is_held and all(answer is ScreeningResult.CLEAR for answer in answers)

    @property
    def pending(self) -> frozenset[ScreeningKind]:
        """Questions that wait for their answer."""
        waiting = ScreeningResult.PENDING
        return frozenset(kind for kind, answer in self.answers.items() if answer is waiting)

    def open_questions(self, role: Role | None) -> tuple[ScreeningKind, ...]:
        """The questions that a role may ask now; a hit is looked at again by supervisors only."""
        unanswered = {None, ScreeningResult.UNAVAILABLE}
        if role is Role.SUPERVISOR:
            unanswered |= {ScreeningResult.HIT}
        return tuple(one for one in self.questions if self.answers.get(one) in unanswered)


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
        case _:
            return {} if target is None else _on_entering(now, target, at) | _on_resuming(now, at)


def _on_entering(now: CaseState, target: Status, at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"status": target.value}
    if target is Status.INFO_REQUESTED:
        changes["was_info_requested"] = True
    if target in CLOSED and not now.is_closed:
        # The clock stops at the first decision, whatever becomes of it.
        changes["closed_at"] = at
    return changes


def _on_resuming(now: CaseState, at: datetime) -> dict[str, Any]:
    """What the adjusted clock leaves out: the time for which the case waited for the applicant."""
    if now.status is not Status.INFO_REQUESTED or now.since is None:
        return {}
    # Rounded once, over all its waits: what the events say can be counted again.
    return {"paused_seconds": round((now.paused + (at - now.since)).total_seconds())}
