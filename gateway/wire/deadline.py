"""How long an operation is worked on: until its deadline, or until nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request


class RequestDeadline:
    """The deadline of one request. A client that hangs up makes it come at once."""

    def __init__(self, request: Request, deadline: asyncio.Timeout) -> None:
        self._request = request
        self._deadline = deadline
        self.hung_up = False

    @asynccontextmanager
    async def watch_for_hang_up(self) -> AsyncIterator[None]:
        """Notice a hang-up from now on. The body must have been read: this reads what follows."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            continue
        self.hung_up = True
        self._deadline.reschedule(asyncio.get_running_loop().time())


@asynccontextmanager
async def request_deadline(request: Request, seconds: float) -> AsyncIterator[RequestDeadline]:
    """Raises TimeoutError when it is over, ClientDisconnect when nobody waits any more."""
    deadline = asyncio.timeout(seconds)
    kept = RequestDeadline(request, deadline)
    try:
        async with deadline:
            yield kept
    except TimeoutError:
        if kept.hung_up:
            raise ClientDisconnect from None
        raise
