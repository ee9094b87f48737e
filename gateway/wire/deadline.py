"""The deadline of a request, which also ends when the client disconnects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request


class RequestDeadline:
    """The deadline of one request. It expires at once when the client disconnects."""

    def __init__(self, request: Request, timeout: asyncio.Timeout) -> None:
        self._request = request
        self._timeout = timeout
        self.hung_up = False

    @asynccontextmanager
    async def watch_for_hang_up(self) -> AsyncIterator[None]:
        """Watch for a disconnect. The body must have been read: this reads on from there."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            continue
        self.hung_up = True
        self._timeout.reschedule(asyncio.get_running_loop().time())


@asynccontextmanager
async def request_deadline(request: Request, seconds: float) -> AsyncIterator[RequestDeadline]:
    """Raises TimeoutError after ``seconds``, or ClientDisconnect when the client disconnects."""
    timeout = asyncio.timeout(seconds)
    deadline = RequestDeadline(request, timeout)
    try:
        async with timeout:
            yield deadline
    except TimeoutError:
        if deadline.hung_up:
            raise ClientDisconnect from None
        raise
