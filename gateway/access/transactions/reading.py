"""The read-only transaction of an operation."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any, final

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
    is_broken,
    is_conflict,
    is_partial,
)
from gateway.access.transactions.prepared import (
    Bound,
    Planning,
    decode_records,
)
from gateway.errors import ErrorCode, FieldError, RequestError
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


#: How a statement is planned, and whether it may take no longer than a list.
_Mode = tuple[Planning, bool]
_USUAL: _Mode = (Planning.BY_VALUES, False)


@lru_cache
def _settings_of(mode: _Mode, most_seconds: float) -> Mapping[str, str]:
    """The settings of PostgreSQL for a mode, where statements may take so many seconds."""
    planning, is_list = mode
    seconds = min(most_seconds, MOST_LIST_SECONDS) if is_list else most_seconds
    # Without a limit there is none to go back to, as in tests.
    timeout = {} if seconds == inf else {"statement_timeout": str(int(seconds * 1_000))}
    return {**dict(planning.value), **timeout}


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

    def __init__(
        self, pool: ConnectionPool, start: TransactionStart, primary: ConnectionPool | None = None
    ) -> None:
        """``pool`` may be of a replica: a transaction that cannot begin there begins at the
        ``primary``."""
        self._pool = pool
        self._primary = primary or pool
        self._start = start
        self._lock = asyncio.Lock()
        self._transaction: OpenTransaction | None = None
        self._failure: Exception | None = None
        self._running: asyncio.Task[Any] | None = None
        #: How the transaction runs statements, from its beginning on and now.
        self._first_mode = self._mode = _USUAL
        self._is_over = self._has_read = False
        self.statements = 0
        #: What of the viewer these depended on, besides the role.
        self.scopes = frozenset[str]()
        #: How many statements of the last `read` were answered before one of them failed.
        self.completed = 0

    async def fetch(self, *statements: Bound) -> list[Sequence[Any]]:
        """The rows of each statement as Python values; they run in one write, and fail together.

        Raises FieldError, with TIMEOUT if one takes too long.
        """
        # It is shielded from cancellation, since other fields share the connection.
        running = asyncio.ensure_future(self._run(statements))
        running.add_done_callback(_retrieve_exception)
        return [decode_records(result) for result in await asyncio.shield(running)]

    async def read(self, statements: Sequence[Bound], *, is_last: bool = False) -> list[WireRows]:
        """Run prepared statements in one write and one wait, with BEGIN in it where it is due.

        If one fails, none counts. With ``is_last`` the transaction ends in the same write, and its
        connection is free at once: nothing else of the operation may be read, and nothing read may
        be logged. A caller that is cancelled must `close` the transaction.
        """
        return [WireRows(result) for result in await self._run(statements, is_last=is_last)]

    async def _run(
        self, statements: Sequence[Bound], *, is_last: bool = False
    ) -> Sequence[PGresult]:
        """Run statements after those that came before them."""
        async with self._lock:
            if self._failure:  # the connection was lost with it
                raise self._failure
            if self._is_over:
                raise asyncio.CancelledError
            self._running = asyncio.current_task()
            try:
                try:
                    return await self._run_now(statements, is_last=is_last)
                except (FieldError, *STATEMENT_ERRORS) as error:
                    if not await self._turn_to_primary(error):
                        raise
                    return await self._run_now(statements, is_last=is_last)
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

    async def _run_now(self, statements: Sequence[Bound], *, is_last: bool) -> Sequence[PGresult]:
        self.statements += len(statements)
        most_seconds, begun = self._start.statement_seconds, self._transaction
        if begun is None and statements:
            first = statements[0].statement
            self._first_mode = self._mode = first.planning, first.is_list
        first_settings = _settings_of(self._mode, most_seconds)
        commands, places = list[Command](), list[int]()
        for statement, arguments in statements:
            if (mode := (statement.planning, statement.is_list)) != self._mode:
                self._mode = mode
                settings = _settings_of(mode, most_seconds)
                commands.append(Command(set_locally(tuple(settings)), tuple(settings.values())))
            places.append(len(commands))
            commands.append(Command(statement.text, arguments))
            self.scopes |= statement.scopes
        if is_last:  # a statement that fails keeps what follows it from running, so also this
            commands.append(_ROLLBACK)
        if begun is not None:
            pipeline = begun.connection.pipeline
            try:
                results = await pipeline.run(commands)
            finally:
                self.completed = sum(place < pipeline.completed for place in places)
        else:
            self._transaction = begun = await begin_transaction(
                self._pool,
                BEGIN,
                self._start,
                settings=first_settings,
                savepoint=None if is_last else _SAVEPOINT,
                reads=commands,
            )
            if begun.failure:
                self.completed = sum(place < begun.completed for place in places)
                if is_last:  # there is no savepoint to go back to
                    await self._end()
                raise begun.failure
            results = begun.results
        if is_last:
            await self._end()
        self._has_read = True
        return [results[place] for place in places]

    async def _turn_to_primary(self, error: Exception) -> bool:
        """Whether the transaction begins again at the primary: it has read nothing yet, and its
        replica is away, or has replayed what the statement still needed."""
        is_away = (
            error.code is ErrorCode.UNAVAILABLE
            if isinstance(error, FieldError)
            else is_broken(error) or is_conflict(error)
        )
        if self._pool is self._primary or self._has_read or not is_away:
            return False
        await self._end()
        self._pool = self._primary
        return True

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


def _retrieve_exception(statement: asyncio.Task[Any]) -> None:
    """Mark the exception as seen: nobody may be left to await the statement."""
    if not statement.cancelled():
        statement.exception()
