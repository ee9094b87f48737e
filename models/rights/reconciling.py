"""Keeps erased people erased: an old backup of the database or of the keys brings nobody back.

Both remember whom they erased: what an older copy of one has forgotten, the other one knows.
"""

from uuid import UUID

import asyncpg

from models.key_service import ErasesKeys
from models.key_service.erasures import PAGE_SIZE
from models.rights.erasure_of_bans import hide_bans
from models.rights.erasure_steps import hide
from models.row_keys import new_key
from models.vocabulary import ErasureCause

_LAST = UUID(int=(1 << 128) - 1)
_COME_BACK = "SELECT id FROM applicant WHERE id = ANY ($1) AND erased_at IS NULL"
_ORDER = f"""
    INSERT INTO erasure (id, applicant_id, cause)
    SELECT id, applicant_id, '{ErasureCause.RESTORED}'
    FROM unnest($1::uuid[], $2::uuid[]) AS back (id, applicant_id)
    ON CONFLICT (applicant_id) DO NOTHING
"""  # noqa: S608
_BANS_COME_BACK = "SELECT ban_id FROM banned_person WHERE ban_id = ANY ($1) AND erased_at IS NULL"
_KEYS_COME_BACK = """
    SELECT subject FROM (
        SELECT applicant_id AS subject FROM erasure WHERE keys_deleted_at IS NOT NULL
        UNION ALL SELECT ban_id FROM banned_person WHERE keys_deleted_at IS NOT NULL
    ) AS erased
    WHERE subject > $1 AND subject <= $2 AND subject <> ALL ($3)
"""


async def reconcile(keys: ErasesKeys, connection: asyncpg.Connection) -> int:
    """Erase again whom a restored database or store brought back; return how many.

    Raises KeyServiceError.
    """
    number, after = 0, UUID(int=0)
    while after < _LAST:
        erased = [one.subject for one in await keys.erased_subjects(after)]
        until = erased[-1] if len(erased) == PAGE_SIZE else _LAST
        number += await _hide_again(connection, erased)
        keyed = await connection.fetch(_KEYS_COME_BACK, after, until, erased)
        if keyed:
            await keys.erase_data_keys([row[0] for row in keyed])
        number, after = number + len(keyed), until
    return number


async def _hide_again(connection: asyncpg.Connection, erased: list[UUID]) -> int:
    people = [row[0] for row in await connection.fetch(_COME_BACK, erased)]
    if people:
        async with connection.transaction():
            await connection.execute(_ORDER, [new_key() for _ in people], people)
            await hide(connection, people)
    bans = [row[0] for row in await connection.fetch(_BANS_COME_BACK, erased)]
    async with connection.transaction():
        await hide_bans(connection, bans)
    return len(people) + len(bans)
