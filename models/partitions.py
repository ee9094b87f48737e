"""Makes the partitions of tables that grow for ever ahead of time: models/schema/partitions.sql."""

import asyncio
from functools import partial

import asyncpg

from models.database.locking import LOCK_TIMEOUT_MS, LockedError, retry_for_lock
from models.jobs.scheduler import Jobs, keep_working, run_on_one_connection

_EVERY_SECONDS = 3_600.0
#: A partition is missed this long before it is needed. The keeper makes them half a year ahead.
MISSED_DAYS_AHEAD = 30
#: The tables that lack a partition for today or for then. The catalogue is everybody's to read.
TABLES_WITHOUT = f"""
    SELECT coalesce(string_agg(DISTINCT parent.relname::text, ', '), '')
    FROM pg_partitioned_table JOIN pg_class AS parent ON parent.oid = partrelid
    CROSS JOIN (VALUES (now()), (now() + interval '{MISSED_DAYS_AHEAD} days')) AS needed (at)
    WHERE NOT EXISTS (
        SELECT FROM pg_inherits JOIN pg_class AS made ON made.oid = inhrelid
        WHERE inhparent = parent.oid
            AND made.relname = parent.relname || to_char(at AT TIME ZONE 'UTC', '"_"YYYY"q"Q')
    )
"""  # noqa: S608 - of a constant


async def make_partitions(connection: asyncpg.Connection) -> int:
    """Make what is missing of this quarter and the next two; return how many.

    Writes of people wait for it as for any lock that is asked for briefly. Raises LockedError.
    """

    async def once() -> int:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            return await connection.fetchval("SELECT make_partitions()") or 0

    return await retry_for_lock(connection, once, "make partitions ahead")


async def keep_partitions(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Make partitions ahead, until ``stop`` is set."""
    job = (jobs or Jobs()).add(make_partitions.__name__, every)
    work = partial(run_on_one_connection, make_partitions, url, stop, job)
    await keep_working(work, stop, job, after=(LockedError,))
