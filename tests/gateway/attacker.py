"""An attacker who combines all figures that a viewer reads, to find exact numbers of refusals.

It knows the rules of publication. It asks every question that is answered, writes down what is
known exactly and what adds up to what, and lets a solver find the least and the most that each
number of refusals can be. It shares no code with the publication.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.gateway.conftest import Viewer
from tests.gateway.solving import UNBOUNDED, Count, Ends, Problem

YEAR = 'from: "2025-01-01", to: "2025-12-31"'
PERIODS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
NATIONAL = ((), ("VISA_TYPE",), ("NATIONALITY",))
COUNTRY = (("PARTNER", "COUNTRY"), ("PARTNER", "COUNTRY", "VISA_TYPE"),
           ("PARTNER", "COUNTRY", "CHANNEL"))  # fmt: skip
CENTRE = (("PARTNER", "COUNTRY", "CENTRE"), ("PARTNER", "COUNTRY", "CENTRE", "VISA_TYPE"))
#: Of these a manager reads the decisions alone.
DECIDED = (("PARTNER", "COUNTRY", "NATIONALITY"),)
FIELDS = {
    "PARTNER": "partner { code }", "COUNTRY": "country { code }", "CENTRE": "centre { code }",
    "VISA_TYPE": "visaType { code }", "NATIONALITY": "nationality { code }", "CHANNEL": "channel",
}  # fmt: skip
NAMES = {name: text.split()[0] for name, text in FIELDS.items()}
REFUSALS = "decisions { value precision } refused { value upperBound precision }"
#: Whoever is of the whole, and not of the viewer's countries.
OTHERS = ("OTHERS", "")

Group = frozenset[tuple[str, str]]


def count(measure: str, group: Iterable[tuple[str, str]], months: int, first: int) -> Count:
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
                    if all(value for _, value in group):
                        self._row(row, count("refused", group, months, first_month(row)))

    def _row(self, row: dict[str, Any], unknown: Count) -> None:
        decisions = row["decisions"]
        if decisions["precision"] == "EXACT":
            self._decide(unknown, decisions["value"], decisions["value"])
        elif decisions["value"] is not None:
            rounded = decisions["value"]
            self._decide(unknown, max(0, rounded - 2), rounded + 2 if rounded else 0)
        else:
            self._decide(unknown, 1, 9)
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

    # Adding up -----------------------------------------------------------------------------------

    def sums(self) -> Iterator[tuple[Count, tuple[Count, ...], bool]]:
        """Wholes, their parts, and whether those are all."""
        beside: defaultdict[tuple[int, int], list[Count]] = defaultdict(list)
        for unknown in self.low:
            if OTHERS not in unknown.group:
                beside[unknown.months, unknown.first].append(unknown)
        for whole in [each for each in self.low if OTHERS not in each.group]:
            shorter = {12: 3, 3: 1}.get(whole.months)
            if shorter:
                parts = (
                    whole._replace(months=shorter, first=first)
                    for first in range(whole.first, whole.first + whole.months, shorter)
                )
                yield whole, tuple(part for part in parts if part in self.low), True
            yield from self._partitions(whole, beside[whole.months, whole.first])

    def _partitions(
        self, whole: Count, every: list[Count]
    ) -> Iterator[tuple[Count, tuple[Count, ...], bool]]:
        by_way: defaultdict[frozenset[str], list[Count]] = defaultdict(list)
        for part in every:
            if whole.group < part.group:
                by_way[frozenset(name for name, _ in part.group - whole.group)].append(part)
            # All that was taken at centres came by that channel.
            if ("CHANNEL", "PARTNER_CENTRE") in whole.group:
                rest = whole.group - {("CHANNEL", "PARTNER_CENTRE")}
                if rest and rest < part.group and {n for n, _ in part.group - rest} == {"CENTRE"}:
                    by_way[frozenset({"IN_CENTRE"})].append(part)
        for way, parts in by_way.items():
            if way == {"PARTNER", "COUNTRY"}:
                yield whole, (*parts, self._others(whole, parts)), True
            else:
                complete = {"VISA_TYPE", "NATIONALITY", "CHANNEL", "IN_CENTRE"}
                yield whole, tuple(parts), len(way) == 1 and way <= complete

    def _others(self, whole: Count, parts: list[Count]) -> Count:
        """What is of the whole country, and not of the viewer's: at most what was decided there."""
        own = sum(self.decided[part][0] for part in parts)
        others = whole._replace(group=whole.group | {OTHERS})
        if others not in self.low:
            least, most = self.decided[whole]
            self.decided[others] = (max(0, least - own), max(0, most - own))
            self.learn(others, 0, max(0, most - own))
        return others

    # Solving -------------------------------------------------------------------------------------

    def narrow(self, wanted: Iterable[Count], fewest: int) -> dict[Count, Ends]:
        """The wanted counts with fewer candidates left, and the least and the most of each."""
        sums = list(self.sums())
        limits = {unknown: (self.low[unknown], self.high[unknown]) for unknown in self.low}
        return Problem(limits, sums).narrow(wanted, fewest)

    def anyway(self, wanted: Iterable[Count]) -> dict[Count, Ends]:
        """The least and the most of each that follows from what was decided alone."""
        sums = list(self.sums())
        limits = {unknown: (0.0, self.decided[unknown][1]) for unknown in self.low}
        problem = Problem(limits, sums)
        return {unknown: problem.bounds(unknown) for unknown in wanted}


def group_of(row: dict[str, Any], groups: Iterable[str]) -> Group:
    values = {group: row[NAMES[group]] for group in groups}
    return frozenset(
        (group, value["code"] if isinstance(value, dict) else value)
        for group, value in values.items()
    )


def first_month(row: dict[str, Any]) -> int:
    return date.fromisoformat(row["period"]["startsOn"]).month
