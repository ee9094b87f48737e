"""Notices leave by an outbox: each at least once, of a case in order, and to nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from models.jobs import webhooks
from models.jobs.forget_changes import forget
from models.jobs.notices import tend_notices
from models.jobs.webhooks import Courier
from models.row_keys import new_key
from models.webhooks.secret import make_secret, public_half, seal_secret
from models.webhooks.transport import WebhookTransport
from tests.gateway.live import happens
from tests.webhook_sink import KEY, Post, WebhookSink, running_webhook_sink

pytestmark = pytest.mark.anyio

OPEN, HELD, SYDNEY = "SGPO-OPEN-0006", "SGPO-HELD-0007", "AUSY-PAID-0013"
HOUR = timedelta(hours=1)


@pytest.fixture
async def post(world: str, connection: asyncpg.Connection) -> AsyncIterator[Post]:
    await connection.execute(
        "TRUNCATE webhook_notice, webhook_delivery, webhook_cursor, webhook_endpoint"
    )
    for case in (OPEN, HELD, SYDNEY):
        await happens(connection, case, "IN_VERIFICATION")
    transport = WebhookTransport(in_development=True)
    async with running_webhook_sink() as sink:
        courier = Courier(transport.send, [KEY])
        kept = Post(sink, courier, connection)
        await kept.write()
        yield kept
        await courier.close()
        await transport.close()


def told(sink: WebhookSink, path: str) -> list[tuple[int, str, str]]:
    """What an endpoint was told, as it came."""
    return [(one.data["number"], one.data["reference"], one.data["stage"]) for one in sink.at(path)]


async def test_a_stage_is_told_once_and_signed_and_nothing_else_leaves_a_trace(post: Post) -> None:
    endpoint = await post.register(post.sink.url("/nusa"))
    # What supervision does, and a status within the stage, take no number and no moment.
    for kind in ("RECEIVED", "IN_VERIFICATION", "HELD", "ANSWER_PROPOSED", "SCREENED", "SCREENING",
                 "RELEASED", "IN_VERIFICATION", "INFO_REQUESTED", "IN_VERIFICATION", "REFUSED",
                 "GRANTED", "REVOKED"):  # fmt: skip
        await happens(post.connection, OPEN, kind)
    await post.deliver()
    stages = ["WAITING_FOR_APPLICANT", "IN_PROCESS", "CLOSED"]
    assert told(post.sink, "/nusa") == [(n, OPEN, stage) for n, stage in enumerate(stages, 1)]
    for one in post.sink.kept:
        said = Webhook(endpoint.secret).verify(one.body, one.headers)
        assert said["type"] == "application.stage_changed"
        assert set(said["data"]) == {"number", "reference", "stage"}
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint.secret).verify(one.body.replace(b"CLOSED", b"OPENED"), one.headers | {
                "webhook-id": "another"})  # fmt: skip
    assert [row["state"] for row in await post.notices(endpoint)] == ["DELIVERED"] * 3
    await post.deliver()
    assert len(post.sink.kept) == 3


async def test_only_files_of_the_own_partner_and_country_are_told(post: Post) -> None:
    await post.register(post.sink.url("/nusa-au"), "AU")
    await post.register(post.sink.url("/andalan-sg"), "SG", "ANDALAN")
    waiting = await post.register(post.sink.url("/waits"))
    await post.connection.execute(
        "UPDATE webhook_endpoint SET approved_by = NULL, approved_at = NULL WHERE id = $1",
        waiting.id,
    )
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await post.deliver()
    assert post.sink.kept == []


async def test_a_file_that_left_before_it_was_told_is_not(post: Post) -> None:
    endpoint = await post.register(post.sink.url("/left"))
    await happens(post.connection, HELD, "INFO_REQUESTED")
    await post.write()
    left = post.connection.transaction()
    await left.start()
    await post.connection.execute(
        "UPDATE application SET left_partner_at = now() WHERE reference = $1", HELD
    )
    await post.deliver()
    assert [row["state"] for row in await post.notices(endpoint)] == ["WITHHELD"]
    assert post.sink.kept == []
    await left.rollback()
    # Nor one that was closed a month ago, whatever comes of it.
    await post.register(post.sink.url("/closed"), "AU")
    await happens(post.connection, "AUME-INCO-0004", "INFO_REQUESTED")
    await post.deliver()
    assert post.sink.at("/closed") == []


async def test_after_an_hour_away_nothing_is_missing_and_each_case_is_in_order(post: Post) -> None:
    endpoint = await post.register(post.sink.url("/down"))
    post.sink.answers["/down"] = [503] * 60
    stages = ["INFO_REQUESTED", "IN_VERIFICATION"]
    for _ in range(12):
        for kind in stages:
            await happens(post.connection, OPEN, kind)
            await happens(post.connection, HELD, kind)
        await post.deliver(passes=2)
        await post.pass_time(HOUR / 12)
    sent_in_vain = len(post.sink.kept)
    assert 0 < sent_in_vain < 30
    failing = await post.delivery(endpoint)
    assert (failing["failure"], failing["disabled_at"]) == ("status 503", None)
    post.sink.answers.clear()
    for _ in range(60):
        await post.pass_time(HOUR / 60)
        await post.deliver(passes=2)
    notices = await post.notices(endpoint)
    assert {row["state"] for row in notices} == {"DELIVERED"}
    assert [row["number"] for row in notices] == list(range(1, len(notices) + 1))
    taken = told(post.sink, "/down")[sent_in_vain:]
    assert sorted(number for number, *_ in taken) == list(range(1, len(notices) + 1))
    for reference in (OPEN, HELD):
        numbers = [number for number, its, _ in taken if its == reference]
        assert numbers == sorted(numbers)
        assert len(numbers) > 20
    # Whoever got one in vain gets it again under its id, with the same body and a new timestamp.
    first, second, *more = [one for one in post.sink.kept if one.data["number"] == 1]
    assert {(one.id, one.body) for one in (first, second, *more)} == {(first.id, first.body)}
    well = await post.delivery(endpoint)
    assert (well["failures"], well["failing_since"]) == (0, None)


async def test_the_next_notice_of_a_case_waits_and_other_cases_do_not(post: Post) -> None:
    await post.register(post.sink.url("/order"))
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await happens(post.connection, OPEN, "IN_VERIFICATION")
    await happens(post.connection, HELD, "INFO_REQUESTED")
    post.sink.answers["/order"] = [400]
    await post.deliver()
    refused, *_ = told(post.sink, "/order")
    assert [its for _, its, _ in told(post.sink, "/order")].count(refused[1]) == 1
    await post.pass_time(HOUR)
    await post.deliver()
    numbers = [number for number, its, _ in told(post.sink, "/order") if its == OPEN]
    assert numbers == sorted(numbers)
    assert {number for number, *_ in told(post.sink, "/order")} == {1, 2, 3}


async def test_a_dead_and_a_slow_endpoint_delay_no_other(post: Post) -> None:
    post.sink.silent.add("/silent")
    await post.register(post.sink.url("/silent"))
    await post.register("http://127.0.0.1:1/dead")
    await post.register(post.sink.url("/well"))
    for _ in range(10):
        await happens(post.connection, OPEN, "INFO_REQUESTED")
        await happens(post.connection, OPEN, "IN_VERIFICATION")
    begun = asyncio.get_running_loop().time()
    await post.deliver(passes=25)
    assert len(post.sink.at("/well")) == 20
    assert asyncio.get_running_loop().time() - begun < 10


_MANY = """
    INSERT INTO webhook_notice (id, endpoint_id, number, application_id, stage)
    SELECT gen_random_uuid(), $1, $2 + number, id, 'IN_PROCESS'
    FROM generate_series(1, 500) AS number, application WHERE reference = $3
"""


async def test_cases_take_turns_and_of_each_only_the_first_notice_is_looked_at(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "_WINDOW", 1)
    endpoint = await post.register(post.sink.url("/turns"))
    await post.connection.execute(
        "INSERT INTO webhook_delivery (endpoint_id) VALUES ($1)", endpoint.id
    )
    for first, case in enumerate((OPEN, HELD)):
        await post.connection.execute(_MANY, endpoint.id, 500 * first, case)
    await post.connection.execute("ANALYZE webhook_notice")
    plan = await post.connection.fetchval(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {webhooks._TAKE}", [], [], [], 5, 16, 60, 24
    )
    assert 0 < _notices_read(json.loads(plan)[0]["Plan"]) < 20
    await post.pass_time(HOUR)
    await post.deliver(passes=8)
    numbers = [number for number, *_ in told(post.sink, "/turns")]
    assert sorted(numbers) == [1, 2, 3, 4, 501, 502, 503, 504]
    assert {number > 500 for number in numbers[::2]} == {numbers[0] > 500}
    # Another case is due, and waits as long as one is under way.
    post.sink.silent.add("/turns")
    await post.deliver(passes=2)
    assert len(told(post.sink, "/turns")) == 9


def _notices_read(node: dict[str, Any]) -> float:
    is_scan = "webhook_notice" in node.get("Index Name", "")
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if is_scan else 0
    return own * node["Actual Loops"] + sum(map(_notices_read, node.get("Plans", ())))


async def test_a_keeper_that_is_killed_after_sending_sends_again_under_the_same_id(
    post: Post,
) -> None:
    endpoint = await post.register(post.sink.url("/twice"))
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await post.write()
    transport = WebhookTransport(in_development=True)
    killed = Courier(transport.send, [KEY])
    await killed._take(post.connection)
    await asyncio.wait(killed._under_way)  # it is sent, and nothing is noted
    await killed.close()
    await transport.close()
    await post.deliver()
    assert len(post.sink.kept) == 1
    await post.pass_time(HOUR)
    await post.deliver()
    first, second = post.sink.kept
    assert (first.id, first.body) == (second.id, second.body)
    assert [row["attempts"] for row in await post.notices(endpoint)] == [2]


async def test_what_is_not_taken_for_days_is_dead_and_sent_again_on_request(post: Post) -> None:
    endpoint = await post.register(post.sink.url("/dead"))
    post.sink.answers["/dead"] = [500, 500]
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await post.deliver()
    await post.pass_time(timedelta(days=3))
    await post.deliver()
    [dead] = await post.notices(endpoint)
    assert (dead["state"], dead["failure"], dead["attempts"]) == ("DEAD", "status 500", 2)
    await happens(post.connection, OPEN, "IN_VERIFICATION")
    await post.deliver()
    await post.connection.execute(
        "UPDATE webhook_endpoint SET redeliver_from = 1, redeliver_through = 1,"
        " redeliver_by = 'manager' WHERE id = $1",
        endpoint.id,
    )
    assert await tend_notices(post.connection) == 1
    await post.deliver()
    assert [number for number, *_ in told(post.sink, "/dead")] == [1, 1, 2, 1]
    assert len({one.id for one in post.sink.at("/dead")}) == 2
    assert {row["state"] for row in await post.notices(endpoint)} == {"DELIVERED"}


async def test_an_endpoint_that_fails_for_long_or_is_gone_is_disabled_until_it_is_resumed(
    post: Post,
) -> None:
    failing = await post.register(post.sink.url("/failing"))
    gone = await post.register(post.sink.url("/gone"))
    post.sink.answers |= {"/failing": [500, 500], "/gone": [410]}
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await post.deliver()
    assert (await post.delivery(gone))["disabled_at"] is not None
    assert (await post.delivery(failing))["disabled_at"] is None
    await post.connection.execute(
        "UPDATE webhook_delivery SET failing_since = failing_since - interval '5 days'"
    )
    await post.pass_time(HOUR)
    await post.deliver()
    assert (await post.delivery(failing))["disabled_at"] is not None
    await happens(post.connection, OPEN, "IN_VERIFICATION")
    await post.deliver()
    assert len(await post.notices(failing)) == 1
    await post.connection.execute("UPDATE webhook_endpoint SET resumed_at = clock_timestamp()")
    await tend_notices(post.connection)
    await post.pass_time(HOUR)
    await post.deliver()
    assert {row["state"] for row in await post.notices(failing)} == {"DELIVERED"}


async def test_a_paused_endpoint_and_a_suspended_partner_are_told_later(post: Post) -> None:
    endpoint = await post.register(post.sink.url("/paused"))
    await post.connection.execute("UPDATE webhook_endpoint SET paused_by = 'm', paused_at = now()")
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await post.deliver()
    assert post.sink.kept == []
    await post.connection.execute("UPDATE webhook_endpoint SET paused_by = NULL, paused_at = NULL")
    suspended = post.connection.transaction()
    await suspended.start()
    await post.connection.execute(
        "INSERT INTO suspension (id, partner_code, reason, suspended_by)"
        " VALUES ($1, 'NUSA', 'x', 'y')",
        new_key(),
    )
    await post.deliver()
    assert post.sink.kept == []
    await suspended.rollback()
    await post.deliver()
    assert len(post.sink.kept) == 1
    await post.connection.execute(
        "UPDATE webhook_endpoint SET removed_by = 'm', removed_at = now(), secret = NULL"
    )
    await happens(post.connection, OPEN, "IN_VERIFICATION")
    await post.deliver()
    assert len(await post.notices(endpoint)) == 1


async def test_both_secrets_sign_for_a_day_and_another_endpoints_never_opens(post: Post) -> None:
    endpoint = await post.register(post.sink.url("/rotated"))
    other = await post.register(post.sink.url("/other"), "AU")
    new = make_secret()
    await post.connection.execute(
        "UPDATE webhook_endpoint SET previous_secret = secret, secret = $2 WHERE id = $1",
        *(endpoint.id, seal_secret(new, public_half(KEY), endpoint.id)),
    )
    # Whoever administers the database gives one endpoint the secret of another: nothing is sent.
    await post.connection.execute(
        "UPDATE webhook_endpoint SET secret = (SELECT secret FROM webhook_endpoint WHERE id = $1)"
        " WHERE id = $2",
        *(endpoint.id, other.id),
    )
    await happens(post.connection, OPEN, "INFO_REQUESTED")
    await happens(post.connection, SYDNEY, "INFO_REQUESTED")
    await post.deliver()
    [sent] = post.sink.kept
    for secret in (new, endpoint.secret):
        Webhook(secret).verify(sent.body, sent.headers)
    assert (await post.delivery(other))["failure"] == "secret cannot be opened"
    await post.connection.execute(
        "UPDATE webhook_endpoint SET secret_at = secret_at - interval '1 day'"
    )
    await tend_notices(post.connection)
    await happens(post.connection, OPEN, "IN_VERIFICATION")
    await post.deliver()
    latest = post.sink.at("/rotated")[-1]
    Webhook(new).verify(latest.body, latest.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(latest.body, latest.headers)


async def test_changes_stay_until_they_are_told(post: Post) -> None:
    await post.register(post.sink.url("/late"))
    event = await happens(post.connection, OPEN, "INFO_REQUESTED")
    await post.connection.execute(
        "UPDATE application_change SET written_at = written_at - interval '9 days'"
    )
    await forget(post.connection)
    kept: Any = "SELECT count(*) FROM application_change WHERE id = $1"
    assert await post.connection.fetchval(kept, event) == 1
    await post.write()
    await forget(post.connection)
    assert await post.connection.fetchval(kept, event) == 0
