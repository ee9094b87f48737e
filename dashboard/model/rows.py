"""One value, and one row of values, as the gateway answers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from dashboard.model.filters import FILTER, VISA
from dashboard.model.measures import BY_FIELD, Measure


class Reading(NamedTuple):
    """The value of one measure; without a value there was nothing to count.

    An answer has thousands: a named tuple takes a third of the time of a frozen dataclass.
    """

    value: float | None = None
    #: How many a rate or a duration is measured by: decisions, as a rule.
    whole: float | None = None
    #: Between which ends the rate behind a share lies with 95% certainty; and as one of many.
    interval: tuple[float, float] | None = None
    interval_of_many: tuple[float, float] | None = None


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

    def amount(self, measure: Measure) -> float:
        """The value where nothing counts as zero, to draw and to order by."""
        return self[measure].value or 0


def line_of(row: Mapping[str, Any], by: str) -> Line:
    """A row of volumes that were grouped by a dimension, or by none."""
    group, period = group_of(row, by), row.get("period")
    return Line(
        readings={
            BY_FIELD[field].id: reading_of(answer)
            for field, answer in row.items()
            if field in BY_FIELD
        },
        code=group.get("code"),
        iso3=group.get("iso3"),
        name=name_of(group, by),
        starts_on=date.fromisoformat(period["startsOn"]) if period else None,
    )


def group_of(row: Mapping[str, Any], by: str) -> Mapping[str, Any]:
    """The group of a row: its code and further selected fields; empty if the row has none."""
    found = row.get(FILTER[by].field) or {}
    return {"code": found} if FILTER[by].words and found else found


def name_of(group: Mapping[str, Any], by: str) -> str | None:
    """What a row of a dimension is called; a channel or purpose has its word in the texts."""
    name = group.get("name") or group.get("city")
    return f"{group['code']} {name}" if by == VISA and name else name


def reading_of(answer: Mapping[str, Any]) -> Reading:
    """The value of one field of a row."""
    value = answer["hours"] if "hours" in answer else answer["value"]
    if isinstance(value, Mapping):
        value = value["amount"]
    return Reading(
        value,
        whole=answer.get("denominator", answer.get("measured")),
        interval=_ends(answer.get("low"), answer.get("high")),
        interval_of_many=_ends(answer.get("lowOfMany"), answer.get("highOfMany")),
    )


def _ends(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)
