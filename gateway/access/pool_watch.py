"""Watches the connection pool of a process for exhaustion and failures."""

import logging
import time
from collections.abc import Callable

from psycopg import Error

from gateway.access.transactions.errors import DISK_FULL, TOO_MANY_CONNECTIONS, state_of
from gateway.faults import Fault
from models.database.pool import ConnectionPool, PoolExhaustedError
from models.logs import facts

#: How long to report a full disk after the last failure: only writes notice it.
_DISK_REPORT_SECONDS = 60.0

log = logging.getLogger(__name__)


class PoolWatch:
    """Diagnoses the pool that requests take their connections from."""

    def __init__(
        self, pool: ConnectionPool, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``seconds`` is the longest operation: a pool without movement for longer is stuck."""
        self._pool = pool
        self._seconds = seconds
        self._clock = clock
        self._moved_at = clock()
        self._disk_full_at: float | None = None
        pool.on_move = self._note_move
        pool.on_failure = self._note_failure

    async def fault(self) -> Fault | None:
        """Why requests get no connection; None if they do, even after waiting."""
        if self._pool.in_use >= self._pool.size:
            is_stuck = self._clock() - self._moved_at > self._seconds
            return Fault.POOL if is_stuck else None
        if self._pool.idle:
            return None
        return await self._try_connecting()

    async def warning(self) -> Fault | None:
        """A fault that does not stop requests from being answered, such as a full disk."""
        full_at = self._disk_full_at
        is_recent = full_at is not None and self._clock() - full_at < _DISK_REPORT_SECONDS
        return Fault.DISK if is_recent else None

    async def _try_connecting(self) -> Fault | None:
        """Try to open one more connection, since none is idle."""
        try:
            async with self._pool.connect():
                return None
        except PoolExhaustedError:  # requests have filled the pool meanwhile
            return None
        except (Error, OSError) as error:
            is_full = state_of(error) == TOO_MANY_CONNECTIONS
            return Fault.POOL if is_full else Fault.DATABASE

    def _note_move(self) -> None:
        self._moved_at = self._clock()

    def _note_failure(self, failure: BaseException | None) -> None:
        state = state_of(failure)
        if state == DISK_FULL:
            self._disk_full_at = self._clock()
            log.error("the disk of the database is full", extra=facts(sqlstate=state))
