"""The pool of connections of a service."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from psycopg import Error
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.database.command_pipeline import CommandPipeline
from models.database.pipelined_connection import PipelinedConnection


class PoolExhaustedError(Exception):
    """All connections are in use, and none became free in time."""


class PooledConnection:
    """A connection of a pool: for SQLAlchemy's statements, and for commands in one write."""

    __slots__ = ("alchemy", "backend", "pipeline")

    def __init__(self, alchemy: AsyncConnection, driver: PipelinedConnection) -> None:
        self.alchemy = alchemy
        self.pipeline: CommandPipeline = driver.command_pipeline
        #: The process id of its backend; None behind a pooler.
        self.backend = driver.backend

    @property
    def is_usable(self) -> bool:
        """Whether it is open, and nothing was left behind on it. This takes no round trip."""
        return self.pipeline.is_idle and not self.alchemy.invalidated


class ConnectionPool:
    """Lends out up to ``size`` connections, in autocommit mode: transactions are begun explicitly.

    SQLAlchemy's pool has greenlets switch at each checkout, which takes longer than to send a read.
    """

    def __init__(self, engine: AsyncEngine, size: int, wait_seconds: float) -> None:
        """``engine`` opens connections. If all are in use, callers queue for ``wait_seconds``."""
        self.engine = engine
        self.size = size
        self.in_use = 0
        #: Called whenever a connection is taken or comes back.
        self.on_move: Callable[[], None] = lambda: None
        #: Called with the failure of each command that the database refuses.
        self.on_failure: Callable[[Error], None] = lambda _: None
        self._wait_seconds = wait_seconds
        self._slots = asyncio.Semaphore(size)
        self._idle: list[PooledConnection] = []
        self._is_disposed = False

    @property
    def idle(self) -> int:
        """How many open connections are not in use."""
        return len(self._idle)

    async def acquire(self) -> PooledConnection:
        """Take a connection, and `release` or `discard` it later.

        Raises PoolExhaustedError, and what opening a connection raises.
        """
        await self._take_slot()
        self.in_use += 1
        self.on_move()
        try:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_usable:
                    return connection
                await _close(connection)
            return await self._open()
        except BaseException:
            self._give_back_slot()
            raise

    async def release(self, connection: PooledConnection) -> None:
        """Give a connection back. One with something left behind is closed."""
        try:
            if connection.is_usable and connection.alchemy.in_transaction():
                await (
                    connection.alchemy.rollback()
                )  # the beginning that SQLAlchemy noted for itself
            if connection.is_usable and not self._is_disposed:
                self._idle.append(connection)
            else:
                await _close(connection)
        except BaseException:
            connection.pipeline.close()
            raise
        finally:
            self._give_back_slot()

    async def discard(self, connection: PooledConnection) -> None:
        """Close a connection instead of giving it back."""
        try:
            await _close(connection)
        finally:
            self._give_back_slot()

    async def close_idle(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            await _close(self._idle.pop())

    async def dispose(self) -> None:
        """Close all connections; those that are in use as soon as they come back."""
        self._is_disposed = True
        await self.close_idle()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection for SQLAlchemy's statements, each of which is a transaction."""
        connection = await self.acquire()
        try:
            yield connection.alchemy
        finally:
            await self.release(connection)

    async def _take_slot(self) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise PoolExhaustedError from None

    def _give_back_slot(self) -> None:
        self.in_use -= 1
        self._slots.release()
        self.on_move()

    async def _open(self) -> PooledConnection:
        alchemy = await self.engine.connect()
        lent = await alchemy.get_raw_connection()
        driver = lent.driver_connection
        assert isinstance(driver, PipelinedConnection)
        driver.command_pipeline.on_failure = lambda failure: self.on_failure(failure)
        return PooledConnection(alchemy, driver)


async def _close(connection: PooledConnection) -> None:
    connection.pipeline.close()
    await connection.alchemy.invalidate()
    await connection.alchemy.close()
