"""The statement that answers a question with flat rows, and the instant up to which it is right."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Double,
    Integer,
    Label,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from models.volumes.grains import FACTS, GRAINS, OUTBOX, Kind
from models.volumes.question import PERCENTILES, STOCKS, Measure, Period, Question, Tile, tiles

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
#: Which lines count, told by a grain's columns; dimensions are named as in ``Application``.
Scope = Callable[[Columns], ColumnElement[bool]]

AnySelect = Select[*tuple[Any, ...]]

_FLOWS = tuple(fact for fact in FACTS if fact != "backlog_change")
_CHANGES = ("wip_change", "backlog_change")
_SUMS = (*_FLOWS, "handovers")
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


def statement(question: Question, scope: Scope) -> AnySelect:
    """Rows of the dimensions, ``period`` (its first day, where one is asked for) and the measures.

    Counts, rates and revenue are in every row, stocks and percentiles (hours) where asked for.
    A group has a row for each period in which something happened or, where stocks are asked for,
    a case was open; without dimensions every period has a row. Rates and percentiles are null
    where there is nothing to measure. Beside the measures stand what some are made of:
    ``within_target`` of the ``decisions`` kept their target, ``info_requested`` of the ``intake``
    lacked something, and ``handovers`` were measured, where handover is asked for.
    """
    needed = _needed(question, scope)
    covering = list(tiles(question, needed))
    lines = union_all(*(_lines(tile, question, scope) for tile in covering)).subquery("line")
    counted = _counted(question, lines.c).cte("counted")
    parts: list[AnySelect] = [select(*counted.c), _every_row(question, counted.c)]
    if question.measures & PERCENTILES.keys():
        window = [tile for tile in covering if tile.is_in_window]
        parts.append(_percentiles(question, scope, window))
    return _measured(question, parts)


def _needed(question: Question, scope: Scope) -> set[str]:
    """The dimensions that a grain must know: asked for, filtered by, or named by the scope."""
    named = visitors.iterate(scope(GRAINS[-1].facts.c))
    in_scope = {element.name for element in named if isinstance(element, Column)}
    return {*question.dimensions, *question.where, *in_scope}


def _lines(tile: Tile, question: Question, scope: Scope) -> AnySelect:
    """What a tile adds: before the window only to the stocks, which begin in the first period."""
    c = tile.grain.facts.c
    wip_change = c.intake - c.granted - c.refused - c.withdrawn - c.lapsed
    values = {"wip_change": wip_change, "backlog_change": c.backlog_change}
    if tile.is_in_window:
        values |= {flow: c[flow] for flow in _FLOWS}
    return _part(_keys(tile, question, c), values).where(_counts(tile, question, scope, c))


def _keys(tile: Tile, question: Question, c: Columns) -> list[Label[Any]]:
    day = c.starts_on if tile.is_in_window else literal(question.from_on)
    period = _first_day(question, day).label("period")
    return [*(c[name].label(name) for name in question.dimensions), period]


def _counts(tile: Tile, question: Question, scope: Scope, c: Columns) -> ColumnElement[bool]:
    since = c.starts_on >= tile.first_on if tile.first_on else true()
    wanted = (c[name].in_(values) for name, values in question.where.items())
    return and_(since, c.starts_on <= tile.last_on, *wanted, scope(c))


def _first_day(question: Question, day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of the period of a day; without a period, of the window."""
    if question.period is None:
        return cast(literal(question.from_on), Date)
    return cast(func.date_trunc(question.period.value, cast(day, TIMESTAMP)), Date)


def _part(keys: Iterable[Any], values: Mapping[str, ColumnElement[Any]]) -> AnySelect:
    """A select of the keys and all values: what it does not give is nought, or null if a bucket."""
    numbers = [values.get(name, literal_column("0")).label(name) for name in (*_SUMS, *_CHANGES)]
    no_bucket = cast(null(), Integer)
    buckets = [values.get(name, no_bucket).label(name) for name in map(str, PERCENTILES)]
    return select(*keys, *numbers, *buckets)


def _counted(question: Question, line: Columns) -> AnySelect:
    keys = [line[name] for name in (*question.dimensions, "period")]
    sums = {name: func.sum(line[name]) for name in (*_SUMS, *_CHANGES)}
    return _part(keys, sums).group_by(*keys)


def _every_row(question: Question, counted: Columns) -> AnySelect:
    """Each group in each period of the window, with nothing in it: stocks last through silence."""
    first = _first_day(question, literal(question.from_on))
    if question.period:
        last, step = cast(literal(question.to_on), TIMESTAMP), _STEP[question.period]
        series = func.generate_series(
            cast(first, TIMESTAMP), last, literal_column(f"interval '{step}'")
        )
        first = cast(series, Date)
    periods = select(first.label("period")).subquery("periods")
    if not question.dimensions:
        return _part([periods.c.period], {})
    groups = select(*(counted[name] for name in question.dimensions)).distinct().subquery("groups")
    return _part([*groups.c, periods.c.period], {}).select_from(groups.join(periods, true()))


def _percentiles(question: Question, scope: Scope, window: list[Tile]) -> AnySelect:
    """The bucket of each percentile, from the histograms of all durations of a group and period."""
    asked = {m: of for m, of in PERCENTILES.items() if m in question.measures}
    kinds = sorted({percentile.kind for percentile in asked.values()})

    def lines(tile: Tile) -> AnySelect:
        c = tile.grain.durations.c
        counts = and_(c.kind.in_(kinds), _counts(tile, question, scope, c))
        return select(c.kind, *_keys(tile, question, c), c.bucket, c.measured).where(counts)

    line = union_all(*(lines(tile) for tile in window)).subquery("duration").c
    keys = [line[name] for name in ("kind", *question.dimensions, "period")]
    measured = func.sum(line.measured)
    ranked = (
        select(
            *keys,
            line.bucket,
            measured.label("measured"),
            func.sum(measured).over(partition_by=keys, order_by=line.bucket).label("up_to"),
            func.sum(measured).over(partition_by=keys).label("of_all"),
        )
        .group_by(*keys, line.bucket)
        .subquery("ranked")
        .c
    )
    reached: dict[str, ColumnElement[Any]] = {
        measure.value: func.min(ranked.bucket).filter(
            ranked.kind == of.kind, ranked.up_to * 100 >= ranked.of_all * of.percent
        )
        for measure, of in asked.items()
    }
    handovers = func.sum(ranked.measured).filter(ranked.kind == Kind.HANDOVER)
    reached["handovers"] = func.coalesce(handovers, 0)
    keys = [ranked[name] for name in (*question.dimensions, "period")]
    return _part(keys, reached).where(ranked.of_all > 0).group_by(*keys)


def _measured(question: Question, parts: list[AnySelect]) -> AnySelect:
    """Merge the parts into one row a group and period, and work the measures out."""
    part = union_all(*parts).subquery("part").c
    groups = [part[name] for name in question.dimensions]
    sums = {name: cast(func.sum(part[name]), BigInteger) for name in _SUMS}
    stocks = {
        name: cast(
            func.sum(func.sum(part[name])).over(partition_by=groups, order_by=part.period),
            BigInteger,
        )
        for name in _CHANGES
    }
    buckets = {name: func.max(part[name]) for name in map(str, PERCENTILES)}
    columns = (value.label(name) for name, value in (sums | stocks | buckets).items())
    row = select(*groups, part.period, *columns).group_by(*groups, part.period).subquery("row").c
    unasked = (STOCKS | PERCENTILES.keys()) - question.measures
    measures = [value.label(m) for m, value in _measures(row).items() if m not in unasked]
    keys = [row[name] for name in question.dimensions]
    keys += [row.period] if question.period else []
    parts_of_rates = (row.within_target, row.info_requested, row.handovers)
    answer = select(*keys, *measures, *parts_of_rates).order_by(*keys)
    return answer.where(_is_telling(question, row)) if question.dimensions else answer


def _measures(row: Columns) -> dict[Measure, ColumnElement[Any]]:
    decisions = row.granted + row.refused
    closures = decisions + row.withdrawn + row.lapsed
    return {
        Measure.INTAKE: row.intake,
        Measure.DECISIONS: decisions,
        Measure.GRANTED: row.granted,
        Measure.REFUSED: row.refused,
        Measure.WITHDRAWN: row.withdrawn,
        Measure.LAPSED: row.lapsed,
        Measure.REFUSAL_RATE: _rate(row.refused, decisions),
        Measure.WIP: row.wip_change,
        Measure.BACKLOG: row.backlog_change,
        Measure.TARGET_RATE: _rate(row.within_target, decisions),
        Measure.CLEARANCE_RATIO: _rate(closures, row.intake),
        Measure.INFO_REQUEST_RATE: _rate(row.info_requested, row.intake),
        Measure.REVENUE: row.revenue_idr,
    } | {measure: _hours(row[measure.value]) for measure in PERCENTILES}


def _rate(part: ColumnElement[int], whole: ColumnElement[int]) -> ColumnElement[float]:
    return cast(part, Double) / cast(func.nullif(whole, 0), Double)


#: From the upper end of a bucket to the point that is relatively as far from both ends.
_MIDDLE = 1 - math.tanh(0.01)


def _hours(bucket: ColumnElement[int]) -> ColumnElement[float]:
    """The middle of a bucket: at most 1 % from every duration in it."""
    return func.exp(cast(bucket, Double) / 50.0) * (_MIDDLE / 3600.0)


def _is_telling(question: Question, row: Columns) -> ColumnElement[bool]:
    happened = row.intake + row.granted + row.refused + row.withdrawn + row.lapsed + row.handovers
    return (happened + row.wip_change if question.measures & STOCKS else happened) > 0
