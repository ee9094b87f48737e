"""The store of the wrapped data keys: a PostgreSQL database of its own, for any number of services.

Its administrators are not those of the visa database. What it holds is wrapped, or a keyed digest;
the keys that wrap it are with the services.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import asyncpg

from models.database.url import TLS, read_database_url
from models.key_service import erasures, key_ages, operations, relations
from models.key_service.erasures import ErasedSubject
from models.key_service.interface import AwayStoreError, KeyServiceError
from models.key_service.key_ages import SweepState
from models.key_service.operations import AcceptedKeys, KeyOperationNote

#: Connections of one service.
_MOST_CONNECTIONS = 8
#: How long a host may take to connect, and a statement to be answered, in seconds.
_CONNECT_SECONDS, _ANSWER_SECONDS = 2.0, 10.0
#: Whoever makes keys shares this lock; whoever erases or retires some has it alone. So no key is
#: stored for somebody who is being erased, or under a key that a rotation has just removed.
_SHARED = "SELECT pg_advisory_xact_lock_shared(31)"
_ALONE = "SELECT pg_advisory_xact_lock(31)"
_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
#: After a restart or a failover.
_BROKEN = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.ConnectionFailureError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
)
_FIND = "SELECT subject, key_id, wrapped FROM data_key WHERE subject = ANY ($1)"
_RETIRED = "SELECT key_id FROM retired_key WHERE key_id = ANY ($1) LIMIT 1"
_ADD = """
    INSERT INTO data_key (subject, key_id, wrapped, made_at)
    SELECT subject, key_id, wrapped, $4
    FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS new (subject, key_id, wrapped)
    WHERE NOT EXISTS (SELECT FROM erased_subject AS gone WHERE gone.subject = new.subject)
    ORDER BY subject
    ON CONFLICT (subject) DO NOTHING
"""
_NEXT = """
    SELECT subject, key_id, wrapped FROM data_key WHERE subject > $1 AND key_id <> $2
    ORDER BY subject LIMIT $3 FOR NO KEY UPDATE
"""
_REWRAP = """
    UPDATE data_key SET key_id = new.key_id, wrapped = new.wrapped
    FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS new (subject, key_id, wrapped)
    WHERE data_key.subject = new.subject
"""


#: Those that were compared with the log of reads, some at a time from the oldest on.
_FORGET = """
    WITH gone AS (
        DELETE FROM receipt WHERE number IN (
            SELECT number FROM (SELECT number, at FROM receipt ORDER BY number LIMIT 5000) AS oldest
            WHERE at < $1 AND number <= (SELECT number FROM reconciled)
        )
        RETURNING account, role, nth
    ), counted AS (
        UPDATE reader SET removed = greatest(removed, last)
        FROM (SELECT account, role, max(nth) AS last FROM gone GROUP BY account, role) AS of_each
        WHERE reader.account = of_each.account AND reader.role = of_each.role
    )
    SELECT count(*) FROM gone
"""
_FORGET_READERS = "DELETE FROM reader WHERE removed = receipts"


class WrappedKey(NamedTuple):
    """A data key as it is stored: wrapped by the key of an id."""

    key_id: str
    value: bytes


class _BrokenConnectionError(AwayStoreError):
    """A connection broke that was opened before."""


class KeyStore:
    """The wrapped data keys by their subjects. Each method raises KeyServiceError."""

    def __init__(self, url: str) -> None:
        """``url`` is libpq's, and may name several hosts. Nothing is opened before it is needed."""
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def find(self, subjects: Sequence[UUID]) -> Mapping[UUID, WrappedKey]:
        """The wrapped keys of those that have one."""
        rows = await self.fetch(_FIND, list(subjects))
        return {row[0]: WrappedKey(row[1], row[2]) for row in rows}

    async def add(
        self, wrap: Callable[[], Mapping[UUID, WrappedKey]], related: Sequence[relations.Row] = ()
    ) -> bool:
        """Write keys, and whom they are for; an existing one stays, and an erased subject gets
        none.

        They are wrapped while no rotation can retire the key that wraps them. Returns whether all
        were written.
        """
        async with self.change(alone=False) as connection:
            new = wrap()
            ids = [key.key_id for key in new.values()]
            if retired := await connection.fetchval(_RETIRED, ids):
                raise KeyServiceError(
                    f"the key {retired} is retired: copy the file of keys from the service whose"
                    " keys were rotated"
                )
            values = [key.value for key in new.values()]
            done = await connection.execute(_ADD, [*new], ids, values, key_ages.now())
            await relations.note(connection, related)
        return int(done.split()[-1]) == len(new)

    async def rewrap(
        self, key_id: str, after: UUID, limit: int, rewrap: Callable[[UUID, WrappedKey], WrappedKey]
    ) -> UUID | None:
        """Wrap a batch of keys again that come after a subject and are not wrapped by the key of an
        id.

        Returns the last subject, to go on after; None if there was none.
        """
        async with self.change(alone=False) as connection:
            found = await connection.fetch(_NEXT, after, key_id, limit)
            new = [rewrap(subject, WrappedKey(*key)) for subject, *key in found]
            subjects = [row[0] for row in found]
            columns = [one.key_id for one in new], [one.value for one in new]
            await connection.execute(_REWRAP, subjects, *columns)
        return subjects[-1] if subjects else None

    async def retire(self, key_id: str, retire: Callable[[], None]) -> bool:
        """Call ``retire``, which takes a wrapping key away, if no data key needs it, while no
        process can write one."""
        async with self.change() as connection:
            needed = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM data_key WHERE key_id = $1)", key_id
            )
            if not needed:
                await connection.execute(
                    "INSERT INTO retired_key VALUES ($1) ON CONFLICT DO NOTHING", key_id
                )
                retire()
        return not needed

    async def list_lacking(self, subjects: Sequence[UUID]) -> list[UUID]:
        """Those that have no key, and were not erased."""
        rows = await self.fetch(
            "SELECT subject FROM data_key WHERE subject = ANY ($1)"
            " UNION ALL SELECT subject FROM erased_subject WHERE subject = ANY ($1)",
            list(subjects),
        )
        known = {row[0] for row in rows}
        return [one for one in subjects if one not in known]

    async def list_subjects(self, after: UUID) -> list[UUID]:
        """The subjects of keys after a given one, in order."""
        async with self.read() as connection:
            return await key_ages.list_subjects(connection, after)

    async def count(self) -> int:
        """How many keys there are."""
        [row] = await self.fetch("SELECT count(*) FROM data_key")
        return row[0]

    async def erase(self, subjects: Sequence[UUID]) -> list[ErasedSubject]:
        """Delete keys for ever."""
        async with self.change() as connection:
            if deleted := await erasures.delete_keys(connection, subjects):
                await operations.note_erased(connection, deleted)
            return await erasures.find_erased(connection, subjects)

    async def list_erased(self, after: UUID) -> list[ErasedSubject]:
        """The erased subjects after a given one."""
        async with self.read() as connection:
            return await erasures.list_erased(connection, after)

    async def note_accepted(self, accepted: AcceptedKeys, operator: str | None) -> None:
        """Note which keys are accepted now, where that has changed."""
        async with self.read() as connection:
            if await operations.read_accepted(connection) == accepted:
                return
        async with self.change() as connection:
            await operations.note_accepted(connection, accepted, operator)

    async def relate(self, related: Sequence[relations.Row]) -> None:
        """Note relations."""
        async with self.change(alone=False) as connection:
            await relations.note(connection, related)

    async def find_noted(self, related: Sequence[relations.Row]) -> set[relations.Row]:
        """Which of some relations are noted."""
        columns = [list(column) for column in zip(*related, strict=True)] or [[], [], []]
        found = await self.fetch(
            "SELECT first, second, kind FROM relation"
            " JOIN unnest($1::bytea[], $2::bytea[], $3::text[]) AS asked (first, second, kind)"
            " USING (first, second, kind)",
            *columns,
        )
        return {(row["first"], row["second"], row["kind"]) for row in found}

    async def find_beginning(self, named: Sequence[bytes]) -> list[tuple[bytes, bytes, str, int]]:
        """The relations that begin with some names."""
        rows = await self.fetch(
            "SELECT first, second, kind, noted_at FROM relation WHERE first = ANY ($1)", list(named)
        )
        return [(*row,) for row in rows]

    async def judges_everybody(self) -> bool:
        """Whether nobody is opened without a relation."""
        return bool(await self.fetch("SELECT FROM judged"))

    async def judge_everybody(self) -> None:
        """Open nobody without a relation from now on, for ever."""
        await self.execute("INSERT INTO judged DEFAULT VALUES ON CONFLICT DO NOTHING")

    async def forget_receipts(self, before: int) -> int:
        """Delete some receipts from before an instant, in milliseconds since 1970, that were
        compared; return how many."""
        async with self.change() as connection:
            number: int = await connection.fetchval(_FORGET, before)
            if number:
                await connection.execute(_FORGET_READERS)
        return number

    async def list_operations(self, before: int | None) -> list[KeyOperationNote]:
        """The operations on keys, the newest first."""
        async with self.read() as connection:
            return await operations.list_operations(connection, before)

    async def sweep_state(self) -> SweepState:
        """The last sweep, and how many keys there are."""
        async with self.read() as connection:
            return await key_ages.read_sweep_state(connection)

    async def list_aged(self, after: UUID, days: int) -> list[UUID]:
        """The subjects after a given one whose keys are so many days old."""
        async with self.read() as connection:
            return await key_ages.list_aged(connection, after, days)

    async def begin_ages(self, token: UUID) -> None:
        """Count the age of every key from now on."""
        async with self.change() as connection:
            await key_ages.begin_ages(connection, token)

    async def sweep(self, subjects: Sequence[UUID], days: int, token: UUID) -> int:
        """Delete keys that are so many days old."""
        async with self.change() as connection:
            return await key_ages.sweep_keys(connection, subjects, days, token)

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """The rows of one statement that reads. A connection that broke is opened again, once."""
        with contextlib.suppress(_BrokenConnectionError):
            async with self.read() as connection:
                return await connection.fetch(statement, *values)
        async with self.read() as connection:
            return await connection.fetch(statement, *values)

    async def execute(self, statement: str, *values: Any) -> int:
        """How many rows one statement changed, which is a transaction of its own."""
        async with self.read() as connection:
            return int((await connection.execute(statement, *values)).split()[-1])

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        """A connection, without a transaction."""
        pool = await self._open_pool()
        try:
            async with pool.acquire() as connection:
                yield connection
        except _BROKEN as error:
            # The others were opened before the same failure: each is opened anew.
            await pool.expire_connections()
            raise _BrokenConnectionError(error) from None
        except _ERRORS as error:
            raise AwayStoreError(error) from None

    @contextlib.asynccontextmanager
    async def change(self, *, alone: bool = True) -> AsyncIterator[Any]:
        """A transaction, beside others that make keys or alone."""
        async with self.read() as connection, connection.transaction():
            await connection.execute(_ALONE if alone else _SHARED)
            yield connection

    async def close(self) -> None:
        """Close the connections; they are opened again when they are needed."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _open_pool(self) -> asyncpg.Pool:
        loop = asyncio.get_running_loop()
        if self._pool is None or self._loop is not loop:
            self._loop = loop
            self._pool = asyncpg.create_pool(
                min_size=0, max_size=_MOST_CONNECTIONS, reset=_leave, **_arguments(self._url)
            )
            await self._pool
        return self._pool


def _arguments(url: str) -> dict[str, Any]:
    """What the driver takes of a URL. Of several hosts, it connects to the first suitable one."""
    parsed = read_database_url(url)
    tls = {name: parsed.parameters[name] for name in TLS if name in parsed.parameters}
    return {
        "dsn": f"postgresql:?{urlencode(tls)}" if tls else None,
        "host": [host.address for host in parsed.hosts],
        "port": [host.port for host in parsed.hosts],
        "user": parsed.user,
        "password": parsed.password_at(parsed.hosts[0]),
        "database": parsed.database,
        "ssl": parsed.sslmode,
        "target_session_attrs": parsed.parameters.get("target_session_attrs", "any"),
        "server_settings": {"application_name": "gerbang keys", **parsed.session},
        "timeout": _CONNECT_SECONDS,
        "command_timeout": _ANSWER_SECONDS,
    }


async def _leave(_: Any) -> None:
    """A connection is given back as it is: we change nothing of its session."""
