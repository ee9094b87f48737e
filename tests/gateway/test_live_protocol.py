"""The protocol, kept and broken: how a socket opens, and with which code it ends."""

import asyncio
import json
import socket as sockets
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from gateway.errors import ErrorCode
from gateway.texts.language import Language
from gateway.wire.content import GRAPHQL_RESPONSE, negotiate
from gateway.wire.socket import SocketLimits
from gateway.wire.socket_limits import CloseCode, SocketClosed
from models.database.connections import connect
from tests import tokens
from tests.gateway.live import (
    APPLICATIONS,
    PROTOCOL,
    VOLUMES,
    Client,
    Gateway,
    credentials,
    happens,
    served,
)
from tests.gateway.surviving.standing import metrics_of

pytestmark = pytest.mark.anyio

#: Roles that one person may hold together.
TWO_ROLES = ["PARTNER_MANAGER", "PARTNER_AGENT"]


@pytest.fixture(scope="module")
async def live(world: str) -> AsyncIterator[Gateway]:
    async with served(world, body_limit="4096", address_sockets="100") as running:
        yield running


# --- Opening -------------------------------------------------------------------------------------


async def _status(live: Gateway, accept: str = "*/*", **how: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refused:
        async with live.open(additional_headers={"Accept": accept}, **how):
            pass
    response = refused.value.response
    assert response.headers["Content-Type"] == f"{negotiate(accept)}; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-store"
    return response.status_code, json.loads(response.body)["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("offered", [None, ["graphql-ws"], ["soap"]])
async def test_only_graphql_transport_ws_is_spoken(
    live: Gateway, offered: list[str] | None
) -> None:
    assert await _status(live, subprotocols=offered) == (400, "BAD_REQUEST")
    async with live.open(subprotocols=["graphql-ws", PROTOCOL]) as socket:
        assert socket.subprotocol == PROTOCOL


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1"])
async def test_pages_of_other_sites_open_no_socket(live: Gateway, origin: str) -> None:
    assert await _status(live, origin=origin) == (403, "BAD_REQUEST")
    assert await _status(live, GRAPHQL_RESPONSE, origin=origin) == (403, "BAD_REQUEST")
    alike = f"http://not127.0.0.1:{live.port}"
    assert await _status(live, origin=alike) == (403, "BAD_REQUEST")


async def test_a_page_of_this_site_opens_a_socket(live: Gateway) -> None:
    async with live.open(origin=f"http://127.0.0.1:{live.port}"):
        pass


async def test_the_token_may_stand_in_the_header(live: Gateway) -> None:
    headers = {**tokens.bearer(TWO_ROLES), "Gerbang-Role": "PARTNER_AGENT"}
    async with live.open(additional_headers=headers) as socket:
        client = Client(socket)
        await client.say(type="connection_init")
        assert await client.receive() == {"type": "connection_ack"}


async def test_one_role_acts_and_is_named_in_the_payload(live: Gateway) -> None:
    both = tokens.bearer(["LEADERSHIP", "APPLICANT"], sub="applicant")
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload={**both, "Gerbang-Role": "LEADERSHIP"})
        assert await client.receive() == {"type": "connection_ack"}
        await client.subscribe(VOLUMES)
        await client.next_value()
        await client.subscribe(APPLICATIONS, id="2")
        refused = await client.receive()
        assert (refused["type"], refused["id"]) == ("error", "2")


# --- Closing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([b"\x00"], 4400),
        (["nothing"], 4400),
        (["[]"], 4400),
        (['{"type": 1}'], 4400),
        (['{"type": "start"}'], 4400),
        (['{"type": "connection_init", "payload": []}'], 4403),
        (['{"type": "connection_init", "payload": [1]}'], 4400),
        (['{"type": "connection_init", "payload": {"Authorization": 1}}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}'], 4401),
        (['{"type": "complete", "id": "1"}'], 4401),
        (['{"type": "connection_init"}'], 4403),
        (['{"type": "connection_init", "payload": {"Authorization": "Bearer x.y.z"}}'], 4403),
        (["x" * 4096], 4400),  # no JSON, of the largest size
        (["x" * 4097], 1009),
        (["OFFICER", '{"type": "connection_init"}'], 4429),
        (["OFFICER", '{"type": "subscribe", "payload": {"query": "{ a }"}}'], 4400),
        (["OFFICER", '{"type": "subscribe", "id": "", "payload": {}}'], 4400),
        (["OFFICER", f'{{"type": "subscribe", "id": "{101 * "x"}", "payload": {{}}}}'], 4400),
        (["OFFICER", "{"], 4400),
    ],
)
async def test_a_breach_of_the_protocol_ends_the_socket(
    live: Gateway, said: list[str | bytes], code: int
) -> None:
    async with live.open() as socket:
        client = Client(socket)
        for message in said:
            if message == "OFFICER":
                await client.say(type="connection_init", payload=credentials("officer"))
                await client.receive()
            else:
                await socket.send(message)
        ended, reason = await client.is_closed()
        assert ended == code
        assert "x.y.z" not in (reason or "")


async def test_two_subscriptions_of_one_id_end_the_socket(live: Gateway) -> None:
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS)
        await officer.subscribe(APPLICATIONS)
        assert (await officer.is_closed())[0] == 4409


async def test_a_socket_that_sends_nothing_is_closed(live: Gateway) -> None:
    async with live.open() as socket:
        began = time.monotonic()
        assert (await Client(socket).is_closed())[0] == 4408
        assert time.monotonic() - began < 7


async def test_why_a_socket_is_closed_is_said_in_the_readers_language(live: Gateway) -> None:
    """Of errors, their code stands first; no reason is longer than a close frame."""
    refused = {"type": "connection_init", "payload": {"Authorization": "Bearer x.y.z"}}
    for text, reason in (
        ({"type": "complete", "id": "1"}, "Kirim connection_init terlebih dahulu."),
        (refused, "UNAUTHENTICATED: Token ini bukan JSON Web Token yang ditandatangani."),
    ):
        async with live.open(additional_headers={"Accept-Language": "id"}) as socket:
            client = Client(socket)
            await client.say(**text)
            assert (await client.is_closed())[1] == reason
    long = SocketClosed(CloseCode.FORBIDDEN, "é" * 200, ErrorCode.SUSPENDED).reason(Language.ID)
    assert (long[:12], len(long.encode())) == ("SUSPENDED: é", 123)


async def test_several_roles_and_none_named_is_refused_with_the_reason(live: Gateway) -> None:
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=tokens.bearer(TWO_ROLES))
        code, reason = await client.is_closed()
        assert code == 4403
        assert "ROLE_REQUIRED" in (reason or "")


@pytest.mark.parametrize("payload", [{}, {"authorisation": "Bearer x"}])
async def test_a_socket_without_a_token_is_told_so(live: Gateway, payload: dict) -> None:
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=payload)
        code, reason = await client.is_closed()
        assert code == 4403
        assert "There is no token: send `authorization`" in (reason or "")


async def test_roles_that_exclude_each_other_are_refused_with_the_reason(live: Gateway) -> None:
    excluded = {**tokens.bearer(["OFFICER", "AUDITOR"]), "Gerbang-Role": "AUDITOR"}
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=excluded)
        code, reason = await client.is_closed()
        assert code == 4403
        assert "ROLES_EXCLUDED" in (reason or "")


async def test_a_socket_ends_with_its_token(live: Gateway) -> None:
    now = int(time.time())
    async with live.as_viewer("officer", iat=now, exp=now + 3) as officer:
        await officer.follows(APPLICATIONS)
        code, reason = await officer.is_closed()
        assert (code, reason) == (4403, "The token has expired: reconnect with a new one.")
        assert now + 2.5 < time.time() < now + 5


async def test_a_viewer_has_a_bounded_number_of_sockets(live: Gateway) -> None:
    async def follow(held: asyncio.Event, enough: asyncio.Event) -> None:
        async with live.as_viewer("auditor"):
            held.set()
            await enough.wait()

    enough, held = asyncio.Event(), [asyncio.Event() for _ in range(8)]
    followers = [asyncio.create_task(follow(one, enough)) for one in held]
    await asyncio.gather(*(one.wait() for one in held))
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=credentials("auditor"))
        assert (await client.is_closed())[0] == 4429
    async with live.as_viewer("officer"):
        pass  # others are not held up
    enough.set()
    await asyncio.gather(*followers)
    async with live.as_viewer("auditor"):
        pass


async def test_a_socket_has_a_bounded_number_of_subscriptions(live: Gateway) -> None:
    async with live.as_viewer("officer") as officer:
        for number in range(10):
            await officer.subscribe(VOLUMES, id=str(number))
            await officer.next_value()
        await officer.subscribe(VOLUMES, id="more")
        refused = await officer.receive()
        assert refused["id"] == "more"
        assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        await officer.say(type="complete", id="0")
        await officer.subscribe(VOLUMES, id="more")
        await officer.next_value()


# --- Talking -------------------------------------------------------------------------------------


async def test_a_ping_is_answered_before_and_after_the_beginning(live: Gateway) -> None:
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="ping")
        assert await client.receive() == {"type": "pong"}
        await client.say(type="pong")
        await client.say(type="connection_init", payload=credentials("officer"))
        assert await client.receive() == {"type": "connection_ack"}
        await client.say(type="ping", payload={"at": 1})
        assert await client.receive() == {"type": "pong"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ viewer { subject } }"}, "INVALID_DOCUMENT"),
        ({"query": "{"}, "SYNTAX"),
        ({"query": "subscription { nothing }"}, "INVALID_DOCUMENT"),
        ({"query": "subscription { volumesChanged { position } ...A } fragment A on Subscription {"
                   " applicationChanged { position } }"}, "INVALID_DOCUMENT"),
        ({"query": APPLICATIONS, "variables": {"after": 1}}, "INVALID_VARIABLES"),
        ({"query": APPLICATIONS, "variables": {"where": {"secret": 1}}}, "INVALID_VARIABLES"),
        ({"query": 'subscription { applicationChanged(where: {reference: {prefix: ""}}) {'
                   " position } }"}, "INVALID_INPUT"),
        ({"documentId": "sha256:0"}, "DOCUMENT_NOT_FOUND"),
        ({}, "BAD_REQUEST"),
        ([], "BAD_REQUEST"),
        ({"query": 1}, "BAD_REQUEST"),
    ],
)  # fmt: skip
async def test_an_invalid_subscription_is_refused_and_the_socket_stays_open(
    live: Gateway, payload: Any, code: str
) -> None:
    async with live.as_viewer("officer") as officer:
        await officer.say(type="subscribe", id=100 * "x", payload=payload)
        refused = await officer.receive()
        assert (refused["type"], refused["id"]) == ("error", 100 * "x")
        assert {one["extensions"]["code"] for one in refused["payload"]} == {code}
        await officer.follows(APPLICATIONS)


async def test_a_completed_subscription_gets_nothing_more(live: Gateway, world: str) -> None:
    writer = await connect(world)
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS)
        await officer.say(type="complete", id="1")
        await happens(writer, "AUSY-PAID-0013", "RECEIVED")
        await officer.receives_nothing()
        await officer.say(type="complete", id="unknown")
        await officer.follows(APPLICATIONS)
    await writer.close()


async def test_subscriptions_do_not_run_by_post(who: Any) -> None:
    answer = await who["officer"]("subscription { applicationChanged { position } }")
    assert (answer.status, answer.codes) == (400, ["INVALID_DOCUMENT"])


# --- Ends of another kind ------------------------------------------------------------------------


async def test_a_client_that_does_not_read_is_dropped(world: str) -> None:
    """Nothing is kept for it: it comes back with its last position."""
    much = " ".join(f"a{number}: reference" for number in range(150))
    change = f"... on ApplicationChange {{ application {{ {much} }} }}"
    query = f"subscription {{ applicationChanged {{ position {change} }} }}"
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    writer = await connect(world)
    async with served(world, limits=SocketLimits(slow_seconds=0.5)) as live:
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", live.port))
        async with live.open(sock=narrow, max_queue=1, ping_interval=None) as socket:
            client = Client(socket)
            await client.say(type="connection_init", payload=credentials("officer"))
            await client.receive()
            await client.follows(query)
            async with writer.transaction():
                for _ in range(1_500):
                    await happens(writer, "AUSY-PAID-0013", "RECEIVED")
            ended = 'gerbang_closes_total{code="4008"} 1.0'
            async with asyncio.timeout(20):
                while ended not in await metrics_of(live.internal):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            async with live.as_viewer("officer") as other:
                await other.follows(APPLICATIONS)  # nobody else was held up
    await writer.close()


async def test_at_its_end_the_server_says_that_it_restarts(world: str) -> None:
    async with served(world) as ending, ending.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS)
        ending.process.should_exit = True
        assert (await officer.is_closed())[0] == 1012
