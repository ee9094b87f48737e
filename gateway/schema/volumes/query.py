"""The resolver of `volumes`: from arguments to a question, from figures to rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import strawberry

from gateway.access.fields import reads_only_published
from gateway.access.rows import reachable_in_role
from gateway.errors import ArgumentError, ErrorCode, FieldError
from gateway.mapping.arguments import FieldArguments, raise_first
from gateway.mapping.context import Context
from gateway.mapping.enums import VolumeDimension
from gateway.mapping.figure_reads import Figures, Freshness, KeptQuestion
from gateway.mapping.figure_types import Before
from gateway.mapping.kept_rows import size_of
from gateway.schema.volumes.comparisons import read_comparisons
from gateway.schema.volumes.measures import MEASURES
from gateway.schema.volumes.names import NOUNS, load_names
from gateway.schema.volumes.published import (
    Publication,
    VolumePublication,
    forbidden_dimensions,
    grid_question,
    key_of,
    publication,
    published_measures,
)
from gateway.schema.volumes.published_row import NOT_PUBLISHED, PublishedRow
from gateway.schema.volumes.rows import VolumePeriod, VolumeRow, VolumeTable
from gateway.schema.volumes.selection import NATIONAL_RATE, VolumeSelection, volume_selection
from gateway.schema.volumes.where import VolumeWhere
from gateway.strawberry_bridge import input_of, root_selection
from models.instants import wib_day
from models.vocabulary import Channel, Role, TripPurpose
from models.volumes import (
    Dimension,
    Measure,
    Period,
    Question,
    Scope,
    ScopedQuestion,
    scoped_statement,
)
from models.volumes.versions import VersionedData

MOST_ROWS = 10_000
LONGEST_WINDOW = timedelta(days=3_660)
#: About what a row takes besides its figures.
_ROW_BYTES = 1_000
_EARLIEST = date(2000, 1, 1)
_LATEST = date(2100, 1, 1)


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
    edition: Annotated[
        int | None,
        strawberry.argument(description="Published figures as of this edition, not the newest."),
    ] = None,
) -> VolumeTable:
    context: Context = info.context
    selected = volume_selection(root_selection(info))
    raise_first((*window_mistakes(from_, to), *_group_mistakes(group_by)))
    question = _question(from_, to, group_by, where, selected.measures)
    named = tuple(each for each in question.dimensions if selected.has(each))
    raise_first(forbidden_dimensions(question, context.viewer.role))
    marks = await _marks(context, selected, question)

    async def build() -> tuple[Any, Sequence[Any], int]:
        published, rows = await _rows(context, selected, question, edition)
        _refuse_too_many(rows)
        names = await load_names(context, named, rows, marks[0].names)
        for row in rows:
            row.names = names
        figures = [row.figures.values() for row in rows]
        return published, rows, size_of(figures) + _ROW_BYTES * len(figures)

    asked = (*_question_key(question), selected.fields_asked, edition)
    mark = (*(part for each in marks for part in each.mark), marks[0].names, _day(marks[0].as_of))
    reaches = ("VolumeRow", *(NOUNS[each].__name__ for each in named if each in NOUNS))
    kept = await context.figures.table(asked, mark, reaches, build)
    return VolumeTable(
        as_of=marks[0].as_of,
        complete_from=marks[0].complete_from,
        published=kept.published,
        rows=kept.rows,
    )


async def _marks(
    context: Context, selected: VolumeSelection, question: Question
) -> list[Freshness]:
    """How fresh each kind of data is that answers a question: `asOf` is that of the first."""
    role = context.viewer.role
    reads = [] if reads_only_published(role) else [VersionedData.FIGURES]
    if _reads_published(question, role, with_national=selected.has_national_rate):
        reads.append(VersionedData.PUBLISHED)
    return [await context.figures.freshness(each) for each in reads]


def _question_key(question: Question) -> tuple[Any, ...]:
    """A question as a key."""
    where = tuple(sorted(question.where.items()))
    window = (question.from_on, question.to_on)
    return (*window, question.dimensions, question.period, where, question.measures)


async def _rows(
    context: Context, selected: VolumeSelection, question: Question, edition: int | None
) -> tuple[VolumePublication | None, list[VolumeRow]]:
    """Exact figures, published figures or both, by the policy for the viewer's role; and how they
    were published."""
    role = context.viewer.role
    measures = published_measures(question.measures, role)
    with_national = selected.has_national_rate
    if not _reads_published(question, role, with_national=with_national):
        return None, await _exact_rows(context, selected, question)
    published = await publication(
        context,
        question,
        measures,
        edition,
        with_national=with_national,
        with_wider=selected.has_nearest_wider,
    )
    if reads_only_published(role):
        return published.published, _published_rows(question, published)
    exact_question = replace(
        question, measures=(question.measures - measures) | {Measure.DECISIONS}
    )
    exact = await _exact_rows(context, selected, exact_question)
    return published.published, [_beside(row, question, published) for row in exact]


def _reads_published(question: Question, role: Role, *, with_national: bool) -> bool:
    measures = published_measures(question.measures, role)
    return bool(measures) or with_national or reads_only_published(role)


def _beside(row: VolumeRow, question: Question, published: Publication) -> VolumeRow:
    """A row of exact figures, with the published ones of its group."""
    of_group = published.of(question, key_of(question, row.figures), row.figures[Measure.DECISIONS])
    return replace(row, published=of_group)


async def _exact_rows(
    context: Context, selected: VolumeSelection, question: Question
) -> list[VolumeRow]:
    scope = _scope_of(context.viewer.role)

    async def read(question: Question) -> list[Figures]:
        asked = ScopedQuestion(question, scope)
        return await _figures(context, asked)

    # All reads share one snapshot, so these are of the same figures.
    freshness = await context.figures.freshness(VersionedData.FIGURES)
    figures = await read(question)
    changes = {span: those & question.measures for span, those in selected.changes.items()}
    before = None
    if any(changes.values()):
        today, first_on = _day(freshness.as_of), freshness.complete_from
        before = (await read_comparisons(question, changes, today, first_on, read)).before
    return [_row(question, row, before and before(row)) for row in figures]


def _day(as_of: datetime) -> date:
    """The day in WIB up to which a window that is not over is compared."""
    return wib_day(as_of)


def _scope_of(role: Role) -> Scope:
    """The reach of viewers in a role. Whose it is, is bound when a statement runs."""
    return lambda columns: reachable_in_role(
        "VolumeRow", role, lambda attribute: columns[attribute.key]
    )


def _published_rows(question: Question, published: Publication) -> list[VolumeRow]:
    """Published figures alone; a group without any events has no row."""
    return [
        _row(question, row, None, published.of(question, key))
        for key, row in published.rows.items()
    ]


async def _figures(context: Context, asked: ScopedQuestion) -> list[Figures]:
    question = KeptQuestion(
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


def check_volumes(arguments: FieldArguments) -> Iterator[ArgumentError]:
    """What is wrong with the arguments of `volumes`, before anything runs."""
    values, viewer = arguments.values, arguments.context.viewer
    where = input_of(VolumeWhere, values.get("where") or {})
    mistakes = [
        *check_window(arguments),
        *_group_mistakes(values["groupBy"]),
        *where.mistakes(),
    ]
    yield from mistakes
    if mistakes:
        return
    measures = frozenset(MEASURES[name] for name in MEASURES.keys() & arguments.selected)
    question = _question(values["from"], values["to"], values["groupBy"], where, measures)
    forbidden = list(forbidden_dimensions(question, viewer.role))
    yield from forbidden
    with_national = NATIONAL_RATE in arguments.selected
    if not forbidden and _reads_published(question, viewer.role, with_national=with_national):
        try:
            grid_question(question, viewer, values.get("edition"))
        except ArgumentError as mistake:
            yield mistake


def check_window(arguments: FieldArguments) -> Iterator[ArgumentError]:
    """What is wrong with the window of a field, before anything runs."""
    return window_mistakes(arguments.values["from"], arguments.values["to"])


def window_mistakes(from_on: date, to_on: date) -> Iterator[ArgumentError]:
    for name, day in (("from", from_on), ("to", to_on)):
        if not _EARLIEST <= day < _LATEST:
            yield ArgumentError(
                (name,),
                f"`{name}` must be a day from {_EARLIEST} to {_LATEST - timedelta(days=1)}.",
            )
    if to_on < from_on:
        yield ArgumentError(("to",), "`to` is before `from`. Give the same day or a later one.")
    elif to_on - from_on > LONGEST_WINDOW:
        yield ArgumentError(
            ("to",), f"`to` is at most {LONGEST_WINDOW.days} days after `from`: ten years."
        )


def _group_mistakes(group_by: Sequence[VolumeDimension]) -> Iterator[ArgumentError]:
    if len(set(group_by)) < len(group_by):
        yield ArgumentError(("groupBy",), "`groupBy` names a dimension twice. Name it once.")
    if len({group for group in group_by if group in Period.__members__}) > 1:
        yield ArgumentError(("groupBy",), "`groupBy` takes at most one period.")


def _question(
    from_on: date,
    to_on: date,
    group_by: Sequence[VolumeDimension],
    where: VolumeWhere | None,
    measures: frozenset[Measure],
) -> Question:
    periods = [Period[group] for group in group_by if group in Period.__members__]
    return Question(
        from_on,
        to_on,
        dimensions=tuple(Dimension[group] for group in group_by if group in Dimension.__members__),
        period=periods[0] if periods else None,
        where=dict(where.conditions()) if where else {},
        measures=measures,
    )


def _row(
    question: Question,
    figures: Figures,
    before: Callable[[Measure], Before] | None,
    published: PublishedRow = NOT_PUBLISHED,
) -> VolumeRow:
    channel, purpose = figures.get(Dimension.CHANNEL), figures.get(Dimension.TRIP_PURPOSE)
    return VolumeRow(
        groups={dimension: figures[dimension] for dimension in question.dimensions},
        figures=figures,
        before=before,
        published=published,
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
