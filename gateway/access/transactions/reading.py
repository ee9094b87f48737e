"""One operation's hold on the database: one connection, one transaction, read only."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from asyncpg import PostgresError
from sqlalchemy import Row, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.prepared_statements import PreparedStatement
from gateway.access.rows import require_vouched
from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.access.transactions.errors import BROKEN, explain
from gateway.errors import FieldError
from gateway.logs.operation import current_record
from models.database.connections import COMMENT, driver_of

#: One snapshot for the whole answer, so that a page, its total and its figures agree; and one
#: viewer, as whom the database holds every statement to its own row rules.
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class OpenTransaction(NamedTuple):
    """A connection on which a transaction is under way, and the driver's own."""

    connection: AsyncConnection
    driver: Any


class ReadTransaction:
    """Runs the statements of one operation, one after the other.

    The transaction begins with the first statement, in one round trip. A statement that was not
    held to the policy is refused.
    """

    def __init__(self, engine: AsyncEngine, opening: TransactionStart) -> None:
        self._engine = engine
        self._opening = opening
        self._turn = asyncio.Lock()
        self._held: OpenTransaction | None = None
        self._failure: Exception | None = None
        self._running: asyncio.Task[Any] | None = None
        self._is_over = False
        self.statements = 0

    async def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """The rows of a statement that was held to the policy.

        Raises FieldError with TIMEOUT where it takes too long.
        """
        require_vouched(statement)
        role = {COMMENT: self._opening.role}

        async def run(held: OpenTransaction) -> Sequence[Row[Any]]:
            return (await held.connection.execute(statement, execution_options=role)).all()

        return await self._run(run)

    async def fetch(self, statement: PreparedStatement, arguments: Sequence[Any]) -> Sequence[Any]:
        """The same for one that was prepared: the driver's own rows."""

        async def run(held: OpenTransaction) -> Sequence[Any]:
            return await held.driver.fetch(statement.text, *arguments)

        return await self._run(run)

    async def _run(self, run: Callable[[OpenTransaction], Awaitable[Sequence[Any]]]) -> Any:
        """What a statement gives, when its turn has come.

        A field that is given up leaves its statement to end: others read on the same connection.
        """
        running = asyncio.ensure_future(self._in_turn(run))
        running.add_done_callback(_retrieve_exception)
        return await asyncio.shield(running)

    async def _in_turn(self, run: Callable[[OpenTransaction], Awaitable[Sequence[Any]]]) -> Any:
        async with self._turn:
            if self._failure:  # the transaction ended with it
                raise self._failure
            if self._is_over:
                raise asyncio.CancelledError
            self._running = asyncio.current_task()
            try:
                self._held = self._held or await self._begin()
                self.statements += 1
                return await run(self._held)
            except FieldError as error:
                self._failure = error
                raise
            except (DBAPIError, PostgresError, *BROKEN) as error:
                self._failure = explain(error) or error
                raise self._failure from None
            finally:
                self._running = None

    async def _begin(self) -> OpenTransaction:
        connection = await begin_transaction(self._engine, BEGIN, self._opening)
        return OpenTransaction(connection, driver_of(connection))

    async def close(self) -> None:
        """End the transaction and give the connection back.

        A statement that still runs is cancelled: an operation that was given up leaves none.
        """
        self._is_over = True
        current_record().statements += self.statements
        if self._running:
            self._running.cancel()
        async with self._turn:
            held, self._held = self._held, None
        if held is None:
            return
        try:
            await held.driver.execute("ROLLBACK", timeout=ROUND_TRIP_SECONDS)
        except Exception:  # nothing was written, so only the connection is lost
            await held.connection.invalidate()
        finally:
            await held.connection.close()


def _retrieve_exception(statement: asyncio.Task[Any]) -> None:
    """Nobody may be left to be told how a statement failed."""
    if not statement.cancelled():
        statement.exception()
