"""The gateway's answer about volumes, as plain values for figures and tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import dropwhile
from typing import Any

from dashboard.measures import MEASURES, Measure
from dashboard.period import Period


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one measure; without a value it is suppressed, or there was nothing to count."""

    value: float | None = None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of volumes: its readings by measure, and the country or month that it is about."""

    readings: Mapping[str, Reading]
    code: str | None = None
    name: str | None = None
    starts_on: date | None = None

    def __getitem__(self, measure: Measure) -> Reading:
        return self.readings.get(measure.id, Reading())

    @property
    def has_happened(self) -> bool:
        """Whether there was anything to count."""
        return any(reading.value or reading.is_suppressed for reading in self.readings.values())

    def amount(self, measure: Measure) -> float:
        """The value where nothing counts as zero, to draw and to order by."""
        return self[measure].value or 0


@dataclass(frozen=True, slots=True)
class Volumes:
    """Everything that the page shows of one period, and of those that it is compared with.

    Periods that begin before the data have no readings: to compare with them would mislead.
    """

    as_of: datetime
    total: Line
    previous: Line
    year_before: Line
    countries: tuple[Line, ...]
    direct: Line | None
    previous_by_country: Mapping[str | None, Line]
    months: tuple[Line, ...]

    def before(self, line: Line) -> Line:
        """The same country in the period before."""
        return self.previous_by_country.get(line.code, Line({}))

    @property
    def is_empty(self) -> bool:
        return not any(reading.value for reading in self.total.readings.values())


def read_volumes(data: Mapping[str, Any], period: Period) -> Volumes:
    """Read the data of a document ``processing_volumes*``, asked for a period."""
    by_country = _lines(data["countries"])
    months = _since_the_first(_lines(data["months"]))
    begins_on = months[0].starts_on if months else None

    def comparable(name: str, earlier: Period) -> tuple[Line, ...]:
        is_known = begins_on is not None and begins_on <= earlier.from_on
        return _lines(data[name]) if is_known and name in data else ()

    return Volumes(
        as_of=datetime.fromisoformat(data["total"]["asOf"]),
        total=_first(_lines(data["total"])),
        previous=_first(comparable("previous", period.previous)),
        year_before=_first(comparable("yearBefore", period.year_before)),
        countries=tuple(line for line in by_country if line.code),
        direct=next((line for line in by_country if not line.code), None),
        previous_by_country={
            line.code: line for line in comparable("previousCountries", period.previous)
        },
        months=tuple(
            line for line in months if line.starts_on and line.starts_on >= period.trend_from_on
        ),
    )


def _first(lines: tuple[Line, ...]) -> Line:
    return next(iter(lines), Line({}))


def _since_the_first(months: tuple[Line, ...]) -> tuple[Line, ...]:
    """Without the months before anything had happened: their zeros are no figures."""
    return tuple(dropwhile(lambda line: not line.has_happened, months))


def _lines(table: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(_line(row) for row in table["rows"])


def _line(row: Mapping[str, Any]) -> Line:
    country = row.get("country") or {}
    period = row.get("period")
    return Line(
        readings={
            measure.id: _reading(row[measure.field]) for measure in MEASURES if measure.field in row
        },
        code=country.get("code"),
        name=country.get("name"),
        starts_on=date.fromisoformat(period["startsOn"]) if period else None,
    )


def _reading(told: Mapping[str, Any]) -> Reading:
    value = told["hours"] if "hours" in told else told["value"]
    return Reading(value, is_suppressed=told["precision"] == "SUPPRESSED")
