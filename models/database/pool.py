"""The pool of connections of a service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from psycopg import Error

from models.database.pipelined_connection import PipelinedConnection


class PoolExhaustedError(Exception):
    """All connections are in use, and none became free in time."""


class ConnectionPool:
    """Lends out up to ``size`` connections."""

    def __init__(
        self, open_: Callable[[], Awaitable[PipelinedConnection]], size: int, wait_seconds: float
    ) -> None:
        """``open_`` opens connections. If all are in use, callers queue for ``wait_seconds``."""
        self._open = open_
        self.size = size
        self.in_use = 0
        #: Called whenever a connection is taken or comes back.
        self.on_move: Callable[[], None] = lambda: None
        #: Called with the failure of each command that the database refuses.
        self.on_failure: Callable[[Error], None] = lambda _: None
        self._wait_seconds = wait_seconds
        self._slots = asyncio.Semaphore(size)
        self._idle: list[PipelinedConnection] = []
        self._is_disposed = False

    @property
    def idle(self) -> int:
        """How many open connections are not in use."""
        return len(self._idle)

    async def acquire(self) -> PipelinedConnection:
        """Take a connection, and `release` or `discard` it later.

        Raises PoolExhaustedError, and what opening a connection raises.
        """
        if self._slots.locked():
            await self._wait_for_slot()
        else:
            await self._slots.acquire()
        self.in_use += 1
        self.on_move()
        try:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_usable:
                    return connection
                connection.close()
            connection = await self._open()
            connection.pipeline.on_failure = lambda failure: self.on_failure(failure)
            return connection
        except BaseException:
            self._give_back_slot()
            raise

    def release(self, connection: PipelinedConnection) -> None:
        """Give a connection back. One with something left behind is closed."""
        if connection.is_usable and not self._is_disposed:
            self._idle.append(connection)
        else:
            connection.close()
        self._give_back_slot()

    def discard(self, connection: PipelinedConnection) -> None:
        """Close a connection instead of giving it back."""
        connection.close()
        self._give_back_slot()

    def close_idle(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def dispose(self) -> None:
        """Close all connections; those that are in use as soon as they come back."""
        self._is_disposed = True
        self.close_idle()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[PipelinedConnection]:
        """A connection outside of transactions: commands of one write are one."""
        connection = await self.acquire()
        try:
            yield connection
        finally:
            self.release(connection)

    async def _wait_for_slot(self) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise PoolExhaustedError from None

    def _give_back_slot(self) -> None:
        self.in_use -= 1
        self._slots.release()
        self.on_move()
