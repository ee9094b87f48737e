"""Erases the people of ban entries that ended long enough ago.

It takes the same steps as for people on file (`models.rights.erasure_steps`): first the identity
and the digests are removed from the database, then the key from its store, then that is recorded.
The entry itself stays in its ledger.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from models.ban.banned_person import SEALED_OF_BANS
from models.key_service import ErasesKeys

_DUE = """
    SELECT ban_id FROM banned_person
    JOIN ban_entry ON ban_entry.id = ban_id
    WHERE erased_at IS NULL
        AND least(wib_day(withdrawn_at), wib_day(rejected_at), banned_until)
            < wib_day(now() - $2::interval)
    ORDER BY ban_id LIMIT $1 FOR NO KEY UPDATE OF banned_person SKIP LOCKED
"""
_EMPTY = ", ".join(f"{column} = NULL" for column in ("issuing_state", *SEALED_OF_BANS))
_HIDE = (
    f"UPDATE banned_person SET sealed = '{{}}', {_EMPTY}, erased_at = clock_timestamp()"  # noqa: S608
    " WHERE ban_id = ANY ($1) AND erased_at IS NULL",
    "DELETE FROM ban_index WHERE ban_id = ANY ($1)",
)
_TO_DELETE = """
    SELECT ban_id FROM banned_person WHERE erased_at IS NOT NULL AND keys_deleted_at IS NULL
    ORDER BY ban_id LIMIT $1
"""
_DELETED = """
    UPDATE banned_person SET keys_deleted_at = batch.at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS batch (subject, at)
    WHERE ban_id = batch.subject
"""


async def hide_ended_bans(connection: asyncpg.Connection, days: int, limit: int) -> int:
    """Remove from the database the people of entries that ended so many days ago; return how many
    entries."""
    async with connection.transaction():
        found = await connection.fetch(_DUE, limit, timedelta(days=days))
        await hide_bans(connection, [row[0] for row in found])
    return len(found)


async def hide_bans(connection: asyncpg.Connection, bans: Sequence[UUID]) -> None:
    """Remove the people of entries from the database, in the transaction of the connection."""
    for statement in _HIDE if bans else ():
        await connection.execute(statement, bans)


async def delete_keys_of_bans(keys: ErasesKeys, connection: asyncpg.Connection, limit: int) -> int:
    """Delete the keys of the people who were removed, and record it. Raises KeyServiceError."""
    bans = [row[0] for row in await connection.fetch(_TO_DELETE, limit)]
    if bans:
        erased = await keys.erase_data_keys(bans)
        subjects, instants = [one.subject for one in erased], [one.at for one in erased]
        await connection.execute(_DELETED, subjects, instants)
    return len(bans)
