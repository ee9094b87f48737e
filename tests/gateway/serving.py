"""A server of this very process on a real port, which ends with its test, however that ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn


class _Server(uvicorn.Server):
    """Leaves signals to the test run."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def bound_port() -> Iterator[tuple[socket.socket, int]]:
    """A port that nobody else can take before it is listened on."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound, bound.getsockname()[1]


@asynccontextmanager
async def serving(config: uvicorn.Config, bound: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """The server, once it accepts connections."""
    server = _Server(config)
    running = asyncio.create_task(server.serve([bound]))
    try:
        await _until_started(server, running)
        yield server
    finally:
        server.should_exit = True
        await _until_ended(running)


async def _until_started(server: uvicorn.Server, running: asyncio.Task[None]) -> None:
    while not server.started:  # uvicorn has no event for it
        if running.done():
            await running
            raise AssertionError("the server ended before it had started")
        await asyncio.sleep(0.01)


async def _until_ended(running: asyncio.Task[None]) -> None:
    """Even where the test is cancelled meanwhile: what is left behind would fail another test."""
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise
