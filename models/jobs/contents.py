"""Removes from the object store what nobody is to read again: contents that others replaced, that
the scanner refused, or whose person was erased, and what came of uploads that were never finished.
"""

import asyncio
from datetime import timedelta

import asyncpg

from models.contents.store import ContentStore, StoreError
from models.database.connections import connected
from models.jobs.scheduler import Jobs, keep_working, pause

_EVERY_SECONDS = 60.0
_AT_ONCE = 50
#: A request that was sending something may go on for so long after it is awaited no more.
_STILL_SENDING = timedelta(hours=1)
_TO_REMOVE = """
    SELECT id FROM document_upload
    WHERE removed_at IS NULL AND (completed_at IS NULL OR replaced_at IS NOT NULL)
        AND (
            num_nonnulls(completed_at, refused_at) > 0
            OR least(replaced_at, CASE WHEN sent_at IS NULL THEN expires_at END)
                < now() - $1::interval
        )
    ORDER BY requested_at, id LIMIT $2
"""
_SCANNED = "INSERT INTO document_scanner DEFAULT VALUES ON CONFLICT DO NOTHING"
_UNSCANNED = "DELETE FROM document_scanner"
_OVERDUE = """
    SELECT count(*) FROM document_upload
    WHERE removed_at IS NULL
        AND least(replaced_at, refused_at, CASE WHEN sent_at IS NULL THEN expires_at END)
            < now() - interval '1 day'
"""
#: What the scanner refused is shown as such until another takes its place.
_REMOVED = """
    UPDATE document_upload
    SET removed_at = clock_timestamp(),
        replaced_at = coalesce(
            replaced_at, CASE WHEN refused_at IS NULL THEN clock_timestamp() END
        )
    WHERE id = ANY ($1)
"""


async def remove_contents(
    store: ContentStore, connection: asyncpg.Connection, still_sending: timedelta = _STILL_SENDING
) -> int:
    """Remove a batch; return of how many uploads. Raises StoreError."""
    ids = [row["id"] for row in await connection.fetch(_TO_REMOVE, still_sending, _AT_ONCE)]
    for each in ids:
        await store.remove(each)
    if ids:
        await connection.execute(_REMOVED, ids)
    return len(ids)


async def keep_removing_contents(
    store: ContentStore,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
    *,
    has_scanner: bool = False,
) -> None:
    """Run the job until ``stop`` is set, and note at its start whether documents are scanned."""
    job = (jobs or Jobs()).add(remove_contents.__name__, every)

    async def work() -> None:
        async with connected(url) as connection:
            await note_scanner(connection, is_set_up=has_scanner)
            while not stop.is_set():
                if not await job.record_pass(remove_contents(store, connection)):
                    await pause(stop, every)

    await keep_working(work, stop, job, after=(StoreError,))


async def note_scanner(connection: asyncpg.Connection, *, is_set_up: bool) -> None:
    """From now on, what is sent waits for the scanner; or it counts at once."""
    await connection.execute(_SCANNED if is_set_up else _UNSCANNED)


async def contents_overdue(connection: asyncpg.Connection) -> int:
    """How many should have been removed a day ago, and are there."""
    [[number]] = await connection.fetch(_OVERDUE)
    return int(number)
