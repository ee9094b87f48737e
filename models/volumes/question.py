"""Questions about the volumes, and the grains that answer them."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

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


#: The length in months of the periods that consist of whole months.
MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


@lru_cache(maxsize=1_024)  # asked for each row of a table, of the few periods that it has
def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month if it is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Question:
    """Measures from one day to another (inclusive), by dimensions and at most one period.

    A period that the window cuts counts only its days inside the window.
    """

    from_on: date
    to_on: date
    dimensions: tuple[Dimension, ...] = ()
    period: Period | None = None
    where: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    measures: Set[Measure] = frozenset(Measure)
    #: Of fewer durations no percentile is computed, as if nothing was measured.
    fewest_durations: int = 1

    def periods(self) -> Iterator[tuple[date, date, date]]:
        """Each period: its first day, and its first and last day inside the window."""
        first_on = self.from_on
        while first_on <= self.to_on:
            begins_on = self.first_day_of(first_on)
            last_on = min(self.last_day_of(begins_on), self.to_on)
            yield begins_on, first_on, last_on
            first_on = last_on + _ONE_DAY

    @property
    def cut_months(self) -> list[date]:
        """The first days of the months of which not every day is in one of its periods."""
        ends = self.from_on, self.to_on + _ONE_DAY
        if self.period not in (Period.DAY, Period.WEEK):
            return sorted({_begin(day, 1) for day in ends if day.day > 1})
        months = [_begin(self.from_on, 1)]
        while months[-1] < _begin(self.to_on, 1):
            months.append(months_later(months[-1], 1))
        return months

    def first_day_of(self, day: date) -> date:
        """The first day of the period that contains a day."""
        match self.period:
            case None:
                return self.from_on
            case Period.DAY:
                return day
            case Period.WEEK:
                return day - timedelta(days=day.weekday())
            case Period.MONTH | Period.QUARTER | Period.YEAR:
                return _begin(day, MONTHS[self.period])

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
    """The rows of one grain from one day (None: from the beginning) to another."""

    grain: Grain
    first_on: date | None
    last_on: date
    is_in_window: bool
    #: Whether its rows are taken off: days of a month that is counted whole, but was not asked for.
    is_taken_off: bool = False
    #: Its place among the tiles of a question.
    number: int = 0

    @property
    def shape(self) -> tuple[object, ...]:
        """What the text of a statement depends on: all but the days."""
        return self.grain.facts.name, self.first_on is None, self.is_in_window, self.is_taken_off


_DAYS = ("day",)
_MONTHS = ("month", "day")
_YEARS = ("year", "month", "day")


def tiles(question: Question, dimensions: Set[str]) -> Iterator[Tile]:
    """Cover the window, and for stocks all time before it, with as few rows as possible."""
    for number, tile in enumerate(_tiles(question, dimensions)):
        yield replace(tile, number=number)


def _tiles(question: Question, dimensions: Set[str]) -> Iterator[Tile]:
    if question.measures & STOCKS.keys():
        before_on = question.from_on - _ONE_DAY
        yield from _cover(None, before_on, _grains(dimensions, _YEARS), is_in_window=False)
    within = _DAYS if question.period in (Period.DAY, Period.WEEK) else _MONTHS
    yield from _cover(
        question.from_on, question.to_on, _grains(dimensions, within), is_in_window=True
    )


def _grains(dimensions: Set[str], periods: tuple[str, ...]) -> list[Grain]:
    """For each period the coarsest grain that has the needed dimensions."""
    suitable = [grain for grain in GRAINS if dimensions <= set(grain.dimensions)]
    coarsest = (next((g for g in suitable if g.period == period), None) for period in periods)
    return [grain for grain in coarsest if grain]


def _cover(
    first_on: date | None, last_on: date, grains: list[Grain], *, is_in_window: bool
) -> Iterator[Tile]:
    """Take whole periods from the first grain, and the days around them from the finer ones."""
    if first_on and first_on > last_on:
        return
    grain, *finer = grains
    if not finer:
        yield Tile(grain, first_on, last_on, is_in_window)
        return
    if grain.period == Period.MONTH:
        yield from _cover_months(first_on, last_on, grain, *finer, is_in_window=is_in_window)
        return
    months = MONTHS[Period(grain.period)]
    since = first_on and _begin(first_on - _ONE_DAY, months, later=True)
    until = _begin(last_on + _ONE_DAY, months) - _ONE_DAY
    if since and since > until:
        yield from _cover(first_on, last_on, finer, is_in_window=is_in_window)
        return
    if first_on and since:
        yield from _cover(first_on, since - _ONE_DAY, finer, is_in_window=is_in_window)
    yield Tile(grain, since, until, is_in_window)
    yield from _cover(until + _ONE_DAY, last_on, finer, is_in_window=is_in_window)


def _cover_months(
    first_on: date | None, last_on: date, month: Grain, day: Grain, *, is_in_window: bool
) -> Iterator[Tile]:
    """Take the months between those beginnings that are nearest, and correct by days.

    So a month of which most days are asked for is taken whole, and its other days are taken off:
    they are fewer rows, and on the days to come, hardly any.
    """
    end_on = last_on + _ONE_DAY
    since, until = first_on and _nearest_month(first_on), _nearest_month(end_on)
    if first_on and since and end_on - first_on <= abs(first_on - since) + abs(end_on - until):
        yield Tile(day, first_on, last_on, is_in_window)
        return
    yield Tile(month, since, until - _ONE_DAY, is_in_window)
    if first_on and since:
        yield from _correct(first_on, since, day, is_in_window=is_in_window)
    yield from _correct(until, end_on, day, is_in_window=is_in_window)


def _correct(first_on: date, end_on: date, day: Grain, *, is_in_window: bool) -> Iterator[Tile]:
    """The days before an end; where it is earlier, those after it are taken off."""
    if first_on < end_on:
        yield Tile(day, first_on, end_on - _ONE_DAY, is_in_window)
    if end_on < first_on:
        yield Tile(day, end_on, first_on - _ONE_DAY, is_in_window, is_taken_off=True)


def _nearest_month(day: date) -> date:
    """The beginning of a month that is nearest to a day, the later one among equals."""
    before, after = _begin(day, 1), _begin(day, 1, later=True)
    return before if day - before < after - day else after


def _begin(day: date, months: int, *, later: bool = False) -> date:
    """The first day of the period (of this many months) that contains a day, or of the next one."""
    first_on = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return months_later(first_on, months) if later else first_on
