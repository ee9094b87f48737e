"""Drops entries that are old enough, except those on hold: a batch of leaves at a time, and of a
partitioned table a whole partition once all of its quarter is over.

The age of an entry is that of the checkpoint outside which covers it, so nobody can have entries
dropped by dating rows back.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from models.account.checkpoints import CheckpointFolder
from models.account.drop_records import Drop, runs_of
from models.account.notes import Checkpoint
from models.account.sources import SOURCES, Source
from models.base import is_partitioned
from models.database.locking import LOCK_TIMEOUT_MS, retry_for_lock
from models.key_service import KeyService, KeyUse
from models.row_keys import new_key

_BATCH = 2_000
_LEAVES = """
    SELECT position, source, row_id FROM account_leaf
    WHERE position >= $1 AND position < $2 AND source = ANY ($3) ORDER BY position
"""
#: A legal hold on a file also keeps the log of its reads; so does a request that is not answered
#: yet.
_HELD = """
    EXISTS (
        SELECT FROM legal_hold JOIN application AS file ON file.id = legal_hold.application_id
        WHERE released_at IS NULL AND {about}
    ) OR EXISTS (SELECT FROM data_request AS file WHERE outcome IS NULL AND {about})
"""
_ABOUT = {
    "applicant_id": "file.applicant_id = entry.applicant_id",
    "case_reference": "file.reference = entry.case_reference",
}
_OF_AGE = """
    SELECT id FROM {table} AS entry
    WHERE id = ANY ($1) AND {at} < now() - $2::interval AND NOT ({held})
    FOR UPDATE SKIP LOCKED
"""
#: How many entries of a partition one record names.
_RECORDED = 20_000
_PARTITIONS = """
    SELECT of_table, since, before FROM partitions_made() WHERE before <= now() - $1::interval
    ORDER BY before, of_table
"""
_OF_PARTITION = """
    DECLARE of_partition CURSOR FOR SELECT leaf.position FROM {table} AS entry
    JOIN account_leaf AS leaf ON leaf.source = '{table}' AND leaf.row_id = entry.id
    WHERE {at} >= $1 AND {at} < $2 AND leaf.position < $3 AND NOT ({held})
    ORDER BY leaf.position
"""
_HELD_SINCE = """
    SELECT EXISTS (
        SELECT FROM {table} AS entry
        JOIN account_leaf AS leaf ON leaf.source = '{table}' AND leaf.row_id = entry.id
        WHERE {at} >= $1 AND {at} < $2 AND ({held}) AND EXISTS (
            SELECT FROM account_drop CROSS JOIN unnest(firsts, lasts) AS run (first_one, last_one)
            WHERE dropped_at = now() AND leaf.position BETWEEN first_one AND last_one
        )
    )
"""
_FORGET_REFERENCES = """
    DELETE FROM {references} WHERE row_id IN (
        SELECT leaf.row_id FROM account_drop
        CROSS JOIN unnest(firsts, lasts) AS run (first_one, last_one)
        JOIN account_leaf AS leaf ON leaf.position BETWEEN first_one AND last_one
        WHERE dropped_at = now() AND leaf.source = '{table}'
    )
"""
_RECORD = """
    INSERT INTO account_drop
        (id, before, kept_days, firsts, lasts, public_key, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def find_of_age(
    connection: asyncpg.Connection, keys: KeyService, folder: CheckpointFolder, kept_days: int
) -> Checkpoint | None:
    """The last checkpoint of the newest day that is old enough: what it covers may go.

    Raises KeyServiceError.
    """
    public = await keys.public_keys(KeyUse.CHECKPOINT)
    now = await connection.fetchval("SELECT now()")
    assert now
    return next(folder.last_of_days(public, before=now - timedelta(days=kept_days)), None)


async def drop_of_age(
    connection: asyncpg.Connection,
    keys: KeyService,
    of_age: Checkpoint,
    kept_days: int,
    first: int,
    limit: int = _BATCH,
) -> int | None:
    """Drop what is old enough among so many leaves; return where to go on, None at the end.

    The rows are deleted and their record is written in one transaction. Raises KeyServiceError.
    """
    end = min(first + limit, of_age.size)
    async with connection.transaction():
        positions = await _lock_rows(connection, kept_days, first, end)
        if positions:
            await _record(connection, keys, of_age, kept_days, sorted(positions.values()))
            by_source: defaultdict[str, list[UUID]] = defaultdict(list)
            for source, row in positions:
                by_source[source].append(row)
            for source, rows in by_source.items():
                await connection.execute(f"DELETE FROM {source} WHERE id = ANY ($1)", rows)  # noqa: S608
    return end if end < of_age.size else None


class HeldMeanwhileError(Exception):
    """Something came under a hold while its partition was being dropped: it is another time."""


async def partitions_of_age(
    connection: asyncpg.Connection, kept_days: int
) -> list[tuple[str, datetime, datetime]]:
    """The partitions whose quarter ended long enough ago: the table, and from when to when."""
    found = await connection.fetch(_PARTITIONS, timedelta(days=kept_days))
    return [(row["of_table"], row["since"], row["before"]) for row in found]


async def drop_partition(
    connection: asyncpg.Connection,
    keys: KeyService,
    of_age: Checkpoint,
    kept_days: int,
    partition: tuple[str, datetime, datetime],
    limit: int = _RECORDED,
) -> int:
    """Drop a partition; what is younger by its checkpoint, or on hold, stays in another one for the
    same quarter. Returns how many entries went.

    The records are written, and the partition is dropped, in one transaction. The table is locked
    for an instant at its end. Raises KeyServiceError, LockedError and HeldMeanwhileError.
    """
    table, since, before = partition
    source = SOURCES[table]
    names = {"table": table, "at": source.dropped_by, "held": _hold_condition(source)}
    async with connection.transaction():
        await connection.execute(_OF_PARTITION.format(**names), since, before, of_age.size)
        is_any = False
        while rows := await connection.fetch(f"FETCH {limit} FROM of_partition"):
            is_any = True
            await _record(connection, keys, of_age, kept_days, [row["position"] for row in rows])
        await connection.execute("CLOSE of_partition")
        if not is_any:
            return 0
        if await connection.fetchval(_HELD_SINCE.format(**names), since, before):
            raise HeldMeanwhileError
        if source.unique_by:
            references = source.unique_by.__tablename__
            await connection.execute(_FORGET_REFERENCES.format(references=references, table=table))

        async def detach() -> int:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
                return await connection.fetchval("SELECT drop_partition($1, $2)", table, since) or 0

        return await retry_for_lock(connection, detach, "drop a partition", table)


async def _lock_rows(
    connection: asyncpg.Connection, kept_days: int, first: int, end: int
) -> dict[tuple[str, UUID], int]:
    """The rows among some leaves that may go, with their places."""
    sources = [one for one in SOURCES.values() if one.dropped_by and not is_partitioned(one.table)]
    leaves: defaultdict[str, dict[UUID, int]] = defaultdict(dict)
    for leaf in await connection.fetch(_LEAVES, first, end, [one.table for one in sources]):
        leaves[leaf["source"]][leaf["row_id"]] = leaf["position"]
    found: dict[tuple[str, UUID], int] = {}
    for source in sources:
        if rows := leaves[source.table]:
            held = _hold_condition(source)
            statement = _OF_AGE.format(table=source.table, at=source.dropped_by, held=held)
            kept = timedelta(days=kept_days)
            for (id_,) in await connection.fetch(statement, list(rows), kept):
                found[source.table, id_] = rows[id_]
    return found


def _hold_condition(source: Source) -> str:
    columns = source.noun.__table__.c
    held = [_HELD.format(about=about) for column, about in _ABOUT.items() if column in columns]
    return " OR ".join(held) or "false"


async def _record(
    connection: asyncpg.Connection,
    keys: KeyService,
    of_age: Checkpoint,
    kept_days: int,
    positions: list[int],
) -> None:
    firsts, lasts = runs_of(positions)
    drop = Drop(new_key(), of_age.signed_at, kept_days, tuple(firsts), tuple(lasts))
    signed = await keys.sign(KeyUse.CHECKPOINT, drop.text().encode())
    await connection.execute(
        _RECORD, drop.id, drop.before, kept_days, firsts, lasts, signed.public_key, signed.value
    )
