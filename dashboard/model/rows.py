"""One value, and one row of values, as the gateway tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.model.measures import BY_FIELD, Measure


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one measure; without a value it is suppressed, or there was nothing to count."""

    value: float | None = None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of volumes: its readings by measure, and the place or month that it is about."""

    readings: Mapping[str, Reading]
    code: str | None = None
    iso3: str | None = None
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


def line_of(row: Mapping[str, Any], by: str) -> Line:
    place = row.get(by) or {}
    period = row.get("period")
    return Line(
        readings={
            BY_FIELD[field].id: _reading(told) for field, told in row.items() if field in BY_FIELD
        },
        code=place.get("code"),
        iso3=place.get("iso3"),
        name=place.get("name"),
        starts_on=date.fromisoformat(period["startsOn"]) if period else None,
    )


def _reading(told: Mapping[str, Any]) -> Reading:
    value = told["hours"] if "hours" in told else told["value"]
    return Reading(value, is_suppressed=told.get("precision") in ("SUPPRESSED", "BELOW"))
