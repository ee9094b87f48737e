"""Tracks how far the change feed can be read. Each process has one listener for commits.

The horizon is the oldest transaction that still runs. Changes below it are settled and are read
once; changes above it wait. The horizon moves only on clock ticks, so that the time of delivery
does not reveal when other people wrote.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from types import TracebackType

import asyncpg

from gateway.access.transactions.prepared import decode_records
from gateway.errors import ErrorCode, FieldError
from models.case.change import CHANNEL
from models.database.command_pipeline import Command
from models.database.connections import CONNECTION_ERRORS, connect
from models.database.pool import ConnectionPool, PoolExhaustedError

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


TICK_SECONDS = 0.25
#: How often to look without a notification, since one may be lost, for example behind a pooler.
LOOK_SECONDS = 15.0
_ANSWER_SECONDS = 5.0

_LOOK = """
    SELECT pg_snapshot_xmin(seen)::text::bigint AS settled,
        pg_snapshot_xmax(seen)::text::bigint AS begun
    FROM pg_current_snapshot() AS seen
"""

log = logging.getLogger(__name__)


class ChangeHorizon:
    """The transaction id below which changes are settled. Listens from the first use on."""

    def __init__(self, url: str, pool: ConnectionPool) -> None:
        self._url = url
        self._pool = pool
        self._settled = 0
        self._moved = asyncio.Event()
        self._heard = asyncio.Event()
        #: The next transaction id at the last notification: the change it announced is settled
        #: only once the horizon has reached this id.
        self._awaited = 0
        self._watch = Watch(self._listen, log, "Changes are not being heard of")

    async def __aenter__(self) -> "ChangeHorizon":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._watch.stop()

    async def now(self) -> int:
        """The current horizon, from the database. Raises FieldError with UNAVAILABLE."""
        try:
            async with self._pool.connect() as connection:
                look = [Command(_LOOK)]
                [result] = await connection.pipeline.run(look, seconds=_ANSWER_SECONDS)
        except (PoolExhaustedError, *CONNECTION_ERRORS) as error:
            raise FieldError(
                ErrorCode.UNAVAILABLE, "The database does not answer. Try again shortly."
            ) from error
        [(settled, _)] = decode_records(result)
        return settled

    async def beyond(self, known: int) -> int:
        """Wait until the horizon lies beyond a known one, and return it."""
        self._watch.start()
        while self._settled <= known:
            await self._moved.wait()
        return self._settled

    async def _listen(self) -> None:
        connection = await connect(self._url)
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._heard.set())
            connection.add_termination_listener(lambda *_: self._heard.set())
            self._heard.set()  # catch up on commits from before listening
            while True:
                await self._heard_or_due()
                await self._look(connection)
        finally:
            connection.terminate()

    async def _heard_or_due(self) -> None:
        """Wait for a notification or the timeout, then for the next tick of the clock."""
        if self._settled >= self._awaited:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._heard.wait(), LOOK_SECONDS)
        await asyncio.sleep(TICK_SECONDS - time.time() % TICK_SECONDS)

    async def _look(self, connection: asyncpg.Connection) -> None:
        has_heard = self._heard.is_set()
        self._heard.clear()
        (seen,) = await connection.fetch(_LOOK, timeout=_ANSWER_SECONDS)
        if has_heard:
            self._awaited = seen["begun"]
        self._settled = seen["settled"]
        self._moved.set()
        self._moved = asyncio.Event()
