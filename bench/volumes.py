"""What figures cost from rollups and from raw rows, and what keeping them right costs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.measuring import seconds_of, show, show_table, side_by_side
from bench.world import world
from models.database import connect, pool
from models.volumes import Dimension, Measure, Period, Question, rebuild, statement, verify
from models.volumes.question import STOCKS

#: Intake, outcomes and percentiles of the cases paid in a window: one pass over raw rows.
_RAW = """
    SELECT
        country_code,
        {period} AS period,
        count(*) FILTER (WHERE paid_at >= $1 AND paid_at < $2) AS intake,
        count(*) FILTER (WHERE status = 'GRANTED') AS granted,
        count(*) FILTER (WHERE status = 'REFUSED') AS refused,
        percentile_disc(ARRAY[0.5, 0.75, 0.9, 0.95]) WITHIN GROUP (ORDER BY closed_at - paid_at)
            FILTER (WHERE status IN ('GRANTED', 'REFUSED')) AS turnaround
    FROM application
    WHERE paid_at >= $1 AND paid_at < $2
    GROUP BY country_code, period
"""
_MONTH = "date_trunc('month', paid_at AT TIME ZONE 'Asia/Jakarta')"


async def measure(applications: int, rounds: int) -> None:
    """Print milliseconds of both ways to the same tables, and seconds of the care."""
    async with world(applications) as url:
        engine, raw = pool(url, 1), await connect(url)
        try:
            await _reading(engine, raw, applications, rounds)
            await _keeping(raw, applications)
        finally:
            await raw.close()
            await engine.dispose()


async def _reading(
    engine: AsyncEngine, raw: asyncpg.Connection, applications: int, rounds: int
) -> None:
    year, until = _last_year()
    window = (datetime.combine(year, datetime.min.time(), UTC), datetime.now(UTC))
    for title, period, grouping in (
        ("A year by country", None, "NULL"),
        ("Twelve months × country", Period.MONTH, _MONTH),
    ):
        everything = Question(year, until, (Dimension.COUNTRY,), period)
        comparable = replace(everything, measures=frozenset(Measure) - STOCKS)
        measured = await side_by_side(
            {
                "rollups": partial(_ask, engine, comparable),
                "raw rows": partial(raw.fetch, _RAW.format(period=grouping), *window),
                "rollups, stocks included": partial(_ask, engine, everything),
            },
            rounds,
        )
        show(f"{title}, {applications:,} applications", "table", measured)


async def _ask(engine: AsyncEngine, question: Question) -> Any:
    async with engine.connect() as connection:
        return (await connection.execute(statement(question, lambda columns: true()))).all()


async def _keeping(connection: asyncpg.Connection, applications: int) -> None:
    taken = {"verify": await seconds_of(partial(_verified, connection))}
    taken["rebuild"] = await seconds_of(partial(rebuild, connection))
    rows = [
        (name, f"{seconds:.2f}", f"{applications / seconds:,.0f}")
        for name, seconds in taken.items()
    ]
    show_table("All figures", ("care", "seconds", "applications a second"), rows)


async def _verified(connection: asyncpg.Connection) -> None:
    if differences := await verify(connection):
        raise RuntimeError(f"{len(differences)} figures differ from the raw rows")


def _last_year() -> tuple[date, date]:
    """Twelve whole months up to yesterday's."""
    until = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    return (until - timedelta(days=350)).replace(day=1), until
