"""Data keys that were erased: gone, and never made again for their subjects."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

import asyncpg

#: How many erased subjects one answer lists.
PAGE_SIZE = 1000


class ErasedSubject(NamedTuple):
    """A subject whose key is gone, and since when."""

    subject: UUID
    at: datetime


class ErasesKeys(Protocol):
    """A key service that erases data keys, and remembers for which subjects."""

    async def erase_data_keys(self, subjects: Sequence[UUID]) -> Sequence[ErasedSubject]:
        """Delete the keys of subjects for ever; return when that was first done for each.

        A second call returns the same. Raises KeyServiceError if nothing was deleted.
        """
        ...

    async def erased_subjects(self, after: UUID) -> Sequence[ErasedSubject]:
        """Those who were erased, in the order of their keys, from one on: `PAGE_SIZE` at most.

        Raises KeyServiceError if the keys cannot be used.
        """
        ...


async def delete_keys(connection: asyncpg.Connection, subjects: Sequence[UUID]) -> int:
    """Delete keys, and write down whose; in the transaction of the connection.

    Returns how many subjects had not been erased before.
    """
    new = await connection.fetch(
        "INSERT INTO erased_subject SELECT subject, $2 FROM unnest($1::uuid[]) AS subject"
        " ON CONFLICT DO NOTHING RETURNING 1",
        [*dict.fromkeys(subjects)],
        int(time.time()),
    )
    await connection.execute("DELETE FROM data_key WHERE subject = ANY ($1)", list(subjects))
    return len(new)


async def find_erased(
    connection: asyncpg.Connection, subjects: Sequence[UUID]
) -> list[ErasedSubject]:
    """Which of some subjects were erased."""
    rows = await connection.fetch(
        "SELECT * FROM erased_subject WHERE subject = ANY ($1)", list(subjects)
    )
    found = {row[0]: _read_subject(row) for row in rows}
    return [found[one] for one in subjects if one in found]


async def list_erased(connection: asyncpg.Connection, after: UUID) -> list[ErasedSubject]:
    """Who was erased, in the order of their keys."""
    statement = "SELECT * FROM erased_subject WHERE subject > $1 ORDER BY subject LIMIT $2"
    return [_read_subject(row) for row in await connection.fetch(statement, after, PAGE_SIZE)]


def _read_subject(row: asyncpg.Record) -> ErasedSubject:
    return ErasedSubject(row[0], datetime.fromtimestamp(row[1], UTC))
