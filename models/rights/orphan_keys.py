"""Sweeps data keys whose subject was never written: the key is stored first, and then came a crash.

A key that is swept by mistake loses a person, so two signs of trouble stop a sweep: a database
without the token of the last sweep, which is another one or was restored, and more than a small
share of keys without a subject. In the first case the age of every key counts from then on, in the
second nothing is swept; an operator is told of either.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.account import require_written
from models.key_service.key_ages import MOST_SWEPT, SweepsKeys
from models.row_keys import new_key
from models.vocabulary import KeyOperationKind

#: Keys younger than this are never swept, unless the settings say otherwise.
SWEEP_DAYS = 30
#: Of a hundred keys, so many may have no subject; of fewer keys, one.
_ORPHANS_OF_A_HUNDRED = 1
_LOCK, _UNLOCK = (
    f"SELECT pg_{verb}(hashtextextended('gerbang sweep of keys', 0))"
    for verb in ("advisory_lock", "advisory_unlock")
)
_KNOWS = "SELECT EXISTS (SELECT FROM key_operation WHERE id = $1)"
_SWEPT_BEFORE = """
    SELECT EXISTS (SELECT FROM key_operation WHERE kind IN ('BEGIN', 'SWEEP', 'REFUSED'))
"""
#: Which of some subjects are nobody's.
ORPHANS = """
    SELECT subject FROM unnest($1::uuid[]) AS listed (subject)
    WHERE NOT EXISTS (SELECT FROM applicant WHERE id = subject)
        AND NOT EXISTS (SELECT FROM ban_entry WHERE id = subject)
        AND NOT EXISTS (SELECT FROM complaint WHERE id = subject)
"""
_NOTE = "INSERT INTO key_operation (id, kind, subjects, reason) VALUES ($1, $2, $3, $4)"
ANOTHER_DATABASE = (
    "the database does not know the last sweep: it is another one, or a backup was restored;"
    " the age of every key counts from now on"
)


class Sweep(NamedTuple):
    """What a sweep found and did."""

    #: All keys in the store.
    keys: int
    #: Keys that are old enough and have no subject, up to a batch or what is more than allowed.
    orphans: Sequence[UUID]
    swept: int
    #: Why nothing was swept; None where it was done, or there was nothing to do.
    refused: str | None


async def preview(
    keys: SweepsKeys, connection: asyncpg.Connection, days: int, most: int | None = None
) -> Sweep:
    """What a sweep would do now; nothing is changed anywhere. Raises KeyServiceError."""
    known = await keys.sweep_state()
    allowed = most or most_orphans(known.keys)
    if known.token is None or not await connection.fetchval(_KNOWS, known.token):
        return Sweep(known.keys, [], 0, ANOTHER_DATABASE)
    orphans = await _find_orphans(keys, connection, days, allowed)
    return Sweep(known.keys, orphans, 0, _too_many(orphans, allowed, known.keys))


async def sweep(
    keys: SweepsKeys, connection: asyncpg.Connection, days: int, most: int | None = None
) -> Sweep:
    """Sweep a batch of keys that are so many days old and belong to nobody.

    ``most`` is how many they may be, instead of the usual share. Raises KeyServiceError, and
    AccountError where it cannot be noted.
    """
    async with _alone(connection):
        found = await preview(keys, connection, days, most)
        token = new_key()
        if found.refused is not None:
            known = await keys.sweep_state()
            is_first = known.token is None and not await connection.fetchval(_SWEPT_BEFORE)
            if is_first:
                await _note(connection, token, KeyOperationKind.BEGIN)
            else:
                await _note(connection, token, KeyOperationKind.REFUSED, reason=found.refused)
            if found.refused == ANOTHER_DATABASE:
                await keys.begin_ages(token)
            return found._replace(refused=None) if is_first else found
        batch = found.orphans[:MOST_SWEPT]
        await _note(connection, token, KeyOperationKind.SWEEP, batch)
        return found._replace(swept=await keys.sweep_data_keys(batch, days, token))


async def _note(
    connection: asyncpg.Connection,
    token: UUID,
    kind: KeyOperationKind,
    subjects: Sequence[UUID] = (),
    reason: str | None = None,
) -> None:
    """Raises AccountError where nothing was written: then nothing is to be done."""
    require_written(await connection.execute(_NOTE, token, kind, subjects, reason), 1)


def most_orphans(keys: int) -> int:
    """How many of so many keys may belong to nobody."""
    return max(keys * _ORPHANS_OF_A_HUNDRED // 100, 1)


def _too_many(orphans: Sequence[UUID], allowed: int, keys: int) -> str | None:
    if len(orphans) <= allowed:
        return None
    return (
        f"more than {allowed} of {keys} data keys have no subject: has the database lost people?"
        " `gerbang vault sweep --dry-run` counts them, `--most` allows more"
    )


async def _find_orphans(
    keys: SweepsKeys, connection: asyncpg.Connection, days: int, allowed: int
) -> list[UUID]:
    """Keys without a subject, until there are more than allowed."""
    orphans, after = list[UUID](), UUID(int=0)
    while len(orphans) <= allowed and (aged := await keys.aged_subjects(after, days)):
        orphans += [row[0] for row in await connection.fetch(ORPHANS, aged)]
        after = aged[-1]
    return orphans


@asynccontextmanager
async def _alone(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """One sweep at a time."""
    await connection.execute(_LOCK)
    try:
        yield
    finally:
        await connection.execute(_UNLOCK)
