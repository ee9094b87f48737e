"""How many notices are under way at an endpoint, for how long, and for whom."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from models.jobs import webhooks
from models.jobs.notices import tend_notices
from models.jobs.webhooks import Courier
from models.webhooks.transport import WebhookTransport
from tests.gateway.live import happens
from tests.webhook_sink import KEY, Post, running_webhook_sink

pytestmark = pytest.mark.anyio

CASES = ("SGPO-OPEN-0006", "SGPO-HELD-0007")


@pytest.fixture
async def post(
    world: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Post]:
    """An endpoint that never answers, and is to be told of two cases."""
    monkeypatch.setattr(webhooks, "_PATIENCE_SECONDS", 0.2)
    await connection.execute(
        "TRUNCATE webhook_notice, webhook_delivery, webhook_cursor, webhook_endpoint"
    )
    for case in CASES:
        await happens(connection, case, "IN_VERIFICATION")
    transport = WebhookTransport(in_development=True)
    async with running_webhook_sink() as sink:
        kept = Post(sink, Courier(transport.send, [KEY]), connection)
        await kept.write()
        await kept.register(sink.url("/slow"))
        sink.silent.add("/slow")
        for case in CASES:
            await happens(connection, case, "INFO_REQUESTED")
        await kept.write()
        yield kept
        await kept.courier.close()
        await transport.close()


@pytest.mark.parametrize(("failures", "under_way"), [(0, 2), (4, 2), (5, 1), (60, 1)])
async def test_an_endpoint_that_fails_is_asked_by_one_notice_at_a_time(
    post: Post, failures: int, under_way: int
) -> None:
    await post.connection.execute("UPDATE webhook_delivery SET failures = $1", failures)
    # What is under way takes its place, however often there is a look.
    for _ in range(2):
        await post.courier.deliver_webhooks(post.connection)
    assert len(post.sink.at("/slow")) == under_way


async def test_no_more_are_under_way_at_an_endpoint_than_its_window(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "_WINDOW", 1)
    for _ in range(2):
        await post.courier.deliver_webhooks(post.connection)
    assert len(post.sink.at("/slow")) == 1


async def test_what_is_under_way_is_taken_by_another_keeper_later_than_any_attempt_lasts(
    post: Post,
) -> None:
    await post.courier.deliver_webhooks(post.connection)
    waits = "SELECT min(due_at) - clock_timestamp() FROM webhook_notice"
    assert 50 < (await post.connection.fetchval(waits)).total_seconds() <= 60


@pytest.mark.parametrize("suspended", ["portal", "manager"])
async def test_nothing_is_told_while_who_registered_or_approved_it_is_suspended(
    post: Post, suspended: str
) -> None:
    suspend = (
        "INSERT INTO suspension (id, subject, reason, suspended_by, ends_at)"
        " VALUES (gen_random_uuid(), $1, 'x', 'y', now() + interval '1 hour')"
    )
    await post.connection.execute(suspend, suspended)
    try:
        await post.courier.deliver_webhooks(post.connection)
        assert post.sink.kept == []
        ended = "UPDATE suspension SET ends_at = now() WHERE subject = $1"
        await post.connection.execute(ended, suspended)
        await post.courier.deliver_webhooks(post.connection)
        assert len(post.sink.at("/slow")) == 2
    finally:
        await post.connection.execute("DELETE FROM suspension WHERE subject = $1", suspended)


@pytest.mark.parametrize(("failures", "waits"), [(2, False), (3, True)])
async def test_from_the_fifth_failure_on_an_endpoint_is_left_alone_for_a_while(
    post: Post, failures: int, waits: bool
) -> None:
    post.sink.silent.clear()
    post.sink.answers["/slow"] = [500, 500]
    await post.connection.execute("UPDATE webhook_delivery SET failures = $1", failures)
    for _ in range(3):
        await post.courier.deliver_webhooks(post.connection)
    later = "SELECT failures, due_at > clock_timestamp() + interval '2 s' FROM webhook_delivery"
    [delivery] = await post.connection.fetch(later)
    assert tuple(delivery) == (failures + 2, waits)


@pytest.mark.parametrize(
    ("failed_for", "notice", "endpoint"),
    [(0, (4, 12.5), (1, 6.25)), (1, (1_340, 2_250), (220, 375)), (12, (2_690, 4_500), (220, 375))],
)
async def test_what_failed_waits_half_as_long_as_it_has_failed_within_its_bounds(
    post: Post, failed_for: int, notice: tuple[float, float], endpoint: tuple[float, float]
) -> None:
    """Hours, and seconds: a notice waits 10 s to an hour, an endpoint 5 s to five minutes, each a
    quarter more or less."""
    post.sink.silent.clear()
    post.sink.answers["/slow"] = [500]
    await post.connection.execute("UPDATE webhook_delivery SET failures = 9, failing_since = now()")
    await post.pass_time(timedelta(hours=failed_for))
    for _ in range(2):
        await post.courier.deliver_webhooks(post.connection)
    waits = "SELECT extract(epoch FROM due_at - clock_timestamp()) FROM {} WHERE failure <> ''"
    for table, (least, most) in {"webhook_notice": notice, "webhook_delivery": endpoint}.items():
        [(seconds,)] = await post.connection.fetch(waits.format(table))
        assert least < seconds <= most, table


async def test_an_endpoint_that_takes_one_of_two_notices_is_not_failing(post: Post) -> None:
    post.sink.silent.clear()
    post.sink.answers["/slow"] = [500]
    await post.courier._take(post.connection)
    await asyncio.wait(post.courier._under_way)
    await post.courier._note_done(post.connection)
    [delivery] = await post.connection.fetch("SELECT failures, failing_since FROM webhook_delivery")
    assert (len(post.sink.at("/slow")), *delivery) == (2, 0, None)


async def test_nothing_is_told_to_an_endpoint_that_is_disabled(post: Post) -> None:
    await post.connection.execute("UPDATE webhook_delivery SET disabled_at = now()")
    await post.courier.deliver_webhooks(post.connection)
    assert post.sink.kept == []


async def test_what_was_withheld_is_not_sent_again_on_request(post: Post) -> None:
    await post.connection.execute(
        "UPDATE webhook_notice SET state = 'WITHHELD', settled_at = now() WHERE number = 1;"
        "UPDATE webhook_notice SET state = 'DELIVERED', settled_at = now() WHERE number = 2;"
        "UPDATE webhook_endpoint SET redeliver_from = 1, redeliver_through = 2, redeliver_by = 'm'"
    )
    assert await tend_notices(post.connection) == 1
    states = await post.connection.fetch("SELECT state FROM webhook_notice ORDER BY number")
    assert [state for (state,) in states] == ["WITHHELD", "WAITING"]


@pytest.mark.parametrize(("minutes", "told"), [(-1, 2), (1, 1)])
async def test_what_a_partner_reads_for_30_days_is_told_for_as_long(
    post: Post, minutes: int, told: int
) -> None:
    closed = post.connection.transaction()
    await closed.start()
    await post.connection.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = now() - $2::interval"
        " WHERE reference = $1",
        *(CASES[0], timedelta(days=30, minutes=minutes)),
    )
    await post.courier.deliver_webhooks(post.connection)
    assert len(post.sink.at("/slow")) == told
    await closed.rollback()


async def test_a_file_that_was_taken_over_is_told_to_who_has_it(post: Post) -> None:
    taker = await post.register(post.sink.url("/taker"), "AU", "ANDALAN")
    moved = (
        "UPDATE application SET successor_centre_code = $2, successor_country_code = $3,"
        " successor_partner_code = $4 WHERE reference = $1"
    )
    await post.connection.execute(moved, CASES[0], "AU-PER", "AU", "ANDALAN")
    await happens(post.connection, CASES[0], "IN_VERIFICATION")
    await post.deliver()
    # What waited for the first partner is not sent any more, and nothing new comes to it.
    states = "SELECT state FROM webhook_notice JOIN application ON application.id = application_id"
    of_first = f"{states} WHERE reference = $1 AND endpoint_id <> $2"
    found = await post.connection.fetch(of_first, CASES[0], taker.id)
    assert [row["state"] for row in found] == ["WITHHELD"]
    [told] = [one.data for one in post.sink.at("/taker")]
    assert (told["reference"], told["stage"]) == (CASES[0], "IN_PROCESS")
    await post.connection.execute(moved, CASES[0], None, None, None)
