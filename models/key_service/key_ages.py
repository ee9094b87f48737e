"""Data keys that belong to nobody: how old they are, and how they are swept.

A key is stored before the values that it seals are written; a process that was killed in between
left a key without a subject.

The store knows the last sweep by its token, which the database has too: a database that lacks it is
another one, or one from before, and the age of every key then counts anew.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

import asyncpg

from models.key_service.relations import OWN_KEY

#: No younger key is swept, whatever a caller asks for.
YOUNGEST_DAYS = 1
#: The most keys that are listed or swept at once.
MOST_SWEPT = 1000
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


async def read_sweep_state(connection: asyncpg.Connection) -> SweepState:
    row = await connection.fetchrow(
        "SELECT (SELECT token FROM last_sweep), count(*) FROM data_key WHERE subject <> $1", OWN_KEY
    )
    assert row
    return SweepState(*row)


async def list_aged(connection: asyncpg.Connection, after: UUID, days: int) -> list[UUID]:
    before = _made_before(days)
    if before < await _ages_since(connection):
        return []
    rows = await connection.fetch(
        "SELECT subject FROM data_key WHERE subject > $1 AND subject <> $2 AND made_at <= $3"
        " ORDER BY subject LIMIT $4",
        *(after, OWN_KEY, before, MOST_SWEPT),
    )
    return [row[0] for row in rows]


async def list_subjects(connection: asyncpg.Connection, after: UUID) -> list[UUID]:
    """The subjects of all keys, in order, after a given one: `MOST_SWEPT` at most."""
    rows = await connection.fetch(
        "SELECT subject FROM data_key WHERE subject > $1 AND subject <> $2"
        " ORDER BY subject LIMIT $3",
        *(after, OWN_KEY, MOST_SWEPT),
    )
    return [row[0] for row in rows]


async def begin_ages(connection: asyncpg.Connection, token: UUID) -> None:
    await _write_token(connection, token, now())


async def sweep_keys(
    connection: asyncpg.Connection, subjects: Sequence[UUID], days: int, token: UUID
) -> int:
    before, since = _made_before(days), await _ages_since(connection)
    done = await connection.execute(
        "DELETE FROM data_key WHERE subject = ANY ($1) AND made_at <= $2 AND $2 >= $3",
        *(list(subjects), before, since),
    )
    await _write_token(connection, token, since)
    return int(done.split()[-1])


def now() -> int:
    """In seconds since 1970."""
    return int(time.time())


async def _ages_since(connection: asyncpg.Connection) -> int:
    since: int | None = await connection.fetchval("SELECT ages_since FROM last_sweep")
    return since or 0


async def _write_token(connection: asyncpg.Connection, token: UUID, ages_since: int) -> None:
    await connection.execute(
        "INSERT INTO last_sweep (token, ages_since) VALUES ($1, $2)"
        " ON CONFLICT (one) DO UPDATE SET token = $1, ages_since = $2",
        *(token, ages_since),
    )


def _made_before(days: int) -> int:
    return now() - max(days, YOUNGEST_DAYS) * _DAY_SECONDS
