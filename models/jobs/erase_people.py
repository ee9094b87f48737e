"""Erases people who asked for it or whose files were kept for long enough, and keeps them erased.

It works in small batches, each committed; after a stop or a kill it goes on where it was.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.database.connections import CONNECTION_ERRORS, connected
from models.jobs.scheduler import Jobs, pause
from models.key_service import ErasesKeys, KeyServiceError
from models.key_service.erasures import PAGE_SIZE
from models.rights.erasure_steps import (
    delete_keys,
    delete_other_keys,
    forget_digests,
    hide,
    hide_bans,
    hide_complaints,
    hide_due,
    hide_ended_bans,
    hide_old_movements,
)
from models.rights.retention import Retention
from models.row_keys import new_key
from models.vocabulary import ErasureCause, Status

_LAST = UUID(int=(1 << 128) - 1)
_COME_BACK = "SELECT id FROM applicant WHERE id = ANY ($1) AND erased_at IS NULL"
_ORDER_AGAIN = f"""
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
        UNION ALL SELECT complaint_id FROM complaint_text WHERE keys_deleted_at IS NOT NULL
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
            await connection.execute(_ORDER_AGAIN, [new_key() for _ in people], people)
            await hide(connection, people)
    bans = [row[0] for row in await connection.fetch(_BANS_COME_BACK, erased)]
    async with connection.transaction():
        await hide_bans(connection, bans)
    await hide_complaints(connection, erased)
    return len(people) + len(bans)


#: Applicants in the order in which they came, none younger than the shortest period.
_OLDEST = """
    SELECT id, created_at, erased_at IS NULL AND EXISTS (
        SELECT FROM application WHERE applicant_id = applicant.id
    ) AND NOT EXISTS (
        SELECT FROM application
        JOIN unnest($4::text[], $5::interval[]) AS period (status, kept) USING (status)
        WHERE applicant_id = applicant.id AND closed_at > now() - kept
    ) AND NOT EXISTS (
        SELECT FROM application WHERE applicant_id = applicant.id AND closed_at IS NULL
    ) AND NOT EXISTS (
        SELECT FROM erasure WHERE applicant_id = applicant.id
    ) AS is_due
    FROM applicant
    WHERE (created_at, id) > ($1, $2) AND created_at < now() - $3::interval
    ORDER BY created_at, id LIMIT $6
"""
_ORDER = f"""
    INSERT INTO erasure (id, applicant_id, cause)
    SELECT id, applicant_id, '{ErasureCause.RETENTION}'
    FROM unnest($1::uuid[], $2::uuid[]) AS due (id, applicant_id)
    ON CONFLICT (applicant_id) DO NOTHING
"""  # noqa: S608


class WalkPosition(NamedTuple):
    """Up to which applicant a walk has come."""

    created_at: datetime
    id: UUID


_BEGINNING = WalkPosition(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


async def order_due(
    connection: asyncpg.Connection, retention: Retention, place: WalkPosition | None, limit: int
) -> WalkPosition | None:
    """Order those of a batch who are due; return up to where it came, None at the end."""
    began = place or _BEGINNING
    days: Mapping[Status, int] = retention.days
    periods = [timedelta(days=kept) for kept in days.values()]
    rows = await connection.fetch(_OLDEST, *began, min(periods), list(days), periods, limit)
    due = [row["id"] for row in rows if row["is_due"]]
    await connection.execute(_ORDER, [new_key() for _ in due], due)
    return WalkPosition(rows[-1]["created_at"], rows[-1]["id"]) if len(rows) == limit else None


_EVERY_SECONDS = 30.0
_BATCH = 50
#: Everybody's file is walked over once a night, not in each pass.
_RETAIN_SECONDS = 3600.0
_WALKED = 500


async def erase_due(
    keys: ErasesKeys,
    connection: asyncpg.Connection,
    retention: Retention | None = None,
    limit: int = _BATCH,
) -> int:
    """Take each step of a batch of erasures; return how many steps. Raises KeyServiceError."""
    hidden = await hide_due(connection, limit)
    forgotten = await forget_digests(connection, retention or Retention(), limit)
    deleted = await delete_keys(keys, connection, limit)
    return hidden + forgotten + deleted + await delete_other_keys(keys, connection, limit)


async def keep_erasing(
    keys: ErasesKeys,
    retention: Retention,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Erase the people who are due, until ``stop`` is set. At each new connection, which may be to
    a restored database, both sides are compared first."""
    job = (jobs or Jobs()).add(erase_due.__name__, every)
    while not stop.is_set():
        try:
            async with connected(url) as connection:
                await reconcile(keys, connection)
                while not stop.is_set():
                    if not await job.record_pass(erase_due(keys, connection, retention)):
                        await pause(stop, every)
        except (KeyServiceError, *CONNECTION_ERRORS) as error:
            job.note_failure(error)
            await pause(stop, every)


async def keep_retention(
    retention: Retention,
    url: str,
    stop: asyncio.Event,
    every: float = _RETAIN_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Order the erasure of people whose files were kept for long enough, and hide the people of ban
    entries that ended and movements by visas that were left by long ago, until ``stop`` is set."""
    job = (jobs or Jobs()).add(order_due.__name__, every)
    place: WalkPosition | None = None
    while not stop.is_set():
        try:
            async with connected(url) as connection:
                while not stop.is_set():
                    place = await order_due(connection, retention, place, _WALKED)
                    bans = await hide_ended_bans(connection, retention.ban_days, _WALKED)
                    left = await hide_old_movements(connection, retention.movement_days, _WALKED)
                    job.note_nothing_due()
                    if place is None and max(bans, left) < _WALKED:
                        await pause(stop, every)
        except CONNECTION_ERRORS as error:
            job.note_failure(error)
            await pause(stop, min(every, _EVERY_SECONDS))
