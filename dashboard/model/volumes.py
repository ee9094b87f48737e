"""The gateway's answer about volumes, as plain values for figures and tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard.model.measures import INTAKE, MEASURES, RELATIVE
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.model.published import Published, read_published
from dashboard.model.rows import Line, Reading, line_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter that is offered, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """Within how many hours to decide, from a day on."""

    hours: int
    from_on: date


@dataclass(frozen=True, slots=True)
class Volumes:
    """Everything that the page shows of one period, and of those that it is compared with.

    Cards and trend are about the chosen place, if one was chosen; map and table about all of them.
    Periods that begin before the data have no readings: to compare with them would mislead.
    """

    as_of: datetime
    total: Line
    previous: Line
    year_before: Line
    #: From the first month that is known of, without gaps.
    months: tuple[Line, ...]
    #: Of all places together, whichever was chosen.
    everything: Line
    everything_before: Line
    everything_year_before: Line
    #: Partner countries or nationalities, and what came in without a partner.
    places: tuple[Line, ...]
    direct: Line | None
    previous_by_place: Mapping[str | None, Line]
    year_before_by_place: Mapping[str | None, Line]
    #: Applications received by month, for each place.
    recent: Mapping[str | None, Mapping[date, float]]
    choices: Mapping[str, tuple[Choice, ...]]
    #: Of the visa type that was chosen, the earliest first.
    targets: tuple[Target, ...]
    #: Outcomes, for those who read them only as they were published.
    published: Published | None = None

    def before(self, line: Line) -> Line:
        """The same place in the period before."""
        return self.previous_by_place.get(line.code, Line({}))

    def year_before_of(self, line: Line) -> Line:
        """The same place in the year before."""
        return self.year_before_by_place.get(line.code, Line({}))

    def month(self, starts_on: date) -> Line:
        """A month by its first day, without readings where nothing is known of it."""
        found = (line for line in self.months if line.starts_on == starts_on)
        return next(found, Line({}))

    @property
    def is_empty(self) -> bool:
        return not any(reading.value for reading in self.total.readings.values())


def read_volumes(data: Mapping[str, Any], period: Period, address: Address) -> Volumes:
    """Read the data of a document ``processing_volumes*``, asked for a period and an address."""
    lines = {
        name: tuple(line_of(row, address.by) for row in table["rows"])
        for name, table in data.items()
        if "rows" in table and name != "published"
    }
    known = lines.get("known", lines["months"])
    begun = [line.starts_on for line in known if line.has_happened and line.starts_on]
    begins_on = min(begun, default=None)

    def comparable(name: str, earlier: Period) -> tuple[Line, ...]:
        is_known = begins_on is not None and begins_on <= earlier.from_on
        return lines.get(name, ()) if is_known else ()

    earlier, year_before = period.previous, period.year_before
    total = _first(lines["total"])
    previous = _first(comparable("previous", earlier))
    before_that = _first(comparable("yearBefore", year_before))
    is_chosen, is_same = "all" in lines, year_before == earlier
    return Volumes(
        as_of=datetime.fromisoformat(data["total"]["asOf"]),
        total=total,
        previous=previous,
        year_before=before_that,
        months=tuple(_months(lines["months"], begins_on, period)),
        everything=_first(lines["all"]) if is_chosen else total,
        everything_before=(_first(comparable("allPrevious", earlier)) if is_chosen else previous),
        everything_year_before=(
            _first(comparable("allYearBefore", year_before))
            if is_chosen
            else (previous if is_same else before_that)
        ),
        places=tuple(line for line in lines["places"] if line.code),
        direct=next((line for line in lines["places"] if not line.code), None),
        previous_by_place=_by_code(comparable("previousPlaces", earlier)),
        year_before_by_place=_by_code(
            comparable("previousPlaces" if is_same else "yearBeforePlaces", year_before)
        ),
        recent=_recent(lines["recent"]),
        choices={
            address.by: _places_offered(lines["places"]),
            address.other: _places_offered(
                tuple(line_of(row, address.other) for row in data["others"]["rows"])
            ),
            "partner": _choices(data["partners"]),
            "visa": _choices(data["visaTypes"]),
        },
        targets=tuple(_targets(data["visaTypes"], address.visa)),
        published=read_published(data.get("published")),
    )


def _first(lines: tuple[Line, ...]) -> Line:
    return next(iter(lines), Line({}))


def _by_code(lines: tuple[Line, ...]) -> dict[str | None, Line]:
    return {line.code: line for line in lines}


def _months(lines: tuple[Line, ...], begins_on: date | None, period: Period) -> Iterator[Line]:
    """Every month that is known of; one without a row is one in which nothing was counted."""
    if begins_on is None:
        return
    known = {line.starts_on: line for line in lines}
    measured = {key for line in lines for key in line.readings}
    nothing = {
        measure.id: Reading(None if measure.kind in RELATIVE else 0)
        for measure in MEASURES
        if measure.id in measured
    }
    month = month_start(max(begins_on, period.known_from_on))
    while month <= period.to_on:
        yield known.get(month) or Line(nothing, starts_on=month)
        month = month_start(month, 1)


def _recent(lines: tuple[Line, ...]) -> dict[str | None, dict[date, float]]:
    recent: dict[str | None, dict[date, float]] = defaultdict(dict)
    for line in lines:
        if line.starts_on:
            recent[line.code][line.starts_on] = line.amount(INTAKE)
    return recent


def _places_offered(lines: tuple[Line, ...]) -> tuple[Choice, ...]:
    offered = (Choice(line.code, line.name or line.code) for line in lines if line.code)
    return tuple(sorted(offered, key=lambda choice: choice.name))


def _choices(connection: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(node["code"], node["name"]) for node in connection["nodes"])


def _targets(visa_types: Mapping[str, Any], chosen: str) -> Iterator[Target]:
    """The usual targets; those of calling visas are another clock's."""
    for node in visa_types["nodes"]:
        if node["code"] == chosen:
            for target in reversed(node["serviceTargets"]):
                if target["clock"] == "STANDARD":
                    yield Target(target["hours"], date.fromisoformat(target["validFrom"]))
