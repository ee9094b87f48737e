"""Verifies the account: rows against their leaves, leaves against what was signed outside."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from models.account.checkpoints import CheckpointFolder
from models.account.contradictions import find_contradictions
from models.account.cosignatures import Witness
from models.account.drop_records import Drop, DroppedLeaves, find_early
from models.account.findings import Report, Tampering
from models.account.merkle import leaf_hash
from models.account.nodes import compare_nodes
from models.account.notes import AccountError
from models.account.signed_tree import (
    SignedTree,
    compare_cosigned,
    compare_kept,
    read_signed_tree,
)
from models.account.sources import SOURCES, Source, kept_bytes, leaf_content
from models.garbage import without_garbage_collection
from models.key_service import KeyService, KeyUse

_CHUNK = 20_000
_PART = 500
#: Names mean what they say: no schema of somebody else's hides a table, a function or an operator,
#: and a row rule that would hide rows is an error.
_AS_NAMED = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL row_security = off"
_NO_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relname = ANY ($1) AND relkind NOT IN ('r', 'p') ORDER BY relname
"""
_OF_THE_TREE = (
    "account_head", "account_leaf", "account_node", "account_outbox", "account_source",
)  # fmt: skip
_HEAD_SIZE = "SELECT coalesce((SELECT size FROM public.account_head), 0)"
_LEAVES = """
    SELECT position, source, row_id, hash FROM public.account_leaf
    WHERE position >= $1 ORDER BY position LIMIT $2
"""
_BEHIND = "SELECT count(*) FROM public.account_leaf WHERE position > $1"
#: Each row with its leaves.
_ENTRIES = """
    SELECT leaf.position, leaf.row_id, leaf.hash, leaf.salt, entry.{key_column} IS NULL AS is_gone,
        {told} AS told, {at} AS at, {kept} AS kept, {mac_key} AS mac_key, {mac} AS mac
    FROM public.account_leaf AS leaf
    LEFT JOIN public.{table} AS entry ON {is_its_leaf}
    WHERE leaf.source = '{name}' AND leaf.position >= $1
"""
#: Of a row that changes in steps, with the last one. Within an OR, it would be looked for by going
#: through all rows for each.
_LAST = """
    AND leaf.position IN (
        SELECT max(position) FROM public.account_leaf WHERE source = '{name}' GROUP BY row_id
    )
"""
#: The last leaf of a record holds its present content, the first shows when it was written.
_DROPS = """
    SELECT entry.*, states.written_at, {content} AS content, leaf.hash
    FROM public.account_drop AS entry
    JOIN (
        SELECT row_id, min(position) AS written_at, max(position) AS signed_at
        FROM public.account_leaf WHERE source = 'account_drop' GROUP BY row_id
    ) AS states ON states.row_id = entry.id
    JOIN public.account_leaf AS leaf ON leaf.position = states.signed_at
    ORDER BY states.written_at
"""
_UNRECORDED = """
    SELECT {key} AS id FROM public.{table} AS entry
    WHERE {when} AND NOT EXISTS (
        SELECT FROM public.account_leaf WHERE source = '{name}' AND row_id = {key}
    ) AND NOT EXISTS (
        SELECT FROM public.account_outbox WHERE source = '{name}' AND row_id = {key}
    ) AND EXISTS (SELECT FROM public.account_source WHERE source = '{name}') AND NOT EXISTS (
        SELECT FROM public.application_change AS change
        WHERE {is_brought} AND written_in >= (
            SELECT changes_from FROM public.account_source WHERE source = 'application_event'
        )
    )
    ORDER BY id
"""


#: An entry that is as it was written: its position, row, what was sealed, by which key, and how.
_Entry = tuple[int, UUID, str, str, bytes | None]
#: Rows that were tampered with, by how, and in which words.
_Found = defaultdict[tuple[Tampering, str], list[UUID]]


async def verify(
    connection: asyncpg.Connection,
    keys: KeyService,
    folder: CheckpointFolder,
    *,
    since: datetime | None = None,
    checkpoint: Path | None = None,
    public_keys: Mapping[str, bytes] | None = None,
    witnesses: Sequence[Witness] = (),
) -> Report:
    """All that was changed, removed, cut off, reordered, forged or rolled back.

    Rows are looked at from the last checkpoint before ``since`` on, all of them without it; the
    tree always is as a whole. ``checkpoint`` is one that somebody kept elsewhere; ``public_keys``
    are the only ones whose signatures are believed, otherwise those that the key service names;
    each of ``witnesses`` must have cosigned the newest checkpoint, and nothing newer.
    Raises AccountError if there is nothing to verify against.
    """
    began, report = time.monotonic(), Report()
    public = public_keys or await keys.public_keys(KeyUse.CHECKPOINT)
    signed = read_signed_tree(folder, public, report)
    if checkpoint is not None:
        compare_kept(folder.from_file(checkpoint, public), signed, report)
    await compare_cosigned(signed, witnesses, report)
    report.checkpoint = signed.checkpoint
    first = 0
    if since is not None:
        earlier = folder.newest_by(since, public)
        first = earlier.size if earlier else 0
    # One snapshot, beside which everything goes on.
    snapshot = connection.transaction(isolation="repeatable_read", readonly=True)
    await snapshot.start()
    try:
        with without_garbage_collection():  # which would take half of the time
            await connection.execute(f"{_AS_NAMED}; SET LOCAL cursor_tuple_fraction = 1")
            if names := await connection.fetch(
                _NO_TABLES, [*(one.table for one in SOURCES.values()), *_OF_THE_TREE]
            ):
                listed = ", ".join(row["relname"] for row in names)
                raise AccountError(f"no tables, as they should be: {listed}")
            rewritten = await _verify_leaves(connection, signed, report)
            await compare_nodes(connection, signed, report)
            dropped = await _read_drops(connection, folder, public, rewritten, report)
            for source in SOURCES.values():
                await _verify_rows(connection, keys, source, first, rewritten, dropped, report)
            await _find_unrecorded(connection, report)
            await find_contradictions(connection, report)
    finally:
        await snapshot.rollback()  # with its settings
    report.seconds = time.monotonic() - began
    return report


async def _verify_leaves(
    connection: asyncpg.Connection, signed: SignedTree, report: Report
) -> set[int]:
    """Compare the leaves with those that were signed; return the positions that differ."""
    size, position, missing = signed.checkpoint.size, 0, 0
    differing: dict[int, tuple[bytes, tuple[str, UUID]]] = {}
    while rows := await connection.fetch(_LEAVES, position, _CHUNK):
        for row in rows:
            if row["position"] >= size:
                report.unsigned += 1
                continue
            missing += row["position"] - position
            position = row["position"] + 1
            if row["hash"] != signed.hashes.at(row["position"]):
                differing[row["position"]] = (row["hash"], (row["source"], row["row_id"]))
        if rows[-1]["position"] >= size:
            report.unsigned += await connection.fetchval(_BEHIND, rows[-1]["position"]) or 0
            break
    if missing:
        report.add(Tampering.REMOVED, f"{missing:,} leaves of the account")
    if position < size:
        _tell_end(await connection.fetchval(_HEAD_SIZE) or 0, position, size, report)
    if differing:
        _tell_differing(differing, signed, report)
    return set(differing)


def _tell_end(head: int, position: int, size: int, report: Report) -> None:
    """Fewer leaves than were signed: the last ones are gone, or the whole database is an older
    one."""
    kind = Tampering.ROLLED_BACK if head < size else Tampering.CUT_OFF
    report.add(kind, f"{size:,} leaves were signed, {position:,} are there")


def _tell_differing(
    differing: dict[int, tuple[bytes, tuple[str, UUID]]], signed: SignedTree, report: Report
) -> None:
    here = sorted(hash_ for hash_, _ in differing.values())
    there = sorted(signed.hashes.at(position) for position in differing)
    kind, why = (
        (Tampering.REORDERED, "has the place of another")
        if here == there
        else (Tampering.CHANGED, "has another leaf than was signed")
    )
    report.add_rows(kind, (row for _, row in differing.values()), why)


async def _read_drops(
    connection: asyncpg.Connection,
    folder: CheckpointFolder,
    public: Mapping[str, bytes],
    rewritten: set[int],
    report: Report,
) -> DroppedLeaves:
    """The entries that the keeper dropped: by records that it signed, for entries that were old
    enough."""
    believed: list[Drop] = []
    days = [*folder.last_of_days(public)][::-1]
    for row in await connection.fetch(
        _DROPS.format(content=SOURCES["account_drop"].content("entry"))
    ):
        drop = Drop.from_row(row)
        what = f"account_drop {drop.id}"
        if row["written_at"] in rewritten or leaf_hash(row["content"]) != row["hash"]:
            continue  # reported like any row; what it dropped counts as removed
        if not drop.is_signed(row["public_key"], row["signature"], public.values()):
            report.add(Tampering.FORGED, f"{what} no keeper signed")
            continue
        believed.append(drop)
        report.dropped_before = max(report.dropped_before or drop.before, drop.before)
        if why := find_early(drop, row["written_at"], days):
            report.add(Tampering.DROPPED_EARLY, f"{drop.entries:,} entries of {what} {why}")
    return DroppedLeaves.from_drops(believed)


def rows_with_leaves(source: Source) -> str:
    """A statement for rows of a source with the leaves that hold them, from a position on."""
    return source.fill(_ENTRIES + _LAST if source.has_steps else _ENTRIES)


async def _verify_rows(
    connection: asyncpg.Connection,
    keys: KeyService,
    source: Source,
    first: int,
    rewritten: set[int],
    dropped: DroppedLeaves,
    report: Report,
) -> None:
    """Compare rows with their leaves, and the seals of those that have one."""
    found: _Found = defaultdict(list)
    seals = _Seals(keys, found, report)
    async for rows in _parts(await connection.cursor(rows_with_leaves(source), first)):
        report.entries += len(rows)
        as_written: list[_Entry] = []
        for position, row_id, hash_, salt, is_gone, told, at, kept, mac_key, mac in rows:
            if is_gone and source.dropped_by and position in dropped:
                report.dropped += 1
            elif is_gone:
                found[Tampering.REMOVED, "is gone"].append(row_id)
            elif position in rewritten:
                continue  # reported already
            elif hash_ != leaf_hash(leaf_content(told + at, salt, kept_bytes(kept, mac_key, mac))):
                found[Tampering.CHANGED, "is not what it was"].append(row_id)
            else:
                as_written.append((position, row_id, told + kept, mac_key, mac))
        if source.is_sealed:
            await seals.verify(as_written)
    seals.report_unsealed()
    for (kind, why), keys_found in found.items():
        report.add_rows(kind, ((source.name, key) for key in keys_found), why)


async def _find_unrecorded(connection: asyncpg.Connection, report: Report) -> None:
    # Where a large table has no statistics yet, each of its rows would be looked for one by one.
    await connection.execute("SET LOCAL enable_nestloop = off")
    for source in SOURCES.values():
        rows = await connection.fetch(source.fill(_UNRECORDED))
        named = ((source.name, row["id"]) for row in rows)
        report.add_rows(Tampering.UNRECORDED, named, "was written past the account")
    await connection.execute("SET LOCAL enable_nestloop = on")


class _Seals:
    """The seals of entries, compared with the keys of our gateways."""

    def __init__(self, keys: KeyService, found: _Found, report: Report) -> None:
        self._keys = keys
        self._found = found
        self._report = report
        #: The first place of an entry that one of our keys sealed.
        self._began: int | None = None
        self._unsealed: dict[int, UUID] = {}

    async def verify(self, entries: list[_Entry]) -> None:
        ours = await _are_ours(self._keys, entries)
        for (position, row_id, _, mac_key, mac), is_own in zip(entries, ours, strict=True):
            if is_own:
                self._began = position if self._began is None else min(self._began, position)
                self._report.sealed_by[mac_key] += 1
            elif mac is None:
                self._unsealed[position] = row_id
            else:
                self._found[Tampering.FORGED, "no gateway sealed"].append(row_id)

    def report_unsealed(self) -> None:
        """Before gateways sealed what they wrote, there is nothing to compare."""
        began = self._began
        if began is not None and (
            forged := [row for at, row in self._unsealed.items() if at > began]
        ):
            self._found[Tampering.FORGED, "no gateway sealed"] += forged


async def _parts(cursor: Any) -> AsyncIterator[Sequence[Any]]:
    """The rows, some at a time; the database prepares more of them while we compute."""
    ahead = asyncio.create_task(cursor.fetch(_CHUNK))
    try:
        while rows := await ahead:
            ahead = asyncio.create_task(cursor.fetch(_CHUNK))
            for start in range(0, len(rows), _PART):
                yield rows[start : start + _PART]
                await asyncio.sleep(0)  # what has come meanwhile is taken over
    finally:
        ahead.cancel()


async def _are_ours(keys: KeyService, entries: Sequence[_Entry]) -> list[bool]:
    """Whether a key of ours sealed each entry."""
    digests = await keys.digests(
        KeyUse.ACCESS_LOG, [content.encode() for _, _, content, _, _ in entries]
    )
    return [
        any(key_id == mac_key and value == mac for key_id, value in of_keys)
        for (_, _, _, mac_key, mac), of_keys in zip(entries, digests, strict=True)
    ]
