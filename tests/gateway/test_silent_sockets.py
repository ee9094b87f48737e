"""Sockets without credentials: each is closed, and keeps no viewer out."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection

from tests.gateway.live import APPLICATIONS, PROTOCOL, Client, Gateway, credentials, served
from tests.gateway.raw import Raw
from tests.gateway.surviving.standing import metrics_of

pytestmark = pytest.mark.anyio

HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
).encode()


@asynccontextmanager
async def _silent(live: Gateway, addresses: list[str]) -> AsyncIterator[list[ClientConnection]]:
    """A socket from each address, as a proxy says, on which nothing is said."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                live.open(additional_headers={"X-Forwarded-For": address}, ping_interval=None)
            )
            for address in addresses
        ]


async def _sockets(live: Gateway) -> float:
    page = await metrics_of(live.internal)
    return float(page.partition("\ngerbang_sockets ")[2].split()[0])


async def test_a_silent_socket_is_ended_in_time(world: str) -> None:
    async with served(world, socket_seconds="0.5") as live, _silent(live, ["192.0.2.1"]) as [one]:
        began = time.monotonic()
        assert (await Client(one).is_closed())[0] == 4408
        assert 0.3 < time.monotonic() - began < 2


async def test_silent_sockets_of_an_address_lock_no_neighbour_out(world: str) -> None:
    """Many people share an address: whoever is silent longest gives way to the next."""
    async with (
        served(world, address_sockets="5", socket_seconds="20") as live,
        live.as_viewer("officer") as officer,
        # Nobody is believed to speak for others here.
        _silent(live, [f"192.0.2.{number}" for number in range(20)]) as silent,
    ):
        ended = await asyncio.gather(*(Client(one).is_closed() for one in silent[:15]))
        assert {code for code, _ in ended} == {4408}
        assert {one.close_code for one in silent[15:]} == {None}
        began = time.monotonic()
        async with live.as_viewer("auditor") as auditor:
            await auditor.follows(APPLICATIONS)
        assert time.monotonic() - began < 10
        await officer.follows(APPLICATIONS)
        assert (await Client(silent[15]).is_closed())[0] == 4408
        assert {one.close_code for one in silent[16:]} == {None}


async def test_hundreds_of_silent_sockets_from_everywhere_keep_no_viewer_out(world: str) -> None:
    """The longest silent one gives way to the next, so that nobody has to wait for their end."""
    bounds = {"unknown_sockets": "50", "address_sockets": "2", "sockets": "3"}
    addresses = [f"192.0.2.{number}" for number in range(250)]
    async with (
        served(world, **bounds, trusted_proxies="127.0.0.1", socket_seconds="20") as live,
        live.as_viewer("officer") as officer,
        _silent(live, addresses) as silent,
    ):
        async with live.as_viewer("auditor") as auditor:
            await auditor.follows(APPLICATIONS)
        await officer.follows(APPLICATIONS)
        ended = await asyncio.gather(*(Client(one).is_closed() for one in silent[:200]))
        assert {code for code, _ in ended} == {4408}
        # The auditor's socket took the place of one more, before its viewer was known.
        assert (await Client(silent[200]).is_closed())[0] == 4408
        assert {one.close_code for one in silent[201:]} == {None}
        page = await metrics_of(live.internal)
        assert 'gerbang_closes_total{code="4408"} 2' in page


async def test_a_socket_that_is_ended_unknown_leaves_no_connection(world: str) -> None:
    """Whoever does not agree to the end would hold it for longer than its place."""
    async with served(world, socket_seconds="0.5") as live:
        client = await Raw.open(live.port)
        await client.send(HANDSHAKE)
        received = await client.rest()
        assert received.startswith(b"HTTP/1.1 101 ")
        assert (4408).to_bytes(2, "big") in received
        assert time.monotonic() - client.began < 1.2


async def test_an_authenticated_viewer_has_a_limited_number_of_sockets(world: str) -> None:
    async with (
        served(world, sockets="2", viewer_sockets="1") as live,
        live.as_viewer("officer"),
    ):
        assert await _close_code(live, "officer") == 4429
        async with live.as_viewer("auditor"):
            assert await _close_code(live, "supervisor") == 1013
        async with live.as_viewer("supervisor"):
            pass


async def _close_code(live: Gateway, name: str) -> int | None:
    """The code with which the socket of somebody ends."""
    async with live.open() as socket:
        client = Client(socket)
        await client.say(type="connection_init", payload=credentials(name))
        return (await client.is_closed())[0]


async def test_a_follower_that_is_gone_without_a_word_is_noticed(world: str) -> None:
    """Its network is gone, so the socket is never closed: only the missing pong shows it."""
    async with (
        served(world, socket_ping_seconds="0.5") as live,
        live.as_viewer("auditor") as auditor,
    ):
        async with live.as_viewer("officer") as officer:
            officer.socket.transport.pause_reading()
            async with asyncio.timeout(5):
                while await _sockets(live) > 1:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            officer.socket.transport.abort()
        await auditor.follows(APPLICATIONS)  # who answers stays
