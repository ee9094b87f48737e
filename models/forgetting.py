"""Forgets changes once nobody can be following from before them."""

import asyncio
import contextlib
import logging

import asyncpg

from models.change import ApplicationChange, VolumeChange
from models.database import LOST, connect

log = logging.getLogger(__name__)

#: How long a place among the changes can be returned to.
FOLLOWED_HOURS = 24
#: Changes are kept longer: one that is old already may have been committed only now.
_KEPT_HOURS = 2 * FOLLOWED_HOURS
_EVERY_SECONDS = 600.0


async def forget(connection: asyncpg.Connection) -> None:
    """Remove the changes that are older than anybody's place among them."""
    for table in (ApplicationChange.__tablename__, VolumeChange.__tablename__):
        await connection.execute(
            f"DELETE FROM {table} WHERE written_at < now() - interval '{_KEPT_HOURS} hours'"  # noqa: S608
        )


async def keep_forgetting(url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS) -> None:
    """Forget until told to stop; a lost database is tried again the next time."""
    while not stop.is_set():
        try:
            connection = await connect(url)
            try:
                await forget(connection)
            finally:
                await connection.close()
        except LOST as error:
            log.warning("Changes are not being forgotten: %s", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every)
