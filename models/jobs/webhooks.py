"""Delivers notices to the systems of partners: at least once, and of each case in order.

A notice that is under way is due again only after a while, and the next one of its case waits until
its delivery is noted; a keeper that is killed in between sends it again, under the same id. Each
endpoint has a few under way at a time, so one that is dead or slow delays no other: once it fails
repeatedly, one notice at a time asks after it. Any number of these may run concurrently.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.logs import facts
from models.webhooks.message import message
from models.webhooks.secret import LostSecretError, open_secret, public_half
from models.webhooks.tables import FAILING_DAYS, ROTATED_HOURS, TRIED_DAYS
from models.webhooks.transport import NotTakenError, Send, WebhookTransport

_EVERY_SECONDS = 0.5
#: Before and after every key.
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)
#: How long a pass waits for the first answer to those that are under way.
_PATIENCE_SECONDS = _EVERY_SECONDS
#: How many are under way at an endpoint, and after how many failures only one.
_WINDOW, _MOST_FAILURES = 64, 5
#: When another keeper takes what one has under way: later than any attempt lasts.
_LEASE_SECONDS = 60
#: What failed is tried after half as long as it has failed so far: a notice, and an endpoint.
_NOTICE_WAIT_SECONDS, _ENDPOINT_WAIT_SECONDS = (10, 3600), (5, 300)

log = logging.getLogger(__name__)

_PUBLISH = """
    INSERT INTO webhook_key AS known (public_key) VALUES ($1)
    ON CONFLICT (is_only) DO UPDATE SET public_key = excluded.public_key
    WHERE known.public_key <> excluded.public_key
"""
#: The first notice of the next case that has one.
_NEXT = """
    SELECT id, application_id FROM webhook_notice
    WHERE endpoint_id = endpoint.id AND state = 'WAITING'
        AND application_id > {after} AND application_id <= stretch.through
    ORDER BY application_id, number LIMIT 1
"""
#: From case to case, so however many wait of one, a single one is looked at; and round again: from
#: the case that was reached to the last one, then from the first one on, so none is left behind.
#: Each is looked at and locked in its turn: what is LATERAL is never joined in another order.
#: Suspended partners are told nothing meanwhile, like their people.
_TAKE = f"""
    WITH due AS (
        SELECT notice.id, delivery.endpoint_id FROM webhook_delivery AS delivery
        JOIN webhook_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id
        LEFT JOIN unnest($1::uuid[], $2::bigint[], $3::uuid[])
            AS known (endpoint_id, under_way, reached) ON known.endpoint_id = endpoint.id
        CROSS JOIN LATERAL (
            SELECT notice.id FROM (VALUES
                (coalesce(known.reached, '{_FIRST}'), '{_LAST}'::uuid),
                ('{_FIRST}', known.reached)
            ) AS stretch (after, through)
            CROSS JOIN LATERAL (
                WITH RECURSIVE head AS (
                    ({_NEXT.format(after="stretch.after")})
                    UNION ALL
                    SELECT next.* FROM head
                    CROSS JOIN LATERAL ({_NEXT.format(after="head.application_id")}) AS next
                )
                SELECT id FROM head
            ) AS head
            CROSS JOIN LATERAL (
                SELECT id FROM webhook_notice AS notice
                WHERE notice.id = head.id AND due_at <= clock_timestamp()
                FOR NO KEY UPDATE SKIP LOCKED
            ) AS notice
            LIMIT greatest(
                CASE WHEN delivery.failures < $4 THEN $5 ELSE 1 END
                    - coalesce(known.under_way, 0),
                0
            )
        ) AS notice
        WHERE endpoint.state = 'LIVE' AND delivery.disabled_at IS NULL
            AND delivery.due_at <= clock_timestamp() AND NOT EXISTS (
                SELECT FROM suspension AS it
                WHERE it.lifted_by IS NULL
                    AND (it.ends_at IS NULL OR it.ends_at > clock_timestamp())
                    AND (
                        it.partner_code = endpoint.partner_code
                        OR it.subject IN (endpoint.registered_by, endpoint.approved_by)
                    )
            )
    )
    UPDATE webhook_notice AS notice
    SET attempts = attempts + 1, due_at = clock_timestamp() + $6 * interval '1 second'
    FROM due
    JOIN webhook_endpoint AS endpoint ON endpoint.id = due.endpoint_id,
    application AS case_
    WHERE notice.id = due.id AND case_.id = notice.application_id
    RETURNING notice.id, notice.endpoint_id, notice.application_id, notice.number, notice.stage,
        notice.target_percent, notice.written_at, case_.reference, endpoint.url, endpoint.secret,
        CASE WHEN endpoint.secret_at > clock_timestamp() - $7 * interval '1 hour'
            THEN endpoint.previous_secret END AS previous_secret,
        endpoint.partner_code = case_.holder_partner_code AND case_.left_partner_at IS NULL
            AND endpoint.country_code = case_.holder_country_code
            AND coalesce(case_.closed_at > clock_timestamp() - interval '30 days', true)
            AS is_in_reach
"""  # noqa: S608
_SETTLE = """
    UPDATE webhook_notice SET state = $2, settled_at = clock_timestamp(), failure = NULL
    WHERE id = ANY ($1) AND state = 'WAITING'
"""
_WAIT = """
    clock_timestamp() + (0.75 + random() / 2) * least(greatest(
        extract(epoch FROM clock_timestamp() - {since}) / 2, {shortest}
    ), {longest}) * interval '1 second'
"""
_FAILED = f"""
    UPDATE webhook_notice AS notice SET failure = failed.failure,
        due_at = {_WAIT.format(since="notice.tried_from", shortest="$3", longest="$4")},
        state = CASE WHEN is_old THEN 'DEAD' ELSE state END,
        settled_at = CASE WHEN is_old THEN clock_timestamp() END
    FROM (
        SELECT id, told.failure,
            tried_from <= clock_timestamp() - $5 * interval '1 day' AS is_old
        FROM unnest($1::uuid[], $2::text[]) AS told (id, failure)
        JOIN webhook_notice USING (id)
    ) AS failed
    WHERE notice.id = failed.id AND state = 'WAITING'
"""  # noqa: S608
_ANSWERED = """
    UPDATE webhook_delivery SET delivered_at = clock_timestamp(), failures = 0,
        failing_since = NULL, failure = NULL, due_at = clock_timestamp()
    WHERE endpoint_id = ANY ($1)
"""
_FAILING = f"""
    UPDATE webhook_delivery AS delivery SET failures = delivery.failures + failed.number,
        failure = failed.failure, failing_since = since.at,
        due_at = CASE WHEN delivery.failures + failed.number < $5 THEN delivery.due_at
            ELSE {_WAIT.format(since="since.at", shortest="$6", longest="$7")} END,
        disabled_at = CASE
            WHEN failed.is_gone OR since.at <= clock_timestamp() - $8 * interval '1 day'
            THEN clock_timestamp()
        END
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bool[])
            AS failed (endpoint_id, number, failure, is_gone),
        webhook_delivery AS was,
        LATERAL (SELECT coalesce(was.failing_since, clock_timestamp())) AS since (at)
    WHERE delivery.endpoint_id = failed.endpoint_id AND was.endpoint_id = failed.endpoint_id
"""  # noqa: S608


class _Attempt(NamedTuple):
    """What came of sending a notice; no failure where it was taken."""

    notice: UUID
    endpoint: UUID
    failure: str | None
    is_gone: bool = False


class Courier:
    """What one keeper has under way."""

    def __init__(self, send: Send, keys: Sequence[bytes]) -> None:
        """``keys`` are the private ones for which secrets are sealed, the first of them now."""
        self._send = send
        self._keys = keys
        self._under_way: dict[asyncio.Task[_Attempt], UUID] = {}
        #: The case that was reached, by endpoint.
        self._reached: dict[UUID, UUID] = {}
        self._is_published = False

    async def deliver_webhooks(self, connection: asyncpg.Connection) -> int:
        """Take what is due, wait a little for what is under way, and note what came of it; return
        how many notices were settled."""
        if not self._is_published:
            await connection.execute(_PUBLISH, public_half(self._keys[0]))
            self._is_published = True
        # What is done is noted before anything is taken: none is sent twice for a cut in between.
        settled = await self._note_done(connection)
        settled += await self._take(connection)
        if self._under_way:
            await asyncio.wait(
                self._under_way, timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        return settled + await self._note_done(connection)

    async def _note_done(self, connection: asyncpg.Connection) -> int:
        done = [task for task in self._under_way if task.done()]
        if done:
            await _note(connection, [task.result() for task in done])
        for task in done:
            del self._under_way[task]
        return len(done)

    async def _take(self, connection: asyncpg.Connection) -> int:
        """Begin to send what is due; return how many are withheld, because their files have left
        the reach of the partner."""
        counted = Counter(self._under_way.values())
        known = [*counted.keys() | self._reached.keys()]
        notices = await connection.fetch(
            _TAKE,
            known,
            [counted[endpoint] for endpoint in known],
            [self._reached.get(endpoint) for endpoint in known],
            _MOST_FAILURES,
            _WINDOW,
            _LEASE_SECONDS,
            ROTATED_HOURS,
        )
        withheld = [notice["id"] for notice in notices if not notice["is_in_reach"]]
        if withheld:
            await connection.execute(_SETTLE, withheld, "WITHHELD")
        in_order = sorted(notices, key=itemgetter("application_id"))
        self._reached |= {one["endpoint_id"]: one["application_id"] for one in in_order}
        for notice in notices:
            if notice["is_in_reach"]:
                sending = asyncio.create_task(self._attempt(notice))
                self._under_way[sending] = notice["endpoint_id"]
        return len(withheld)

    async def _attempt(self, notice: Mapping[str, Any]) -> _Attempt:
        id_, endpoint = notice["id"], notice["endpoint_id"]
        sealed = (one for one in (notice["secret"], notice["previous_secret"]) if one)
        try:
            secrets = [open_secret(one, self._keys, endpoint) for one in sealed]
            await self._send(notice["url"], message(notice, secrets, datetime.now(UTC)))
        except NotTakenError as error:
            return _Attempt(id_, endpoint, error.failure, error.is_gone)
        except LostSecretError:
            return _Attempt(id_, endpoint, "secret cannot be opened")
        except Exception as error:  # whatever an endpoint does, it does not stop the others
            return _Attempt(id_, endpoint, type(error).__name__)
        return _Attempt(id_, endpoint, None)

    async def close(self) -> None:
        """Give up what is under way: it is sent again later."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


async def _note(connection: asyncpg.Connection, attempts: Iterable[_Attempt]) -> None:
    taken = [one for one in attempts if one.failure is None]
    failed = [one for one in attempts if one.failure is not None]
    answering = {one.endpoint for one in taken}
    async with connection.transaction():
        if taken:
            await connection.execute(_SETTLE, [one.notice for one in taken], "DELIVERED")
            await connection.execute(_ANSWERED, list(answering))
        if failed:
            ids, failures = [one.notice for one in failed], [one.failure for one in failed]
            await connection.execute(_FAILED, ids, failures, *_NOTICE_WAIT_SECONDS, TRIED_DAYS)
            await _note_failing(connection, [o for o in failed if o.endpoint not in answering])


async def _note_failing(connection: asyncpg.Connection, failed: Sequence[_Attempt]) -> None:
    numbers = Counter(one.endpoint for one in failed)
    last = {one.endpoint: one.failure for one in failed}
    gone = {one.endpoint for one in failed if one.is_gone}
    for endpoint, number in numbers.items():
        log.warning(
            "an endpoint takes no notices",
            extra=facts(endpoint=str(endpoint), failure=last[endpoint], attempts=number),
        )
    await connection.execute(
        _FAILING,
        list(numbers),
        list(numbers.values()),
        [last[endpoint] for endpoint in numbers],
        [endpoint in gone for endpoint in numbers],
        _MOST_FAILURES,
        *_ENDPOINT_WAIT_SECONDS,
        FAILING_DAYS,
    )


async def keep_webhooks(
    keys: Sequence[bytes],
    url: str,
    stop: asyncio.Event,
    jobs: Jobs | None = None,
    *,
    in_development: bool = False,
) -> None:
    """Run the job until ``stop`` is set."""
    transport = WebhookTransport(in_development=in_development)
    courier = Courier(transport.send, keys)
    try:
        await run_repeatedly(courier.deliver_webhooks, url, stop, _EVERY_SECONDS, jobs)
    finally:
        await courier.close()
        await transport.close()
