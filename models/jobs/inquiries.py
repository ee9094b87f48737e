"""What waits too long for somebody: inquiries, for a review, which raises an alert, or for a second
supervisor; breaches, for their notices, and complaints, for their answers, which raise alerts, too.

Any number of these may run concurrently: each takes a batch of rows with SKIP LOCKED. An alert is
raised once for each of them, by a unique index; an inquiry that lapsed waits no longer.
"""

import asyncio

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.row_keys import new_key
from models.supervision.alert import KEEPER
from models.supervision.inquiry import WAITING_HOURS
from models.vocabulary import AlertKind, Role

_EVERY_SECONDS = 30.0
_BATCH = 100

#: An inquiry that is just being reviewed is locked, and no longer overdue afterwards.
_OVERDUE_REVIEWS = """
    SELECT id, opened_by AS actor FROM inquiry
    WHERE NOT is_reviewed AND review_due_at <= clock_timestamp()
        AND NOT EXISTS (SELECT FROM alert WHERE inquiry_id = inquiry.id AND kind = $1)
    ORDER BY opened_at, id LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
"""
#: Of which breaches others were not told in time.
IS_OVERDUE = (
    "due_at <= clock_timestamp() AND num_nulls(institution_notified_at, people_notified_at) > 0"
)
_OVERDUE_NOTICES = f"""
    SELECT id, recorded_by AS actor FROM breach
    WHERE {IS_OVERDUE}
        AND NOT EXISTS (SELECT FROM alert WHERE breach_id = breach.id AND kind = $1)
    ORDER BY due_at, id LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608
#: An alert of a complaint is about nobody: who is complained about is in what it says.
_OVERDUE_COMPLAINTS = f"""
    SELECT id, '{KEEPER}' AS actor FROM complaint
    WHERE is_open AND due_at <= clock_timestamp()
        AND NOT EXISTS (SELECT FROM alert WHERE complaint_id = complaint.id AND kind = $1)
    ORDER BY due_at, id LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608
_RAISE = """
    INSERT INTO alert (id, kind, actor, actor_role, {about})
    SELECT id, $3, actor, $4, about
    FROM unnest($1::uuid[], $2::text[], $5::uuid[]) AS raised (id, actor, about)
    ON CONFLICT DO NOTHING
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
    of = "inquiry_id", AlertKind.REVIEW_OVERDUE, Role.SUPERVISOR
    return await _raise(connection, _OVERDUE_REVIEWS, *of, limit)


async def raise_overdue_notices(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Raise alerts for a batch of breaches of which others were not told; return how many."""
    of = "breach_id", AlertKind.NOTICE_OVERDUE, Role.AUDITOR
    return await _raise(connection, _OVERDUE_NOTICES, *of, limit)


async def raise_overdue_complaints(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Raise alerts for a batch of complaints that nobody answered in time; return how many."""
    of = "complaint_id", AlertKind.COMPLAINT_OVERDUE, Role.ANONYMOUS
    return await _raise(connection, _OVERDUE_COMPLAINTS, *of, limit)


async def _raise(
    connection: asyncpg.Connection,
    overdue: str,
    about: str,
    kind: AlertKind,
    role: Role,
    limit: int,
) -> int:
    async with connection.transaction():
        found = await connection.fetch(overdue, kind, limit)
        raised = await connection.fetch(
            _RAISE.format(about=about),
            [new_key() for _ in found],
            [one["actor"] for one in found],
            kind,
            role,
            [one["id"] for one in found],
        )
    return len(raised)


async def lapse_inquiries(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """End a batch of inquiries to which nobody agreed in time; return how many."""
    return len(await connection.fetch(_LAPSE, WAITING_HOURS, limit))


async def keep_inquiries(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Run these jobs until ``stop`` is set."""
    batches = (
        *(raise_overdue_reviews, raise_overdue_notices, raise_overdue_complaints),
        lapse_inquiries,
    )
    await asyncio.gather(*(run_repeatedly(batch, url, stop, every, jobs) for batch in batches))
