"""Limits how many questions this process asks the gateway at once, and repeats those that met an
overload.

A page asks several questions, and many open one at the same moment. All of them at the gateway at
once would fill its queue, and it would refuse some (OVERLOADED, with the seconds after which to
come again). So they wait here, in the order in which they came, and one that is refused because of
the load is asked again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import httpx2

#: Fewer than a gateway runs at once by default (GERBANG_OPERATIONS), which has other clients too.
MOST_AT_ONCE = 8
#: How long a visitor waits before the page says that it has no figures.
PATIENCE_SECONDS = 45.0
#: Where the gateway, or a balancer before it, does not say after how many seconds to come again.
USUAL_WAIT_SECONDS = 1.0


class QueueTimeoutError(Exception):
    """No turn came in time."""


class Turns:
    """The turns of one process; made once, used by everybody's questions."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def answer(self, ask: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
        """The response of the gateway; the question is repeated while the gateway is only
        overloaded.

        Only for questions that change nothing. Raises QueueTimeoutError where no turn came in time,
        and what ``ask`` raises; the last refusal is returned when the time is up.
        """
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            async with self._turn(ends_at):
                response = await ask()
            wait = _wait_seconds(response)
            if wait is None or time.monotonic() + wait > ends_at:
                return response
            await asyncio.sleep(wait)

    @asynccontextmanager
    async def _turn(self, ends_at: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(ends_at - time.monotonic()):
                await self._free.acquire()
        except TimeoutError:
            raise QueueTimeoutError from None
        try:
            yield
        finally:
            self._free.release()


def _wait_seconds(response: httpx2.Response) -> float | None:
    """After how many seconds to ask again; None for any response but an overload."""
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or b'"OVERLOADED"' not in (
        response.content
    ):
        return None
    seconds = response.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else USUAL_WAIT_SECONDS
