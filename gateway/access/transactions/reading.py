"""The read-only transaction of an operation, and the statements prepared to run in it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from asyncpg import PostgresError
from sqlalchemy import Label, Row, Select, func, select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.rows import require_vouched
from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.access.transactions.errors import (
    BROKEN,
    database_unavailable,
    explain,
    is_partial,
)
from gateway.errors import FieldError
from gateway.logs.requests import current_record
from gateway.rules import Scope
from gateway.viewer import Viewer
from models.database.connections import COMMENT, driver_of
from models.vocabulary import Role

#: One snapshot for the whole answer, so that a page, its total and its figures agree.
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: Set before the first statement, and never moved: nothing is written after it, so that going back
#: to it after a failed statement loses nothing, and the snapshot stays the same.
_SAVEPOINT = "SAVEPOINT begun"
_GO_BACK = "ROLLBACK TO SAVEPOINT begun"
_SCOPES = frozenset(scope.value for scope in Scope)


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A vouched statement as text, for any viewer in a role. `prepare` makes them."""

    text: str
    _parameters: tuple[str, ...]
    _constants: Mapping[str, Any]

    def arguments(self, viewer: Viewer, given: Mapping[str, Any]) -> list[Any]:
        """The positional arguments: the viewer's scope, named values and constants."""
        return [self._argument(name, viewer, given) for name in self._parameters]

    def _argument(self, name: str, viewer: Viewer, given: Mapping[str, Any]) -> Any:
        if name in _SCOPES:
            return getattr(viewer, name) or None
        return given[name] if name in given else self._constants[name]


def prepare(statement: Select[Any], role: Role) -> PreparedStatement:
    """Compile a vouched statement.

    Raises PermissionError for any other.
    """
    require_vouched(statement)
    return _compile(statement, role)


def prepare_together(statements: Sequence[Select[Any]], role: Role) -> PreparedStatement:
    """Combine vouched statements into one. Its only row holds a list of rows for each."""
    for statement in statements:
        require_vouched(statement)
    return _compile(select(*map(_as_array, statements)), role)


def _as_array(statement: Select[Any]) -> Label[Any]:
    row = func.row(*statement.selected_columns)
    return func.array(statement.with_only_columns(row).scalar_subquery()).label(None)


def _compile(statement: Select[Any], role: Role) -> PreparedStatement:
    compiled = statement.compile(
        dialect=asyncpg.dialect(), compile_kwargs={"render_postcompile": True}
    )
    parameters = tuple(compiled.positiontup or ())
    # With its role in a comment, each role keeps its own plan: see `COMMENT` of the connections.
    return PreparedStatement(f"{compiled} /* {role} */", parameters, compiled.params)


class OpenTransaction(NamedTuple):
    """A connection with an open transaction, and the driver's connection below it."""

    connection: AsyncConnection
    driver: Any


class ReadTransaction:
    """Runs the statements of one operation, one after the other.

    The transaction begins with the first statement. Statements that nobody vouched for are refused.
    A statement that fails, or takes too long, fails alone; after an outage all others fail too.
    """

    def __init__(self, engine: AsyncEngine, start: TransactionStart) -> None:
        self._engine = engine
        self._start = start
        self._lock = asyncio.Lock()
        self._transaction: OpenTransaction | None = None
        self._failure: Exception | None = None
        self._running: asyncio.Task[Any] | None = None
        self._is_over = False
        self.statements = 0

    async def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """The rows of a vouched statement.

        Raises PermissionError for any other, and FieldError with TIMEOUT if it takes too long.
        """
        require_vouched(statement)
        role = {COMMENT: self._start.role}

        async def run(transaction: OpenTransaction) -> Sequence[Row[Any]]:
            return (await transaction.connection.execute(statement, execution_options=role)).all()

        return await self._run(run)

    async def fetch(self, statement: PreparedStatement, arguments: Sequence[Any]) -> Sequence[Any]:
        """Run a prepared statement, and return the driver's rows."""

        async def run(transaction: OpenTransaction) -> Sequence[Any]:
            return await transaction.driver.fetch(statement.text, *arguments)

        return await self._run(run)

    async def _run(self, run: Callable[[OpenTransaction], Awaitable[Sequence[Any]]]) -> Any:
        """Run a statement after those that came before it.

        It is shielded from cancellation, since other fields share the connection.
        """
        running = asyncio.ensure_future(self._run_next(run))
        running.add_done_callback(_retrieve_exception)
        return await asyncio.shield(running)

    async def _run_next(self, run: Callable[[OpenTransaction], Awaitable[Sequence[Any]]]) -> Any:
        async with self._lock:
            if self._failure:  # the connection was lost with it
                raise self._failure
            if self._is_over:
                raise asyncio.CancelledError
            self._running = asyncio.current_task()
            try:
                self._transaction = self._transaction or await self._begin()
                self.statements += 1
                return await run(self._transaction)
            except FieldError as error:
                self._failure = error
                raise
            except (DBAPIError, PostgresError, *BROKEN) as error:
                failure = explain(error) or error
                if is_partial(failure):
                    await self._go_back()
                else:
                    self._failure = failure
                raise failure from None
            finally:
                self._running = None

    async def _begin(self) -> OpenTransaction:
        connection = await begin_transaction(self._engine, BEGIN, self._start, _SAVEPOINT)
        return OpenTransaction(connection, driver_of(connection))

    async def _go_back(self) -> None:
        """Go on in the same snapshot after a failed statement."""
        assert self._transaction is not None
        try:
            await self._transaction.driver.execute(_GO_BACK, timeout=ROUND_TRIP_SECONDS)
        except (PostgresError, *BROKEN):
            self._failure = database_unavailable()

    async def close(self) -> None:
        """End the transaction and return the connection to the pool.

        A statement that still runs is cancelled.
        """
        self._is_over = True
        current_record().statements += self.statements
        if self._running:
            self._running.cancel()
        async with self._lock:
            transaction, self._transaction = self._transaction, None
        if transaction is None:
            return
        try:
            await transaction.driver.execute("ROLLBACK", timeout=ROUND_TRIP_SECONDS)
        except Exception:  # nothing was written, so only the connection is lost
            await transaction.connection.invalidate()
        finally:
            await transaction.connection.close()


def _retrieve_exception(statement: asyncio.Task[Any]) -> None:
    """Mark the exception as seen: nobody may be left to await the statement."""
    if not statement.cancelled():
        statement.exception()
