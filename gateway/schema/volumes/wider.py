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
    WIDER_SETS,
    Cell,
    DimensionSet,
    Period,
    first_day_of,
    last_day_of,
    periods_from,
)
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
            of_set = tuple(codes[dimension] for dimension in DIMENSIONS[dimension_set])
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
    codes = tuple(row[dimension] for dimension in DIMENSIONS[dimension_set])
    return Cell(dimension_set, Period(row["period"]), row["starts_on"], codes)


def _wider_cell(cell: Cell, own: DimensionSet) -> WiderCell:
    dimensions = DIMENSIONS[cell.dimension_set]
    code = dict(zip(dimensions, cell.codes, strict=True))
    return WiderCell(
        from_=cell.starts_on,
        to=last_day_of(cell.period, cell.starts_on),
        period=CalendarPeriod[cell.period.name],
        group_by=[VolumeDimension[each.name] for each in dimensions],
        dropped=[VolumeDimension[each.name] for each in DIMENSIONS[own] if each not in dimensions],
        nationality=_country(code.get(Dimension.NATIONALITY)),
        visa_type=code.get(Dimension.VISA_TYPE),
    )


def _country(code: str | None) -> CountryCode | None:
    return None if code is None else CountryCode(code)
