"""Percentiles of durations, from the merged histogram of a group and period, never averaged."""

import math
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Double,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from models.volumes.grains import AGED_UNTIL, AGES, KINDS, Clock
from models.volumes.lines import PERIODS, AnySelect, ScopedQuestion, measured_column, signed
from models.volumes.question import Tile

#: Factor from a bucket's upper bound to the point with the same relative error to both bounds.
_MIDDLE = 1 - math.tanh(0.01)


def hours(bucket: ColumnElement[int]) -> ColumnElement[float]:
    """The middle of a bucket in hours, at most 1 % away from every duration in it."""
    return func.exp(cast(bucket, Double) / 50.0) * (_MIDDLE / 3600.0)


def percentiles(scoped: ScopedQuestion, window: list[Tile]) -> AnySelect:
    """Select the bucket of each percentile, and the number of durations."""
    names = [*scoped.question.dimensions, "period"]
    c = union_all(*_histograms(scoped, window)).subquery("histogram").c
    total = func.sum(func.total_rank(c.ranks, type_=Integer))
    histograms = literal_column("array_agg(ROW(histogram.buckets, histogram.ranks)::histogram)")
    percents = _percents(scoped)
    wanted = case(
        {clock.value: literal(list(of), ARRAY(Integer)) for clock, of in percents.items()},
        value=c.clock,
    )
    reached = func.percentile_buckets(histograms, wanted, type_=ARRAY(Integer))
    reached_buckets = (
        select(
            c.clock,
            *(c[name] for name in names),
            reached.label("reached"),
            total.label("of_all"),
        )
        .group_by(c.clock, *(c[name] for name in names))
        .having(total >= scoped.question.fewest_durations)
        .cte("reached")
        .c
    )
    values: dict[str, ColumnElement[Any]] = {
        measure.value: func.max(
            reached_buckets.reached[percents[of.clock].index(of.percent) + 1]
        ).filter(reached_buckets.clock == of.clock)
        for measure, of in scoped.percentiles.items()
    }
    values |= {
        measured_column(clock): func.coalesce(
            func.sum(reached_buckets.of_all).filter(reached_buckets.clock == clock), 0
        )
        for clock in scoped.clocks
    }
    groups = [reached_buckets[name] for name in names]
    return scoped.part([group.label(group.key) for group in groups], values).group_by(*groups)


def _percents(scoped: ScopedQuestion) -> dict[Clock, list[int]]:
    percents: dict[Clock, list[int]] = {clock: [] for clock in scoped.clocks}
    for of in scoped.percentiles.values():
        percents[of.clock].append(of.percent)
    return percents


def _histograms(scoped: ScopedQuestion, window: list[Tile]) -> Iterator[AnySelect]:
    """Selects of cumulative histograms: clock, keys, buckets and ranks."""
    clocks = [clock for clock in scoped.clocks if clock in KINDS]
    for tile in window:
        if not clocks:
            break
        c = tile.grain.histograms.c
        if tile.grain.is_ranked:
            counts = and_(c.clock.in_(clocks), scoped.is_counted(tile, c))
            ranks = func.negated(c.ranks) if tile.is_taken_off else c.ranks
            keys = scoped.keys(tile, c)
            yield select(c.clock, *keys, c.buckets, ranks.label("ranks")).where(counts)
            continue
        for clock in clocks:
            counts = and_(c.kind.in_(KINDS[clock]), scoped.is_counted(tile, c))
            keys = scoped.keys(tile, c)
            measured = signed(tile, c.measured).label("measured")
            yield _ranks(scoped, clock, select(*keys, c.bucket, measured).where(counts))
    if Clock.AGE in scoped.clocks:
        yield _ranks(scoped, Clock.AGE, _ages(scoped))


def _ranks(scoped: ScopedQuestion, clock: Clock, lines: AnySelect) -> AnySelect:
    """Aggregate rows of single buckets to cumulative histograms."""
    line = lines.subquery().c
    keys = [line[name] for name in (*scoped.question.dimensions, "period")]
    rank = func.sum(func.sum(line.measured)).over(partition_by=keys, order_by=line.bucket)
    ranked = (
        select(*keys, line.bucket, cast(rank, Integer).label("rank"))
        .group_by(*keys, line.bucket)
        .subquery()
        .c
    )
    keys = [ranked[name] for name in (*scoped.question.dimensions, "period")]
    return select(
        literal(clock.value).label("clock"),
        *keys,
        _in_order(ranked.bucket, ranked).label("buckets"),
        _in_order(ranked.rank, ranked).label("ranks"),
    ).group_by(*keys)


def _in_order(column: ColumnElement[Any], ranked: Any) -> ColumnElement[Any]:
    return func.array_agg(aggregate_order_by(column, ranked.bucket), type_=ARRAY(Integer))


def _ages(scoped: ScopedQuestion) -> AnySelect:
    """The ages at the end of each period, or of its last completed day."""
    ages = next(ages for ages in AGES if scoped.needed_dimensions <= set(ages.dimensions))
    days = [scoped.parameter(name, ARRAY(Date)) for name in PERIODS]
    period = func.unnest(*days).table_valued("period", "first_on", "last_on").render_derived()
    until: Select[Any] = select(AGED_UNTIL.c.day)
    snapshot = func.least(period.c.last_on, until.scalar_subquery())
    c = ages.table.c
    return select(*scoped.groups(c), period.c.period, c.bucket, c.measured).where(
        c.starts_on == snapshot, c.starts_on >= period.c.first_on, scoped.is_in_reach(c)
    )
