"""What figures cost from rollups and from raw rows, and what verifying and rebuilding costs."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import true

from bench import questions
from bench.measuring import seconds_of, show, show_table, side_by_side
from bench.world import world
from gateway.access.rows import vouch_for
from gateway.access.transactions.prepared import decode_records, prepare
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.connections import connect, pool
from models.database.pool import ConnectionPool
from models.vocabulary import Role
from models.volumes import Dimension, Measure, Period, Question, rebuild, statement, verify
from models.volumes.grains import Clock
from models.volumes.measures import PERCENTILES, STOCKS

_WIB = timezone(timedelta(hours=7))
_MONTH = "date_trunc('month', paid_at AT TIME ZONE 'Asia/Jakarta')"
_PERCENTILES = """
    percentile_disc(ARRAY[0.5, 0.75, 0.9, 0.95]) WITHIN GROUP (ORDER BY closed_at - paid_at)
        FILTER (WHERE status IN ('GRANTED', 'REFUSED'))
"""
#: Intake and its outcomes by country, in one pass over raw rows.
_RAW = """
    SELECT
        country_code,
        {period} AS period,
        count(*) AS intake,
        sum(fee_idr) AS revenue,
        count(*) FILTER (WHERE status = 'GRANTED') AS granted,
        count(*) FILTER (WHERE status = 'REFUSED') AS refused,
        count(*) FILTER (WHERE closed_at <= target_due_at) AS within_target,
        {percentiles} AS turnaround
    FROM application
    WHERE paid_at >= $1 AND paid_at < $2
    GROUP BY country_code, period
"""


async def measure(applications: int, rounds: int) -> None:
    """Print milliseconds of both ways to the same tables, and seconds of upkeep."""
    async with world(applications) as url:
        engine, raw = pool(url, 1), await connect(url)
        try:
            await raw.execute("VACUUM ANALYZE")  # as autovacuum leaves it after a minute
            await _measure_reading(engine, raw, applications, rounds)
            await questions.ask(
                raw, f"Questions of the page, {applications:,} applications", rounds
            )
            await _measure_upkeep(raw, applications)
        finally:
            await raw.close()
            engine.dispose()


async def _measure_reading(
    engine: ConnectionPool, raw: asyncpg.Connection, applications: int, rounds: int
) -> None:
    from_on, to_on = questions.last_year()
    window = (_midnight(from_on), _midnight(to_on + timedelta(days=1)))
    counted = frozenset(Measure) - STOCKS.keys() - PERCENTILES.keys()
    turnarounds = {m for m, of in PERCENTILES.items() if of.clock is Clock.TURNAROUND}
    for title, period, months in (
        ("A year by country", None, "NULL"),
        ("Twelve months × country", Period.MONTH, _MONTH),
    ):
        asked = Question(
            from_on, to_on, (Dimension.COUNTRY,), period, measures=counted | turnarounds
        )
        counts = replace(asked, measures=counted)
        raw_asked = _RAW.format(period=months, percentiles=_PERCENTILES)
        raw_counts = _RAW.format(period=months, percentiles="NULL")
        measured = await side_by_side(
            {
                "rollups, with percentiles": partial(_ask, engine, _command(asked)),
                "raw rows, with percentiles": partial(raw.fetch, raw_asked, *window),
                "rollups, counts alone": partial(_ask, engine, _command(counts)),
                "raw rows, counts alone": partial(raw.fetch, raw_counts, *window),
            },
            rounds,
        )
        show(f"{title}, {applications:,} applications", "table", measured)


async def _ask(engine: ConnectionPool, question: Command) -> Any:
    async with engine.connect() as connection:
        [rows] = await connection.pipeline.run([question])
        return decode_records(rows)


def _command(question: Question) -> Command:
    asked = vouch_for(statement(question, lambda columns: true()), "VolumeRow")
    bound = prepare(asked, Role.LEADERSHIP).bind(Viewer("leadership", Role.LEADERSHIP))
    return Command(bound.statement.text, bound.arguments)


async def _measure_upkeep(connection: asyncpg.Connection, applications: int) -> None:
    seconds_by_work = {"verify": await seconds_of(partial(_verify, connection))}
    seconds_by_work["rebuild"] = await seconds_of(partial(rebuild, connection))
    rows = [
        (name, f"{seconds:.2f}", f"{applications / seconds:,.0f}")
        for name, seconds in seconds_by_work.items()
    ]
    show_table("All figures", ("work", "seconds", "applications a second"), rows)


async def _verify(connection: asyncpg.Connection) -> None:
    if differences := await verify(connection):
        raise RuntimeError(f"{len(differences)} figures differ from the raw rows")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _WIB)
