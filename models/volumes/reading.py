"""The statement that answers a question, and the instant up to which figures are complete."""

from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Double,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import visitors

from models.volumes.grains import GRAINS, OUTBOX, Clock, Kind
from models.volumes.lines import (
    AnySelect,
    Columns,
    Scope,
    ScopedQuestion,
    first_day,
    measured_column,
    signed,
)
from models.volumes.measures import COUNTS, OPEN_BREACHES, RATIOS, STOCKS, Measure
from models.volumes.percentiles import hours, percentiles
from models.volumes.question import Period, Question, Tile
from models.volumes.versions import VersionedData, version_of

_STEP = {
    Period.DAY: "1 day",
    Period.WEEK: "1 week",
    Period.MONTH: "1 month",
    Period.QUARTER: "3 months",
    Period.YEAR: "1 year",
}


#: As the targets of open cases are counted.
_THIS_HOUR = func.epoch_hour(func.now(), type_=Integer)


def as_of() -> Select[tuple[Any]]:
    """The watermark of the figures: every change that was committed before it is counted.

    A change enters the outbox before its transaction commits, so everything not yet folded was
    committed after the oldest ``written_at`` there. Read it before the figures, or in the same
    snapshot.
    """
    oldest = select(func.min(OUTBOX.c.written_at)).scalar_subquery()
    return select(func.coalesce(oldest, func.now()).label("as_of"))


def complete_from() -> ColumnElement[Any]:
    """The first day of the month of the very first application: from then on figures are complete.

    It is the same for every viewer: when a small country had its first application says nothing of
    when the data begin.
    """
    return func.viewer.figures_complete_from(type_=Date).label("complete_from")


def freshness() -> Select[tuple[Any, ...]]:
    """The watermark and the first complete day; with the hour and the version, which in one
    snapshot decide every figure."""
    version = version_of(VersionedData.FIGURES).label("version")
    return as_of().add_columns(complete_from(), _THIS_HOUR.label("hour"), version)


def write_constants(statement: Select[Any]) -> Select[Any]:
    """The statement with its constants as part of the text: all values but named parameters."""
    for element in visitors.iterate(statement):
        if isinstance(element, BindParameter) and element.unique:
            element.literal_execute = True
    return statement


def statement(question: Question, scope: Scope) -> AnySelect:
    """Rows of the dimensions, ``period`` (its first day, if the question has one) and measures.

    A group has a row for each period in which something relevant happened or, for stocks, a case
    was open; without dimensions every period has a row. Rates and percentiles (hours) are null if
    there is nothing to measure, and ages if no day of the period is over. Each comes with its
    denominator or number of cases as ``…_of``, and rates with the facts that they are computed
    from. Facts that no requested measure uses are not read.
    """
    return scoped_statement(ScopedQuestion(question, scope))


def scoped_statement(scoped: ScopedQuestion) -> AnySelect:
    """The same; its text depends on the shape alone, and the rest are its parameters."""
    window = [tile for tile in scoped.tiles if tile.is_in_window]
    lines = union_all(*(_lines(scoped, tile) for tile in scoped.tiles)).subquery("line")
    totals = _count_lines(scoped, lines.c).cte("counted")
    parts: list[AnySelect] = [select(*totals.c), _every_row(scoped, totals.c)]
    if scoped.has_breaches:
        parts += [_breaches(scoped, tile) for tile in window]
    if Measure.BACKLOG in scoped.question.measures:
        parts.append(_not_yet_late(scoped))
    if scoped.percentiles:
        parts.append(percentiles(scoped, window))
    return _merge_parts(scoped, parts)


def _lines(scoped: ScopedQuestion, tile: Tile) -> AnySelect:
    """The rows of a tile. Before the window only stocks count, carried into the first period."""
    c = tile.grain.facts.c
    flows = scoped.flows if tile.is_in_window else ()
    values: dict[str, ColumnElement[Any]] = {
        name: signed(tile, c[name]) for name in (*flows, *scoped.changes)
    }
    return scoped.part(scoped.keys(tile, c), values).where(scoped.is_counted(tile, c))


def _count_lines(scoped: ScopedQuestion, line: Columns) -> AnySelect:
    keys = [line[name] for name in (*scoped.question.dimensions, "period")]
    sums: dict[str, ColumnElement[Any]] = {
        name: func.sum(line[name]) for name in (*scoped.flows, *scoped.changes)
    }
    return scoped.part(keys, sums).group_by(*keys)


def _breaches(scoped: ScopedQuestion, tile: Tile) -> AnySelect:
    """Open cases of the intake whose target passed before this hour."""
    c = tile.grain.histograms.c
    if tile.grain.is_ranked:
        late = func.rank_at(c.buckets, c.ranks, _THIS_HOUR - 1)
        is_open = c.clock == Clock.OPEN
    else:
        late = c.measured
        is_open = and_(c.kind == Kind.OPEN, c.bucket < _THIS_HOUR)
    open_late = scoped.part(scoped.keys(tile, c), {OPEN_BREACHES: signed(tile, late)})
    return open_late.where(is_open, scoped.is_counted(tile, c))


def _not_yet_late(scoped: ScopedQuestion) -> AnySelect:
    """Take off the open cases whose target passes later: on its day, today or to come, their line
    of the backlog stands already."""
    c = GRAINS[-1].histograms.c
    from_on, to_on = (scoped.parameter(name, Date) for name in ("from_on", "to_on"))
    due_on = func.wib_day(func.to_timestamp(c.bucket * 3600.0), type_=Date)
    period = first_day(scoped.question, func.greatest(due_on, from_on)).label("period")
    change = {STOCKS[Measure.BACKLOG]: -c.measured}
    return scoped.part([*scoped.groups(c), period], change).where(
        to_on >= func.wib_day(func.now(), type_=Date),
        c.kind == Kind.OPEN,
        c.bucket >= _THIS_HOUR,
        due_on <= to_on,
        scoped.is_in_reach(c),
    )


def _every_row(scoped: ScopedQuestion, counted: Columns) -> AnySelect:
    """Each group in each period of the window, with nothing in it: stocks last through silence."""
    question = scoped.question
    first = first_day(question, scoped.parameter("from_on", Date))
    if question.period:
        last = cast(scoped.parameter("to_on", Date), TIMESTAMP)
        step = _STEP[question.period]
        series = func.generate_series(
            cast(first, TIMESTAMP), last, literal_column(f"interval '{step}'")
        )
        first = cast(series, Date)
    periods = select(first.label("period")).subquery("periods")
    if not question.dimensions:
        return scoped.part([periods.c.period], {})
    groups = select(*(counted[name] for name in question.dimensions)).distinct().subquery("groups")
    keys = [*groups.c, periods.c.period]
    return scoped.part(keys, {}).select_from(groups.join(periods, true()))


def _merge_parts(scoped: ScopedQuestion, parts: list[AnySelect]) -> AnySelect:
    """Merge the parts into one row per group and period, and compute the measures."""
    question = scoped.question
    part = union_all(*parts).subquery("part").c
    groups = [part[name] for name in question.dimensions]
    sums = {name: cast(func.sum(part[name]), BigInteger) for name in scoped.sums}
    stocks = {
        name: cast(
            func.sum(func.sum(part[name])).over(partition_by=groups, order_by=part.period),
            BigInteger,
        )
        for name in scoped.changes
    }
    buckets = {name.value: func.max(part[name]) for name in scoped.percentiles}
    columns = (value.label(name) for name, value in (sums | stocks | buckets).items())
    row = select(*groups, part.period, *columns).group_by(*groups, part.period).subquery("row").c
    keys = [row[name] for name in question.dimensions]
    keys += [row.period] if question.period else []
    measures = (value.label(name) for name, value in _measures(scoped, row).items())
    answer = select(*keys, *measures).order_by(*keys)
    return answer.where(_has_activity(scoped, row)) if question.dimensions else answer


def _measures(scoped: ScopedQuestion, row: Columns) -> dict[str, ColumnElement[Any]]:
    values: dict[str, ColumnElement[Any]] = {name: row[name] for name in scoped.flows}
    for measure in scoped.question.measures:
        if measure in COUNTS:
            values[measure] = _sum(row, COUNTS[measure])
        elif measure in STOCKS:
            values[measure] = row[STOCKS[measure]]
        elif measure in RATIOS:
            part, whole = (_sum(row, names) for names in RATIOS[measure])
            values[measure] = cast(part, Double) / cast(func.nullif(whole, 0), Double)
            values[f"{measure}_of"] = whole
    for measure, of in scoped.percentiles.items():
        values[measure] = hours(row[measure.value])
        values[f"{measure}_of"] = row[measured_column(of.clock)]
    return values


def _sum(row: Columns, names: tuple[str, ...]) -> ColumnElement[Any]:
    first, *others = (row[name] for name in names)
    return sum(others, start=first)


def _has_activity(scoped: ScopedQuestion, row: Columns) -> ColumnElement[bool]:
    activity = (*scoped.sums, *scoped.changes[:1])
    return _sum(row, activity) > 0
