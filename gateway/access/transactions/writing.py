"""The transaction in which a mutation reads and writes: all or nothing.

READ COMMITTED: a mutation locks an application before it reads it, so each writer waits for the one
before it and sees what that one committed. REPEATABLE READ would turn every such wait into a
serialisation failure, which tells the client nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from psycopg import Error
from psycopg.pq.abc import PGresult
from sqlalchemy import ClauseElement, Text, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    OpenTransaction,
    TransactionStart,
    begin_transaction,
    end_transaction,
)
from gateway.access.transactions.errors import (
    STATEMENT_ERRORS,
    SUSPENDED,
    is_broken,
    seal_refusal,
    state_of,
    suspension_refusal,
)
from gateway.access.transactions.prepared import (
    MANY_ROWS,
    SCOPES,
    Bound,
    Planning,
    decode_records,
    insert_many,
    prepare_once,
)
from gateway.access.vault import closed_vault, statement_of, vault_errors
from gateway.errors import ErrorCode, FieldError
from gateway.logs import current_record
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.pipelined_connection import PipelinedConnection
from models.database.pool import ConnectionPool
from models.key_service import KeyService, KeyUse, Relation
from models.person.vault import Vault
from models.vocabulary import Role

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_COMMIT = Command("COMMIT")
#: A mutation finds its rows along their indexes, whatever its arguments.
_SETTINGS = dict(Planning.ONCE.value)

_AWAY = "The database does not answer. Ask again with the same key: that tells what came of it."
_UNCHANGED = "Nothing was changed. Try again with the same key."
_READ_ONLY = "Nothing can be changed here right now. Try again with the same key."
#: A replica answers a BEGIN that wants to write with `feature_not_supported`.
_BEGIN_OF_A_REPLICA = "0A000"
_CLIENT_ERRORS: Mapping[str, tuple[ErrorCode, str]] = {
    "57014": (ErrorCode.TIMEOUT, "This took too long, and nothing was changed."),
    "55P03": (
        ErrorCode.TIMEOUT,
        "Somebody else is changing this just now. Try again with the same key.",
    ),
    "40P01": (ErrorCode.UNAVAILABLE, _UNCHANGED),
}


class WriteTransaction:
    """A transaction that begins with its first statement; `begin_writing` commits it.

    What only writes waits for the next statement that reads, and goes to the database with it in
    one write; what is last goes with the COMMIT.
    """

    def __init__(
        self,
        pool: ConnectionPool,
        start: TransactionStart,
        viewer: Viewer,
        keys: KeyService | None,
        announcements: Sequence[Command] = (),
    ) -> None:
        """``announcements`` are sent with the COMMIT."""
        self._pool = pool
        self._start = start
        self._keys = keys
        self._announcements = announcements
        self._related: list[Relation] = []
        self._connection: PipelinedConnection | None = None
        self._waiting: list[Bound] = []
        self._is_committing = False
        self.viewer = viewer

    def vault(self, reference: str | None = None) -> Vault:
        """The vault for the viewer, to change somebody's data in a case.

        Raises FieldError with UNAVAILABLE where there is no key service.
        """
        if self._keys is None:
            raise closed_vault()
        return Vault(self._keys, statement_of(self.viewer, reference, is_change=True))

    async def digests(self, messages: Sequence[bytes]) -> list[list[bytes]]:
        """What the index has of people: of each, a digest by every key that is accepted.

        Raises FieldError with UNAVAILABLE where there is no key service.
        """
        if self._keys is None:
            raise closed_vault()
        if not messages:
            return []
        stated = statement_of(self.viewer)
        with vault_errors():
            found = await self._keys.digests(KeyUse.PERSON_INDEX, messages, stated)
        return [[digest.value for digest in of_one] for of_one in found]

    def relate(self, *relations: Relation) -> None:
        """Tell the key service, before the commit, that these belong together: it believes no
        database. Where there is none, nobody is opened anyway."""
        self._related += relations

    def insert(self, noun: Any, *rows: Mapping[str, Any]) -> None:
        """Insert rows, with the next statement that reads; many by one statement."""
        role = self.viewer.role
        if len(rows) >= MANY_ROWS:
            self._waiting.append(insert_many(role, noun.__table__, rows))
        else:
            self._waiting += [insert_row(role, noun, row) for row in rows]

    def update(self, noun: Any, where: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Change the rows with these values, or nulls, with the next statement that reads."""
        self._waiting.append(update_rows(self.viewer.role, noun, where, changes))

    def write(self, build: Callable[..., ClauseElement], *shape: Any, **values: Any) -> None:
        """Run a statement that only writes, with the next one that reads: see `bind`."""
        self._waiting.append(self.bind(build, *shape, **values))

    async def insert_now(
        self, noun: Any, row: Mapping[str, Any], *, unless_there: bool = False
    ) -> bool:
        """Insert a row at once; whether the database let it be written.

        With ``unless_there``, nothing is written where a unique row like it is there.
        """
        role = self.viewer.role
        return await self._count(insert_row(role, noun, row, unless_there=unless_there)) > 0

    async def update_now(
        self, noun: Any, where: Mapping[str, Any], changes: Mapping[str, Any]
    ) -> bool:
        """Like `update`, at once; whether the database let a row be written."""
        return await self._count(update_rows(self.viewer.role, noun, where, changes)) > 0

    def bind(self, build: Callable[..., ClauseElement], *shape: Any, **values: Any) -> Bound:
        """The statement that ``build`` makes of its shape, prepared once for the viewer's role.

        The viewer's scope is bound to it, and values by their names.
        """
        if not SCOPES.isdisjoint(values):
            raise TypeError(f"{build.__name__} is given what is bound to the viewer")
        return prepare_once(self.viewer.role, build, *shape).bind(self.viewer, values)

    async def fetch(self, *statements: Bound) -> list[Sequence[Any]]:
        """The rows of each statement, which run one after the other in one write.

        Raises FieldError on timeouts, deadlocks and outages.
        """
        return [decode_records(result) for result in await self._run_behind_waiting(statements)]

    async def fetch_one(
        self, build: Callable[..., ClauseElement], *shape: Any, **values: Any
    ) -> Sequence[Any]:
        """The rows of one statement: see `bind`."""
        [rows] = await self.fetch(self.bind(build, *shape, **values))
        return rows

    async def flush(self) -> None:
        """Run what waits."""
        if self._waiting:
            await self.fetch()

    async def commit(self) -> None:
        """Run what waits, and commit, in one write.

        Raises FieldError with UNAVAILABLE where it is unknown whether the commit succeeded, and
        where the key service does not answer.
        """
        if self._related and self._keys is not None:
            with vault_errors():
                await self._keys.relate(self._related, statement_of(self.viewer))
        if self._connection is None:
            await self.flush()
        if self._connection is None:  # nothing was asked of the database
            return
        waiting, self._waiting = self._waiting, []
        pipeline = self._connection.pipeline
        with _client_errors():
            commands = [*_commands(waiting), *self._announcements, _COMMIT]
            self._is_committing = True
            try:
                await pipeline.run(commands, seconds=ROUND_TRIP_SECONDS)
            except (Error, OSError) as error:
                if pipeline.completed < len(commands) - 1 and not is_broken(error):
                    raise
                raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from error

    async def end(self) -> None:
        """Roll back what is not committed, and return the connection.

        A commit that runs is never cancelled: one that waits for a replica would be done at once,
        on one machine alone, and whoever asks again would be told that it is.
        """
        connection, self._connection = self._connection, None
        if not connection:
            return
        if self._is_committing and not connection.pipeline.is_idle:
            self._pool.discard(connection)
        else:
            await end_transaction(self._pool, connection)

    async def _count(self, statement: Bound) -> int:
        [result] = await self._run_behind_waiting([statement])
        return result.command_tuples or 0

    async def _run_behind_waiting(self, statements: Sequence[Bound]) -> Sequence[PGresult]:
        """Run what waits, then these; the results of these."""
        waiting, self._waiting = self._waiting, []
        return (await self._run([*waiting, *statements]))[len(waiting) :]

    async def _run(self, statements: Sequence[Bound]) -> Sequence[PGresult]:
        """Run statements in one write, with BEGIN in it where it is due."""
        with _client_errors():
            if self._connection:
                return await self._connection.pipeline.run(_commands(statements))
            begun = await self._begin(_commands(statements))
            self._connection = begun.connection
            if begun.failure:
                raise begun.failure
            return begun.results

    async def _begin(self, commands: Sequence[Command]) -> OpenTransaction:
        try:
            return await begin_transaction(
                self._pool, _BEGIN, self._start, settings=_SETTINGS, reads=commands
            )
        except FieldError as error:
            if error.code is ErrorCode.UNAVAILABLE:
                raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from error
            raise
        except Error as error:
            if state_of(error) == _BEGIN_OF_A_REPLICA:
                raise FieldError(ErrorCode.UNAVAILABLE, _READ_ONLY) from None
            raise


def _commands(statements: Sequence[Bound]) -> list[Command]:
    current_record().statements += len(statements)
    return [Command(each.statement.text, each.arguments) for each in statements]


def select_lock() -> ClauseElement:
    """A lock on ``text``, until the transaction ends: of two who take it, one waits."""
    text = bindparam("text", None, Text)
    return select(func.pg_advisory_xact_lock(func.hashtextextended(text, 0)))


@contextmanager
def _client_errors() -> Iterator[None]:
    try:
        yield
    except STATEMENT_ERRORS as error:
        if is_broken(error):
            raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from None
        if state_of(error) == SUSPENDED:
            raise suspension_refusal() from None
        if refusal := seal_refusal(error, _UNCHANGED):
            raise refusal from None
        if client_error := _CLIENT_ERRORS.get(state_of(error)):
            raise FieldError(*client_error) from None
        raise


@asynccontextmanager
async def begin_writing(
    pool: ConnectionPool,
    viewer: Viewer,
    start: TransactionStart,
    keys: KeyService | None = None,
    announcements: Sequence[Command] = (),
) -> AsyncIterator[WriteTransaction]:
    """A transaction for one mutation: commits at the end, rolls back on any exception. By the
    ``announcements`` others are told of it.

    Raises FieldError if the database is unavailable or overloaded.
    """
    transaction = WriteTransaction(pool, start, viewer, keys, announcements)
    try:
        yield transaction
        await transaction.commit()
    finally:
        await transaction.end()


#: What is compared, not written: a column may be both.
_COMPARED = "compared_"


def insert_row(
    role: Role, noun: Any, row: Mapping[str, Any], *, unless_there: bool = False
) -> Bound:
    """Bind the statement that inserts a row, perhaps unless a unique one like it is there."""
    statement = prepare_once(role, _build_insert, noun, tuple(row), unless_there)
    return Bound(statement, statement.arguments_of_row(row))


def update_rows(
    role: Role, noun: Any, where: Mapping[str, Any], changes: Mapping[str, Any]
) -> Bound:
    """Bind the statement that changes the rows whose columns are equal to some values, or null."""
    values = {_COMPARED + name: value for name, value in where.items() if value is not None}
    nulls = tuple(name for name, value in where.items() if value is None)
    equal = tuple(name for name, value in where.items() if value is not None)
    statement = prepare_once(role, _build_update, noun, equal, nulls, tuple(changes))
    return Bound(statement, statement.arguments_of_row({**changes, **values}))


def _build_insert(noun: Any, columns: Sequence[str], unless_there: bool) -> Any:
    # Nothing is returned: whoever writes may not read all of a key.
    statement = insert(noun.__table__).inline().values(_parameters(noun, columns))
    return statement.on_conflict_do_nothing() if unless_there else statement


def _build_update(
    noun: Any, equal: Sequence[str], nulls: Sequence[str], columns: Sequence[str]
) -> Any:
    own = noun.__table__.c
    conditions = [own[name] == bindparam(_COMPARED + name, None, own[name].type) for name in equal]
    conditions += [own[name].is_(None) for name in nulls]
    return update(noun.__table__).where(and_(*conditions)).values(_parameters(noun, columns))


def _parameters(noun: Any, columns: Sequence[str]) -> dict[str, Any]:
    own = noun.__table__.c
    return {name: bindparam(name, None, own[name].type) for name in columns}
