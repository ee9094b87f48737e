"""Compares the log of look-ups with people who ask who looked for them, where two auditors agreed:
the LINKER reads who they are, and the key service tells which look-ups were for them."""

import logging
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from models.jobs.linking import READ, VERSIONS, record_reads
from models.key_service import Cause, Digest, KeyService, Opening
from models.logs import facts
from models.person.matching import index_messages
from models.person.vault import Cell, Vault
from models.row_security import LINKER
from models.supervision.alert import raise_tampering

log = logging.getLogger(__name__)

#: How many entries of the log are compared at once.
_AT_ONCE = 1000
_APPROVED = """
    SELECT id, applicant_id FROM data_request
    WHERE lookups_approved_by IS NOT NULL AND lookups_compared_at IS NULL
        AND applicant_id <> ALL ($1)
    ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED
"""
_LOOK_UPS = """
    SELECT id, sought_key, sought FROM person_lookup
    WHERE id > $1 AND sought IS NOT NULL ORDER BY id LIMIT $2
"""
_COMPARED = """
    UPDATE data_request SET lookups_compared_at = clock_timestamp(), lookups = $2 WHERE id = $1
"""


async def open_look_ups(
    keys: KeyService, connection: asyncpg.Connection, leaving: Collection[UUID] = ()
) -> int:
    """Find the look-ups of one person, but for those to leave; return how many people that was.

    Where nobody can read who somebody was, nothing is found. Where the key service knows of no two
    auditors, as where the request was changed by hand, nothing is either, and an alert is raised.
    Raises KeyServiceError, and UnreadableError with whom nobody can read.
    """
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {LINKER}")
        asked = await connection.fetchrow(_APPROVED, list(leaving))
        if asked is None:
            return 0
        opening = Opening(asked["id"], asked["applicant_id"])
        messages = await _read_messages(keys, connection, opening.subject)
        found = await _find(keys, connection, opening, messages) if messages else None
        await connection.execute(_COMPARED, opening.request, found)
    if messages and found is None:
        log.error("look-ups are opened by two auditors", extra=facts(request=opening.request))
        await raise_tampering(connection, {opening.subject: False})
    return 1


async def _read_messages(
    keys: KeyService, connection: asyncpg.Connection, person: UUID
) -> list[bytes]:
    """What a look-up would be for, of each version of somebody; none of somebody erased."""
    versions = await connection.fetch(VERSIONS, [person])
    await record_reads(connection, [person] * len(versions), [one["version"] for one in versions])
    cells = [Cell(person, name, one[name] or "") for one in versions for name in READ]
    opened = iter(await Vault(keys, Cause.LOOK_UPS).open(cells))
    return [
        message
        for one, name, born, number in zip(versions, opened, opened, opened, strict=True)
        for _, message in index_messages(one["state"], number, name, date.fromisoformat(born))
    ]


async def _find(
    keys: KeyService, connection: asyncpg.Connection, opening: Opening, messages: Sequence[bytes]
) -> list[UUID] | None:
    """Those that were for somebody; None where the key service does not open them."""
    found, last = list[UUID](), UUID(int=0)
    while rows := await connection.fetch(_LOOK_UPS, last, _AT_ONCE):
        digests = [Digest(row["sought_key"], row["sought"]) for row in rows]
        are_theirs = await keys.sought(opening, messages, digests)
        if are_theirs is None:
            return None
        found += [row["id"] for row, is_theirs in zip(rows, are_theirs, strict=True) if is_theirs]
        last = rows[-1]["id"]
    return found
