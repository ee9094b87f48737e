"""The statement that answers a question with flat rows, and the instant up to which it is right."""

from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Date,
    Double,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)

from models.volumes.grains import GRAINS, OUTBOX, Clock, Kind
from models.volumes.lines import (
    AnySelect,
    Columns,
    Scope,
    ScopedQuestion,
    first_day,
    measured_column,
)
from models.volumes.measures import COUNTS, OPEN_BREACHES, RATIOS, STOCKS
from models.volumes.percentiles import hours, percentiles
from models.volumes.question import Period, Question, Tile, tiles

_STEP = {
    Period.DAY: "1 day",
    Period.WEEK: "1 week",
    Period.MONTH: "1 month",
    Period.QUARTER: "3 months",
    Period.YEAR: "1 year",
}


def as_of() -> Select[tuple[Any]]:
    """The instant up to which figures are complete: every change committed before it is counted.

    A change enters the outbox before its transaction commits, so what is not folded yet was
    committed after the oldest ``written_at`` there. Ask before the figures, or in one snapshot.
    """
    oldest = select(func.min(OUTBOX.c.written_at)).scalar_subquery()
    return select(func.coalesce(oldest, func.now()).label("as_of"))


def begins_on() -> Select[tuple[Any]]:
    """The first of the month in which the figures begin; none where there are none."""
    months = next(grain for grain in GRAINS if grain.period == "month")
    return select(func.min(months.facts.c.starts_on).label("begins_on"))


def statement(question: Question, scope: Scope) -> AnySelect:
    """Rows of the dimensions, ``period`` (its first day, where one is asked for) and the measures.

    A group has a row for each period in which something asked for happened or, where stocks are
    asked for, a case was open; without dimensions every period has a row. Rates and percentiles
    (hours) are null where there is nothing to measure, and ages where no day of the period is
    over; ``…_of`` beside each is the whole that it is measured by. The facts that rates are made
    of stand beside them too. Facts that no measure asked for is made of are not read.
    """
    asked = ScopedQuestion(question, scope)
    covering = list(tiles(question, asked.needed))
    window = [tile for tile in covering if tile.is_in_window]
    lines = union_all(*(_lines(asked, tile) for tile in covering)).subquery("line")
    counted = _count_lines(asked, lines.c).cte("counted")
    parts: list[AnySelect] = [select(*counted.c), _every_row(asked, counted.c)]
    if asked.has_breaches:
        parts += [_breaches(asked, tile) for tile in window]
    if asked.percentiles:
        parts.append(percentiles(asked, window))
    return _merge_parts(asked, parts)


def _lines(asked: ScopedQuestion, tile: Tile) -> AnySelect:
    """What a tile adds: before the window only to the stocks, which begin in the first period."""
    c = tile.grain.facts.c
    flows = asked.flows if tile.is_in_window else ()
    values: dict[str, ColumnElement[Any]] = {name: c[name] for name in (*flows, *asked.changes)}
    return asked.part(asked.keys(tile, c), values).where(asked.is_counted(tile, c))


def _count_lines(asked: ScopedQuestion, line: Columns) -> AnySelect:
    keys = [line[name] for name in (*asked.question.dimensions, "period")]
    sums: dict[str, ColumnElement[Any]] = {
        name: func.sum(line[name]) for name in (*asked.flows, *asked.changes)
    }
    return asked.part(keys, sums).group_by(*keys)


def _breaches(asked: ScopedQuestion, tile: Tile) -> AnySelect:
    """Open cases of the intake whose target passed before today."""
    c = tile.grain.histograms.c
    today = func.wib_day(func.now(), type_=Date)
    yesterday = today - literal_column("date '2000-01-01'", Date) - 1
    if tile.grain.is_ranked:
        late = func.rank_at(c.buckets, c.ranks, yesterday)
        is_open = c.clock == Clock.OPEN
    else:
        late = c.measured
        is_open = and_(c.kind == Kind.OPEN, c.bucket <= yesterday)
    open_late = asked.part(asked.keys(tile, c), {OPEN_BREACHES: late})
    return open_late.where(is_open, asked.is_counted(tile, c))


def _every_row(asked: ScopedQuestion, counted: Columns) -> AnySelect:
    """Each group in each period of the window, with nothing in it: stocks last through silence."""
    question = asked.question
    first = first_day(question, literal(question.from_on))
    if question.period:
        last, step = cast(literal(question.to_on), TIMESTAMP), _STEP[question.period]
        series = func.generate_series(
            cast(first, TIMESTAMP), last, literal_column(f"interval '{step}'")
        )
        first = cast(series, Date)
    periods = select(first.label("period")).subquery("periods")
    if not question.dimensions:
        return asked.part([periods.c.period], {})
    groups = select(*(counted[name] for name in question.dimensions)).distinct().subquery("groups")
    keys = [*groups.c, periods.c.period]
    return asked.part(keys, {}).select_from(groups.join(periods, true()))


def _merge_parts(asked: ScopedQuestion, parts: list[AnySelect]) -> AnySelect:
    """Merge the parts into one row a group and period, and work the measures out."""
    question = asked.question
    part = union_all(*parts).subquery("part").c
    groups = [part[name] for name in question.dimensions]
    sums = {name: cast(func.sum(part[name]), BigInteger) for name in asked.sums}
    stocks = {
        name: cast(
            func.sum(func.sum(part[name])).over(partition_by=groups, order_by=part.period),
            BigInteger,
        )
        for name in asked.changes
    }
    buckets = {name.value: func.max(part[name]) for name in asked.percentiles}
    columns = (value.label(name) for name, value in (sums | stocks | buckets).items())
    row = select(*groups, part.period, *columns).group_by(*groups, part.period).subquery("row").c
    keys = [row[name] for name in question.dimensions]
    keys += [row.period] if question.period else []
    measures = (value.label(name) for name, value in _measures(asked, row).items())
    answer = select(*keys, *measures).order_by(*keys)
    return answer.where(_is_telling(asked, row)) if question.dimensions else answer


def _measures(asked: ScopedQuestion, row: Columns) -> dict[str, ColumnElement[Any]]:
    values: dict[str, ColumnElement[Any]] = {name: row[name] for name in asked.flows}
    for measure in asked.question.measures:
        if measure in COUNTS:
            values[measure] = _sum(row, COUNTS[measure])
        elif measure in STOCKS:
            values[measure] = row[STOCKS[measure]]
        elif measure in RATIOS:
            part, whole = (_sum(row, names) for names in RATIOS[measure])
            values[measure] = cast(part, Double) / cast(func.nullif(whole, 0), Double)
            values[f"{measure}_of"] = whole
    for measure, of in asked.percentiles.items():
        values[measure] = hours(row[measure.value])
        values[f"{measure}_of"] = row[measured_column(of.clock)]
    return values


def _sum(row: Columns, names: tuple[str, ...]) -> ColumnElement[Any]:
    first, *others = (row[name] for name in names)
    return sum(others, start=first)


def _is_telling(asked: ScopedQuestion, row: Columns) -> ColumnElement[bool]:
    happened = (*asked.sums, *asked.changes[:1])
    return _sum(row, happened) > 0
