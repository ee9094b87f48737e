"""Copies the notes of a key service about its keys into the account of the database.

It reads the newest notes first, until it meets known ones: so a restored database learns again what
was done to keys since.
"""

import asyncpg

from models.account import require_written
from models.key_service import KeyOperationNote, KeyUse, ListsOperations
from models.vocabulary import KeyOperationKind

_KNOWN = "SELECT id FROM key_operation WHERE id = ANY ($1)"
_CARRY = """
    INSERT INTO key_operation
        (id, occurred_at, kind, subjects, used_for, operator, from_key, to_key, keys)
    VALUES ($1, $2, $3, '{}', $4, $5, $6, $7, $8)
    ON CONFLICT (id) DO NOTHING
"""


async def carry_key_notes(keys: ListsOperations, connection: asyncpg.Connection) -> int:
    """Write the notes that are not known yet, the oldest first; return how many.

    All or none, so that the known ones have no gap. Raises KeyServiceError, and AccountError where
    a note was not written.
    """
    new: list[KeyOperationNote] = []
    page = await keys.key_operations()
    while page:
        known = {row[0] for row in await connection.fetch(_KNOWN, [one.id for one in page])}
        unknown = [one for one in page if one.id not in known]
        new += unknown
        if len(unknown) < len(page):
            break
        page = await keys.key_operations(before=page[-1].number)
    if new:
        async with connection.transaction():
            await connection.executemany(_CARRY, [_row(one) for one in reversed(new)])
            carried = await connection.fetch(_KNOWN, [one.id for one in new])
            require_written(f"INSERT 0 {len(carried)}", len(new))
    return len(new)


def _row(note: KeyOperationNote) -> tuple[object, ...]:
    kind = KeyOperationKind(note.kind)
    used_for = note.used_for and KeyUse(note.used_for).name
    return (note.id, note.at, kind, used_for, note.operator, note.from_key, note.to_key, note.keys)
