"""The sequencer: integrates committed entries into the tree, and signs its state outside.

After a rotation of the checkpoint key it renews the signatures of what must outlive the old key:
the records of dropped entries, and one checkpoint of each day, which dates the leaves that it
covers.
"""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import asyncpg

from models.account.checkpoints import CheckpointFolder
from models.account.cosignatures import Witness, ask_witnesses
from models.account.drop_records import Drop
from models.account.merkle import Frontier, leaf_hash
from models.account.nodes import note_nodes
from models.account.notes import AccountError, Checkpoint, signed_note
from models.account.proofs import prove_consistency, roots_after
from models.account.proving import prove_documents
from models.account.sources import SOURCES, Source
from models.account.tables import SALT_BYTES
from models.base import is_partitioned
from models.case.application import ApplicationEvent
from models.key_service import KeyService, KeyUse

_BATCH = 5_000
_PART = 20_000
_EVENTS = ApplicationEvent.__tablename__
#: One at a time: the order of the tree is the order in which it is integrated.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('gerbang account', 0))"
_TAKEN_UP = "SELECT source FROM account_source"
#: What was written before there was a trigger, or past it by the owner, who loads whole worlds.
_TAKE_UP = """
    INSERT INTO account_leaf (position, source, row_id, hash, salt)
    SELECT $1::bigint - 1 + row_number() OVER (ORDER BY leaf.row_id), '{name}', leaf.row_id,
        sha256('\\x00'::bytea || {content}), leaf.salt
    FROM (
        SELECT {key} AS row_id, uuid_send(gen_random_uuid()) AS salt
        FROM {table} AS entry
        WHERE {when}
            AND NOT EXISTS (SELECT FROM account_leaf WHERE source = '{name}' AND row_id = {key})
            AND NOT EXISTS (SELECT FROM account_outbox WHERE source = '{name}' AND row_id = {key})
    ) AS leaf
    JOIN {table} AS entry ON {is_its_leaf}
"""
_NOTE_TAKEN_UP = """
    INSERT INTO account_source (source, changes_from, leaves_from) VALUES ($1, $2, $3)
"""
#: By an array, and not by a join: statistics of an empty outbox have that done row by row.
_TAKE = """
    WITH taken AS (
        DELETE FROM account_outbox
        WHERE id = ANY (ARRAY(SELECT id FROM account_outbox ORDER BY id LIMIT $1))
        RETURNING id, source, row_id
    )
    SELECT source, row_id FROM taken ORDER BY id
"""
_CONTENT = """
    SELECT {key} AS key, {content} AS content
    FROM unnest($1::uuid[], $2::bytea[]) AS leaf (row_id, salt)
    JOIN {table} AS entry ON {is_its_leaf}
"""
#: Every transaction before this one is over.
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_FOLLOWED = "SELECT changes_from, leaves_from FROM account_source WHERE source = $1"
#: Events of cases that have no leaf yet. Nobody waits for a transaction that takes long: what was
#: written beside it is looked for again, among the leaves since.
_HAPPENED = """
    SELECT id, application_id, kind FROM application_change AS change
    WHERE written_in >= $1 AND NOT EXISTS (
        SELECT FROM account_leaf
        WHERE position >= $2 AND source = $3 AND row_id = lpad(to_hex(change.id), 32, '0')::uuid
    )
    ORDER BY written_in, id LIMIT $4
"""
_FOLLOW_FROM = """
    UPDATE account_source SET changes_from = $2, leaves_from = coalesce((
        SELECT min(position) FROM account_leaf
        JOIN application_change AS change
            ON row_id = lpad(to_hex(change.id), 32, '0')::uuid AND written_in >= $2
        WHERE position >= account_source.leaves_from AND source = $1
    ), $3)
    WHERE source = $1
"""
_NEXT = "SELECT coalesce(max(position) + 1, 0) FROM account_leaf"
_HEAD = "SELECT size, frontier FROM account_head"
_SINCE = """
    SELECT position, hash FROM account_leaf WHERE position >= $1 ORDER BY position LIMIT $2
"""
_SIGNED = """
    INSERT INTO account_head AS head (size, frontier, signed_at, uncosigned_since, note)
    VALUES ($1, $2, $3::timestamptz, CASE WHEN NOT $4::boolean THEN $3 END, $5)
    ON CONFLICT (is_only) DO UPDATE
    SET size = excluded.size, frontier = excluded.frontier, signed_at = excluded.signed_at,
        note = excluded.note, uncosigned_since = CASE
            WHEN NOT $4 THEN coalesce(head.uncosigned_since, excluded.signed_at)
        END
"""


async def integrate(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Integrate a batch of committed entries; return how many.

    Raises AccountError if leaves are missing that were signed: such a tree is not extended.
    """
    async with connection.transaction():
        await connection.execute(_LOCK)
        first = await _next_position(connection)
        place = await _take_up(connection, first)
        entries = [tuple(row) for row in await connection.fetch(_TAKE, limit)]
        if entries:
            place = await _append(connection, place, entries)
        if happened := await _find_events(connection, limit):
            place = await _append(connection, place, happened)
    return place - first


async def sign_checkpoint(
    connection: asyncpg.Connection,
    keys: KeyService,
    folder: CheckpointFolder,
    now: datetime | None = None,
    witnesses: Sequence[Witness] = (),
) -> int:
    """Sign what was integrated so far; return how many leaves that adds to the last checkpoint.

    Witnesses are asked to cosign it; what they do not cosign is signed all the same, and noted.
    Raises AccountError if the tree is not the one whose last checkpoint stands in the folder.
    """
    async with connection.transaction():
        await connection.execute(_LOCK)
        await _next_position(connection)
        known = await _signed_state(connection)
        before = await _signed_before(connection, keys, folder)
        leaves = await _leaves_since(connection, before.size)
        frontier = before.extend(leaves)
        checkpoint = Checkpoint(frontier.size, frontier.root(), now or datetime.now(UTC))
        signature = await keys.sign(KeyUse.CHECKPOINT, checkpoint.text().encode())
        note = signed_note(checkpoint, signature.public_key, signature.value)
        folder.write_leaves(checkpoint, before.size, b"".join(leaves))
        note += await ask_witnesses(
            witnesses, note, frontier.size, partial(_prove, folder, before, leaves)
        )
        folder.write(checkpoint, note)
        is_cosigned = all(witness.has_cosigned(note) for witness in witnesses)
        signed = frontier.size, list(frontier.hashes), checkpoint.signed_at, is_cosigned, note
        await connection.execute(_SIGNED, *signed)
        await note_nodes(connection, frontier.size)
        if known.size < before.size:  # a keeper died before it noted what it had signed
            leaves = await _leaves_since(connection, known.size)
        await prove_documents(connection, known, leaves, note)
    return frontier.size - before.size


def _prove(
    folder: CheckpointFolder, before: Frontier, leaves: Sequence[bytes], old: int
) -> list[bytes]:
    """That the tree continues an older one: mostly the one before, whose edge is known."""
    is_before = old == before.size
    root_of = roots_after(before, leaves) if is_before else folder.leaves().root_of
    return prove_consistency(old, before.size + len(leaves), root_of)


async def restart_account(connection: asyncpg.Connection, folder: CheckpointFolder) -> None:
    """Let the account begin in an empty folder, as after a backup was restored.

    Raises AccountError if there are checkpoints, which this must not hide.
    """
    if next(folder.newest_first(), None) is not None:
        raise AccountError(f"there are checkpoints below {folder.path}: name an empty folder")
    await connection.execute("DELETE FROM account_head")
    await connection.execute("DELETE FROM account_node")


async def reset_sources(connection: asyncpg.Connection) -> None:
    """Let the next pass look for rows that were written without triggers, as when a whole world is
    loaded."""
    await connection.execute("DELETE FROM account_source")


async def _take_up(connection: asyncpg.Connection, first: int) -> int:
    """Append all that is there of new sources; return where the next leaf goes."""
    known = {row[0] for row in await connection.fetch(_TAKEN_UP)}
    for source in SOURCES.values():
        if source.name not in known:
            horizon, before = await connection.fetchval(_HORIZON), first
            status = await connection.execute(source.fill(_TAKE_UP), first)
            first += int(status.rpartition(" ")[2])
            follows = (horizon, before) if source.name == _EVENTS else (None, None)
            await connection.execute(_NOTE_TAKEN_UP, source.name, *follows)
    return first


async def _find_events(connection: asyncpg.Connection, limit: int) -> list[tuple[str, UUID]]:
    """The events of cases that are no entries yet, each with what it brings."""
    horizon: int = await connection.fetchval(_HORIZON) or 0
    changes_from, leaves_from = await connection.fetchrow(_FOLLOWED, _EVENTS) or (0, 0)
    if horizon < changes_from:  # another server's transactions, as after a dump was loaded
        changes_from = leaves_from = 0
    found = await connection.fetch(_HAPPENED, changes_from, leaves_from, _EVENTS, limit)
    if found and len(found) < limit:
        next_one = await _next_position(connection)
        await connection.execute(_FOLLOW_FROM, _EVENTS, horizon, next_one)
    return [
        (source.name, UUID(int=event) if source.name == _EVENTS else case)
        for event, case, kind in found
        for source in SOURCES.values()
        if kind in source.found_by
    ]


async def _append(
    connection: asyncpg.Connection, first: int, entries: Sequence[tuple[str, UUID]]
) -> int:
    """Append a leaf for each entry; return where the next one goes.

    One whose row is gone already gets a leaf of no content; verification reports it as removed.
    """
    salts: defaultdict[str, dict[UUID, bytes]] = defaultdict(dict)
    for source, row in entries:
        salts[source][row] = secrets.token_bytes(SALT_BYTES)
    content = {
        (source, found["key"]): found["content"]
        for source, of_rows in salts.items()
        for found in await _find_content(connection, SOURCES[source], of_rows)
    }
    await connection.copy_records_to_table(
        "account_leaf",
        columns=("position", "source", "row_id", "hash", "salt"),
        records=[
            (position, source, row, leaf_hash(content.get((source, row), b"")), salts[source][row])
            for position, (source, row) in enumerate(entries, start=first)
        ],
    )
    return first + len(entries)


async def _find_content(
    connection: asyncpg.Connection, source: Source, salts: Mapping[UUID, bytes]
) -> list[asyncpg.Record]:
    """What entries say. Of a partitioned table the newest partition is looked at first: nearly all
    were written in the last seconds."""
    statement, found = source.fill(_CONTENT), list[asyncpg.Record]()
    if is_partitioned(source.table):
        recent = f"{statement} WHERE entry.{source.dropped_by} > now() - interval '1 day'"
        found = await connection.fetch(recent, [*salts], [*salts.values()])
    known = {row["key"] for row in found}
    if left := {row: salt for row, salt in salts.items() if row not in known}:
        found += await connection.fetch(statement, [*left], [*left.values()])
    return found


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
    leaves: list[bytes] = []
    while rows := await connection.fetch(_SINCE, first + len(leaves), _PART):
        places = range(first + len(leaves), first + len(leaves) + len(rows))
        if [row["position"] for row in rows] != list(places):
            raise AccountError(_not_as_signed("leaves are missing"))
        leaves += (row["hash"] for row in rows)
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
