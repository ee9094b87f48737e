"""Published figures: which questions they can answer, and reading them."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

import strawberry

from gateway.access.fields import is_published, is_readable, reads_only_published
from gateway.access.rows import reachable_as_published_in_role
from gateway.errors import ArgumentError, ErrorCode
from gateway.mapping.context import Context
from gateway.mapping.figure_reads import Figures, KeptQuestion
from gateway.mapping.figure_types import FindWider
from gateway.policy import PUBLISHED_SETS
from gateway.schema.volumes.measures import FIELDS
from gateway.schema.volumes.published_row import PublishedRow
from gateway.schema.volumes.wider import WiderCells
from gateway.strawberry_bridge import to_camel_case
from gateway.viewer import Viewer
from models.publication import disclosure, reading
from models.publication.sets import DIMENSIONS, NATIONAL_SETS, DimensionSet
from models.vocabulary import Role
from models.volumes import Dimension, Measure, Question
from models.volumes.versions import VersionedData

#: Writes a statement for published figures within a scope.
Write = Callable[[reading.GridQuestion, Any], reading.AnySelect]
_NOTE = (
    f"Of refusals a rounded number is published, or a bound (fewer than {disclosure.THRESHOLD}), in"
    f" groups and periods with at least {disclosure.FEWEST_DECISIONS} decisions, and not where they"
    f" could be inferred from others. They are rounded to the nearest {disclosure.ROUNDING} from"
    f" their own true value ({disclosure.THRESHOLD} to"
    f" {disclosure.LOWEST_ROUNDED + disclosure.ROUNDING_ERROR} to {disclosure.LOWEST_ROUNDED}), so"
    " parts do not add up to their total. Every other count of the public is rounded likewise, or"
    f" withheld if it is smaller than {disclosure.THRESHOLD}. A published period stays as it is; a"
    " correction is a new edition."
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
    """The published figures for a question: rows by group and period."""

    measures: frozenset[Measure]
    published: VolumePublication
    rows: Mapping[tuple[Any, ...], Figures]
    periods: frozenset[date]
    national: Mapping[tuple[Any, ...], Figures]
    wider: WiderCells

    def of(
        self, question: Question, key: tuple[Any, ...], decisions: int | None = None
    ) -> PublishedRow:
        """The published figures of a group in a period."""
        starts_on = key[-1] if question.period else question.from_on
        figures = self.rows.get(key)
        find_wider = None if figures is None else partial(self._find_wider, figures, starts_on)
        return PublishedRow(
            figures,
            self.measures,
            starts_on in self.periods,
            decisions,
            self.national.get((_visa_type(question, key), starts_on)),
            find_wider,
        )

    def _find_wider(self, codes: Figures, starts_on: date, measure: Measure) -> FindWider:
        return partial(self.wider.nearest, codes, starts_on, measure)


def _visa_type(question: Question, key: tuple[Any, ...]) -> str | None:
    """The visa type that a row is of, if it is of a single one."""
    if Dimension.VISA_TYPE in question.dimensions:
        return key[question.dimensions.index(Dimension.VISA_TYPE)]
    (visa_type,) = question.where.get(Dimension.VISA_TYPE, (None,))
    return visa_type


def published_measures(measures: Set[Measure], role: Role) -> frozenset[Measure]:
    """The measures that the role may read only as published figures."""
    return frozenset(m for m in measures if is_published("VolumeRow", FIELDS[m], role))


def forbidden_dimensions(question: Question, role: Role) -> Iterator[ArgumentError]:
    """FORBIDDEN_FIELD for each dimension that the role may not read."""
    for argument, dimensions in (("groupBy", question.dimensions), ("where", question.where)):
        for dimension in dimensions:
            name = to_camel_case(dimension.name.lower())
            if not is_readable("VolumeRow", name, role):
                coordinate = f"VolumeRow.{name}"
                yield ArgumentError(
                    (argument,),
                    f"The role {role} does not read {coordinate}.",
                    ErrorCode.FORBIDDEN_FIELD,
                    {"coordinate": coordinate},
                )


async def publication(
    context: Context,
    question: Question,
    measures: frozenset[Measure],
    edition: int | None,
    *,
    with_national: bool,
    with_wider: bool,
) -> Publication:
    """Answer a question from the published tables alone."""
    role = context.viewer.role
    on_grid = grid_question(question, context.viewer, edition)

    def in_reach(columns: Any) -> Any:
        return reachable_as_published_in_role(
            "VolumeRow", role, lambda attribute: columns[attribute.key]
        )

    freshness = await context.figures.freshness(VersionedData.PUBLISHED)

    async def read(name: str, write: Write, asked: reading.GridQuestion = on_grid) -> list[Figures]:
        question = KeptQuestion(
            "VolumeRow", name, asked.shape, asked.parameters, lambda: write(asked, in_reach)
        )
        return await context.figures.rows(question, freshness.mark)

    editions = await read("editions", lambda asked, _: reading.editions(asked))
    national: list[Figures] = []
    if with_national:
        national = await read("published", reading.rows, _of_the_whole_country(on_grid))
    return Publication(
        measures=measures,
        published=_newest_of(editions),
        rows={key_of(question, row): row for row in await read("published", reading.rows)},
        periods=frozenset(row["starts_on"] for row in editions),
        national={(row[Dimension.VISA_TYPE], row["period"]): row for row in national},
        wider=WiderCells(on_grid, await read("wider", reading.wider_rows) if with_wider else ()),
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


def _of_the_whole_country(question: reading.GridQuestion) -> reading.GridQuestion:
    """The same periods of the whole country; by visa type where the question is."""
    is_by_type = Dimension.VISA_TYPE in DIMENSIONS[question.dimension_set]
    return replace(
        question,
        dimension_set=DimensionSet.VISA_TYPE if is_by_type else DimensionSet.NATIONAL,
        where={d: value for d, value in question.where.items() if d is Dimension.VISA_TYPE},
    )


def key_of(question: Question, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The key of a row: its groups, and its period if the question groups by one."""
    groups = tuple(row[dimension] for dimension in question.dimensions)
    return (*groups, row["period"]) if question.period else groups


def grid_question(question: Question, viewer: Viewer, edition: int | None) -> reading.GridQuestion:
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
    published_sets = _sets_of_own(viewer.role)
    dimensions = {*question.dimensions, *question.where}
    dimension_set = reading.dimension_set_of(
        dimensions, _implied_dimensions(viewer), published_sets
    )
    if dimension_set is None:
        listed = "; ".join(_names(DIMENSIONS[each]) for each in published_sets)
        raise ArgumentError(
            ("groupBy",),
            "Published figures are broken down, by `groupBy` or one value in `where`, by exactly"
            f" one of these: {listed}. A dimension of which your scope has one value alone need not"
            " be named.",
        )
    where = {dimension: values[0] for dimension, values in question.where.items()}
    return reading.GridQuestion(
        dimension_set, period, question.from_on, question.to_on, where, edition
    )


def _sets_of_own(role: Role) -> list[DimensionSet]:
    """The sets that answer questions: of the whole country only if a role reads nothing else."""
    sets = PUBLISHED_SETS[role]
    return [each for each in sets if reads_only_published(role) or each not in NATIONAL_SETS]


def _implied_dimensions(viewer: Viewer) -> Iterator[Dimension]:
    """The dimensions that the viewer's scope already narrows to one value."""
    if viewer.partner:
        yield Dimension.PARTNER
    if len(viewer.countries) == 1:
        yield Dimension.COUNTRY


def _names(dimensions: tuple[Dimension, ...]) -> str:
    return " and ".join(dimension.name for dimension in dimensions) or "nothing"
