"""The gateway's answer about volumes, as plain values for figures and tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard.model.events import Event, Note, read_events, read_notes
from dashboard.model.filters import CENTRE, COUNTRY, NATIONALITY, PARTNER, VISA
from dashboard.model.measures import INTAKE, MEASURES, REFUSAL_RATE, RELATIVE
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.model.rows import Line, Reading, group_of, line_of, name_of, reading_of

#: The tables and the lists that tell what can be chosen.
CHOICES = {"countries": COUNTRY, "nationalities": NATIONALITY, "centres": CENTRE}
LISTS = {"partners": PARTNER, "visaTypes": VISA}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter that is offered, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """Within how many hours to decide, from a day on; None where it is in working days."""

    hours: int | None
    from_on: date


@dataclass(frozen=True, slots=True)
class Beside:
    """The own refusal rate of a group, and the whole network's, unless that decided too few."""

    own: Line
    network: Reading | None


@dataclass(frozen=True, slots=True)
class Volumes:
    """What is shown of one period, and of the one that it is compared with.

    Cards and trend are about what was chosen; map and table about all groups. An earlier period
    that begins before the data has no readings: to compare with it would mislead. What was not
    asked for is empty.
    """

    #: None where it was not asked for.
    as_of: datetime | None
    #: The first day from which figures are complete; None where it was not asked for.
    complete_from: date | None
    total: Line
    before: Line
    #: From the first complete month, without gaps.
    months: tuple[Line, ...]
    #: The same of each group that was chosen, where there are several.
    months_by_member: Mapping[str, tuple[Line, ...]]
    #: Of all groups together, whichever were chosen.
    everything: Line
    everything_before: Line
    #: Countries, partners, centres …, and what came in without one: directly, or with no purpose
    #: stated.
    groups: tuple[Line, ...]
    direct: Line | None
    before_by_group: Mapping[str | None, Line]
    #: Applications received by month, for each group.
    recent: Mapping[str | None, Mapping[date, float]]
    #: By the key of the filter that they are offered for.
    choices: Mapping[str, tuple[Choice, ...]]
    #: Countries that the address names and the gateway knows; None where it was not asked.
    named: Mapping[str, str] | None
    #: Centres that the address names and this viewer may know of; None where it was not asked.
    named_centres: Mapping[str, str] | None
    #: Of the visa type that was chosen, the earliest first.
    targets: tuple[Target, ...]
    #: Named events of the months, the earliest first.
    events: tuple[Event, ...] = ()
    #: Notes on the months, and the views that the viewer saved.
    notes: Sequence[Note] = ()
    views: Sequence[Mapping[str, Any]] = ()
    #: Groups beside the whole network, for managers, by visa type or nationality.
    network: tuple[Beside, ...] = ()

    def before_of(self, line: Line) -> Line:
        """The same group in the period that it is compared with."""
        return self.before_by_group.get(line.code, Line({}))

    def month(self, starts_on: date, member: str | None = None) -> Line:
        """A month by its first day, without readings where nothing is known of it."""
        lines = self.months if member is None else self.months_by_member.get(member, ())
        found = (line for line in lines if line.starts_on == starts_on)
        return next(found, Line({}))

    @property
    def is_empty(self) -> bool:
        return not any(reading.value for reading in self.total.readings.values())


def read_volumes(data: Mapping[str, Any], period: Period, address: Address) -> Volumes:
    """Read the answers to questions of the page Volumes, for a period and an address."""
    lines: dict[str, tuple[Line, ...]] = {
        name: tuple(line_of(row, address.by) for row in table["rows"])
        for name, table in data.items()
        if "rows" in table and name not in ("network", "recent", *CHOICES)
    }
    firsts = (table["completeFrom"] for table in data.values() if "completeFrom" in table)
    complete_from = next(map(date.fromisoformat, firsts), None)
    earlier = period.before(address.compare)
    is_comparable = complete_from is not None and complete_from <= earlier.from_on

    def comparable(name: str) -> tuple[Line, ...]:
        return lines.get(name, ()) if is_comparable else ()

    def months(lines: Sequence[Line]) -> tuple[Line, ...]:
        return tuple(_months(lines, complete_from, period))

    groups = lines.get("groups", ())
    return Volumes(
        as_of=datetime.fromisoformat(data["total"]["asOf"]) if "total" in data else None,
        complete_from=complete_from,
        total=_first(lines.get("total", ())),
        before=_first(comparable("before")),
        months=months(lines.get("months", ())),
        months_by_member={
            code: months([line for line in lines["lines"] if line.code == code])
            for code in (address.members if "lines" in lines else ())
        },
        everything=_first(lines.get("all", ())),
        everything_before=_first(comparable("allBefore")),
        groups=tuple(line for line in groups if line.code),
        direct=next((line for line in groups if not line.code), None),
        before_by_group=_by_code(comparable("groupsBefore")),
        recent=_recent(data.get("recent", {"rows": ()})["rows"], address.by),
        choices=_choices(data),
        named=_names(data, "named", "name"),
        named_centres=_names(data, "namedCentres", "city"),
        targets=tuple(_targets(data.get("visaTypes", {"nodes": []}), address.visa)),
        events=tuple(
            read_events(data["events"]["nodes"], period.to_on, address.country)
            if "events" in data
            else ()
        ),
        notes=(
            read_notes(data["notes"]["nodes"], period.to_on, address.country, address.partner)
            if "notes" in data
            else ()
        ),
        views=data["views"]["nodes"] if "views" in data else (),
        network=tuple(_network(data["network"]["rows"], address.by) if "network" in data else ()),
    )


def _network(rows: Sequence[Mapping[str, Any]], by: str) -> Iterator[Beside]:
    for row in rows:
        found = row["network"]
        yield Beside(line_of(row, by), found and reading_of(found[REFUSAL_RATE.field]))


def _choices(data: Mapping[str, Any]) -> dict[str, tuple[Choice, ...]]:
    offered = {
        key: _rows_offered(data[table], key) for table, key in CHOICES.items() if table in data
    }
    listed = {key: data[table]["nodes"] for table, key in LISTS.items() if table in data}
    return offered | {
        key: tuple(Choice(node["code"], name_of(node, key) or node["code"]) for node in nodes)
        for key, nodes in listed.items()
    }


def _rows_offered(table: Mapping[str, Any], key: str) -> tuple[Choice, ...]:
    groups = (group_of(row, key) for row in table["rows"])
    choices = (
        Choice(group["code"], name_of(group, key) or group["code"]) for group in groups if group
    )
    return tuple(sorted(choices, key=lambda choice: choice.name))


def _first(lines: tuple[Line, ...]) -> Line:
    return next(iter(lines), Line({}))


def _by_code(lines: tuple[Line, ...]) -> dict[str | None, Line]:
    return {line.code: line for line in lines}


def _months(lines: Sequence[Line], complete_from: date | None, period: Period) -> Iterator[Line]:
    """Every complete month; one without a row is one in which nothing was counted."""
    if complete_from is None or not lines:
        return
    known = {line.starts_on: line for line in lines}
    measured = {key for line in lines for key in line.readings}
    nothing = {
        measure.id: Reading(None if measure.kind in RELATIVE else 0)
        for measure in MEASURES
        if measure.id in measured
    }
    month = month_start(max(complete_from, period.known_from_on))
    while month <= period.to_on:
        yield known.get(month) or Line(nothing, starts_on=month)
        month = month_start(month, 1)


def _recent(rows: Sequence[Mapping[str, Any]], by: str) -> dict[str | None, dict[date, float]]:
    """An answer has thousands of these rows, of which only one number is shown: no lines."""
    recent: dict[str | None, dict[date, float]] = defaultdict(dict)
    for row in rows:
        starts_on = date.fromisoformat(row["period"]["startsOn"])
        recent[group_of(row, by).get("code")][starts_on] = row[INTAKE.field]["value"] or 0
    return recent


def _names(data: Mapping[str, Any], table: str, field: str) -> dict[str, str] | None:
    """None if the question was not asked: an address that names nothing needs no names."""
    if table not in data:
        return None
    return {node["code"]: node[field] for node in data[table]["nodes"]}


def _targets(visa_types: Mapping[str, Any], chosen: tuple[str, ...]) -> Iterator[Target]:
    """The usual targets of one visa type; those of calling visas are another clock's."""
    for node in visa_types["nodes"]:
        if (node["code"],) == chosen:
            for target in reversed(node.get("serviceTargets", ())):
                if target["clock"] == "STANDARD":
                    yield Target(target["hours"], date.fromisoformat(target["validFrom"]))
