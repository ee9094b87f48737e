"""Watches the database over a connection of its own, and reconnects when that breaks."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from models.database.connections import CONNECTION_ERRORS

#: How long to wait before the next connection.
RETRY_SECONDS = 1.0


class Watch:
    """A task that keeps watching until it is cancelled, whatever happens to its connection."""

    def __init__(
        self, look: Callable[[], Awaitable[None]], log: logging.Logger, failure: str
    ) -> None:
        """``look`` connects and looks until that breaks; ``failure`` is what is logged then."""
        self._look = look
        self._log = log
        self._failure = failure
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except CONNECTION_ERRORS as error:
                self._log.warning("%s: %s", self._failure, type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)
