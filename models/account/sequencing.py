"""The sequencer: integrates committed entries into the tree, and signs its state outside.

After a rotation of the checkpoint key it renews the signatures of what must outlive the old key:
the records of dropped entries, and one checkpoint of each day, which dates the leaves that it
covers.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from models.account.checkpoints import CheckpointFolder
from models.account.drop_records import Drop
from models.account.merkle import Frontier, leaf_hash
from models.account.notes import AccountError, Checkpoint, signed_note
from models.account.sources import SOURCES
from models.key_service import KeyService, KeyUse

_BATCH = 5_000
#: One at a time: the order of the tree is the order in which it is integrated.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gerbang account', 0))"
_TAKEN_UP = "SELECT source FROM account_source"
#: What was written before there was a trigger, or past it by the owner, who loads whole worlds.
_TAKE_UP = """
    INSERT INTO account_outbox (source, row_id)
    SELECT '{table}', id FROM {table}
    WHERE NOT EXISTS (SELECT FROM account_leaf WHERE source = '{table}' AND row_id = {table}.id)
        AND NOT EXISTS (SELECT FROM account_outbox WHERE source = '{table}' AND row_id = {table}.id)
    ORDER BY id
"""
_NOTE_TAKEN_UP = "INSERT INTO account_source (source) VALUES ($1)"
#: By an array, and not by a join: statistics of an empty outbox have that done row by row.
_TAKE = """
    WITH taken AS (
        DELETE FROM account_outbox
        WHERE id = ANY (ARRAY(SELECT id FROM account_outbox ORDER BY id LIMIT $1))
        RETURNING id, source, row_id
    )
    SELECT source, row_id FROM taken ORDER BY id
"""
_CONTENT = "SELECT id, {content} AS content FROM {table} AS entry WHERE id = ANY ($1)"
_NEXT = "SELECT coalesce(max(position) + 1, 0) FROM account_leaf"
_HEAD = "SELECT size, frontier FROM account_head"
_SINCE = "SELECT position, hash FROM account_leaf WHERE position >= $1 ORDER BY position"
_SIGNED = """
    INSERT INTO account_head (size, frontier, signed_at) VALUES ($1, $2, $3)
    ON CONFLICT (is_only) DO UPDATE
    SET size = excluded.size, frontier = excluded.frontier, signed_at = excluded.signed_at
"""


async def integrate(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Integrate a batch of committed entries; return how many.

    Raises AccountError if leaves are missing that were signed: such a tree is not extended.
    """
    async with connection.transaction():
        await connection.execute(_LOCK)
        await _take_up(connection)
        entries = [tuple(row) for row in await connection.fetch(_TAKE, limit)]
        if entries:
            await _append(connection, await _next_position(connection), entries)
    return len(entries)


async def sign_checkpoint(
    connection: asyncpg.Connection,
    keys: KeyService,
    folder: CheckpointFolder,
    now: datetime | None = None,
) -> int:
    """Sign what was integrated so far; return how many leaves that adds to the last checkpoint.

    Raises AccountError if the tree is not the one whose last checkpoint stands in the folder.
    """
    async with connection.transaction():
        await connection.execute(_LOCK)
        await _next_position(connection)
        before = await _signed_before(connection, keys, folder)
        leaves = await _leaves_since(connection, before.size)
        frontier = before.extend(leaves)
        checkpoint = Checkpoint(frontier.size, frontier.root(), now or datetime.now(UTC))
        signature = await keys.sign(KeyUse.CHECKPOINT, checkpoint.text().encode())
        note = signed_note(checkpoint, signature.public_key, signature.value)
        folder.write(checkpoint, note, before.size, b"".join(leaves))
        await connection.execute(
            _SIGNED, frontier.size, list(frontier.hashes), checkpoint.signed_at
        )
    return len(leaves)


async def restart_account(connection: asyncpg.Connection, folder: CheckpointFolder) -> None:
    """Let the account begin in an empty folder, as after a backup was restored.

    Raises AccountError if there are checkpoints, which this must not hide.
    """
    if next(folder.newest_first(), None) is not None:
        raise AccountError(f"there are checkpoints below {folder.path}: name an empty folder")
    await connection.execute("DELETE FROM account_head")


async def reset_sources(connection: asyncpg.Connection) -> None:
    """Let the next pass look for rows that were written without triggers, as when a whole world is
    loaded."""
    await connection.execute("DELETE FROM account_source")


async def _take_up(connection: asyncpg.Connection) -> None:
    known = {row[0] for row in await connection.fetch(_TAKEN_UP)}
    for table in SOURCES:
        if table not in known:
            await connection.execute(_TAKE_UP.format(table=table))
            await connection.execute(_NOTE_TAKEN_UP, table)


async def _append(
    connection: asyncpg.Connection, first: int, entries: Sequence[tuple[str, UUID]]
) -> None:
    """A leaf for each entry. One whose row is gone already gets a leaf of no content; verification
    reports it as removed."""
    by_source: defaultdict[str, set[UUID]] = defaultdict(set)
    for source, row in entries:
        by_source[source].add(row)
    content = {
        (source, found["id"]): found["content"].encode()
        for source, rows in by_source.items()
        for found in await connection.fetch(
            _CONTENT.format(table=source, content=SOURCES[source].content("entry")), list(rows)
        )
    }
    await connection.copy_records_to_table(
        "account_leaf",
        columns=("position", "source", "row_id", "hash"),
        records=[
            (position, source, row, leaf_hash(content.get((source, row), b"")))
            for position, (source, row) in enumerate(entries, start=first)
        ],
    )


async def _signed_before(
    connection: asyncpg.Connection, keys: KeyService, folder: CheckpointFolder
) -> Frontier:
    """The tree of the newest checkpoint outside, which the database must still have."""
    head = await _signed_state(connection)
    newest = folder.newest(await keys.public_keys(KeyUse.CHECKPOINT))
    if newest is None:
        if head.size:
            raise AccountError(
                f"no checkpoint is left below {folder.path}, where there were some: if that is a"
                " new folder, run `gerbang audit begin`"
            )
        return head
    if newest.size > head.size:  # a keeper died between the checkpoint and the commit, if no more
        head = head.extend(await _leaves_since(connection, head.size, newest.size))
    if (head.size, head.root()) != (newest.size, newest.root):
        raise AccountError(_not_as_signed("its tree is another"))
    return head


async def _leaves_since(
    connection: asyncpg.Connection, first: int, before: int | None = None
) -> list[bytes]:
    rows = await connection.fetch(_SINCE, first)
    if [row["position"] for row in rows] != list(range(first, first + len(rows))):
        raise AccountError(_not_as_signed("leaves are missing"))
    leaves = [row["hash"] for row in rows]
    return leaves if before is None else leaves[: before - first]


async def _next_position(connection: asyncpg.Connection) -> int:
    """Where the next leaf goes. Raises AccountError if leaves are missing that were signed."""
    position: int = await connection.fetchval(_NEXT) or 0
    if position < (await _signed_state(connection)).size:
        raise AccountError(_not_as_signed(f"{position:,} leaves are left"))
    return position


async def _signed_state(connection: asyncpg.Connection) -> Frontier:
    """The tree that was signed last, as the database has it."""
    row = await connection.fetchrow(_HEAD)
    return Frontier(row["size"], tuple(row["frontier"])) if row else Frontier()


def _not_as_signed(what: str) -> str:
    return f"the account is not what was signed: {what}. Run `gerbang audit verify`"


_OTHERS = "SELECT * FROM account_drop WHERE public_key <> $1"
_SIGN = "UPDATE account_drop SET public_key = $2, signature = $3 WHERE id = $1"


async def renew_signatures(
    connection: asyncpg.Connection, keys: KeyService, folder: CheckpointFolder
) -> int:
    """Sign with the newest key what another accepted key signed; return how many records.

    A record that no accepted key signed stays as it is, and is not trusted. Raises
    KeyServiceError, and AccountError if the folder cannot be written.
    """
    public, number = await keys.public_keys(KeyUse.CHECKPOINT), 0
    newest_id, *others = public
    if not others:
        return 0
    newest = {newest_id: public[newest_id]}
    for row in await connection.fetch(_OTHERS, public[newest_id]):
        drop = Drop.from_row(row)
        if drop.is_signed(row["public_key"], row["signature"], public.values()):
            signed = await keys.sign(KeyUse.CHECKPOINT, drop.text().encode())
            await connection.execute(_SIGN, drop.id, signed.public_key, signed.value)
            number += 1
    known = {day.signed_at for day in folder.last_of_days(newest)}
    for day in folder.last_of_days(public):
        if day.signed_at not in known:
            signed = await keys.sign(KeyUse.CHECKPOINT, day.text().encode())
            folder.write_again(day, signed_note(day, signed.public_key, signed.value))
    return number
