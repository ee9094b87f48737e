"""Writes what the systems of partners are told, and mail to applicants, from changes of cases, and
keeps that in order.

A change of a case that its partner reads as another stage is a notice, numbered for its endpoint;
no other change leaves a trace, in a number or in time. Changes are taken in the order in which they
are followed (`models.case.change`), in one transaction with the place that was reached, so a keeper
that is killed has written all or nothing. Any number of these may run concurrently.
"""

import asyncio
from functools import wraps

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.mail.outbox import post_renewals, post_to_applicants
from models.row_keys import new_key
from models.vocabulary import TARGET_PERCENTS, Stage
from models.webhooks.tables import KEPT_DAYS, ROTATED_HOURS, TRIED_DAYS

_WRITTEN_EVERY_SECONDS, _TENDED_EVERY_SECONDS = 1.0, 5.0
_BATCH = 1_000
_MOST_TENDED = 10_000

#: Nothing is told of what happened before there was a keeper that tells.
_BEGIN = """
    INSERT INTO webhook_cursor (written_in, change_id)
    VALUES (pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0)
    ON CONFLICT DO NOTHING
"""
_REACHED = "SELECT written_in, change_id FROM webhook_cursor FOR UPDATE"
_CHANGES = """
    SELECT written_in, id FROM application_change
    WHERE (written_in, id) > ($1, $2)
        AND written_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY written_in, id LIMIT $3
"""
_REACH = "UPDATE webhook_cursor SET written_in = $1, change_id = $2"
_LEVELS = ", ".join(f"('{kind}', {percent})" for kind, percent in TARGET_PERCENTS.items())
#: What the partner's own subscription would say, where the stage is another one than before, or how
#: much of the target has passed of a file that the partner is yet to hand over.
_TOLD = f"""
    SELECT endpoint.id AS endpoint_id, case_.id AS application_id,
        coalesce(stage_after(change.kind), '{Stage.IN_PROCESS}') AS stage, level.percent
    FROM application_change AS change
    JOIN application_event AS event ON event.id = change.id
    JOIN application AS case_ ON case_.id = change.application_id
    JOIN webhook_endpoint AS endpoint ON endpoint.partner_code = case_.holder_partner_code
        AND endpoint.country_code = case_.holder_country_code
    LEFT JOIN webhook_delivery AS delivery ON delivery.endpoint_id = endpoint.id
    LEFT JOIN (VALUES {_LEVELS}) AS level (kind, percent) ON level.kind = change.kind
    WHERE change.id = ANY ($1) AND change.changed = 'STAGE' AND case_.left_partner_at IS NULL
        AND endpoint.removed_at IS NULL AND endpoint.approved_at <= change.written_at
        AND delivery.disabled_at IS NULL AND (level.percent IS NOT NULL
        OR stage_after(change.kind) IS DISTINCT FROM (
            SELECT stage_after(earlier.kind) FROM application_event AS earlier
            WHERE earlier.application_id = event.application_id
                AND earlier.sequence < event.sequence AND stage_after(earlier.kind) IS NOT NULL
            ORDER BY earlier.sequence DESC LIMIT 1
        ) AND stage_after(change.kind) IS NOT NULL)
    ORDER BY change.written_in, change.id, endpoint.id
"""  # noqa: S608
_NUMBER = """
    INSERT INTO webhook_delivery AS delivery (endpoint_id, last_number)
    SELECT endpoint_id, count(*) FROM unnest($1::uuid[]) AS told (endpoint_id)
    GROUP BY endpoint_id ORDER BY endpoint_id
    ON CONFLICT (endpoint_id) DO UPDATE
    SET last_number = delivery.last_number + excluded.last_number
    RETURNING endpoint_id, last_number
"""
_WRITE = """
    INSERT INTO webhook_notice (id, endpoint_id, number, application_id, stage, target_percent)
    SELECT * FROM unnest(
        $1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::bigint[]
    )
"""
_REDELIVER = """
    WITH asked AS (
        UPDATE webhook_endpoint AS endpoint
        SET redeliver_from = NULL, redeliver_through = NULL, redeliver_by = NULL
        FROM webhook_endpoint AS was
        WHERE was.id = endpoint.id AND was.redeliver_from IS NOT NULL
        RETURNING endpoint.id, was.redeliver_from, was.redeliver_through
    )
    UPDATE webhook_notice AS notice
    SET state = 'WAITING', settled_at = NULL, attempts = 0, failure = NULL,
        tried_from = clock_timestamp(), due_at = clock_timestamp()
    FROM asked
    WHERE endpoint_id = asked.id AND number BETWEEN redeliver_from AND redeliver_through
        AND state IN ('DELIVERED', 'DEAD')
"""
#: An endpoint that was resumed is told again, and tried at once.
_ENABLE = """
    UPDATE webhook_delivery AS delivery
    SET disabled_at = NULL, failures = 0, failing_since = NULL, due_at = clock_timestamp()
    FROM webhook_endpoint AS endpoint
    WHERE endpoint.id = endpoint_id AND disabled_at < resumed_at
"""
#: What nobody could try, because its endpoint is told nothing, is given up like what was tried.
_BURY = """
    UPDATE webhook_notice SET state = 'DEAD', settled_at = clock_timestamp()
    WHERE id IN (
        SELECT notice.id FROM webhook_notice AS notice
        JOIN webhook_endpoint AS endpoint ON endpoint.id = notice.endpoint_id
        JOIN webhook_delivery AS delivery ON delivery.endpoint_id = endpoint.id
        WHERE notice.state = 'WAITING' AND (
            endpoint.removed_at IS NOT NULL
            OR (endpoint.paused_at IS NOT NULL OR delivery.disabled_at IS NOT NULL)
                AND notice.tried_from < clock_timestamp() - $1 * interval '1 day'
        )
        LIMIT $2
        FOR NO KEY UPDATE OF notice SKIP LOCKED
    )
"""
_FORGET = """
    DELETE FROM webhook_notice WHERE id IN (
        SELECT id FROM webhook_notice
        WHERE written_at < clock_timestamp() - $1 * interval '1 day' AND state <> 'WAITING'
        ORDER BY written_at, id LIMIT $2
        FOR UPDATE SKIP LOCKED
    )
"""
_FORGET_SECRETS = """
    UPDATE webhook_endpoint SET previous_secret = NULL
    WHERE previous_secret IS NOT NULL
        AND secret_at < clock_timestamp() - $1 * interval '1 hour'
"""


async def write_notices(
    connection: asyncpg.Connection, limit: int = _BATCH, *, is_mailed: bool = False
) -> int:
    """Write the notices of a batch of changes, and mail where it ``is_mailed``; return how many
    changes there were."""
    async with connection.transaction():
        await connection.execute(_BEGIN)
        reached = await connection.fetchrow(_REACHED)
        assert reached is not None
        if is_mailed:
            await post_renewals(connection)
        changes = await connection.fetch(_CHANGES, *reached, limit)
        if not changes:
            return 0
        ids = [change["id"] for change in changes]
        if told := await connection.fetch(_TOLD, ids):
            await _write(connection, told)
        if is_mailed:
            await post_to_applicants(connection, ids)
        await connection.execute(_REACH, *changes[-1])
    return len(changes)


async def _write(connection: asyncpg.Connection, told: list[asyncpg.Record]) -> None:
    endpoints = [one["endpoint_id"] for one in told]
    last = dict(map(tuple, await connection.fetch(_NUMBER, endpoints)))
    numbers: list[int] = []
    for endpoint in reversed(endpoints):
        numbers.append(last[endpoint])
        last[endpoint] -= 1
    await connection.execute(
        _WRITE,
        [new_key() for _ in told],
        endpoints,
        numbers[::-1],
        [one["application_id"] for one in told],
        [one["stage"] for one in told],
        [one["percent"] for one in told],
    )


async def tend_notices(connection: asyncpg.Connection, limit: int = _MOST_TENDED) -> int:
    """Send again what was asked for, give up what cannot be sent, and forget what is old; return
    how many notices that were."""
    await connection.execute(_ENABLE)
    await connection.execute(_FORGET_SECRETS, ROTATED_HOURS)
    tended = (
        await connection.execute(_REDELIVER),
        await connection.execute(_BURY, TRIED_DAYS, limit),
        await connection.execute(_FORGET, KEPT_DAYS, limit),
    )
    return sum(int(status.rpartition(" ")[2]) for status in tended)


async def keep_notices(
    url: str, stop: asyncio.Event, jobs: Jobs | None = None, *, is_mailed: bool = False
) -> None:
    """Run the jobs until ``stop`` is set. Applicants are written to where mail is sent."""

    @wraps(write_notices)
    async def write(connection: asyncpg.Connection) -> int:
        return await write_notices(connection, is_mailed=is_mailed)

    await asyncio.gather(
        run_repeatedly(write, url, stop, _WRITTEN_EVERY_SECONDS, jobs),
        run_repeatedly(tend_notices, url, stop, _TENDED_EVERY_SECONDS, jobs),
    )
