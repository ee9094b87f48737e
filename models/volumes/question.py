"""What can be asked of the volumes, and which lines of which grains answer it."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from models.volumes.grains import GRAINS, Dimension, Grain
from models.volumes.measures import STOCKS, Measure


class Period(StrEnum):
    """Calendar periods in WIB; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_ONE_DAY = timedelta(days=1)


#: Months in the periods that are made of months.
MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def months_later(day: date, months: int) -> date:
    """The same day of another month, or the last one where that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


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

    def periods(self) -> Iterator[tuple[date, date, date]]:
        """Each period of the window: its first day, and its first and last day inside."""
        first_on = self.from_on
        while first_on <= self.to_on:
            begins_on = self.first_day_of(first_on)
            last_on = min(self.last_day_of(begins_on), self.to_on)
            yield begins_on, first_on, last_on
            first_on = last_on + _ONE_DAY

    def first_day_of(self, day: date) -> date:
        """The first day of the period in which a day lies."""
        match self.period:
            case None:
                return self.from_on
            case Period.DAY:
                return day
            case Period.WEEK:
                return day - timedelta(days=day.weekday())
            case Period.MONTH | Period.QUARTER | Period.YEAR:
                months = MONTHS[self.period]
                return day.replace(month=(day.month - 1) // months * months + 1, day=1)

    def last_day_of(self, begins_on: date) -> date:
        """The last day of the period that begins on a day."""
        match self.period:
            case None:
                return self.to_on
            case Period.DAY:
                return begins_on
            case Period.WEEK:
                return begins_on + timedelta(days=6)
            case Period.MONTH | Period.QUARTER | Period.YEAR:
                return months_later(begins_on, MONTHS[self.period]) - _ONE_DAY


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
    if question.measures & STOCKS.keys():
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
