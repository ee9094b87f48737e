"""The read-only transaction of an operation."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple, final

from psycopg import Error
from psycopg.pq.abc import PGresult

from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    OpenTransaction,
    TransactionStart,
    begin_transaction,
    end_transaction,
    set_locally,
)
from gateway.access.transactions.errors import (
    STATEMENT_ERRORS,
    database_unavailable,
    explain,
    is_partial,
)
from gateway.access.transactions.prepared import (
    Bound,
    Planning,
    PreparedStatement,
    decode_records,
)
from gateway.errors import FieldError, RequestError
from gateway.limits import MOST_LIST_SECONDS
from gateway.logs import current_record
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool

#: One snapshot for the whole answer, so that a page, its total and its figures agree.
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: Set before the first statement, and never moved: nothing is written after it, so that going back
#: to it after a failed statement loses nothing, and the snapshot stays the same.
_SAVEPOINT = Command("SAVEPOINT begun")
_GO_BACK = Command("ROLLBACK TO SAVEPOINT begun")
_ROLLBACK = Command("ROLLBACK")


class _Mode(NamedTuple):
    """How a statement is planned, and whether it may take no longer than a list."""

    planning: Planning
    is_list: bool

    def settings(self, most_seconds: float) -> dict[str, str]:
        """The settings of PostgreSQL for it, where statements may take so many seconds."""
        return _settings(self, most_seconds)


@lru_cache
def _settings(mode: _Mode, most_seconds: float) -> dict[str, str]:
    seconds = min(most_seconds, MOST_LIST_SECONDS) if mode.is_list else most_seconds
    # Without a limit there is none to go back to, as in tests.
    timeout = {} if seconds == inf else {"statement_timeout": str(int(seconds * 1_000))}
    return {**dict(mode.planning.value), **timeout}


_USUAL = _Mode(Planning.BY_VALUES, False)


@final
class WireRows:
    """The rows of one statement, with all values in PostgreSQL's binary format."""

    __slots__ = ("_result", "address", "cell", "count")

    def __init__(self, result: PGresult) -> None:
        self._result = result
        #: How many rows.
        self.count = result.ntuples
        #: The address of libpq's result, valid while this object lives.
        self.address: int = result.pgresult_ptr  # pyright: ignore[reportAttributeAccessIssue]
        #: The bytes of a cell, by row and column; None is SQL's NULL.
        self.cell = result.get_value

    @property
    def columns(self) -> int:
        """How many columns."""
        return self._result.nfields


class ReadTransaction:
    """Runs the prepared statements of one operation, one after the other.

    The transaction begins with the first statement. What nobody vouched for is not prepared.
    A statement that fails, or takes too long, fails alone; after an outage all others fail too.
    """

    def __init__(self, pool: ConnectionPool, start: TransactionStart) -> None:
        self._pool = pool
        self._start = start
        self._lock = asyncio.Lock()
        self._transaction: OpenTransaction | None = None
        self._failure: Exception | None = None
        self._running: asyncio.Task[Any] | None = None
        #: How the transaction runs statements, from its beginning on and now.
        self._first_mode = self._mode = _USUAL
        self._is_over = False
        self.statements = 0
        #: How many statements of the last `read` were answered before one of them failed.
        self.completed = 0

    async def fetch(self, *statements: Bound) -> list[Sequence[Any]]:
        """The rows of each statement as Python values; they run in one write, and fail together.

        Raises FieldError, with TIMEOUT if one takes too long.
        """
        # It is shielded from cancellation, since other fields share the connection.
        running = asyncio.ensure_future(self._run_next(lambda: self._run_together(statements)))
        running.add_done_callback(_retrieve_exception)
        return [decode_records(result) for result in await asyncio.shield(running)]

    async def read(self, statements: Sequence[Bound], *, is_last: bool = False) -> list[WireRows]:
        """Run prepared statements in one write and one wait, with BEGIN in it where it is due.

        If one fails, none counts. With ``is_last`` the transaction ends in the same write, and its
        connection is free at once: nothing else of the operation may be read, and nothing read may
        be logged. A caller that is cancelled must `close` the transaction.
        """

        results = await self._run_next(lambda: self._run_together(statements, is_last=is_last))
        return [WireRows(result) for result in results]

    async def _run_together(
        self, statements: Sequence[Bound], *, is_last: bool = False
    ) -> Sequence[PGresult]:
        self.statements += len(statements)
        if not self._transaction and statements:
            self._first_mode = self._mode = _mode_of(statements[0].statement)
        commands, places = self._commands(statements)
        # A statement that fails keeps what follows it from running, so also the ROLLBACK.
        ending = [_ROLLBACK] if is_last else []
        if self._transaction:
            pipeline = self._transaction.connection.pipeline
            try:
                results = await pipeline.run([*commands, *ending])
            finally:
                self.completed = sum(place < pipeline.completed for place in places)
        else:
            self._transaction = transaction = await begin_transaction(
                self._pool,
                BEGIN,
                self._start,
                settings=self._mode.settings(self._start.statement_seconds),
                savepoint=None if is_last else _SAVEPOINT,
                reads=[*commands, *ending],
            )
            if transaction.failure:
                self.completed = sum(place < transaction.completed for place in places)
                if is_last:  # there is no savepoint to go back to
                    await self._end()
                raise transaction.failure
            results = transaction.results
        if is_last:
            await self._end()
        return [results[place] for place in places]

    def _commands(self, statements: Sequence[Bound]) -> tuple[list[Command], list[int]]:
        """The commands that run statements, each planned as it says, and where they are among
        them."""
        commands, places = list[Command](), list[int]()
        for statement, arguments in statements:
            if (mode := _mode_of(statement)) != self._mode:
                self._mode = mode
                settings = mode.settings(self._start.statement_seconds)
                commands.append(Command(set_locally(tuple(settings)), tuple(settings.values())))
            places.append(len(commands))
            commands.append(Command(statement.text, arguments))
        return commands, places

    async def _run_next(
        self, run: Callable[[], Awaitable[Sequence[PGresult]]]
    ) -> Sequence[PGresult]:
        """Run statements after those that came before them."""
        async with self._lock:
            if self._failure:  # the connection was lost with it
                raise self._failure
            if self._is_over:
                raise asyncio.CancelledError
            self._running = asyncio.current_task()
            try:
                return await run()
            except (FieldError, RequestError) as error:
                self._failure = error
                raise
            except (*STATEMENT_ERRORS, ValueError) as error:
                failure = explain(error) or error
                if is_partial(failure):
                    await self._go_back()
                else:
                    self._failure = failure
                raise failure from None
            finally:
                self._running = None

    async def _go_back(self) -> None:
        """Go on in the same snapshot after a failed statement."""
        if self._transaction is None:
            return
        self._mode = self._first_mode
        try:
            await self._transaction.connection.pipeline.run([_GO_BACK], seconds=ROUND_TRIP_SECONDS)
        except (Error, OSError):
            self._failure = database_unavailable()

    async def _end(self) -> None:
        transaction, self._transaction = self._transaction, None
        self._first_mode = self._mode = _USUAL
        if transaction:
            await end_transaction(self._pool, transaction.connection)

    async def close(self) -> None:
        """End the transaction and return the connection to the pool.

        A statement that still runs is cancelled.
        """
        self._is_over = True
        current_record().statements += self.statements
        if self._running:
            self._running.cancel()
        async with self._lock:
            await self._end()


def _mode_of(statement: PreparedStatement) -> _Mode:
    return _Mode(statement.planning, statement.is_list)


def _retrieve_exception(statement: asyncio.Task[Any]) -> None:
    """Mark the exception as seen: nobody may be left to await the statement."""
    if not statement.cancelled():
        statement.exception()
