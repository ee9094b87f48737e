"""What can be asked of the volumes, and which lines of which grains answer it."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from models.volumes.grains import GRAINS, Dimension, Grain, Kind


class Period(StrEnum):
    """Calendar periods in WIB; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Measure(StrEnum):
    """The measures, by their ids in the definitions of the domain."""

    INTAKE = "intake"
    DECISIONS = "decisions"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REFUSAL_RATE = "refusal_rate"
    WIP = "wip"
    BACKLOG = "backlog"
    TURNAROUND_P50 = "turnaround_p50"
    TURNAROUND_P75 = "turnaround_p75"
    TURNAROUND_P90 = "turnaround_p90"
    TURNAROUND_P95 = "turnaround_p95"
    TURNAROUND_ADJUSTED_P50 = "turnaround_adjusted_p50"
    TURNAROUND_ADJUSTED_P75 = "turnaround_adjusted_p75"
    TURNAROUND_ADJUSTED_P90 = "turnaround_adjusted_p90"
    TURNAROUND_ADJUSTED_P95 = "turnaround_adjusted_p95"
    TARGET_RATE = "target_rate"
    CLEARANCE_RATIO = "clearance_ratio"
    INFO_REQUEST_RATE = "info_request_rate"
    HANDOVER_P90 = "handover_p90"
    REVENUE = "revenue"


#: Measured at the end of a period, from everything that happened up to it.
STOCKS = frozenset({Measure.WIP, Measure.BACKLOG})


class Percentile(NamedTuple):
    """The hours within which so many in a hundred durations of a kind ended."""

    kind: Kind
    percent: int


PERCENTILES = {
    Measure.TURNAROUND_P50: Percentile(Kind.TURNAROUND, 50),
    Measure.TURNAROUND_P75: Percentile(Kind.TURNAROUND, 75),
    Measure.TURNAROUND_P90: Percentile(Kind.TURNAROUND, 90),
    Measure.TURNAROUND_P95: Percentile(Kind.TURNAROUND, 95),
    Measure.TURNAROUND_ADJUSTED_P50: Percentile(Kind.ADJUSTED, 50),
    Measure.TURNAROUND_ADJUSTED_P75: Percentile(Kind.ADJUSTED, 75),
    Measure.TURNAROUND_ADJUSTED_P90: Percentile(Kind.ADJUSTED, 90),
    Measure.TURNAROUND_ADJUSTED_P95: Percentile(Kind.ADJUSTED, 95),
    Measure.HANDOVER_P90: Percentile(Kind.HANDOVER, 90),
}

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """Measures from one day to another, both inclusive, by dimensions and at most one period.

    A period that the window cuts counts only its days inside the window.
    """

    from_on: date
    to_on: date
    dimensions: tuple[Dimension, ...] = ()
    period: Period | None = None
    where: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    measures: Set[Measure] = frozenset(Measure)


@dataclass(frozen=True)
class Tile:
    """The lines of one grain from one day (or from the beginning) to another."""

    grain: Grain
    first_on: date | None
    last_on: date
    is_in_window: bool


def tiles(question: Question, needed: Set[str]) -> Iterator[Tile]:
    """Cover the window, and for stocks everything before it, with as few lines as can be."""
    days = next(grain for grain in _knowing(needed) if grain.period == "day")
    months = next((grain for grain in _knowing(needed) if grain.period == "month"), None)
    months_inside = None if question.period in (Period.DAY, Period.WEEK) else months
    if question.measures & STOCKS:
        yield from _cover(None, question.from_on - _ONE_DAY, days, months, is_in_window=False)
    yield from _cover(question.from_on, question.to_on, days, months_inside, is_in_window=True)


def _knowing(columns: Set[str]) -> Iterator[Grain]:
    return (grain for grain in GRAINS if columns <= set(grain.dimensions))


def _cover(
    first_on: date | None, last_on: date, days: Grain, months: Grain | None, *, is_in_window: bool
) -> Iterator[Tile]:
    """Whole months from the monthly grain if there is one, the days around them from the daily."""
    since = first_on and _month_from(first_on)
    until = (last_on + _ONE_DAY).replace(day=1) - _ONE_DAY
    if months is None or (since and since > until):
        yield Tile(days, first_on, last_on, is_in_window)
        return
    if first_on and since and first_on < since:
        yield Tile(days, first_on, since - _ONE_DAY, is_in_window)
    yield Tile(months, since, until, is_in_window)
    if until < last_on:
        yield Tile(days, until + _ONE_DAY, last_on, is_in_window)


def _month_from(day: date) -> date:
    """The first of the month, if it is one, or of the month after."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
