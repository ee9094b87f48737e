"""Publishes once a night, when another day is over in WIB."""

import asyncio
import contextlib
import logging
from datetime import UTC, date, datetime

from models.database import LOST, connect
from models.publication.publishing import publish, wib_day

log = logging.getLogger(__name__)


async def keep_publishing(url: str, stop: asyncio.Event, every: float = 60.0) -> None:
    """Publish at once, and then each night, until told to stop; a failure is tried again."""
    published_on: date | None = None
    while not stop.is_set():
        now = datetime.now(UTC)
        if wib_day(now) != published_on and await _publish(url, now):
            published_on = wib_day(now)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every)


async def _publish(url: str, now: datetime) -> bool:
    """Whether it could be done."""
    try:
        connection = await connect(url)
        try:
            await publish(connection, now)
        finally:
            await connection.close()
    except LOST as error:
        # Its kind alone: what PostgreSQL says of a row may hold what the row holds.
        log.warning("Figures are not being published: %s", type(error).__name__)
        return False
    return True
