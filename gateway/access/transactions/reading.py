"""The read-only transaction of an operation, and the statements prepared to run in it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from psycopg import Error
from psycopg.pq.abc import PGresult
from sqlalchemy import Row, Select
from sqlalchemy.dialects.postgresql import asyncpg

from gateway.access.rows import require_vouched
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
from gateway.access.transactions.records import Record, decode_records
from gateway.access.transactions.wire_rows import WireRows
from gateway.errors import FieldError, RequestError
from gateway.logs.requests import current_record
from gateway.rules import PLACES, Scope
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.connections import COMMENT
from models.database.pool import ConnectionPool
from models.vocabulary import Role

_Result = TypeVar("_Result")

#: One snapshot for the whole answer, so that a page, its total and its figures agree.
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: Set before the first statement, and never moved: nothing is written after it, so that going back
#: to it after a failed statement loses nothing, and the snapshot stays the same.
_SAVEPOINT = Command("SAVEPOINT begun")
_GO_BACK = Command("ROLLBACK TO SAVEPOINT begun")
_ROLLBACK = Command("ROLLBACK")
#: Numbers parameters as the server does, and casts each to its type: arguments are sent as text.
_DIALECT = asyncpg.dialect()
_SCOPES = frozenset((*(scope.value for scope in Scope), PLACES))


class Planning(Enum):
    """How the database plans a prepared statement, as settings of PostgreSQL."""

    #: Once, for all values. Left to itself, PostgreSQL plans many statements anew for each request,
    #: which takes it twice as long as it then takes to read a page. What is joined is seldom the
    #: same for two rows of a page: to remember it costs a tenth of the page, and saves nothing.
    ONCE = (("plan_cache_mode", "force_generic_plan"), ("enable_memoize", "off"))
    #: As the database sees fit, where the values decide which way is the shortest.
    BY_VALUES = (("plan_cache_mode", "auto"), ("enable_memoize", "on"))


_SETTINGS = {planning: dict(planning.value) for planning in Planning}
_PLAN = {
    planning: Command(set_locally(tuple(settings)), tuple(settings.values()))
    for planning, settings in _SETTINGS.items()
}


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A vouched statement as text, for any viewer in a role. `prepare` makes them."""

    text: str
    planning: Planning
    _parameters: tuple[str, ...]
    _constants: Mapping[str, Any]

    def arguments(self, viewer: Viewer, given: Mapping[str, Any]) -> list[Any]:
        """The positional arguments: the viewer's scope, named values and constants."""
        return [self._argument(name, viewer, given) for name in self._parameters]

    def _argument(self, name: str, viewer: Viewer, given: Mapping[str, Any]) -> Any:
        if name in _SCOPES:
            return getattr(viewer, name) or None
        return given[name] if name in given else self._constants[name]


def prepare(
    statement: Select[Any], role: Role, planning: Planning = Planning.BY_VALUES
) -> PreparedStatement:
    """Compile a vouched statement.

    Raises PermissionError for any other.
    """
    require_vouched(statement)
    return _compile(statement, role, planning)


def _compile(statement: Select[Any], role: Role, planning: Planning) -> PreparedStatement:
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    parameters = tuple(compiled.positiontup or ())
    # With its role in a comment, each role keeps its own plan: see `COMMENT` of the connections.
    return PreparedStatement(f"{compiled} /* {role} */", planning, parameters, compiled.params)


class Bound(NamedTuple):
    """A prepared statement with its arguments."""

    statement: PreparedStatement
    arguments: Sequence[Any]


class ReadTransaction:
    """Runs the statements of one operation, one after the other.

    The transaction begins with the first statement. Statements that nobody vouched for are refused.
    A statement that fails, or takes too long, fails alone; after an outage all others fail too.
    """

    def __init__(self, pool: ConnectionPool, start: TransactionStart) -> None:
        self._pool = pool
        self._start = start
        self._lock = asyncio.Lock()
        self._transaction: OpenTransaction | None = None
        self._failure: Exception | None = None
        self._running: asyncio.Task[Any] | None = None
        #: How the transaction has statements planned, from its beginning on and now.
        self._first_planning = self._planning = Planning.BY_VALUES
        self._is_over = False
        self.statements = 0
        #: How many statements of the last `read` were answered before one of them failed.
        self.completed = 0

    async def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """The rows of a vouched statement.

        Raises PermissionError for any other, and FieldError with TIMEOUT if it takes too long.
        """
        require_vouched(statement)
        role = {COMMENT: self._start.role}

        async def run() -> Sequence[Row[Any]]:
            if self._transaction is None:
                self._transaction = await begin_transaction(
                    self._pool, BEGIN, self._start, savepoint=_SAVEPOINT
                )
            self.statements += 1
            alchemy = self._transaction.connection.alchemy
            return (await alchemy.execute(statement, execution_options=role)).all()

        return await self._run_shielded(run)

    async def fetch(
        self, statement: PreparedStatement, arguments: Sequence[Any]
    ) -> Sequence[Record]:
        """Run a prepared statement, and return its rows as Python values."""

        async def run() -> Sequence[Record]:
            (result,) = await self._run_together([Bound(statement, arguments)])
            return decode_records(result)

        return await self._run_shielded(run)

    async def read(self, statements: Sequence[Bound], *, is_last: bool = False) -> list[WireRows]:
        """Run prepared statements in one write and one wait, with BEGIN in it where it is due.

        If one fails, none counts. With ``is_last`` the transaction ends in the same write, and its
        connection is free at once: nothing else of the operation may be read, and nothing read may
        be logged. A caller that is cancelled must `close` the transaction.
        """

        async def run() -> list[WireRows]:
            results = await self._run_together(statements, is_last=is_last)
            return [WireRows(result) for result in results]

        return await self._run_next(run)

    async def _run_together(
        self, statements: Sequence[Bound], *, is_last: bool = False
    ) -> Sequence[PGresult]:
        self.statements += len(statements)
        if not self._transaction and statements:
            self._first_planning = self._planning = statements[0].statement.planning
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
                settings=_SETTINGS[self._planning],
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
            if statement.planning is not self._planning:
                self._planning = statement.planning
                commands.append(_PLAN[statement.planning])
            places.append(len(commands))
            commands.append(Command(statement.text, arguments))
        return commands, places

    async def _run_shielded(self, run: Callable[[], Awaitable[_Result]]) -> _Result:
        """Run a statement; it is shielded from cancellation, since other fields share the
        connection."""
        running = asyncio.ensure_future(self._run_next(run))
        running.add_done_callback(_retrieve_exception)
        return await asyncio.shield(running)

    async def _run_next(self, run: Callable[[], Awaitable[_Result]]) -> _Result:
        """Run a statement after those that came before it."""
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
        self._planning = self._first_planning
        try:
            await self._transaction.connection.pipeline.run([_GO_BACK], seconds=ROUND_TRIP_SECONDS)
        except (Error, OSError):
            self._failure = database_unavailable()

    async def _end(self) -> None:
        transaction, self._transaction = self._transaction, None
        self._first_planning = self._planning = Planning.BY_VALUES
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
