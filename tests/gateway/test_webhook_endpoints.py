"""A partner's system says where it is told, a manager agrees, and the secret is shown once."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from standardwebhooks import Webhook

from models.jobs.notices import tend_notices, write_notices
from models.jobs.webhooks import Courier
from models.webhooks.secret import public_half
from models.webhooks.transport import WebhookTransport
from tests.acting import act_writing
from tests.gateway.changing import document, key, row_id
from tests.gateway.conftest import CLAIMS, Viewer
from tests.gateway.live import happens
from tests.walls.reach import viewer
from tests.walls.undoing import undone
from tests.webhook_sink import KEY, Post, running_webhook_sink

pytestmark = pytest.mark.anyio

CASE = "AUSY-PAID-0013"
FIELDS = """
    id url state country { code } registeredBy approvedBy pausedBy removedBy
    delivery { lastNumber failures failure }
    notices(first: 9) { nodes { number stage state attempts application { reference } } }
"""
LIST = f"{{ webhookEndpoints(first: 9) {{ nodes {{ {FIELDS} }} }} }}"
SHOWN = f"webhookEndpoint {{ {FIELDS} }} secret errors {{ code path message }}"
ANSWER = SHOWN.replace("secret ", "")


@pytest.fixture(autouse=True)
async def no_endpoints(world: str, connection: asyncpg.Connection) -> None:
    await connection.execute(
        "TRUNCATE webhook_notice, webhook_delivery, webhook_cursor, webhook_key, webhook_endpoint"
    )
    await connection.execute("INSERT INTO webhook_key (public_key) VALUES ($1)", public_half(KEY))


@pytest.fixture
async def post(connection: asyncpg.Connection) -> AsyncIterator[Post]:
    transport = WebhookTransport(in_development=True)
    async with running_webhook_sink() as sink:
        courier = Courier(transport.send, [KEY])
        await write_notices(connection)
        yield Post(sink, courier, connection)
        await courier.close()
        await transport.close()


async def change(who: Viewer, mutation: str, /, **given: Any) -> dict[str, Any]:
    selection = SHOWN if mutation in ("registerWebhook", "rotateWebhookSecret") else ANSWER
    asked = await who(document(mutation, selection), input={"idempotencyKey": key(), **given})
    assert (asked.status, asked.errors) == (200, []), asked.text
    payload: dict[str, Any] = asked.data[mutation]
    return payload


async def register(who: Viewer, url: str = "https://nusa.example/told", **given: Any) -> Any:
    return await change(who, "registerWebhook", **{"country": "AU", "url": url, **given})


def codes(payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["code"], each["path"][-1]) for each in payload["errors"]]


async def endpoints(who: Viewer) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await who(LIST)).data["webhookEndpoints"]["nodes"]
    return nodes


async def test_a_system_is_told_once_a_manager_of_the_country_agrees(
    who: dict[str, Viewer], connection: asyncpg.Connection, post: Post
) -> None:
    made = await register(who["service"], post.sink.url("/told"))
    endpoint, secret = made["webhookEndpoint"], made["secret"]
    assert (endpoint["state"], endpoint["registeredBy"]) == ("PROPOSED", "service")
    await happens(connection, CASE, "INFO_REQUESTED")
    await post.deliver()
    assert post.sink.kept == []
    foreign = await change(who["manager-andalan"], "approveWebhook", endpointId=endpoint["id"])
    nobodys = await change(who["manager-andalan"], "approveWebhook", endpointId="nobody's")
    assert foreign == nobodys
    assert codes(foreign) == [("NOT_FOUND", "endpointId")]
    agreed = await change(who["manager-au"], "approveWebhook", endpointId=endpoint["id"])
    assert agreed["webhookEndpoint"]["state"] == "LIVE"
    again = await change(who["manager-au"], "approveWebhook", endpointId=endpoint["id"])
    assert codes(again) == [("ALREADY_APPROVED", "endpointId")]
    await happens(connection, CASE, "IN_VERIFICATION")
    await post.deliver()
    [sent] = post.sink.kept
    said = Webhook(secret).verify(sent.body, sent.headers)
    assert said["data"] == {"number": 1, "reference": CASE, "stage": "IN_PROCESS"}
    [seen] = await endpoints(who["service"])
    assert seen["notices"]["nodes"] == [
        {"number": 1, "stage": "IN_PROCESS", "state": "DELIVERED", "attempts": 1,
         "application": {"reference": CASE}}
    ]  # fmt: skip
    assert await endpoints(who["manager-pacific"]) == [seen]
    assert await endpoints(who["manager-andalan"]) == []


async def test_a_secret_is_shown_once_and_stored_for_the_keeper_alone(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    given = {"idempotencyKey": key(), "country": "AU", "url": "https://nusa.example/told"}
    asked = [await who["service"](document("registerWebhook", SHOWN), input=given) for _ in "12"]
    first, second = (one.data["registerWebhook"] for one in asked)
    assert first["secret"].startswith("whsec_")
    assert second == {**first, "secret": None}
    rows = await connection.fetch(
        "SELECT row_to_json(it)::text AS said FROM webhook_endpoint AS it"
        " UNION ALL SELECT row_to_json(it)::text FROM idempotency AS it"
    )
    assert not any(first["secret"][6:] in row["said"] for row in rows)
    rotated = await change(
        who["service"], "rotateWebhookSecret", endpointId=first["webhookEndpoint"]["id"]
    )
    assert rotated["secret"] not in (None, first["secret"])
    row = await connection.fetchrow("SELECT secret, previous_secret FROM webhook_endpoint")
    assert None not in tuple(row)
    assert row["secret"] != row["previous_secret"]


async def test_an_endpoint_is_paused_resumed_asked_again_and_removed(
    who: dict[str, Viewer], connection: asyncpg.Connection, post: Post
) -> None:
    made = await register(who["service"], post.sink.url("/told"))
    named = {"endpointId": made["webhookEndpoint"]["id"]}
    await change(who["manager-au"], "approveWebhook", **named)
    await happens(connection, CASE, "INFO_REQUESTED")
    for mutation, state in (("pauseWebhook", "PAUSED"), ("pauseWebhook", "PAUSED")):
        paused = await change(who["service"], mutation, **named)
        assert paused["webhookEndpoint"]["state"] == state
    await post.deliver()
    assert post.sink.kept == []
    resumed = await change(who["manager-au"], "resumeWebhook", **named)
    assert resumed["webhookEndpoint"]["state"] == "LIVE"
    await post.deliver()
    asked = {"fromNumber": 1, "throughNumber": 2}
    await change(who["manager-au"], "redeliverNotices", **named, **asked)
    await tend_notices(connection)
    await post.deliver()
    first, second = post.sink.kept
    assert (first.id, first.body) == (second.id, second.body)
    wrong = {"fromNumber": 2, "throughNumber": 1}
    refused = await change(who["service"], "redeliverNotices", **named, **wrong)
    assert codes(refused) == [("INVALID", "throughNumber")]
    removed = await change(who["service"], "removeWebhook", **named)
    assert removed["webhookEndpoint"]["state"] == "REMOVED"
    gone = await change(who["service"], "resumeWebhook", **named)
    assert codes(gone) == [("ALREADY_ENDED", "endpointId")]
    secrets: Any = "SELECT count(*) FROM webhook_endpoint WHERE secret IS NOT NULL"
    assert await connection.fetchval(secrets) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://nusa.example/told", "https://10.0.0.1/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://127.0.0.1:8443/", "https://user:word@nusa.example/",
        "https://nusa.example/#part", "https://nusa.example/\r\nHost: other", "ftp://nusa.example/",
        "https://localhost/", "https://2130706433/", "nusa.example", "", "https://[x/",
        "https://nusa.example:99999/", "https://nusa.example/" + "a" * 500,
    ],
)  # fmt: skip
async def test_an_address_that_is_none_of_the_internet_is_refused(
    url: str, who: dict[str, Viewer]
) -> None:
    assert codes(await register(who["service"], url)) == [("INVALID", "url")]


async def test_a_country_out_of_reach_and_one_too_many_are_refused(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    for country in ("IN", "XX"):
        refused = await register(who["service"], country=country)
        assert codes(refused) == [("NOT_FOUND", "country")]
    for _ in range(5):
        made = await register(who["service"])
        assert made["errors"] == []
    assert [code for code, _ in codes(await register(who["service"]))] == ["TOO_MANY_ENDPOINTS"]
    # Those of another country do not count, nor one that was removed.
    assert (await register(who["service"], country="SG"))["errors"] == []
    await change(who["service"], "removeWebhook", endpointId=made["webhookEndpoint"]["id"])
    assert (await register(who["service"]))["errors"] == []
    await connection.execute("DELETE FROM webhook_key")
    refused = await register(who["service"], country="SG")
    assert [code for code, _ in codes(refused)] == ["NOT_SENT_HERE"]


_OWN = "viewer.subject(NULL)"


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("service", f"UPDATE webhook_endpoint SET approved_by = {_OWN}"),
        ("service", "UPDATE webhook_endpoint SET url = 'https://other.example'"),
        ("service", "SELECT secret FROM webhook_endpoint"),
        ("service", "SELECT public_key FROM webhook_key"),
        ("service", "UPDATE webhook_delivery SET disabled_at = NULL"),
        ("service", "UPDATE webhook_notice SET state = 'WAITING'"),
        ("service", "DELETE FROM webhook_endpoint"),
        ("service", "UPDATE webhook_endpoint SET paused_by = 'manager-au'"),
        ("service", f"UPDATE webhook_endpoint SET resumed_by = {_OWN}, redeliver_by = {_OWN}"),
        ("manager-au", "UPDATE webhook_endpoint SET secret = '\\x01'"),
        ("manager-au", "UPDATE webhook_endpoint SET approved_by = 'manager-pacific'"),
    ],
)
async def test_what_nobody_may_write_the_database_refuses(
    name: str, statement: str, who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    made = await register(who["service"])
    async with undone(connection):
        await act_writing(connection, viewer(CLAIMS[name]))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    row = await connection.fetchrow(
        "SELECT * FROM webhook_endpoint WHERE id = $1", row_id(made["webhookEndpoint"]["id"])
    )
    assert (row["approved_by"], row["url"]) == (None, "https://nusa.example/told")


async def test_the_account_has_each_step_of_an_endpoint(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    await connection.execute("DELETE FROM account_outbox WHERE source = 'webhook_endpoint'")
    made = await register(who["service"])
    named = {"endpointId": made["webhookEndpoint"]["id"]}
    await change(who["manager-au"], "approveWebhook", **named)
    await change(who["service"], "rotateWebhookSecret", **named)
    queued: Any = "SELECT count(*) FROM account_outbox WHERE source = 'webhook_endpoint'"
    assert await connection.fetchval(queued) == 3
