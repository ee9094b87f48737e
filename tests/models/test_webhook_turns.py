"""How many notices are under way at an endpoint: a few, and one where it fails."""

import pytest

from models.jobs import webhooks
from models.jobs.webhooks import Courier
from models.webhooks.transport import WebhookTransport
from tests.gateway.live import happens
from tests.webhook_sink import KEY, Post, running_webhook_sink

pytestmark = pytest.mark.anyio

CASES = ("SGPO-OPEN-0006", "SGPO-HELD-0007")


@pytest.mark.parametrize(("failures", "under_way"), [(0, 2), (4, 2), (5, 1), (60, 1)])
async def test_an_endpoint_that_fails_is_asked_by_one_notice_at_a_time(
    world: str, connection, monkeypatch: pytest.MonkeyPatch, failures: int, under_way: int
) -> None:
    monkeypatch.setattr(webhooks, "_PATIENCE_SECONDS", 0.2)
    await connection.execute(
        "TRUNCATE webhook_notice, webhook_delivery, webhook_cursor, webhook_endpoint"
    )
    for case in CASES:
        await happens(connection, case, "IN_VERIFICATION")
    transport = WebhookTransport(in_development=True)
    async with running_webhook_sink() as sink:
        courier = Courier(transport.send, [KEY])
        post = Post(sink, courier, connection)
        await post.write()
        await post.register(sink.url("/slow"))
        sink.silent.add("/slow")
        for case in CASES:
            await happens(connection, case, "INFO_REQUESTED")
        await post.write()
        await connection.execute("UPDATE webhook_delivery SET failures = $1", failures)
        # What is under way takes its place, however often there is a look.
        for _ in range(2):
            await courier.deliver_webhooks(connection)
        assert len(sink.at("/slow")) == under_way
        await courier.close()
        await transport.close()
