"""Inquiries that wait too long: for a review, which raises an alert, or for a second supervisor.

Any number of these may run concurrently: each takes a batch of rows with SKIP LOCKED. An alert is
raised once for each inquiry, by a unique index; an inquiry that lapsed waits no longer.
"""

import asyncio

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.row_keys import new_key
from models.supervision.inquiry import WAITING_HOURS
from models.vocabulary import AlertKind, Role

_EVERY_SECONDS = 30.0
_BATCH = 100

#: An inquiry that is just being reviewed is locked, and no longer overdue afterwards.
_OVERDUE = """
    SELECT id, opened_by FROM inquiry
    WHERE NOT is_reviewed AND review_due_at <= clock_timestamp()
        AND NOT EXISTS (SELECT FROM alert WHERE inquiry_id = inquiry.id AND kind = $1)
    ORDER BY opened_at, id LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
"""
_RAISE = """
    INSERT INTO alert (id, kind, actor, actor_role, inquiry_id)
    SELECT id, $3, actor, $4, inquiry_id
    FROM unnest($1::uuid[], $2::text[], $5::uuid[]) AS raised (id, actor, inquiry_id)
    ON CONFLICT (inquiry_id, kind) DO NOTHING
    RETURNING id
"""
_LAPSE = """
    UPDATE inquiry SET lapsed_at = clock_timestamp()
    WHERE id IN (
        SELECT id FROM inquiry
        WHERE is_open AND ends_at IS NULL
            AND opened_at <= clock_timestamp() - $1 * interval '1 hour'
        ORDER BY opened_at, id LIMIT $2
        FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id
"""


async def raise_overdue_reviews(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Raise alerts for a batch of inquiries that nobody reviewed in time; return how many."""
    async with connection.transaction():
        overdue = await connection.fetch(_OVERDUE, AlertKind.REVIEW_OVERDUE, limit)
        raised = await connection.fetch(
            _RAISE,
            [new_key() for _ in overdue],
            [one["opened_by"] for one in overdue],
            AlertKind.REVIEW_OVERDUE,
            Role.SUPERVISOR,
            [one["id"] for one in overdue],
        )
    return len(raised)


async def lapse_inquiries(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """End a batch of inquiries to which nobody agreed in time; return how many."""
    return len(await connection.fetch(_LAPSE, WAITING_HOURS, limit))


async def keep_inquiries(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Run both jobs until ``stop`` is set."""
    batches = (raise_overdue_reviews, lapse_inquiries)
    await asyncio.gather(*(run_repeatedly(batch, url, stop, every, jobs) for batch in batches))
