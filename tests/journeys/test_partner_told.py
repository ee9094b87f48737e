"""A partner's system is told of its files: its endpoint is down for an hour, and then for days. In
the end nothing is missing, each file is in order, and its manager has seen what happened."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from standardwebhooks import Webhook

from dashboard.components.html_part import html_of
from dashboard.gateway.client import document as dashboard_document
from dashboard.pages.endpoints.page import PANELS, QUESTION
from dashboard.texts import texts
from models.jobs.notices import tend_notices
from models.jobs.webhooks import Courier
from models.webhooks.secret import public_half
from models.webhooks.transport import WebhookTransport
from tests.gateway.changing import (
    assign_to,
    change,
    document,
    key,
    paid_case,
    perform,
    reference_of,
)
from tests.gateway.conftest import Viewer
from tests.webhook_sink import KEY, Post, Received, running_webhook_sink

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
REGISTERED = "webhookEndpoint { id } secret errors { code }"
TICKET = {"items": [{"kind": "RETURN_TICKET"}]}


@pytest.fixture
async def post(world: str, connection: asyncpg.Connection) -> AsyncIterator[Post]:
    await connection.execute("INSERT INTO webhook_key (public_key) VALUES ($1)", public_half(KEY))
    transport = WebhookTransport(in_development=True)
    async with running_webhook_sink() as sink:
        courier = Courier(transport.send, [KEY])
        yield Post(sink, courier, connection)
        await courier.close()
        await transport.close()


async def go_to_and_fro(who: dict[str, Viewer], cases: list[str]) -> None:
    """Each file waits for its applicant, and is worked on again: two notices each."""
    for case in cases:
        await perform(who["officer"], "requestInformation", case, **TICKET)
    for case in cases:
        await perform(who["service"], "answerInformation", case, items=["RETURN_TICKET"])


async def let_an_hour_pass(post: Post) -> None:
    for _ in range(12):
        await post.pass_time(HOUR / 12)
        await post.deliver(passes=2)


async def panels_of(manager: Viewer) -> dict[str, str]:
    """What the page Endpoints shows its manager, panel by panel."""
    asked = await manager(dashboard_document(QUESTION), language="EN")
    assert asked.errors == [], asked.text
    return {name: html_of(show(asked.data, texts("en"))) for name, show in PANELS.items()}


def stages(received: list[Received]) -> dict[str, list[str]]:
    """What was told of each file, in the order of the first time that it came."""
    found, known = defaultdict[str, list[str]](list), set[str]()
    for one in received:
        if one.id not in known:
            known.add(one.id)
            found[one.data["reference"]].append(one.data["stage"])
    return dict(found)


async def test_an_endpoint_is_down_for_an_hour_and_then_for_days(
    who: dict[str, Viewer], post: Post
) -> None:
    service, manager, sink = who["service"], who["manager-au"], post.sink
    given = {"country": "AU", "url": sink.url("/told"), "idempotencyKey": key()}
    made: dict[str, Any] = (
        await service(document("registerWebhook", REGISTERED), input=given)
    ).data["registerWebhook"]
    named = {"endpointId": made["webhookEndpoint"]["id"]}
    assert "Approve" in (await panels_of(manager))["listed"]
    assert (await change(manager, "approveWebhook", **named)).is_done
    cases = [await assign_to(who, "officer", await paid_case(who)) for _ in range(3)]
    references = [await reference_of(manager, case) for case in cases]
    await post.deliver()
    sink.kept.clear()

    # Down for an hour, while its files move.
    sink.answers["/told"] = [503] * 1_000
    await go_to_and_fro(who, cases)
    await let_an_hour_pass(post)
    assert 0 < len(sink.kept) < 40
    assert "status 503" in (await panels_of(manager))["listed"]
    assert references[0] not in str(await panels_of(who["manager-andalan"]))

    # Up again: all of it comes, of each file in order, and what was sent in vain under its own id.
    in_vain = {one.id: one.body for one in sink.kept}
    sink.answers.clear()
    sink.kept.clear()
    await let_an_hour_pass(post)
    moved = ["WAITING_FOR_APPLICANT", "IN_PROCESS"]
    assert stages(sink.kept) == dict.fromkeys(references, moved)
    taken = {one.id: one.body for one in sink.kept}
    assert len(taken) == len(sink.kept) == 6
    assert in_vain.items() <= taken.items()
    assert "status 503" not in (await panels_of(manager))["listed"]
    for one in sink.kept:
        Webhook(made["secret"]).verify(one.body, one.headers)

    # Down for days: what was told of one file is dead. The manager sees it, and has it sent again.
    sink.kept.clear()
    sink.answers["/told"] = [503] * 1_000
    await go_to_and_fro(who, cases[:1])
    for _ in range(2):
        await post.deliver(passes=2)
        await post.pass_time(timedelta(days=3))
    dead = (await panels_of(manager))["dead"]
    assert references[0] in dead
    assert "status 503" in dead
    numbers = [one.data["number"] for one in sink.kept]
    sent_in_vain = {one.id: one.body for one in sink.kept}
    sink.answers.clear()
    sink.kept.clear()
    asked = {"fromNumber": min(numbers), "throughNumber": max(numbers)}
    assert (await change(manager, "redeliverNotices", **named, **asked)).is_done
    await tend_notices(post.connection)
    await post.deliver()
    assert {one.id: one.body for one in sink.kept} == sent_in_vain
    assert stages(sink.kept) == {references[0]: moved}
    assert references[0] not in (await panels_of(manager))["dead"]
