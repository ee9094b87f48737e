"""Drops entries of the access log once they were kept for long enough.

It works in small batches, each committed; after a stop or a kill it starts again and skips what is
gone.
"""

import asyncio

import asyncpg

from models.account import CheckpointFolder, drop_of_age, find_of_age
from models.database.connections import connect
from models.jobs.scheduler import Job, Jobs, keep_working, pause
from models.key_service import KeyService, KeyServiceError

#: All leaves are walked over once a night. An entry that was on hold is dropped by a later walk.
_EVERY_SECONDS = 86_400.0
_AGAIN_SECONDS = 30.0


async def keep_dropping(
    keys: KeyService,
    folder: CheckpointFolder,
    kept_days: int,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Drop entries of age, until ``stop`` is set; report a failure and try again."""
    job = (jobs or Jobs()).add(drop_of_age.__name__, every)

    async def work() -> None:
        connection = await connect(url)
        try:
            await _walk(connection, keys, folder, kept_days, stop, job)
        finally:
            await connection.close()
        await pause(stop, every)

    again = min(every, _AGAIN_SECONDS)
    await keep_working(work, stop, job, after=(KeyServiceError,), again=again)


async def _walk(
    connection: asyncpg.Connection,
    keys: KeyService,
    folder: CheckpointFolder,
    kept_days: int,
    stop: asyncio.Event,
    job: Job,
) -> None:
    of_age = await find_of_age(connection, keys, folder, kept_days)
    place: int | None = 0 if of_age else None
    while of_age and place is not None and not stop.is_set():
        place = await drop_of_age(connection, keys, of_age, kept_days, place)
        job.note_nothing_due()
    job.note_nothing_due()
