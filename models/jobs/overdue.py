"""Ends what waited past its deadline, tells how much of a target has passed, and deletes old
idempotency keys.

An application that nobody paid, or for which nobody handed in what was asked for, is closed. One
that is to be refused, and about which nobody said anything, is decided by the officer who has it.
Any number of these may run concurrently: each takes a batch of rows with SKIP LOCKED, and what has
ended is no longer due. A level of a target is an event of the case: it reaches the directorate's
people like any change, and, while the file waits to be handed over, its partner. A case that passed
several levels unseen is told the last of them.
"""

import asyncio
from typing import Any

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.life.steps import STEPS, Step, Verb
from models.vocabulary import CLOSED, PAUSED, TARGET_PERCENTS, EventKind, Stage, Status, Wait

#: How long an idempotency key is remembered.
REMEMBERED_DAYS = 7
_EVERY_SECONDS = 30.0
_BATCH = 500

#: The steps that a deadline triggers, and what the application waited for.
_WAITS = {
    Verb.EXPIRE: Wait.PAYMENT, Verb.LAPSE: Wait.ANSWER, Verb.END_INTENTION: Wait.INTENTION
}  # fmt: skip

STEPS_OF_A_CLOCK = tuple(step for step in STEPS if step.verb in _WAITS)

#: Events that change no status.
_NO_STATUS = [kind.value for kind in EventKind if kind not in tuple(Status)]

# A case is due once the deadline has passed that was in force on the day its wait began (WIB). The
# statuses are literals: for a parameter the planner could not use the partial index of waiting
# cases.
_DUE = """
    WITH due AS (
        SELECT application.id
        FROM application
        CROSS JOIN LATERAL (
            SELECT max(occurred_at) AS at
            FROM application_event
            WHERE application_id = application.id AND kind = application.status
        ) AS began
        CROSS JOIN LATERAL (
            SELECT days
            FROM deadline
            WHERE wait = $1 AND valid_from <= wib_day(began.at)
            ORDER BY valid_from DESC
            LIMIT 1
        ) AS allowed
        WHERE application.status IN ({statuses})
            AND began.at + allowed.days * interval '1 day' <= now()
        ORDER BY application.id
        LIMIT $2
        FOR NO KEY UPDATE OF application SKIP LOCKED
    ), ended AS (
        UPDATE application
        SET status = $3,
            closed_at = {closed_at},
            paused_seconds = (
                SELECT coalesce(sum(extract(epoch FROM left_at - occurred_at)), 0)::bigint
                FROM (
                    SELECT kind, occurred_at,
                        lead(occurred_at, 1, now()) OVER (ORDER BY sequence) AS left_at
                    FROM application_event
                    WHERE application_id = due.id AND kind <> ALL ($4)
                ) AS entered
                WHERE kind IN ({paused})
            )
        FROM due
        WHERE application.id = due.id
        RETURNING application.id
    ), besides AS (
        {besides}
        FROM ended
        WHERE application_id = ended.id AND ended_at IS NULL
    )
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT ended.id, 1 + max(earlier.sequence), $3, now()
    FROM ended
    JOIN application_event AS earlier ON earlier.application_id = ended.id
    GROUP BY ended.id
    RETURNING application_id
"""
#: What is closed leaves its desk; whoever was not answered decides all the same.
_CLOSES = {"closed_at": "now()", "besides": "UPDATE assignment SET ended_at = now()"}
_GOES_ON = {"closed_at": "closed_at", "besides": "UPDATE refusal_intention SET ended_at = now()"}
_LEVELS = ", ".join(f"('{kind}', {percent})" for kind, percent in TARGET_PERCENTS.items())
#: The clock runs in this stage alone, which the partial index of open cases has: what is closed is
#: never looked at.
TELL_LEVELS = f"""
    WITH level (kind, percent) AS (VALUES {_LEVELS}), due AS (
        SELECT application.id, reached.kind
        FROM application
        CROSS JOIN LATERAL (
            SELECT kind, percent FROM level
            WHERE target_passes(paid_at, target_due_at, percent)
                + paused_seconds * interval '1 second' <= now()
            ORDER BY percent DESC LIMIT 1
        ) AS reached
        WHERE stage = '{Stage.IN_PROCESS}' AND NOT EXISTS (
            SELECT FROM application_event AS told JOIN level USING (kind)
            WHERE told.application_id = application.id AND level.percent >= reached.percent
        )
        ORDER BY target_due_at, application.id LIMIT $1
        FOR NO KEY UPDATE OF application SKIP LOCKED
    )
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT due.id, 1 + max(earlier.sequence), due.kind, now()
    FROM due JOIN application_event AS earlier ON earlier.application_id = due.id
    GROUP BY due.id, due.kind
    RETURNING application_id
"""  # noqa: S608
_DELETE_OLD_KEYS = """
    DELETE FROM idempotency
    WHERE key_digest IN (
        SELECT key_digest
        FROM idempotency
        WHERE created_at < now() - $1 * interval '1 day'
        LIMIT $2
        FOR UPDATE SKIP LOCKED
    )
    RETURNING key_digest
"""


async def end_overdue(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """End what a batch of applications waited for too long; return how many."""
    ended = [await _end(connection, step, limit) for step in STEPS_OF_A_CLOCK]
    return sum(ended)


async def tell_levels(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Tell how much of the targets of a batch of cases has passed; return how many cases."""
    return len(await connection.fetch(TELL_LEVELS, limit))


async def forget_keys(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Delete a batch of old idempotency keys; return how many."""
    return len(await connection.fetch(_DELETE_OLD_KEYS, REMEMBERED_DAYS, limit))


async def keep_lapsing(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Run these jobs until ``stop`` is set."""
    batches = (end_overdue, tell_levels, forget_keys)
    await asyncio.gather(*(run_repeatedly(batch, url, stop, every, jobs) for batch in batches))


async def _end(connection: asyncpg.Connection, step: Step, limit: int) -> int:
    statement, *values = due(step, limit)
    return len(await connection.fetch(statement, *values))


def due(step: Step, limit: int) -> tuple[Any, ...]:
    """The statement that takes a step for up to ``limit`` overdue cases, and its values."""
    statement = _DUE.format(
        statuses=", ".join(f"'{status}'" for status in step.sources),
        paused=", ".join(f"'{status}'" for status in PAUSED),
        **(_CLOSES if step.target in CLOSED else _GOES_ON),
    )
    return statement, _WAITS[step.verb], limit, step.target, _NO_STATUS
