"""Published figures: which questions they can answer, and reading them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import strawberry

from gateway.access.fields import is_readable
from gateway.errors import ArgumentError
from gateway.mapping.context import Context
from gateway.mapping.enums import CalendarPeriod, VolumeDimension
from gateway.mapping.figure_reads import FigureQuestion, Figures
from gateway.mapping.figure_types import FindWider, WiderCell
from gateway.mapping.scalars import CountryCode
from gateway.schema.volumes.measures import FIELDS
from gateway.schema.volumes.published_row import PublishedRow
from gateway.strawberry_bridge import to_camel_case
from models.publication import disclosure, reading
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
from models.vocabulary import Region, Role
from models.volumes import Dimension, Measure, Question
from models.volumes.versions import VersionedData

#: Writes a statement for published figures.
Write = Callable[[GridQuestion], reading.AnySelect]
_NOTE = (
    f"Each count is rounded to the nearest {disclosure.ROUNDING} from its own true value"
    f" ({disclosure.THRESHOLD} to {disclosure.LOWEST_ROUNDED + disclosure.ROUNDING_ERROR} to"
    f" {disclosure.LOWEST_ROUNDED}), so parts do not add up to their total. It is withheld where it"
    f" is smaller than {disclosure.THRESHOLD}, and where it could be inferred from others. Refusals"
    f" are published of at least {disclosure.FEWEST_DECISIONS} decisions; fewer than"
    f" {disclosure.THRESHOLD} of them as a bound. A country in which several partners work counts"
    " in its region alone. A published period stays as it is; a correction is a new edition."
)


@strawberry.type(description="How figures were published that are not exact.")
class VolumePublication:
    edition: int | None = strawberry.field(
        description="The newest edition of the periods asked for; none where none is published."
    )
    published_at: datetime | None = strawberry.field(description="When that was published.")
    rounding: int = strawberry.field(description="Counts are rounded to the nearest multiple.")
    threshold: int = strawberry.field(description="Smaller counts are not published.")
    fewest_decisions: int = strawberry.field(
        description="With fewer decisions nothing is published of refusals."
    )
    note: str = strawberry.field(description="How the figures are protected, in words.")


@dataclass(frozen=True)
class Publication:
    """The published figures for a question, and how they were published."""

    published: VolumePublication
    rows: Sequence[PublishedRow]


def published_mistakes(question: Question, *, with_network: bool) -> Iterator[ArgumentError]:
    """Why published figures do not answer a question, and what to ask instead."""
    unpublished = [
        *(dimension.name for dimension in (*question.dimensions, *question.where)
          if not _is_published(to_camel_case(dimension.name.lower()))),
        *(FIELDS[each] for each in sorted(question.measures) if not _is_published(FIELDS[each])),
        *(["network"] if with_network else []),
    ]  # fmt: skip
    if unpublished:
        yield ArgumentError(
            ("published",),
            f"{', '.join(unpublished)}: not published. Leave it out, or ask for the exact figures"
            " of your scope without `published`.",
        )
        return
    try:
        grid_question(question, None)
    except ArgumentError as mistake:
        yield mistake


def _is_published(field: str) -> bool:
    """Whether the public reads a field."""
    return is_readable("VolumeRow", field, Role.ANONYMOUS)


async def publication(
    context: Context, question: Question, edition: int | None, *, with_wider: bool
) -> Publication:
    """Answer a question from the published tables alone."""
    asked = grid_question(question, edition)
    freshness = await context.figures.freshness(VersionedData.PUBLISHED)

    async def read_figures(name: str, write: Write) -> list[Figures]:
        figures = FigureQuestion(
            "VolumeRow", name, asked.shape, asked.parameters, lambda: write(asked)
        )
        return await context.figures.rows(figures, freshness.mark)

    wider = WiderCells(asked, await read_figures("wider", reading.wider_rows) if with_wider else ())

    def find_wider(row: Figures, measure: Measure) -> FindWider:
        starts_on = row["period"] if question.period else question.from_on
        return partial(wider.nearest, row, starts_on, measure)

    rows = await read_figures("published", reading.rows)
    return Publication(
        _newest_of(await read_figures("editions", reading.editions)),
        [PublishedRow(row, partial(find_wider, row)) for row in rows],
    )


def _newest_of(editions: Sequence[Figures]) -> VolumePublication:
    return VolumePublication(
        edition=max((row["edition"] for row in editions), default=None),
        published_at=max((row["at"] for row in editions), default=None),
        rounding=disclosure.ROUNDING,
        threshold=disclosure.THRESHOLD,
        fewest_decisions=disclosure.FEWEST_DECISIONS,
        note=_NOTE,
    )


def grid_question(question: Question, edition: int | None) -> GridQuestion:
    """The question in terms of what is published: a dimension set and whole periods.

    Raises ArgumentError for any other question.
    """
    period = reading.period_of(question.from_on, question.to_on, question.period)
    if period is None:
        raise ArgumentError(
            ("to",),
            "Published figures are by whole calendar periods. Ask from the first day of one month,"
            " quarter or year to its last, or group by MONTH, QUARTER or YEAR from the first day of"
            " one to the last day of one.",
        )
    if any(len(values) != 1 for values in question.where.values()):
        raise ArgumentError(
            ("where",),
            "Published figures are of one value of a dimension or of all. Name one value of a kind"
            " in `where`, by `eq`, or group by it.",
        )
    dimension_set = reading.dimension_set_of({*question.dimensions, *question.where})
    if dimension_set is None:
        listed = "; ".join(_names(each) for each in DIMENSIONS.values())
        raise ArgumentError(
            ("groupBy",),
            "Published figures are broken down, by `groupBy` or one value in `where`, by exactly"
            f" one of these: {listed}.",
        )
    where = {dimension: values[0] for dimension, values in question.where.items()}
    return GridQuestion(dimension_set, period, question.from_on, question.to_on, where, edition)


def _names(dimensions: tuple[Dimension, ...]) -> str:
    """The narrowest, which says the others."""
    return dimensions[-1].name if dimensions else "nothing"


# Wider cells -------------------------------------------------------------------------------------

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
