"""Writes the digests of the people that entries of the ban list are about, as the LINKER."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from models.ban import SEALED_OF_BANS, BannedPerson
from models.key_service import KeyService, KeyUse
from models.person.matching import name_message, passport_message
from models.person.sealed import cells_sql
from models.person.vault import Cell, Vault, bound_name
from models.vocabulary import IndexKind

_CELLS = cells_sql(*(getattr(BannedPerson, name) for name in SEALED_OF_BANS))
#: Entries in force that lack a digest of the key that writes.
_TO_INDEX = f"""
    SELECT ban_id, issuing_state, {_CELLS}
    FROM banned_person
    JOIN ban_entry ON ban_entry.id = ban_id
    WHERE approved_by IS NOT NULL AND withdrawn_by IS NULL AND erased_at IS NULL
        AND ban_id <> ALL ($3) AND NOT EXISTS (
        SELECT FROM ban_index WHERE ban_index.ban_id = banned_person.ban_id AND key_id = $1
    )
    ORDER BY ban_id LIMIT $2
"""  # noqa: S608
_FORGET = "DELETE FROM ban_index WHERE ban_id = ANY ($1)"
_FORGET_KEYS = "DELETE FROM ban_index WHERE key_id <> ALL ($1)"
_INDEX = """
    INSERT INTO ban_index (ban_id, kind, key_id, digest)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
"""
_Message = tuple[UUID, IndexKind, bytes]


async def index_bans(
    keys: KeyService,
    connection: asyncpg.Connection,
    writing: str,
    limit: int,
    leaving: Collection[UUID] = (),
) -> int:
    """Write the digests, by each key that is accepted, of a batch of entries that lack one of the
    key that writes, but for those to leave; return how many entries there were.

    Raises KeyServiceError, and UnreadableError, which names the entries that nobody can read.
    """
    listed = await connection.fetch(_TO_INDEX, writing, limit, list(leaving))
    messages = await _messages(keys, listed)
    if messages:
        digests = await keys.digests(KeyUse.PERSON_INDEX, [message for *_, message in messages])
        rows = [
            (ban, kind.value, digest.key_id, digest.value)
            for (ban, kind, _), of_keys in zip(messages, digests, strict=True)
            for digest in of_keys
        ]
        await connection.execute(_FORGET, [ban for ban, *_ in messages])
        await connection.execute(_INDEX, *map(list, zip(*rows, strict=True)))
    return len(listed)


async def forget_other_keys_of_bans(
    connection: asyncpg.Connection, accepted: Sequence[str]
) -> None:
    """Remove digests of keys that are not accepted any more."""
    await connection.execute(_FORGET_KEYS, list(accepted))


async def _messages(keys: KeyService, listed: Sequence[asyncpg.Record]) -> list[_Message]:
    """What is digested of each; all that is sealed is opened at once."""
    cells = {
        (row["ban_id"], name): Cell(row["ban_id"], bound_name("banned_person", name), row[name])
        for row in listed
        for name in SEALED_OF_BANS
        if row[name] is not None
    }
    texts = await Vault(keys).open(list(cells.values()))
    opened = dict(zip(cells, texts, strict=True))
    return [
        message
        for row in listed
        for message in _messages_of(
            row["ban_id"],
            row["issuing_state"],
            *(opened.get((row["ban_id"], name)) for name in SEALED_OF_BANS),
        )
    ]


def _messages_of(
    ban: UUID, state: str | None, number: str | None, name: str | None, born: str | None
) -> Iterator[_Message]:
    if state is not None and number is not None:
        yield ban, IndexKind.PASSPORT, passport_message(state, number)
    if name is not None and born is not None:
        message = name_message(name, date.fromisoformat(born))
        if message is not None:
            yield ban, IndexKind.NAME_AND_BIRTH_DATE, message
