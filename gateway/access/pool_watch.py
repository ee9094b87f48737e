"""Watches the pool of a process: whether connections are to be had, and what broke on them."""

import logging
import time
from collections.abc import Callable
from typing import Any

from asyncpg import PostgresError
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.access.transactions.errors import BROKEN, DISK_FULL, TOO_MANY_CONNECTIONS, state_of
from gateway.faults import Fault
from gateway.logs.lines import facts

#: How long a full disk is named after it was last met: nobody asks the disk but who writes.
_DISK_NAMED_SECONDS = 60.0

log = logging.getLogger(__name__)


class PoolWatch:
    """Names what is wrong with the connections that requests get."""

    def __init__(
        self, engine: AsyncEngine, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``seconds`` is how long an operation may take: overload moves connections sooner."""
        self._engine = engine
        self._seconds = seconds
        self._clock = clock
        self._moved_at = clock()
        self._disk_full_at: float | None = None
        for moment in ("checkout", "checkin"):
            event.listen(engine.sync_engine, moment, self._note_move)
        event.listen(engine.sync_engine, "handle_error", self._note_error)

    async def fault(self) -> Fault | None:
        """Why no request gets a connection; None where it would, or would after waiting."""
        pool: Any = self._engine.pool
        if pool.checkedout() >= pool.size():
            is_stuck = self._clock() - self._moved_at > self._seconds
            return Fault.POOL if is_stuck else None
        if pool.checkedin():
            return None
        return await self._opening()

    async def warning(self) -> Fault | None:
        """What does not keep requests from being answered, but will be felt."""
        met_at = self._disk_full_at
        is_recent = met_at is not None and self._clock() - met_at < _DISK_NAMED_SECONDS
        return Fault.DISK if is_recent else None

    async def _opening(self) -> Fault | None:
        """Whether the server takes one more connection, where none lies idle."""
        try:
            async with self._engine.connect():
                return None
        except NoConnectionLeft:  # requests took the room meanwhile
            return None
        except (SQLAlchemyError, PostgresError, *BROKEN) as error:
            is_full = state_of(error) == TOO_MANY_CONNECTIONS
            return Fault.POOL if is_full else Fault.DATABASE

    def _note_move(self, *_: Any) -> None:
        self._moved_at = self._clock()

    def _note_error(self, context: Any) -> None:
        state = state_of(context.original_exception)
        if state == DISK_FULL:
            self._disk_full_at = self._clock()
            log.error("the disk of the database is full", extra=facts(sqlstate=state))
