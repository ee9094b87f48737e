"""Erases people who asked for it or whose files were kept for long enough, and keeps them erased.

It works in small batches, each committed; after a stop or a kill it goes on where it was.
"""

import asyncio

import asyncpg

from models.database.connections import CONNECTION_ERRORS, connect
from models.jobs.scheduler import Jobs, pause
from models.key_service import ErasesKeys, KeyServiceError
from models.rights.erasure_of_bans import delete_keys_of_bans, hide_ended_bans
from models.rights.erasure_steps import delete_keys, forget_digests, hide_due
from models.rights.outdated_files import Place, order_due
from models.rights.reconciling import reconcile
from models.rights.retention import Retention

_EVERY_SECONDS = 30.0
_BATCH = 50
#: Everybody's file is walked over once a night, not in each pass.
_RETAIN_SECONDS = 3600.0
_WALKED = 500


async def erase_due(
    keys: ErasesKeys,
    connection: asyncpg.Connection,
    retention: Retention | None = None,
    limit: int = _BATCH,
) -> int:
    """Take each step of a batch of erasures; return how many steps. Raises KeyServiceError."""
    hidden = await hide_due(connection, limit)
    forgotten = await forget_digests(connection, retention or Retention(), limit)
    deleted = await delete_keys(keys, connection, limit)
    return hidden + forgotten + deleted + await delete_keys_of_bans(keys, connection, limit)


async def keep_erasing(
    keys: ErasesKeys,
    retention: Retention,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Erase the people who are due, until ``stop`` is set. At each new connection, which may be to
    a restored database, both sides are compared first."""
    job = (jobs or Jobs()).add(erase_due.__name__, every)
    while not stop.is_set():
        try:
            connection = await connect(url)
            try:
                await reconcile(keys, connection)
                while not stop.is_set():
                    if not await job.run(erase_due(keys, connection, retention)):
                        await pause(stop, every)
            finally:
                await connection.close()
        except (KeyServiceError, *CONNECTION_ERRORS) as error:
            job.note_failure(error)
            await pause(stop, every)


async def keep_retention(
    retention: Retention,
    url: str,
    stop: asyncio.Event,
    every: float = _RETAIN_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Order the erasure of people whose files were kept for long enough, and hide the people of ban
    entries that ended long ago, until ``stop`` is set."""
    job = (jobs or Jobs()).add(order_due.__name__, every)
    place: Place | None = None
    while not stop.is_set():
        try:
            connection = await connect(url)
            try:
                while not stop.is_set():
                    place = await order_due(connection, retention, place, _WALKED)
                    bans = await hide_ended_bans(connection, retention.ban_days, _WALKED)
                    job.note_nothing_due()
                    if place is None and bans < _WALKED:
                        await pause(stop, every)
            finally:
                await connection.close()
        except CONNECTION_ERRORS as error:
            job.note_failure(error)
            await pause(stop, min(every, _EVERY_SECONDS))
