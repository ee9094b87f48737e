"""How many operations run, how many wait for their turn, and who is sent away at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.wire.metrics import Metrics


class Gate:
    """At most so many run, at most so many wait, at most so long; first come, first served.

    A request whose body is still on its way holds no place, so a slow sender keeps nobody out.
    """

    def __init__(self, metrics: Metrics, *, running: int, waiting: int, seconds: float) -> None:
        self._metrics = metrics
        self._free = asyncio.Semaphore(running)
        self._most_running = running
        self._most_waiting = waiting
        self._seconds = seconds
        self.running = 0
        self.waiting = 0
        metrics.watch(self)

    def refuse_if_full(self) -> None:
        """Raises RequestError with OVERLOADED where nobody may wait any more: costs nothing, so it
        comes before a token is verified or a body read."""
        if self.waiting >= self._most_waiting and self._free.locked():
            raise self._refusal("full")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises RequestError with OVERLOADED instead of for long."""
        self.refuse_if_full()
        await self._admitted()
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self._free.release()

    async def _admitted(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        self.waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise self._refusal("late") from None
        finally:
            self.waiting -= 1

    def _refusal(self, reason: str) -> RequestError:
        self._metrics.note_refusal(reason)
        return RequestError(
            ErrorCode.OVERLOADED,
            "Too much is asked at once. Try again shortly.",
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
