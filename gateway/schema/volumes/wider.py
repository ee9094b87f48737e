"""Finds the nearest wider cell in which a withheld figure has a value."""

from collections.abc import Mapping, Sequence
from datetime import date

from gateway.mapping.enums import CalendarPeriod, VolumeDimension
from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import WiderCell
from gateway.mapping.scalars import CountryCode
from models.publication.reading import GridQuestion
from models.publication.sets import (
    DIMENSIONS,
    DIRECT,
    WIDER_SETS,
    Cell,
    DimensionSet,
    Period,
    first_day_of,
    last_day_of,
    periods_from,
)
from models.vocabulary import Region
from models.volumes import Dimension, Measure

_REFUSALS = ("refused", "refused_below")
#: The columns of which one has a value where a figure is published.
_COLUMNS: Mapping[Measure, tuple[str, ...]] = {
    Measure.GRANTED: _REFUSALS,
    Measure.REFUSED: _REFUSALS,
    Measure.REFUSAL_RATE: _REFUSALS,
}


class WiderCells:
    """The wider cells of a question."""

    def __init__(self, question: GridQuestion, rows: Sequence[Figures]) -> None:
        self._question = question
        self._rows = {_cell_of(row): row for row in rows}

    def nearest(self, codes: Figures, starts_on: date, measure: Measure) -> WiderCell | None:
        """The nearest cell with a value of a measure: a longer period first, then a wider group."""
        own = self._question.dimension_set
        for dimension_set in (own, *WIDER_SETS.get(own, ())):
            of_set = _codes_of(codes, dimension_set)
            for period in periods_from(self._question.period):
                cell = Cell(dimension_set, period, first_day_of(period, starts_on), of_set)
                if self._has_value(cell, measure):
                    return _wider_cell(cell, own)
        return None

    def _has_value(self, cell: Cell, measure: Measure) -> bool:
        row = self._rows.get(cell)
        columns = _COLUMNS.get(measure, (measure.value,))
        return row is not None and any(row[column] is not None for column in columns)


def _cell_of(row: Figures) -> Cell:
    dimension_set = DimensionSet(row["dimension_set"])
    period = Period(row["period"])
    return Cell(dimension_set, period, row["starts_on"], _codes_of(row, dimension_set))


def _codes_of(row: Figures, dimension_set: DimensionSet) -> tuple[str, ...]:
    return tuple(row[dimension] or DIRECT for dimension in DIMENSIONS[dimension_set])


def _wider_cell(cell: Cell, own: DimensionSet) -> WiderCell:
    dimensions = DIMENSIONS[cell.dimension_set]
    code = {name: each for name, each in zip(dimensions, cell.codes, strict=True) if each}
    region = code.get(Dimension.REGION)
    return WiderCell(
        from_=cell.starts_on,
        to=last_day_of(cell.period, cell.starts_on),
        period=CalendarPeriod[cell.period.name],
        group_by=[VolumeDimension[each.name] for each in dimensions],
        dropped=[VolumeDimension[each.name] for each in DIMENSIONS[own] if each not in dimensions],
        region=Region(region) if region else None,
        country=_country(code.get(Dimension.COUNTRY)),
        nationality=_country(code.get(Dimension.NATIONALITY)),
        visa_type=code.get(Dimension.VISA_TYPE),
    )


def _country(code: str | None) -> CountryCode | None:
    return None if code is None else CountryCode(code)
