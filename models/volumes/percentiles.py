"""Percentiles of durations: from the histogram of all of a group and period, never averaged."""

import math
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Double,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
    union_all,
)

from models.volumes.grains import AGED_UNTIL, AGES
from models.volumes.lines import AnySelect, Asked, measured
from models.volumes.measures import KINDS, Clock
from models.volumes.question import Tile

#: From the upper end of a bucket to the point that is relatively as far from both ends.
_MIDDLE = 1 - math.tanh(0.01)


def hours(bucket: ColumnElement[int]) -> ColumnElement[float]:
    """The middle of a bucket: at most 1 % from every duration in it."""
    return func.exp(cast(bucket, Double) / 50.0) * (_MIDDLE / 3600.0)


def percentiles(asked: Asked, window: list[Tile]) -> AnySelect:
    """The bucket of each percentile, and how many durations there are."""
    names = [*asked.question.dimensions, "period"]
    line = union_all(*_histograms(asked, window)).subquery("histogram").c
    keys = [line.clock, *(line[name] for name in names)]
    in_bucket = func.sum(line.measured)
    ranked = (
        select(
            *keys,
            line.bucket,
            in_bucket.label("in_bucket"),
            func.sum(in_bucket).over(partition_by=keys, order_by=line.bucket).label("up_to"),
            func.sum(in_bucket).over(partition_by=keys).label("of_all"),
        )
        .group_by(*keys, line.bucket)
        .subquery("ranked")
        .c
    )
    values: dict[str, ColumnElement[Any]] = {
        measure.value: func.min(ranked.bucket).filter(
            ranked.clock == of.clock, ranked.up_to * 100 >= ranked.of_all * of.percent
        )
        for measure, of in asked.percentiles.items()
    }
    values |= {
        measured(clock): func.coalesce(func.sum(ranked.in_bucket).filter(ranked.clock == clock), 0)
        for clock in asked.clocks
    }
    groups = [ranked[name].label(name) for name in names]
    found = asked.part(groups, values).where(ranked.of_all > 0)
    return found.group_by(*(ranked[name] for name in names))


def _histograms(asked: Asked, window: list[Tile]) -> Iterator[AnySelect]:
    """Lines of each clock: its name, the keys, a bucket, how many."""
    clocks = [clock for clock in asked.clocks if clock in KINDS]
    if clocks:
        line = _durations(asked, window, clocks)
        for clock in clocks:
            yield select(literal(clock.value).label("clock"), *_without_kind(line)).where(
                line.c.kind.in_(KINDS[clock])
            )
    if Clock.AGE in asked.clocks:
        yield _ages(asked)


def _without_kind(line: Any) -> list[Any]:
    return [column for column in line.c if column.key != "kind"]


def _durations(asked: Asked, window: list[Tile], clocks: list[Clock]) -> Any:
    kinds = sorted({kind for clock in clocks for kind in KINDS[clock]})

    def lines(tile: Tile) -> AnySelect:
        c = tile.grain.durations.c
        counts = and_(c.kind.in_(kinds), asked.is_counted(tile, c))
        return select(c.kind, *asked.keys(tile, c), c.bucket, c.measured).where(counts)

    line = union_all(*(lines(tile) for tile in window)).subquery("duration").c
    keys = [column for column in line if column.key != "measured"]
    total = func.sum(line.measured).label("measured")
    return select(*keys, total).group_by(*keys).cte("duration_measured")


def _ages(asked: Asked) -> AnySelect:
    """The ages at the end of each period: on its last day that is over."""
    aged = next(ages for ages in AGES if asked.needed <= set(ages.dimensions))
    columns = zip(*asked.question.periods(), strict=True)
    days = [literal(list(days), ARRAY(Date)) for days in columns]
    period = func.unnest(*days).table_valued("period", "first_on", "last_on").render_derived()
    until: Select[Any] = select(AGED_UNTIL.c.day)
    snapshot = func.least(period.c.last_on, until.scalar_subquery())
    c = aged.table.c
    return select(
        literal(Clock.AGE.value).label("clock"),
        *asked.groups(c),
        period.c.period,
        c.bucket,
        c.measured,
    ).where(c.starts_on == snapshot, c.starts_on >= period.c.first_on, asked.is_in_reach(c))
