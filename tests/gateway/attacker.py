"""Somebody who puts everything together that some viewers are told, to find what is withheld.

It knows the rules of publication. It asks every question that is answered, adds what the viewers
know exactly, writes down what adds up to what, and lets a solver find the least and the most that
each count can be. It shares no code with the publication.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.gateway.conftest import Viewer
from tests.gateway.solving import UNBOUNDED, Count, Ends, Problem
from tests.world import WIB

YEAR = 'from: "2025-01-01", to: "2025-12-31"'
PERIODS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
NATIONAL = ((), ("VISA_TYPE",), ("NATIONALITY",), ("CHANNEL",))
COUNTRY = (("PARTNER", "COUNTRY"), ("PARTNER", "COUNTRY", "VISA_TYPE"),
           ("PARTNER", "COUNTRY", "CHANNEL"))  # fmt: skip
CENTRE = (("PARTNER", "COUNTRY", "CENTRE"), ("PARTNER", "COUNTRY", "CENTRE", "VISA_TYPE"))
FIELDS = {
    "PARTNER": "partner { code }", "COUNTRY": "country { code }", "CENTRE": "centre { code }",
    "VISA_TYPE": "visaType { code }", "NATIONALITY": "nationality { code }", "CHANNEL": "channel",
}  # fmt: skip
NAMES = {name: text.split()[0] for name, text in FIELDS.items()}
OUTCOMES = (
    "decisions { value precision } refused { value precision }"
    " targetRate { value precision denominator }"
)


def count(measure: str, group: Iterable[tuple[str, str]], months: int, first: int) -> Count:
    return Count(measure, frozenset(group), months, first)


@dataclass
class Attacker:
    """What is known: bounds of each count, and what adds up to what."""

    #: By how much a published count may be off.
    off: int = 2
    low: dict[Count, float] = field(default_factory=dict)
    high: dict[Count, float] = field(default_factory=dict)
    #: The same from what is known exactly alone.
    exactly: dict[Count, tuple[float, float]] = field(default_factory=dict)
    answers: int = 0

    def learn(self, unknown: Count, low: float, high: float = UNBOUNDED) -> None:
        self.low[unknown] = max(self.low.get(unknown, 0), low)
        self.high[unknown] = min(self.high.get(unknown, UNBOUNDED), high)

    def knows(self, unknown: Count, low: float, high: float = UNBOUNDED) -> None:
        was = self.exactly.get(unknown, (0, UNBOUNDED))
        self.exactly[unknown] = (max(was[0], low), min(was[1], high))
        self.learn(unknown, low, high)

    # Asking --------------------------------------------------------------------------------------

    async def ask(
        self, viewer: Viewer, groups: tuple[str, ...], period: str, fields: str, more: str = ""
    ) -> list[dict[str, Any]]:
        self.answers += 1
        selected = " ".join(FIELDS[group] for group in groups)
        answer = await viewer(
            f"{{ volumes({YEAR}, groupBy: [{', '.join((*groups, period))}]{more})"
            f" {{ rows {{ {selected} period {{ startsOn }} {fields} }} }} }}"
        )
        assert answer.errors == [], answer.errors
        return answer.data["volumes"]["rows"]

    async def read(
        self, viewer: Viewer, sets: Iterable[tuple[str, ...]], *, intake: bool, more: str = ""
    ) -> None:
        """Every published figure of some sets, in every period."""
        fields = f"{OUTCOMES} {'intake { value precision }' if intake else ''}"
        for groups in sets:
            asked = tuple(g for g in groups if intake is False or g not in ("PARTNER", "COUNTRY"))
            for period, months in PERIODS.items():
                for row in await self.ask(viewer, asked, period, fields, more):
                    self._row(row, asked, months)

    def _row(self, row: dict[str, Any], groups: tuple[str, ...], months: int) -> None:
        group, first = group_of(row, groups), first_month(row)
        decisions, rate = row["decisions"]["value"], row["targetRate"]
        for measure in ("intake", "decisions", "refused"):
            if measure in row:
                value = row[measure]["value"]
                # Withheld refusals beside published decisions are not none.
                some = measure == "intake" or (measure == "refused" and decisions is not None)
                self._figure(count(measure, group, months, first), value, at_least=int(some))
        within = None if rate["value"] is None else round(rate["value"] * rate["denominator"])
        self._figure(count("within", group, months, first), within, at_least=0)

    def _figure(self, unknown: Count, value: int | None, at_least: int) -> None:
        if value is None:
            self.learn(unknown, at_least)
        else:
            off = self.off if value else 0
            self.learn(unknown, value - off, value + off)

    async def know_closures(self, viewer: Viewer) -> None:
        """A manager's own: what was closed follows from intake and work in progress."""
        for groups in (*COUNTRY, *CENTRE):
            rows = await self.ask(viewer, groups, "MONTH", "intake { value } wip { value }")
            by_group: defaultdict[frozenset[tuple[str, str]], dict[int, Any]] = defaultdict(dict)
            for row in rows:
                if row["partner"] and all(value for _, value in group_of(row, groups)):
                    by_group[group_of(row, groups)][first_month(row)] = row
            for group, months in by_group.items():
                self._know_closed(group, months)

    def _know_closed(self, group: frozenset[tuple[str, str]], months: dict[int, Any]) -> None:
        closed, open_before = {}, 0
        for month in range(1, 13):
            row = months.get(month)
            intake, wip = (row["intake"]["value"], row["wip"]["value"]) if row else (0, 0)
            closed[month], open_before = open_before + intake - wip, wip
        for length in PERIODS.values():
            for first in range(1, 13, length):
                most = sum(closed[month] for month in range(first, first + length))
                for measure in ("decisions", "refused", "within"):
                    self.knows(count(measure, group, length, first), 0, most)

    async def know_intake(self, viewer: Viewer) -> None:
        """A manager's own intake is a part of the whole country's."""
        for groups in NATIONAL:
            for period, months in PERIODS.items():
                for row in await self.ask(viewer, groups, period, "intake { value }"):
                    unknown = count("intake", group_of(row, groups), months, first_month(row))
                    self.knows(unknown, row["intake"]["value"])

    async def know_cases(self, agent: Viewer, place: frozenset[tuple[str, str]]) -> None:
        """An agent's own: every case of one centre, with its outcome."""
        own: defaultdict[Count, int] = defaultdict(int)
        async for case in cases(agent):
            for unknown in _counted(case, place):
                own[unknown] += 1
        for groups in CENTRE:
            for visa_type in ("",) if len(groups) == 3 else ("B1", "C1"):
                group = place | ({("VISA_TYPE", visa_type)} if visa_type else set())
                for length in PERIODS.values():
                    for first in range(1, 13, length):
                        for measure in ("decisions", "refused", "within"):
                            unknown = count(measure, group, length, first)
                            self.knows(unknown, own[unknown], own[unknown])

    # Adding up -----------------------------------------------------------------------------------

    def sums(self) -> Iterator[tuple[Count, tuple[Count, ...], bool]]:
        """Wholes, their parts, and whether those are all."""
        beside: defaultdict[tuple[str, int, int], list[Count]] = defaultdict(list)
        for unknown in self.low:
            beside[unknown.measure, unknown.months, unknown.first].append(unknown)
        for whole in self.low:
            shorter = {12: 3, 3: 1}.get(whole.months)
            if shorter:
                parts = (
                    whole._replace(months=shorter, first=first)
                    for first in range(whole.first, whole.first + whole.months, shorter)
                )
                yield whole, tuple(part for part in parts if part in self.low), True
            yield from self._divided(whole, beside[whole.measure, whole.months, whole.first])
            if whole.measure == "decisions":
                for measure in ("refused", "within"):
                    if (part := whole._replace(measure=measure)) in self.low:
                        yield whole, (part,), False

    def _divided(
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
            is_all = len(way) == 1 and way <= {"VISA_TYPE", "NATIONALITY", "CHANNEL", "IN_CENTRE"}
            yield whole, tuple(parts), is_all

    # Solving -------------------------------------------------------------------------------------

    def narrow(self, wanted: Iterable[Count], fewest: int) -> dict[Count, Ends]:
        """The wanted counts with fewer candidates left, and the least and the most of each."""
        limits = {unknown: (self.low[unknown], self.high[unknown]) for unknown in self.low}
        return Problem(limits, self.sums()).narrow(wanted, fewest)

    def anyway(self, wanted: Iterable[Count]) -> dict[Count, Ends]:
        """The least and the most of each that follows from what is known exactly alone."""
        limits = {unknown: self.exactly.get(unknown, (0, UNBOUNDED)) for unknown in self.low}
        problem = Problem(limits, self.sums())
        return {unknown: problem.bounds(unknown) for unknown in wanted}


def group_of(row: dict[str, Any], groups: Iterable[str]) -> frozenset[tuple[str, str]]:
    values = {group: row[NAMES[group]] for group in groups}
    return frozenset(
        (group, value["code"] if isinstance(value, dict) else value)
        for group, value in values.items()
    )


def first_month(row: dict[str, Any]) -> int:
    return date.fromisoformat(row["period"]["startsOn"]).month


async def cases(agent: Viewer) -> Any:
    """Every application that an agent reads."""
    after = None
    while True:
        answer = await agent(
            """query($after: String) { applications(first: 100, after: $after) {
                pageInfo { hasNextPage endCursor }
                nodes { paidAt closedAt targetDueAt visaType { code } decision { outcome } }
            } }""",
            after=after,
        )
        page = answer.data["applications"]
        for node in page["nodes"]:
            yield node
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _counted(case: dict[str, Any], place: frozenset[tuple[str, str]]) -> Iterator[Count]:
    """The counts that a case is counted in."""
    if not (case["decision"] and case["paidAt"]):
        return
    month = _wib(case["closedAt"]).month
    is_within = _wib(case["closedAt"]) <= _wib(case["targetDueAt"])
    for length in PERIODS.values():
        first = (month - 1) // length * length + 1
        for group in (place, place | {("VISA_TYPE", case["visaType"]["code"])}):
            yield count("decisions", group, length, first)
            if case["decision"]["outcome"] == "REFUSED":
                yield count("refused", group, length, first)
            if is_within:
                yield count("within", group, length, first)


def _wib(instant: str) -> Any:
    return datetime.fromisoformat(instant).astimezone(WIB)
