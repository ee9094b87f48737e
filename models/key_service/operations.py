"""Operations on keys, noted where the keys are; keepers copy the notes into the account of the
database.

Which keys are accepted is compared with what was noted last, so a file that somebody changed by
hand is noted like a rotation. No note holds a key or its subject.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

import asyncpg

from models.key_service.interface import KeyUse
from models.key_service.relations import OWN_KEY
from models.row_keys import new_key

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


async def read_accepted(connection: asyncpg.Connection) -> dict[KeyUse, list[str]]:
    """The keys that were accepted when that was noted last."""
    found: dict[KeyUse, list[str]] = {}
    rows = await connection.fetch(
        "SELECT used_for, key_id FROM accepted_key ORDER BY used_for, place"
    )
    for use, key_id in rows:
        found.setdefault(KeyUse(use), []).append(key_id)
    return found


async def note_accepted(
    connection: asyncpg.Connection, now: AcceptedKeys, operator: str | None
) -> None:
    """Note which keys were added and retired since the last time, in the connection's transaction.

    The note has the number of all data keys: when a wrapping key is retired, all of them have been
    wrapped by another one.
    """
    before = await read_accepted(connection)
    for use, accepted in now.items():
        known = before.get(use, [])
        for key_id in reversed([one for one in accepted if one not in known]):
            from_key = known[0] if known else None
            await _note(connection, OperationKind.ADDED, use, operator, from_key, key_id)
        for key_id in [one for one in known if one not in accepted]:
            number = await _count_keys(connection) if use is KeyUse.DATA_KEY else None
            await _note(
                *(connection, OperationKind.RETIRED, use, operator, key_id, accepted[0], number)
            )
        await connection.execute("DELETE FROM accepted_key WHERE used_for = $1", use)
        await connection.executemany(
            "INSERT INTO accepted_key VALUES ($1, $2, $3)",
            [(use, place, key_id) for place, key_id in enumerate(accepted)],
        )


async def note_erased(connection: asyncpg.Connection, number: int) -> None:
    """Note that so many data keys were deleted for ever, in the transaction of the connection."""
    await _note(connection, OperationKind.ERASED, None, None, None, None, number)


async def list_operations(
    connection: asyncpg.Connection, before: int | None
) -> list[KeyOperationNote]:
    rows = await connection.fetch(
        "SELECT * FROM operation WHERE $1::bigint IS NULL OR number < $1"
        " ORDER BY number DESC LIMIT $2",
        *(before, PAGE_SIZE),
    )
    return [note_of(*row) for row in rows]


def note_of(number: int, id_: UUID, at: int, *rest: str | int | None) -> KeyOperationNote:
    """A note as it is stored, and as it is sent over a socket."""
    return KeyOperationNote(number, id_, datetime.fromtimestamp(at, UTC), *rest)  # type: ignore[arg-type]


async def _note(
    connection: asyncpg.Connection,
    kind: OperationKind,
    use: KeyUse | None,
    operator: str | None,
    from_key: str | None,
    to_key: str | None,
    keys: int | None = None,
) -> None:
    await connection.execute(
        "INSERT INTO operation (id, at, kind, used_for, operator, from_key, to_key, keys)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(new_key(), int(time.time()), kind, use, operator, from_key, to_key, keys),
    )


async def _count_keys(connection: asyncpg.Connection) -> int:
    number: int | None = await connection.fetchval(
        "SELECT count(*) FROM data_key WHERE subject <> $1", OWN_KEY
    )
    return number or 0
