"""Forgets changes once nobody can be following from before them."""

import asyncio

import asyncpg

from models.case.change import ApplicationChange, VolumeChange
from models.jobs.scheduler import Jobs, run_repeatedly

#: How long a place among the changes can be returned to.
FOLLOWED_HOURS = 24
#: Changes are kept longer: one that is old already may have been committed only now.
_KEPT_HOURS = 2 * FOLLOWED_HOURS
_EVERY_SECONDS = 600.0


async def forget(connection: asyncpg.Connection) -> int:
    """Remove the changes that are older than anybody's place among them; how many they were."""
    removed = 0
    for table in (ApplicationChange.__tablename__, VolumeChange.__tablename__):
        told = await connection.execute(
            f"DELETE FROM {table} WHERE written_at < now() - interval '{_KEPT_HOURS} hours'"  # noqa: S608
        )
        removed += int(told.rpartition(" ")[2])
    return removed


async def keep_forgetting(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Forget until told to stop; a lost database is tried again the next time."""
    await run_repeatedly(forget, url, stop, every, jobs)
