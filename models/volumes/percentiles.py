"""Percentiles of durations: from the histogram of all of a group and period, never averaged."""

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
from models.volumes.lines import AnySelect, ScopedQuestion, measured_column
from models.volumes.question import Tile

#: From the upper end of a bucket to the point that is relatively as far from both ends.
_MIDDLE = 1 - math.tanh(0.01)


def hours(bucket: ColumnElement[int]) -> ColumnElement[float]:
    """The middle of a bucket: at most 1 % from every duration in it."""
    return func.exp(cast(bucket, Double) / 50.0) * (_MIDDLE / 3600.0)


def percentiles(asked: ScopedQuestion, window: list[Tile]) -> AnySelect:
    """The bucket of each percentile, and how many durations there are."""
    names = [*asked.question.dimensions, "period"]
    c = union_all(*_histograms(asked, window)).subquery("histogram").c
    of_all = func.sum(func.total_rank(c.ranks, type_=Integer))
    together = literal_column("array_agg(ROW(histogram.buckets, histogram.ranks)::histogram)")
    percents = _percents(asked)
    wanted = case(
        {clock.value: literal(list(of), ARRAY(Integer)) for clock, of in percents.items()},
        value=c.clock,
    )
    reached = func.percentile_buckets(together, wanted, type_=ARRAY(Integer))
    found = (
        select(
            c.clock,
            *(c[name] for name in names),
            reached.label("reached"),
            of_all.label("of_all"),
        )
        .group_by(c.clock, *(c[name] for name in names))
        .having(of_all > 0)
        .cte("reached")
        .c
    )
    values: dict[str, ColumnElement[Any]] = {
        measure.value: func.max(found.reached[percents[of.clock].index(of.percent) + 1]).filter(
            found.clock == of.clock
        )
        for measure, of in asked.percentiles.items()
    }
    values |= {
        measured_column(clock): func.coalesce(
            func.sum(found.of_all).filter(found.clock == clock), 0
        )
        for clock in asked.clocks
    }
    groups = [found[name] for name in names]
    return asked.part([group.label(group.key) for group in groups], values).group_by(*groups)


def _percents(asked: ScopedQuestion) -> dict[Clock, list[int]]:
    found: dict[Clock, list[int]] = {clock: [] for clock in asked.clocks}
    for of in asked.percentiles.values():
        found[of.clock].append(of.percent)
    return found


def _histograms(asked: ScopedQuestion, window: list[Tile]) -> Iterator[AnySelect]:
    """Histograms of the clocks: the name of the clock, the keys, buckets and ranks."""
    clocks = [clock for clock in asked.clocks if clock in KINDS]
    for tile in window:
        if not clocks:
            break
        c = tile.grain.histograms.c
        if tile.grain.is_ranked:
            counts = and_(c.clock.in_(clocks), asked.is_counted(tile, c))
            yield select(c.clock, *asked.keys(tile, c), c.buckets, c.ranks).where(counts)
            continue
        for clock in clocks:
            counts = and_(c.kind.in_(KINDS[clock]), asked.is_counted(tile, c))
            keys = asked.keys(tile, c)
            yield _ranks(asked, clock, select(*keys, c.bucket, c.measured).where(counts))
    if Clock.AGE in asked.clocks:
        yield _ranks(asked, Clock.AGE, _ages(asked))


def _ranks(asked: ScopedQuestion, clock: Clock, lines: AnySelect) -> AnySelect:
    """Histograms of lines that have a bucket each."""
    line = lines.subquery().c
    keys = [line[name] for name in (*asked.question.dimensions, "period")]
    rank = func.sum(func.sum(line.measured)).over(partition_by=keys, order_by=line.bucket)
    ranked = (
        select(*keys, line.bucket, cast(rank, Integer).label("rank"))
        .group_by(*keys, line.bucket)
        .subquery()
        .c
    )
    keys = [ranked[name] for name in (*asked.question.dimensions, "period")]
    return select(
        literal(clock.value).label("clock"),
        *keys,
        _in_order(ranked.bucket, ranked).label("buckets"),
        _in_order(ranked.rank, ranked).label("ranks"),
    ).group_by(*keys)


def _in_order(column: ColumnElement[Any], ranked: Any) -> ColumnElement[Any]:
    return func.array_agg(aggregate_order_by(column, ranked.bucket), type_=ARRAY(Integer))


def _ages(asked: ScopedQuestion) -> AnySelect:
    """The ages at the end of each period: on its last day that is over."""
    aged = next(ages for ages in AGES if asked.needed <= set(ages.dimensions))
    columns = zip(*asked.question.periods(), strict=True)
    days = [literal(list(days), ARRAY(Date)) for days in columns]
    period = func.unnest(*days).table_valued("period", "first_on", "last_on").render_derived()
    until: Select[Any] = select(AGED_UNTIL.c.day)
    snapshot = func.least(period.c.last_on, until.scalar_subquery())
    c = aged.table.c
    return select(*asked.groups(c), period.c.period, c.bucket, c.measured).where(
        c.starts_on == snapshot, c.starts_on >= period.c.first_on, asked.is_in_reach(c)
    )
