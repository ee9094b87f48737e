"""An attacker who combines all published figures, to find exact counts.

It knows the rules of publication, and may hold the exact figures of one partner. It asks every
question that is answered, writes down what is known exactly and what adds up to what, and lets a
solver find the least and the most that each count can be: of refusals, of intake or of decisions.
It shares no code with the publication.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.gateway.conftest import Viewer
from tests.gateway.solving import UNBOUNDED, Count, Ends, Problem

YEAR = 'from: "2025-01-01", to: "2025-12-31"'
PERIODS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
NATIONAL = ((), ("VISA_TYPE",), ("NATIONALITY",), ("REGION",), ("REGION", "COUNTRY"))
FIELDS = {
    "VISA_TYPE": "visaType { code }",
    "NATIONALITY": "nationality { code }",
    "REGION": "region",
    "COUNTRY": "country { code }",
}
#: What each set adds up to, by the names of its groups.
WHOLES = {
    ("VISA_TYPE",): (),
    ("NATIONALITY",): (),
    ("REGION",): (),
    ("COUNTRY", "REGION"): ("REGION",),
}
NAMES = {name: text.split()[0] for name, text in FIELDS.items()}
REFUSALS = "decisions { value precision } refused { value upperBound precision }"
COUNTS = "intake { value precision } decisions { value precision }"

#: The code is None where applications came directly.
Group = frozenset[tuple[str, str | None]]


def count(measure: str, group: Iterable[tuple[str, str | None]], months: int, first: int) -> Count:
    return Count(measure, frozenset(group), months, first)


@dataclass
class Attacker:
    """What is known: bounds of each number of refusals, and what adds up to what."""

    #: By how much a published number may be off.
    off: int = 2
    low: dict[Count, float] = field(default_factory=dict)
    high: dict[Count, float] = field(default_factory=dict)
    #: The least and the most that was decided of each.
    decided: dict[Count, tuple[float, float]] = field(default_factory=dict)
    #: What a partner decided and refused of each, to who holds its exact figures; of other counts,
    #: nought and the count.
    own: Mapping[Count, tuple[int, int]] = field(default_factory=dict)
    #: The counts that are that partner's alone, as everybody knows.
    alone: Collection[Count] = ()
    answers: int = 0

    def learn(self, unknown: Count, low: float, high: float = UNBOUNDED) -> None:
        self.low[unknown] = max(self.low.get(unknown, 0), low)
        self.high[unknown] = min(self.high.get(unknown, UNBOUNDED), high)

    # Asking --------------------------------------------------------------------------------------

    async def ask(
        self, viewer: Viewer, groups: tuple[str, ...], period: str, fields: str
    ) -> list[dict[str, Any]]:
        self.answers += 1
        selected = " ".join(FIELDS[group] for group in groups)
        answer = await viewer(
            f"{{ volumes({YEAR}, groupBy: [{', '.join((*groups, period))}])"
            f" {{ rows {{ {selected} period {{ startsOn }} {fields} }} }} }}"
        )
        assert answer.errors == [], answer.errors
        return answer.data["volumes"]["rows"]

    async def read(
        self, viewer: Viewer, sets: Iterable[tuple[str, ...]], fields: str = REFUSALS
    ) -> None:
        """Every figure of some sets, in every period."""
        for groups in sets:
            for period, months in PERIODS.items():
                for row in await self.ask(viewer, groups, period, fields):
                    group = group_of(row, groups)
                    self._row(row, count("refused", group, months, first_month(row)))

    async def read_counts(
        self, viewer: Viewer, sets: Iterable[tuple[str, ...]], measure: str
    ) -> None:
        """Every figure of a count that is no part of another; ``own`` is of the count itself."""
        for groups in sets:
            for period, months in PERIODS.items():
                for row in await self.ask(viewer, groups, period, COUNTS):
                    unknown = count(measure, group_of(row, groups), months, first_month(row))
                    self._count(unknown, row[measure]["value"])

    def _count(self, unknown: Count, value: int | None) -> None:
        """What is withheld is small, or the audit withholds it."""
        self.decided[unknown] = (0, UNBOUNDED)
        if value is None:
            self.learn(unknown, 0)
        else:
            self.learn(
                unknown, 10 if value == 15 and self.off else value - self.off, value + self.off
            )

    def _row(self, row: dict[str, Any], unknown: Count) -> None:
        decisions = row["decisions"]
        if decisions["precision"] == "EXACT":
            self._decide(unknown, decisions["value"], decisions["value"])
        elif decisions["value"] is not None:
            rounded = decisions["value"]
            self._decide(unknown, max(0, rounded - 2), rounded + 2 if rounded else 0)
        else:
            self._decide(unknown, 0, UNBOUNDED)
        found = row.get("refused", {"precision": "SUPPRESSED"})
        if found["precision"] == "BELOW":
            self.learn(unknown, 0, found["upperBound"] - 1)
        elif found["precision"] == "ROUNDED":
            # Fewer than ten would be a bound, so that ten to twelve count as fifteen.
            low = 10 if found["value"] == 15 and self.off else found["value"] - self.off
            self.learn(unknown, low, found["value"] + self.off)

    def _decide(self, unknown: Count, low: int, high: int) -> None:
        self.decided[unknown] = (low, high)
        self.learn(unknown, 0, high)

    def is_published(self, unknown: Count) -> bool:
        return self.high[unknown] < UNBOUNDED

    # Adding up -----------------------------------------------------------------------------------

    def sums(self) -> Iterator[tuple[Count, tuple[Count, ...], bool]]:
        """Wholes, their parts, and that those are all."""
        beside = defaultdict[tuple[Any, ...], list[Count]](list)
        for part in self.low:
            beside[part.months, part.first, names_of(part)].append(part)
        for whole in self.low:
            shorter = {12: 3, 3: 1}.get(whole.months)
            if shorter:
                parts = (
                    whole._replace(months=shorter, first=first)
                    for first in range(whole.first, whole.first + whole.months, shorter)
                )
                yield whole, tuple(part for part in parts if part in self.low), True
            for names, of in WHOLES.items():
                if names_of(whole) == of:
                    parts = beside[whole.months, whole.first, names]
                    yield whole, tuple(part for part in parts if whole.group <= part.group), True

    # Solving -------------------------------------------------------------------------------------

    def narrow(self, wanted: Iterable[Count], fewest: int) -> dict[Count, Ends]:
        """The wanted counts with fewer candidates left, and the least and the most of each."""
        sums = list(self.sums())
        limits = {unknown: self._limits(unknown) for unknown in self.low}
        return Problem(limits, sums).narrow(wanted, fewest)

    def anyway(self, wanted: Iterable[Count]) -> dict[Count, Ends]:
        """The least and the most of each that follows from what was decided alone."""
        sums = list(self.sums())
        limits = {unknown: self._of_decisions(unknown) for unknown in self.low}
        problem = Problem(limits, sums)
        return {unknown: problem.bounds(unknown) for unknown in wanted}

    def _limits(self, unknown: Count) -> Ends:
        low, high = self._of_decisions(unknown)
        return max(low, self.low[unknown]), min(high, self.high[unknown])

    def _of_decisions(self, unknown: Count) -> Ends:
        """The own refusals at least, and besides at most all that others decided."""
        decisions, refused = self.own.get(unknown, (0, 0))
        if unknown in self.alone:
            return refused, refused
        return refused, refused + max(0, self.decided[unknown][1] - decisions)


def names_of(unknown: Count) -> tuple[str, ...]:
    return tuple(sorted(name for name, _ in unknown.group))


def group_of(row: dict[str, Any], groups: Iterable[str]) -> Group:
    values = {group: row[NAMES[group]] for group in groups}
    return frozenset(
        (group, value["code"] if isinstance(value, dict) else value)
        for group, value in values.items()
    )


def first_month(row: dict[str, Any]) -> int:
    return date.fromisoformat(row["period"]["startsOn"]).month
