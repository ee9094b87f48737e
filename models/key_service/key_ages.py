"""Data keys that belong to nobody: how old they are, and how they are swept from both copies.

A key is stored before the values that it seals are written; a process that was killed in between
left a key without a subject. A table of its own, which an earlier release ignores, says when each
key was made. An older key has no entry until one is noted for it, and its age counts from then.

The store knows the last sweep by its token, which the database has too: a database that lacks it is
another one, or one from before.
"""

import sqlite3
import time
from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from models.key_service.relations import OWN_KEY

SCHEMAS = (
    """
    CREATE TABLE IF NOT EXISTS {copy}.key_made (
        subject BLOB PRIMARY KEY, made_at INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS {copy}.last_sweep (
        one INTEGER PRIMARY KEY CHECK (one = 1), token BLOB NOT NULL
    )
    """,
)
#: No younger key is swept, whatever a caller asks for.
YOUNGEST_DAYS = 1
#: The most keys that are listed or swept at once.
MOST_SWEPT = 1000
_MOST_NOTED = 10_000
_DAY_SECONDS = 86_400


class SweepState(NamedTuple):
    """What the store knows of sweeps: the token of the last one, and how many keys there are."""

    token: UUID | None
    keys: int


class SweepsKeys(Protocol):
    """A key service that sweeps keys without a subject. Each method raises KeyServiceError."""

    async def sweep_state(self) -> SweepState:
        """The last sweep, and how many keys there are."""
        ...

    async def note_ages(self) -> int:
        """Note now as the time of some keys that have none; return of how many."""
        ...

    async def aged_subjects(self, after: UUID, days: int) -> Sequence[UUID]:
        """The subjects whose keys are so many days old, in order, after a given one: `MOST_SWEPT`
        at most."""
        ...

    async def begin_ages(self, token: UUID) -> None:
        """Count the age of every key from now on, for the database that has a token."""
        ...

    async def sweep_data_keys(self, subjects: Sequence[UUID], days: int, token: UUID) -> int:
        """Delete those of the keys that are so many days old; return how many. The token is that of
        the sweep."""
        ...


class ListsSubjects(Protocol):
    """A key service that is compared with a database. Each method raises KeyServiceError."""

    async def lacking_subjects(self, subjects: Sequence[UUID]) -> Sequence[UUID]:
        """Those that have no key, and were not erased."""
        ...

    async def list_subjects(self, after: UUID) -> Sequence[UUID]:
        """The subjects of keys, in order, after a given one: `MOST_SWEPT` at most."""
        ...


def read_sweep_state(connection: sqlite3.Connection) -> SweepState:
    row = connection.execute("SELECT token FROM main.last_sweep").fetchone()
    counting = "SELECT count(*) FROM main.data_key WHERE subject <> ?"
    [number] = connection.execute(counting, (OWN_KEY.bytes,)).fetchone()
    return SweepState(UUID(bytes=row[0]) if row else None, number)


def note_made(
    connection: sqlite3.Connection, copies: Sequence[str], subjects: Sequence[UUID]
) -> None:
    """Note that keys were made now, in the transaction of the connection; a key that has a time
    keeps it."""
    now = int(time.time())
    for copy in copies:
        connection.executemany(
            f"INSERT OR IGNORE INTO {copy}.key_made VALUES (?, ?)",  # noqa: S608
            [(subject.bytes, now) for subject in subjects],
        )


def note_ages(connection: sqlite3.Connection, copies: Sequence[str]) -> int:
    rows = connection.execute(
        "SELECT subject FROM main.data_key WHERE NOT EXISTS"
        " (SELECT * FROM main.key_made WHERE key_made.subject = data_key.subject) LIMIT ?",
        (_MOST_NOTED,),
    ).fetchall()
    note_made(connection, copies, [UUID(bytes=row[0]) for row in rows])
    return len(rows)


def list_aged(connection: sqlite3.Connection, after: UUID, days: int) -> list[UUID]:
    rows = connection.execute(
        "SELECT subject FROM main.data_key JOIN main.key_made USING (subject)"
        " WHERE subject > ? AND subject <> ? AND made_at <= ? ORDER BY subject LIMIT ?",
        (after.bytes, OWN_KEY.bytes, _made_before(days), MOST_SWEPT),
    )
    return [UUID(bytes=row[0]) for row in rows]


def list_subjects(connection: sqlite3.Connection, after: UUID) -> list[UUID]:
    """The subjects of all keys, in order, after a given one: `MOST_SWEPT` at most."""
    rows = connection.execute(
        "SELECT subject FROM main.data_key WHERE subject > ? AND subject <> ?"
        " ORDER BY subject LIMIT ?",
        (after.bytes, OWN_KEY.bytes, MOST_SWEPT),
    )
    return [UUID(bytes=row[0]) for row in rows]


def begin_ages(connection: sqlite3.Connection, copies: Sequence[str], token: UUID) -> None:
    for copy in copies:
        connection.execute(f"DELETE FROM {copy}.key_made")  # noqa: S608
    _write_token(connection, copies, token)


def sweep_keys(
    connection: sqlite3.Connection,
    copies: Sequence[str],
    subjects: Sequence[UUID],
    days: int,
    token: UUID,
) -> int:
    number = 0
    for copy in copies:
        number = connection.executemany(
            f"DELETE FROM {copy}.data_key WHERE subject = ? AND EXISTS"  # noqa: S608
            " (SELECT * FROM main.key_made WHERE subject = data_key.subject AND made_at <= ?)",
            [(subject.bytes, _made_before(days)) for subject in subjects],
        ).rowcount
    _write_token(connection, copies, token)
    return max(number, 0)  # of none, SQLite says -1


def _write_token(connection: sqlite3.Connection, copies: Sequence[str], token: UUID) -> None:
    for copy in copies:
        connection.execute(
            f"INSERT OR REPLACE INTO {copy}.last_sweep VALUES (1, ?)",  # noqa: S608
            (token.bytes,),
        )


def _made_before(days: int) -> int:
    return int(time.time()) - max(days, YOUNGEST_DAYS) * _DAY_SECONDS
