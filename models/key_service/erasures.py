"""Data keys that were erased: gone from both copies, and never made again for their subjects."""

import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

#: A subject stays erased, whatever backup of the database comes back.
SCHEMA = """
    CREATE TABLE IF NOT EXISTS {copy}.erased_subject (
        subject BLOB PRIMARY KEY, erased_at INTEGER NOT NULL
    ) WITHOUT ROWID
"""
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


def delete_keys(
    connection: sqlite3.Connection, copies: Sequence[str], subjects: Sequence[UUID]
) -> int:
    """Delete keys in every copy, and write down whose; in the transaction of the connection.

    Returns how many subjects had not been erased before.
    """
    now, erased = int(time.time()), 0
    for copy in copies:
        erased = connection.executemany(
            f"INSERT OR IGNORE INTO {copy}.erased_subject VALUES (?, ?)",  # noqa: S608
            [(subject.bytes, now) for subject in subjects],
        ).rowcount
        for table in ("data_key", "key_made"):
            connection.executemany(
                f"DELETE FROM {copy}.{table} WHERE subject = ?",  # noqa: S608
                [(subject.bytes,) for subject in subjects],
            )
    return max(erased, 0)  # of none, SQLite says -1


def find_erased(connection: sqlite3.Connection, subjects: Sequence[UUID]) -> list[ErasedSubject]:
    """Which of some subjects were erased."""
    statement = "SELECT * FROM main.erased_subject WHERE subject = ?"
    rows = (connection.execute(statement, (one.bytes,)).fetchone() for one in subjects)
    return [_read_subject(row) for row in rows if row]


def list_erased(connection: sqlite3.Connection, after: UUID) -> list[ErasedSubject]:
    """Who was erased, in the order of their keys."""
    statement = "SELECT * FROM main.erased_subject WHERE subject > ? ORDER BY subject LIMIT ?"
    return [_read_subject(row) for row in connection.execute(statement, (after.bytes, PAGE_SIZE))]


def _read_subject(row: tuple[bytes, int]) -> ErasedSubject:
    return ErasedSubject(UUID(bytes=row[0]), datetime.fromtimestamp(row[1], UTC))
