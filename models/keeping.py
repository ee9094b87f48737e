"""Runs a job again and again beside the gateway, until told to stop."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import asyncpg

from models.database import LOST, connect

log = logging.getLogger(__name__)

#: Does a batch of a job; how much was done, nothing where nothing is left to do.
Batch = Callable[[asyncpg.Connection], Awaitable[int]]


async def keep(batch: Batch, url: str, stop: asyncio.Event, every: float) -> None:
    """Do batches until told to stop; a lost database is tried again after a pause."""
    while not stop.is_set():
        try:
            await _until_lost(batch, url, stop, every)
        except LOST as error:
            # Its kind alone: what PostgreSQL says of a row may hold what the row holds.
            log.warning("%s is not done: %s", batch.__name__, type(error).__name__)
            await _pause(stop, every)


async def _until_lost(batch: Batch, url: str, stop: asyncio.Event, every: float) -> None:
    connection = await connect(url)
    try:
        while not stop.is_set():
            if not await batch(connection):
                await _pause(stop, every)
    finally:
        await connection.close()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
