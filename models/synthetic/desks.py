"""On whose desk each case is: who took it, who gave it back, and to whom a match goes."""

from collections.abc import Sequence
from itertools import cycle
from random import Random
from typing import NamedTuple
from uuid import UUID

from models.synthetic import assumptions
from models.synthetic.calendar import instant
from models.synthetic.cases import SUPERVISOR, Event
from models.synthetic.chance import below
from models.synthetic.rows import AssignmentRow
from models.vocabulary import Role

_GIVEN_BACK = "Better looked at by somebody else."
OFFICERS = (
    *assumptions.DEMO_OFFICERS,
    *(f"officer-{number}" for number in range(3, assumptions.OFFICERS + 1)),
)


class Desk(NamedTuple):
    """The officer who works on a case, and the one who took it first and gave it back, or decided
    it for themselves."""

    officer: str
    gave_back: str | None = None
    #: Until when the case was on the desk of who gave it back.
    until: int = 0
    is_decided_twice: bool = False

    def who_acts(self, step: Event) -> str | None:
        """Who takes a step of an officer: the one who has the case then."""
        if step.by.role is not Role.OFFICER:
            return step.by.subject
        return self.gave_back if self.gave_back and step.at < self.until else self.officer


class Desks:
    """Draws the officers of cases; who gives one back is drawn from a source of its own."""

    def __init__(self, rng: Random, seed: int | str, until: int) -> None:
        self._rng = rng
        self._giving_back = Random(f"desks {seed}")
        self._until = until
        self._turns = cycle([*assumptions.DEMO_OFFICERS, None, None])

    def desk_of(self, steps: Sequence[Event], taken_at: int | None, *, is_closed: bool) -> Desk:
        """The desk of a case that has come so far."""
        is_open = taken_at is not None and not is_closed
        in_turn = next(self._turns) if is_open else None
        officer = in_turn or OFFICERS[below(len(OFFICERS), self._rng)]
        if taken_at is None or self._giving_back.random() >= assumptions.GIVEN_BACK:
            return Desk(officer)
        colleague = OFFICERS[below(len(OFFICERS), self._giving_back)]
        next_at = next((step.at for step in steps if step.at > taken_at), self._until)
        until = taken_at + (next_at - taken_at) // 4
        return Desk(officer, colleague, until) if colleague != officer else Desk(officer)


def assignments(
    application: UUID, desk: Desk, taken_at: int, matched_at: int | None, closed_at: int | None
) -> list[AssignmentRow]:
    """The desks that a case was on, one after the other; a match goes to a supervisor's."""
    rows = []
    if desk.gave_back:
        left_at = instant(desk.until)
        first = AssignmentRow(
            application, desk.gave_back, Role.OFFICER, instant(taken_at), left_at,
            desk.gave_back, None if desk.is_decided_twice else _GIVEN_BACK,
        )  # fmt: skip
        rows.append(first)
        taken_at = desk.until
    ends = [instant(at) for at in (matched_at, closed_at) if at is not None]
    last = ends[0] if ends else None
    rows.append(AssignmentRow(application, desk.officer, Role.OFFICER, instant(taken_at), last))
    if matched_at is not None:
        ended_at = ends[1] if len(ends) > 1 else None
        by = str(SUPERVISOR.subject)
        since = instant(matched_at)
        rows.append(AssignmentRow(application, by, Role.SUPERVISOR, since, ended_at))
    return rows
