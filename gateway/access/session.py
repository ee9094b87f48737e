"""One operation's hold on the database: one connection, one transaction, read only."""

import asyncio
from collections.abc import Sequence
from typing import Any

from asyncpg import PostgresError
from sqlalchemy import Row, Select
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.rows import HELD_TO
from gateway.errors import ErrorCode, FieldError

#: One snapshot for the whole answer, so that a page, its total and its figures agree; and one
#: viewer, as whom the database holds every statement to its own row rules.
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {:d}; {}"

_AWAY = "The database does not answer. Try again shortly."
_QUERY_CANCELED = "57014"
_DATA_EXCEPTION = "22"


class Session:
    """Runs the statements of one operation, one after the other.

    The transaction begins with the first statement, in one round trip. A statement that was not
    held to the policy is refused.
    """

    def __init__(
        self, engine: AsyncEngine, acting: tuple[str, ...], *, statement_timeout_seconds: float
    ) -> None:
        """``acting`` makes the transaction that of a viewer: see `gateway.access.seal`."""
        self._engine = engine
        self._preamble = _BEGIN.format(int(statement_timeout_seconds * 1000), "; ".join(acting))
        self._turn = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._failure: FieldError | None = None
        self._running: asyncio.Task[Any] | None = None
        self._is_over = False
        self.statements = 0

    async def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """The rows of a statement that was held to the policy.

        Raises FieldError with TIMEOUT where it takes too long.
        """
        if HELD_TO not in statement.get_execution_options():
            raise PermissionError("a statement that was not held to the policy")
        async with self._turn:
            if self._failure:  # the transaction ended with it
                raise self._failure
            if self._is_over:
                raise asyncio.CancelledError
            self._running = asyncio.current_task()
            try:
                connection = self._connection or await self._begin()
                self.statements += 1
                return (await connection.execute(statement)).all()
            except DBAPIError as error:
                self._failure = _told(error)
                raise self._failure or error from None
            finally:
                self._running = None

    async def close(self) -> None:
        """End the transaction and give the connection back.

        A statement that still runs is cancelled: an operation that was given up leaves none.
        """
        self._is_over = True
        if self._running:
            self._running.cancel()
        async with self._turn:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await (await driver_of(connection)).execute("ROLLBACK")
        except Exception:  # nothing was written, so only the connection is lost
            await connection.invalidate()
        finally:
            await connection.close()

    async def _begin(self) -> AsyncConnection:
        try:
            connection = await self._engine.connect()
        except (OSError, SQLAlchemyError, PostgresError) as error:
            raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from error
        try:
            await (await driver_of(connection)).execute(self._preamble)
        except BaseException:
            await connection.invalidate()
            await connection.close()
            raise
        self._connection = connection
        return connection


def _told(error: DBAPIError) -> FieldError | None:
    """The error as the client may be told it, if it is of the client's making."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == _QUERY_CANCELED:
        return FieldError(
            ErrorCode.TIMEOUT,
            "This took too long. Ask for less: a shorter period or a narrower filter.",
        )
    if error.connection_invalidated:
        return FieldError(ErrorCode.UNAVAILABLE, _AWAY)
    if isinstance(error, DataError) or state.startswith(_DATA_EXCEPTION):
        return FieldError(ErrorCode.INVALID_INPUT, "A value here cannot be compared with any row.")
    return None


async def driver_of(connection: AsyncConnection) -> Any:
    """The driver's own connection, which sends several statements in one round trip."""
    return (await connection.get_raw_connection()).driver_connection
