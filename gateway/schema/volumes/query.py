"""The resolver of `volumes`: from arguments to a question, from figures to rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from gateway.access.rows import reachable_in_role
from gateway.errors import ErrorCode, FieldError
from gateway.mapping.arguments import asked_of
from gateway.mapping.context import Context
from gateway.mapping.enums import VolumeDimension
from gateway.mapping.figure_reads import FigureQuestion, Figures, size_of
from gateway.mapping.figure_types import Before
from gateway.schema.volumes.arguments import AskedVolumes, VolumeWhere
from gateway.schema.volumes.comparisons import read_comparisons
from gateway.schema.volumes.names import NOUNS, load_names
from gateway.schema.volumes.outcomes import (
    add_outcomes,
    first_decided,
    read_network,
)
from gateway.schema.volumes.published import (
    VolumePublication,
    publication,
)
from gateway.schema.volumes.published_row import PublishedRow
from gateway.schema.volumes.rows import NetworkOutcomes, VolumePeriod, VolumeRow, VolumeTable
from gateway.schema.volumes.selection import VolumeSelection, volume_selection
from gateway.strawberry_bridge import root_selection
from models.instants import wib_day
from models.vocabulary import Channel, Region, Role, TripPurpose
from models.volumes import (
    Dimension,
    Measure,
    Question,
    Scope,
    ScopedQuestion,
    scoped_statement,
)
from models.volumes.versions import VersionedData

MOST_ROWS = 10_000
#: About what a row takes besides its figures.
_ROW_BYTES = 1_000


async def volumes(
    info: strawberry.Info,
    from_: Annotated[
        date, strawberry.argument(name="from", description="First day of the window, in WIB.")
    ],
    to: Annotated[date, strawberry.argument(description="Last day of the window, in WIB.")],
    group_by: Annotated[
        list[VolumeDimension],
        strawberry.argument(description="Dimensions, and at most one period; none for the total."),
    ],
    where: Annotated[
        VolumeWhere | None, strawberry.argument(description="Counts only these.")
    ] = strawberry.UNSET,
    published: Annotated[
        bool,
        strawberry.argument(
            description="The published figures that everybody reads, not the exact ones of your own"
            " scope. They are all that is read without an account."
        ),
    ] = False,
    edition: Annotated[
        int | None,
        strawberry.argument(description="Published figures as of this edition, not the newest."),
    ] = None,
) -> VolumeTable:
    context: Context = info.context
    asked: AskedVolumes = asked_of(info)
    selected = volume_selection(root_selection(info))
    question, published = replace(asked.question, measures=selected.measures), asked.published
    named = tuple(each for each in question.dimensions if selected.has(each))
    freshness = await context.figures.freshness(
        VersionedData.PUBLISHED if published else VersionedData.FIGURES
    )

    async def build() -> tuple[Any, Sequence[Any], int]:
        read = _read_published if published else _read_exact
        how, rows = await read(context, selected, question, edition)
        _refuse_too_many(rows)
        names = await load_names(context, named, rows, freshness.names)
        for row in rows:
            row.names = names
        figures = [row.figures.values() for row in rows]
        return how, rows, size_of(figures) + _ROW_BYTES * len(figures)

    key = (*_question_key(question), selected.fields_asked, published, edition)
    mark = (*freshness.mark, freshness.names, _day(freshness.as_of))
    reaches = ("VolumeRow", *(NOUNS[each].__name__ for each in named if each in NOUNS))
    table = await context.figures.table(key, mark, reaches, build)
    return VolumeTable(
        as_of=freshness.as_of,
        complete_from=freshness.complete_from,
        published=table.published,
        rows=table.rows,
    )


def _question_key(question: Question) -> tuple[Any, ...]:
    """A question as a key."""
    where = tuple(sorted(question.where.items()))
    window = (question.from_on, question.to_on)
    return (*window, question.dimensions, question.period, where, question.measures)


async def _read_published(
    context: Context, selected: VolumeSelection, question: Question, edition: int | None
) -> tuple[VolumePublication, list[VolumeRow]]:
    """Published figures; a group of which nothing is published has no row."""
    found = await publication(context, question, edition, with_wider=selected.has_nearest_wider)
    return found.published, [_row(question, row.figures, published=row) for row in found.rows]


async def read_figures(context: Context, question: Question) -> list[Figures]:
    """Exact figures in the viewer's reach: outcomes as first decided, where the role reads no
    others. A window that ends before it begins, as one of findings does of days to come, has none.
    """
    if question.from_on > question.to_on:
        return []
    role = context.viewer.role
    scope, outcomes = _scope_of(role), first_decided(question.measures, role)
    others = replace(question, measures=question.measures - outcomes)
    rows = await _figures(context, ScopedQuestion(others, scope))
    return await add_outcomes(context, question, scope, rows) if outcomes else rows


async def _read_exact(
    context: Context, selected: VolumeSelection, question: Question, _: int | None
) -> tuple[None, list[VolumeRow]]:
    """Exact figures, with what they are compared with."""

    async def read(question: Question) -> list[Figures]:
        return await read_figures(context, question)

    # All reads share one snapshot, so these are of the same figures.
    freshness = await context.figures.freshness(VersionedData.FIGURES)
    figures = await read(question)
    changes = {span: those & question.measures for span, those in selected.changes.items()}
    before, network = None, None
    if any(changes.values()):
        today, first_on = _day(freshness.as_of), freshness.complete_from
        before = (await read_comparisons(question, changes, today, first_on, read)).before
    if selected.has_network:
        network = (await read_network(context, question)).outcomes_beside
    return None, [
        _row(question, row, before and before(row), network=network and network(row))
        for row in figures
    ]


def _day(as_of: datetime) -> date:
    """The day in WIB up to which a window that is not over is compared."""
    return wib_day(as_of)


def _scope_of(role: Role) -> Scope:
    """The reach of viewers in a role. Whose it is, is bound when a statement runs."""
    return lambda columns: reachable_in_role(
        "VolumeRow", role, lambda attribute: columns[attribute.key]
    )


async def _figures(context: Context, asked: ScopedQuestion) -> list[Figures]:
    question = FigureQuestion(
        "VolumeRow",
        "exact",
        asked.shape,
        asked.parameters,
        lambda: scoped_statement(asked).limit(MOST_ROWS + 1),
        MOST_ROWS,
    )
    freshness = await context.figures.freshness(VersionedData.FIGURES)
    rows = await context.figures.rows(question, freshness.mark)
    _refuse_too_many(rows)
    return rows


def _refuse_too_many(rows: Sequence[Any]) -> None:
    """Raises FieldError with INVALID_INPUT. The cost of an operation assumes this limit."""
    if len(rows) > MOST_ROWS:
        raise FieldError(
            ErrorCode.INVALID_INPUT,
            f"This has more than {MOST_ROWS} rows. Group by less, or ask for a shorter window.",
        )


def _row(
    question: Question,
    figures: Figures,
    before: Callable[[Measure], Before] | None = None,
    *,
    network: NetworkOutcomes | None = None,
    published: PublishedRow | None = None,
) -> VolumeRow:
    groups = {dimension: figures[dimension] for dimension in question.dimensions}
    channel, purpose = groups.get(Dimension.CHANNEL), groups.get(Dimension.TRIP_PURPOSE)
    region = groups.get(Dimension.REGION)
    return VolumeRow(
        groups=groups,
        figures=figures,
        before=before,
        network=network,
        published=published,
        region=Region(region) if region else None,
        trip_purpose=TripPurpose(purpose) if purpose else None,
        channel=Channel(channel) if channel else None,
        period=period_of(question, figures),
    )


def period_of(question: Question, figures: Figures) -> VolumePeriod | None:
    """The period of a row, cut to the window."""
    if question.period is None:
        return None
    return VolumePeriod(
        starts_on=max(figures["period"], question.from_on),
        ends_on=min(question.last_day_of(figures["period"]), question.to_on),
    )
