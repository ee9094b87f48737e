"""Publishes every night, after midnight in WIB."""

import asyncio
from datetime import UTC, date, datetime

from models.database.connections import CONNECTION_ERRORS, connected
from models.instants import wib_day
from models.jobs.scheduler import Jobs, pause
from models.publication.publishing import publish

#: A run over many years of figures is slow.
_PATIENCE_SECONDS = 3_600.0


async def keep_publishing(
    url: str, stop: asyncio.Event, every: float = 60.0, jobs: Jobs | None = None
) -> None:
    """Publish now, and then every night, until ``stop`` is set; failures are retried."""
    job = (jobs or Jobs()).add("publish", every, _PATIENCE_SECONDS)
    published_on: date | None = None
    while not stop.is_set():
        now = datetime.now(UTC)
        if wib_day(now) == published_on:
            job.note_nothing_due()
        else:
            try:
                await job.record_pass(_publish(url, now))
                published_on = wib_day(now)
            except CONNECTION_ERRORS as error:
                job.note_failure(error)
        await pause(stop, every)


async def _publish(url: str, now: datetime) -> int:
    """Publish on a connection of its own; return the number of rows."""
    async with connected(url) as connection:
        return (await publish(connection, now)).rows
