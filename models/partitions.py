"""Makes the partitions of tables that grow for ever ahead of time: models/schema/partitions.sql."""

import asyncio
from datetime import datetime
from functools import partial

import asyncpg

from models.database.locking import LOCK_TIMEOUT_MS, LockedError, retry_for_lock
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection

_EVERY_SECONDS = 3_600.0
#: How far ahead partitions are made, and for how long one is missed before it is needed.
MADE_AHEAD, MISSED_AHEAD = "6 months", "30 days"


def missing_partitions(ahead: str) -> str:
    """The statement that finds which tables lack a partition for which quarter, from this one to
    that of an interval from now. The catalogue is everybody's to read.
    """
    return f"""
        SELECT parent.relname::text AS of_table, quarter AT TIME ZONE 'UTC' AS at
        FROM pg_partitioned_table JOIN pg_class AS parent ON parent.oid = partrelid
        CROSS JOIN generate_series(
            date_trunc('quarter', now() AT TIME ZONE 'UTC'),
            (now() + interval '{ahead}') AT TIME ZONE 'UTC', '3 months'
        ) AS quarter
        WHERE NOT EXISTS (
            SELECT FROM pg_inherits JOIN pg_class AS made ON made.oid = inhrelid
            WHERE inhparent = parent.oid
                AND made.relname = parent.relname || to_char(quarter, '"_"YYYY"q"Q')
        )
        ORDER BY quarter, of_table
    """  # noqa: S608 - of constants


async def make_partitions(connection: asyncpg.Connection) -> int:
    """Make what is missing of this quarter and the next two, one at a time; return how many.

    Writes of people wait for each as for any lock that is asked for briefly. Raises LockedError.
    """
    missing = await connection.fetch(missing_partitions(MADE_AHEAD))
    made = [await _make_partition(connection, row["of_table"], row["at"]) for row in missing]
    return sum(made)


async def _make_partition(connection: asyncpg.Connection, table: str, at: datetime) -> bool:
    async def once() -> bool:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            return bool(await connection.fetchval("SELECT make_partition($1, $2)", table, at))

    return await retry_for_lock(connection, once, "make partitions ahead", table)


async def keep_partitions(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Make partitions ahead, until ``stop`` is set."""
    job = (jobs or Jobs()).add(make_partitions.__name__, every)
    work = partial(run_on_one_connection, make_partitions, url, stop, job)
    await keep_working(work, stop, job, after=(LockedError,))
