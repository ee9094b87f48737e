"""The grid of the published figures: its dimension sets, its periods, and what adds up to what."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from models.volumes.grains import Dimension
from models.volumes.question import MONTHS, Period, months_later


class DimensionSet(StrEnum):
    """The combinations of dimensions by which published figures are grouped.

    Partner, centre and channel are none: whoever holds a partner's exact figures would subtract
    them, and read its competitor's. A country in which several partners work has no figures, but
    counts in its region.
    """

    NATIONAL = "national"
    REGION = "region"
    COUNTRY = "country"
    VISA_TYPE = "visa_type"
    NATIONALITY = "nationality"


DIMENSIONS: Mapping[DimensionSet, tuple[Dimension, ...]] = {
    DimensionSet.NATIONAL: (),
    DimensionSet.REGION: (Dimension.REGION,),
    DimensionSet.COUNTRY: (Dimension.REGION, Dimension.COUNTRY),
    DimensionSet.VISA_TYPE: (Dimension.VISA_TYPE,),
    DimensionSet.NATIONALITY: (Dimension.NATIONALITY,),
}
#: The dimensions of all sets.
PUBLIC_DIMENSIONS = (
    Dimension.REGION,
    Dimension.COUNTRY,
    Dimension.NATIONALITY,
    Dimension.VISA_TYPE,
)

#: The wider sets of each, the nearest first.
WIDER_SETS: Mapping[DimensionSet, tuple[DimensionSet, ...]] = {
    DimensionSet.REGION: (DimensionSet.NATIONAL,),
    DimensionSet.COUNTRY: (DimensionSet.REGION, DimensionSet.NATIONAL),
    DimensionSet.VISA_TYPE: (DimensionSet.NATIONAL,),
    DimensionSet.NATIONALITY: (DimensionSet.NATIONAL,),
}

PERIODS = (Period.MONTH, Period.QUARTER, Period.YEAR)
_LONGER = {Period.MONTH: Period.QUARTER, Period.QUARTER: Period.YEAR}


#: The code of applications that no partner took in, which have neither region nor country.
DIRECT = ""


class Cell(NamedTuple):
    """One group in one period of the grid; it has a code for each dimension of its set."""

    dimension_set: DimensionSet
    period: Period
    starts_on: date
    codes: tuple[str, ...]


class Whole(NamedTuple):
    """A cell that another is a part of, and the division whose parts add up to it."""

    cell: Cell
    division: str


def first_day_of(period: Period, day: date) -> date:
    """The first day of the calendar period that contains a day."""
    months = MONTHS[period]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def last_day_of(period: Period, starts_on: date) -> date:
    """The last day of the calendar period that begins on a day."""
    return months_later(starts_on, MONTHS[period]) - timedelta(days=1)


def periods_over(since: date, today: date) -> Iterator[tuple[Period, date]]:
    """The completed periods of the grid, starting with those that contain ``since``."""
    for period in PERIODS:
        starts_on = first_day_of(period, since)
        while last_day_of(period, starts_on) < today:
            yield period, starts_on
            starts_on = months_later(starts_on, MONTHS[period])


def periods_from(period: Period) -> tuple[Period, ...]:
    """A period and the longer ones, the shortest first."""
    return PERIODS[PERIODS.index(period) :]


def wholes(cell: Cell) -> Iterator[Whole]:
    """The cells of the grid that a cell is directly a part of."""
    if longer := _LONGER.get(cell.period):
        starts_on = first_day_of(longer, cell.starts_on)
        yield Whole(cell._replace(period=longer, starts_on=starts_on), "time")
    if wider := WIDER_SETS.get(cell.dimension_set):
        codes = cell.codes[: len(DIMENSIONS[wider[0]])]
        yield Whole(cell._replace(dimension_set=wider[0], codes=codes), cell.dimension_set)
