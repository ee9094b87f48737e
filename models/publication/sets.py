"""The grid of the published figures: its dimension sets, its periods, and what adds up to what."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from models.vocabulary import Channel
from models.volumes.grains import Dimension
from models.volumes.question import MONTHS, Period, months_later


class DimensionSet(StrEnum):
    """The combinations of dimensions by which published figures are grouped; three at most.

    Nationality within a country is not among them: most applicants are nationals of the country,
    and the few others would follow by subtraction. The public gets no channel: a partner that
    subtracts its own portal would read its competitor's.
    """

    NATIONAL = "national"
    VISA_TYPE = "visa_type"
    NATIONALITY = "nationality"
    COUNTRY = "country"
    COUNTRY_VISA_TYPE = "country_visa_type"
    COUNTRY_CHANNEL = "country_channel"
    CENTRE = "centre"
    CENTRE_VISA_TYPE = "centre_visa_type"
    #: Never published: only the audit counts it.
    COUNTRY_NATIONALITY = "country_nationality"


DIMENSIONS: Mapping[DimensionSet, tuple[Dimension, ...]] = {
    DimensionSet.NATIONAL: (),
    DimensionSet.VISA_TYPE: (Dimension.VISA_TYPE,),
    DimensionSet.NATIONALITY: (Dimension.NATIONALITY,),
    DimensionSet.COUNTRY: (Dimension.PARTNER, Dimension.COUNTRY),
    DimensionSet.COUNTRY_VISA_TYPE: (Dimension.PARTNER, Dimension.COUNTRY, Dimension.VISA_TYPE),
    DimensionSet.COUNTRY_CHANNEL: (Dimension.PARTNER, Dimension.COUNTRY, Dimension.CHANNEL),
    DimensionSet.CENTRE: (Dimension.CENTRE,),
    DimensionSet.CENTRE_VISA_TYPE: (Dimension.CENTRE, Dimension.VISA_TYPE),
    DimensionSet.COUNTRY_NATIONALITY: (
        Dimension.PARTNER,
        Dimension.COUNTRY,
        Dimension.NATIONALITY,
    ),
}
NATIONAL_SETS = frozenset({DimensionSet.NATIONAL, DimensionSet.VISA_TYPE, DimensionSet.NATIONALITY})
COUNTRY_SETS = frozenset(
    {DimensionSet.COUNTRY, DimensionSet.COUNTRY_VISA_TYPE, DimensionSet.COUNTRY_CHANNEL}
)
CENTRE_SETS = frozenset({DimensionSet.CENTRE, DimensionSet.CENTRE_VISA_TYPE})

#: The wider sets of each, the nearest first.
WIDER_SETS: Mapping[DimensionSet, tuple[DimensionSet, ...]] = {
    DimensionSet.VISA_TYPE: (DimensionSet.NATIONAL,),
    DimensionSet.NATIONALITY: (DimensionSet.NATIONAL,),
    DimensionSet.COUNTRY_VISA_TYPE: (DimensionSet.COUNTRY,),
    DimensionSet.COUNTRY_CHANNEL: (DimensionSet.COUNTRY,),
    DimensionSet.CENTRE: (DimensionSet.COUNTRY,),
    DimensionSet.CENTRE_VISA_TYPE: (DimensionSet.CENTRE, DimensionSet.COUNTRY),
}

PERIODS = (Period.MONTH, Period.QUARTER, Period.YEAR)
_LONGER = {Period.MONTH: Period.QUARTER, Period.QUARTER: Period.YEAR}


class Cell(NamedTuple):
    """One group in one period of the grid; it has a code for each dimension of its set."""

    dimension_set: DimensionSet
    period: Period
    starts_on: date
    codes: tuple[str, ...]


class Place(NamedTuple):
    """A partner in a country, whose managers read a cell."""

    partner: str
    country: str


class Whole(NamedTuple):
    """A cell that another is a part of, and the division; complete if the parts add up to it."""

    cell: Cell
    division: str
    is_complete: bool = True


def first_day_of(period: Period, day: date) -> date:
    """The first day of the calendar period that contains a day."""
    months = MONTHS[period]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def last_day_of(period: Period, starts_on: date) -> date:
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


def partner_of(cell: Cell, centres: Mapping[str, Place]) -> str | None:
    """The partner whose managers read a cell; None for a national one."""
    if cell.dimension_set in NATIONAL_SETS:
        return None
    first = cell.codes[0]
    return centres[first].partner if cell.dimension_set in CENTRE_SETS else first


def wholes(cell: Cell, centres: Mapping[str, Place]) -> Iterator[Whole]:
    """The cells of the grid that a cell is directly a part of."""
    if longer := _LONGER.get(cell.period):
        starts_on = first_day_of(longer, cell.starts_on)
        yield Whole(cell._replace(period=longer, starts_on=starts_on), "time")

    def other(dimension_set: DimensionSet, *codes: str, is_complete: bool = True) -> Whole:
        whole = cell._replace(dimension_set=dimension_set, codes=codes)
        return Whole(whole, cell.dimension_set, is_complete)

    match cell.dimension_set, cell.codes:
        case ((DimensionSet.VISA_TYPE | DimensionSet.NATIONALITY), _):
            yield other(DimensionSet.NATIONAL)
        case (
            (
                DimensionSet.COUNTRY_VISA_TYPE
                | DimensionSet.COUNTRY_CHANNEL
                | DimensionSet.COUNTRY_NATIONALITY
            ),
            codes,
        ):
            yield other(DimensionSet.COUNTRY, *codes[:2])
        case DimensionSet.CENTRE, (centre,):
            # An application has a centre exactly if that is its channel.
            taken = Channel.PARTNER_CENTRE.value
            yield other(DimensionSet.COUNTRY_CHANNEL, *centres[centre], taken)
        case DimensionSet.CENTRE_VISA_TYPE, (centre, visa_type):
            yield other(DimensionSet.CENTRE, centre)
            place = centres[centre]
            yield other(DimensionSet.COUNTRY_VISA_TYPE, *place, visa_type, is_complete=False)
        case _:
            return


def national_counterpart(cell: Cell) -> Cell | None:
    """The national cell to which a partner's country cell contributes."""
    match cell.dimension_set, cell.codes:
        case DimensionSet.COUNTRY, _:
            return cell._replace(dimension_set=DimensionSet.NATIONAL, codes=())
        case DimensionSet.COUNTRY_VISA_TYPE, (*_, visa_type):
            return cell._replace(dimension_set=DimensionSet.VISA_TYPE, codes=(visa_type,))
        case DimensionSet.COUNTRY_NATIONALITY, (*_, nationality):
            return cell._replace(dimension_set=DimensionSet.NATIONALITY, codes=(nationality,))
        case _:
            return None
