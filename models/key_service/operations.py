"""Operations on keys, noted where the keys are; keepers copy the notes into the account of the
database.

Which keys are accepted is compared with what was noted last, so a file that somebody changed by
hand is noted like a rotation. No note holds a key or its subject.
"""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from models.key_service.interface import KeyUse
from models.row_keys import new_key

SCHEMAS = (
    """
    CREATE TABLE IF NOT EXISTS {copy}.operation (
        number INTEGER PRIMARY KEY, id BLOB NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
        used_for TEXT, operator TEXT, from_key TEXT, to_key TEXT, keys INTEGER
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS {copy}.accepted_key (
        used_for TEXT NOT NULL, place INTEGER NOT NULL, key_id TEXT NOT NULL,
        PRIMARY KEY (used_for, place)
    ) WITHOUT ROWID
    """,
)
#: How many operations one answer lists.
PAGE_SIZE = 500
#: The ids of the keys that are accepted for each use, the one that writes first.
AcceptedKeys = Mapping[KeyUse, Sequence[str]]


class OperationKind(StrEnum):
    """What was done."""

    #: A key is accepted from now on, and writes.
    ADDED = "ADDED"
    #: A key is accepted no more.
    RETIRED = "RETIRED"
    #: Data keys were deleted for ever.
    ERASED = "ERASED"


class KeyOperationNote(NamedTuple):
    """One operation, by its number in the store."""

    number: int
    id: UUID
    at: datetime
    kind: str
    #: Of which keys; None for data keys.
    used_for: str | None
    #: The login of the person who changed the file of keys; None for an operation of the service,
    #: and for a file that none of our commands wrote.
    operator: str | None
    from_key: str | None
    to_key: str | None
    #: How many data keys it was about; None where it was about none.
    keys: int | None


class ListsOperations(Protocol):
    """A key service that lists what was done to keys."""

    async def key_operations(self, before: int | None = None) -> Sequence[KeyOperationNote]:
        """The newest, or those before a number, the newest first: `PAGE_SIZE` at most.

        Raises KeyServiceError.
        """
        ...


def read_accepted(connection: sqlite3.Connection) -> dict[KeyUse, list[str]]:
    """The keys that were accepted when that was noted last."""
    found: dict[KeyUse, list[str]] = {}
    rows = connection.execute(
        "SELECT used_for, key_id FROM main.accepted_key ORDER BY used_for, place"
    )
    for use, key_id in rows:
        found.setdefault(KeyUse(use), []).append(key_id)
    return found


def note_accepted(
    connection: sqlite3.Connection, copies: Sequence[str], now: AcceptedKeys, operator: str | None
) -> None:
    """Note which keys were added and retired since the last time, in the connection's transaction.

    The note has the number of all data keys: when a wrapping key is retired, all of them have been
    wrapped by another one.
    """
    before = read_accepted(connection)
    for use, accepted in now.items():
        known = before.get(use, [])
        for key_id in reversed([one for one in accepted if one not in known]):
            from_key = known[0] if known else None
            _note(connection, copies, OperationKind.ADDED, use, operator, from_key, key_id, None)
        for key_id in [one for one in known if one not in accepted]:
            number = _count_keys(connection) if use is KeyUse.DATA_KEY else None
            _note(
                *(connection, copies, OperationKind.RETIRED, use, operator),
                *(key_id, accepted[0], number),
            )
        for copy in copies:
            connection.execute(f"DELETE FROM {copy}.accepted_key WHERE used_for = ?", (use,))  # noqa: S608
            connection.executemany(
                f"INSERT INTO {copy}.accepted_key VALUES (?, ?, ?)",  # noqa: S608
                [(use, place, key_id) for place, key_id in enumerate(accepted)],
            )


def note_erased(connection: sqlite3.Connection, copies: Sequence[str], number: int) -> None:
    """Note that so many data keys were deleted for ever, in the transaction of the connection."""
    _note(connection, copies, OperationKind.ERASED, None, None, None, None, number)


def list_operations(connection: sqlite3.Connection, before: int | None) -> list[KeyOperationNote]:
    rows = connection.execute(
        "SELECT * FROM main.operation WHERE ?1 IS NULL OR number < ?1 ORDER BY number DESC LIMIT ?",
        (before, PAGE_SIZE),
    )
    return [note_of(number, UUID(bytes=id_), *rest) for number, id_, *rest in rows]


def note_of(number: int, id_: UUID, at: int, *rest: str | int | None) -> KeyOperationNote:
    """A note as it is stored, and as it is sent over a socket."""
    return KeyOperationNote(number, id_, datetime.fromtimestamp(at, UTC), *rest)  # type: ignore[arg-type]


def _note(
    connection: sqlite3.Connection,
    copies: Sequence[str],
    kind: OperationKind,
    use: KeyUse | None,
    operator: str | None,
    from_key: str | None,
    to_key: str | None,
    keys: int | None,
) -> None:
    [last] = connection.execute("SELECT coalesce(max(number), 0) FROM main.operation").fetchone()
    row = (last + 1, new_key().bytes, int(time.time()), kind, use, operator, from_key, to_key, keys)
    for copy in copies:
        connection.execute(f"INSERT INTO {copy}.operation VALUES (?,?,?,?,?,?,?,?,?)", row)  # noqa: S608


def _count_keys(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT count(*) FROM main.data_key").fetchone()[0]
