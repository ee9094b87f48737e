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
    """What is shown of one period, and of those that it is compared with.

    Cards and trend are about the chosen places, if some were chosen; map and table about all.
    Periods that begin before the data have no readings: to compare with them would mislead.
    What was not asked for is empty.
    """

    #: None where it was not asked for.
    as_of: datetime | None
    #: The first month that anything is known of.
    begins_on: date | None
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
    """Read the answers to questions of the page Volumes, for a period and an address."""
    lines: dict[str, tuple[Line, ...]] = {
        name: tuple(line_of(row, address.by) for row in table["rows"])
        for name, table in data.items()
        if "rows" in table and name not in ("published", "nationalities")
    }
    begun = [line.starts_on for line in lines.get("known", ()) if line.has_happened]
    begins_on = min((start for start in begun if start), default=None)

    def comparable(name: str, earlier: Period) -> tuple[Line, ...]:
        is_known = begins_on is not None and begins_on <= earlier.from_on
        return lines.get(name, ()) if is_known else ()

    earlier, year_before = period.previous, period.year_before
    previous, is_same = comparable("previous", earlier), year_before == earlier
    places = lines.get("places", ())
    return Volumes(
        as_of=datetime.fromisoformat(data["total"]["asOf"]) if "total" in data else None,
        begins_on=begins_on,
        total=_first(lines.get("total", ())),
        previous=_first(previous),
        year_before=_first(comparable("yearBefore", year_before)),
        months=tuple(_months(lines.get("months", ()), begins_on, period)),
        everything=_first(lines.get("all", ())),
        everything_before=_first(comparable("allPrevious", earlier)),
        everything_year_before=_first(comparable("allYearBefore", year_before)),
        places=tuple(line for line in places if line.code),
        direct=next((line for line in places if not line.code), None),
        previous_by_place=_by_code(comparable("previousPlaces", earlier)),
        year_before_by_place=_by_code(
            comparable("previousPlaces" if is_same else "yearBeforePlaces", year_before)
        ),
        recent=_recent(lines.get("recent", ())),
        choices=_choices_of(data),
        targets=tuple(_targets(data.get("visaTypes", {"nodes": []}), address)),
        published=read_published(data.get("published")),
    )


def _choices_of(data: Mapping[str, Any]) -> dict[str, tuple[Choice, ...]]:
    """By the key of the filter that they are offered for."""
    if "countries" not in data:
        return {}
    return {
        "country": _places_offered(data["countries"], "country"),
        "nationality": _places_offered(data["nationalities"], "nationality"),
        "partner": _choices(data["partners"]),
        "visa": _choices(data["visaTypes"]),
    }


def _first(lines: tuple[Line, ...]) -> Line:
    return next(iter(lines), Line({}))


def _by_code(lines: tuple[Line, ...]) -> dict[str | None, Line]:
    return {line.code: line for line in lines}


def _months(lines: tuple[Line, ...], begins_on: date | None, period: Period) -> Iterator[Line]:
    """Every month that is known of; one without a row is one in which nothing was counted."""
    if begins_on is None or not lines:
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


def _places_offered(table: Mapping[str, Any], by: str) -> tuple[Choice, ...]:
    offered = (row[by] for row in table["rows"] if row[by])
    choices = (Choice(place["code"], place["name"]) for place in offered)
    return tuple(sorted(choices, key=lambda choice: choice.name))


def _choices(connection: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(node["code"], node["name"]) for node in connection["nodes"])


def _targets(visa_types: Mapping[str, Any], address: Address) -> Iterator[Target]:
    """The usual targets of one visa type; those of calling visas are another clock's."""
    for node in visa_types["nodes"]:
        if address.filters["visa"] == (node["code"],):
            for target in reversed(node.get("serviceTargets", ())):
                if target["clock"] == "STANDARD":
                    yield Target(target["hours"], date.fromisoformat(target["validFrom"]))
