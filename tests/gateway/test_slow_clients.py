"""Clients that send slowly, or nothing, or do not read: each is cut off, and keeps nobody out."""

import asyncio
import json
import socket as sockets
import time
from collections import Counter

import pytest

from gateway.wire import connections
from gateway.wire.connections import PIECE_BYTES
from tests.gateway.raw import ANSWER, GET, ROLE, SECONDS, Raw, ask, many, post, small_gateway
from tests.gateway.surviving.standing import Standing

pytestmark = pytest.mark.anyio

HASTY = {"header_seconds": "1", "body_seconds": "1"}
HALF = post()[:60]
HALF_A_BODY = post()[:-5]


async def _count_ended(running: Standing, reason: str) -> float:
    return await running.figure(f'gerbang_connections_ended_total{{reason="{reason}"}}')


@pytest.mark.parametrize(
    ("sent", "reason"), [(HALF, "headers"), (HALF_A_BODY, "body")], ids=["headers", "body"]
)
async def test_hundreds_of_half_sent_requests_are_ended_and_keep_nobody_out(
    sent: bytes, reason: str
) -> None:
    async with small_gateway(**HASTY, unfinished_requests="1000") as running:
        async with many(running.port, 300, sent) as slow:
            assert await ask(running.port) < 5
            ended = await asyncio.gather(*(one.end() for one in slow))
        assert Counter(end[:2] for end in ended) == {(408, "TIMEOUT"): 300}
        assert max(end[2] for end in ended) < 8
        assert await _count_ended(running, reason) == 300
        assert await ask(running.port) < 5


async def test_a_trickle_of_headers_is_ended() -> None:
    async with small_gateway(**HASTY) as running:
        client = await Raw.open(running.port)
        trickling = asyncio.create_task(client.trickle(post(), 0.05))
        status, code, seconds = await client.end()
        assert (status, code) == (408, "TIMEOUT")
        assert 0.9 < seconds < 5
        await trickling


async def test_a_trickle_of_a_body_is_ended() -> None:
    async with small_gateway(**HASTY) as running:
        client = await Raw.open(running.port)
        await client.send(post(body=b"", length=200))
        trickling = asyncio.create_task(client.trickle(ROLE.ljust(200), 0.05))
        status, code, seconds = await client.end()
        assert (status, code) == (408, "TIMEOUT")
        assert 0.9 < seconds < 5
        await trickling


async def test_a_large_body_comes_on_a_slow_line_as_well() -> None:
    large = ROLE.ljust(5 * PIECE_BYTES)
    pieces = [large[at : at + PIECE_BYTES] for at in range(0, len(large), PIECE_BYTES)]
    async with small_gateway(**HASTY, body_limit=str(len(large))) as running:
        client = await Raw.open(running.port)
        await client.send(post(body=b"", length=len(large)), *pieces, pause=0.4)
        assert ANSWER in await client.answers()
        assert time.monotonic() - client.began > 1.5  # longer than one piece may take


@pytest.mark.parametrize("size", [1, PIECE_BYTES])
async def test_the_rest_of_a_body_that_was_refused_is_not_waited_for(size: int) -> None:
    async with small_gateway(**HASTY) as running:
        client = await Raw.open(running.port)
        await client.send(post(body=b"", length=100_000_000))
        assert b"413" in await client.answers()
        sending = asyncio.create_task(client.send(*[b"x" * size] * 100, pause=0.05))
        assert await client.rest() == b""
        sending.cancel()
        await asyncio.wait([sending])
        assert time.monotonic() - client.began < 4


async def test_a_connection_that_sends_nothing_is_closed_without_a_word() -> None:
    async with small_gateway(**HASTY) as running:
        client = await Raw.open(running.port)
        status, _, seconds = await client.end()
        assert status == 0
        assert 0.9 < seconds < 5


async def test_a_connection_without_an_answer_is_not_kept_for_the_client_to_read_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "CLOSE_SECONDS", 10 * SECONDS)
    async with small_gateway(**HASTY) as running:
        client = await Raw.open(running.port)
        assert (await client.end())[0] == 0  # in time, or this fails after SECONDS


async def test_blank_lines_begin_no_request() -> None:
    """Each of them would begin the time of an idle connection anew."""
    async with small_gateway(**HASTY) as running:
        client = await Raw.open(running.port)
        await client.send(GET)
        await client.answers()
        trickling = asyncio.create_task(client.trickle(b"\r\n" * 30, 0.05))
        assert await client.rest() == b""
        await trickling


async def test_an_idle_connection_stays_as_long_as_it_may() -> None:
    async with small_gateway(**HASTY, keep_alive_seconds="60") as running:
        client = await Raw.open(running.port)
        for _ in range(2):
            await client.send(post())
            assert ANSWER in await client.answers()
            await asyncio.sleep(1.5)
        assert client.is_open()
        client.writer.close()


async def test_an_address_has_a_bounded_number_of_unfinished_requests() -> None:
    async with small_gateway(unfinished_requests="20") as running:
        async with many(running.port, 100, HALF) as slow:
            ended = await asyncio.gather(*(one.end() for one in slow[:80]))
            assert Counter(end[:2] for end in ended) == {(429, "OVERLOADED"): 80}
            assert max(end[2] for end in ended) < 8
            assert all(one.is_open() for one in slow[80:])
            assert await ask(running.port) < 5
        assert await _count_ended(running, "crowded") == 80


async def test_behind_a_trusted_proxy_every_client_counts_for_itself() -> None:
    def half(address: str) -> bytes:
        return post(f"X-Forwarded-For: 198.51.100.9, {address}", length=500)

    async with (
        small_gateway(unfinished_requests="5", trusted_proxies="127.0.0.0/8") as running,
        many(running.port, 20, half("203.0.113.7")) as crowd,
        many(running.port, 5, half("203.0.113.8")) as few,
    ):
        ended = await asyncio.gather(*(one.end() for one in crowd[:15]))
        assert {end[0] for end in ended} == {429}
        assert all(one.is_open() for one in few)


async def test_nobody_is_believed_to_speak_for_others_without_a_setting() -> None:
    async with small_gateway(unfinished_requests="5") as running:
        sent = [post(f"X-Forwarded-For: 203.0.113.{number}", length=500) for number in range(10)]
        clients = [await Raw.open(running.port) for _ in sent]
        for client, request in zip(clients, sent, strict=True):
            await client.send(request)
        ended = await asyncio.gather(*(client.end() for client in clients[:5]))
        assert {end[0] for end in ended} == {429}
        for client in clients:
            client.writer.close()


@pytest.mark.parametrize("sent", [b"", HALF, GET], ids=["nothing", "half", "whole"])
async def test_who_keeps_the_process_waiting_longest_gives_way(sent: bytes) -> None:
    """Connections that send nothing, half a request, or a whole one and then nothing."""
    async with small_gateway(connections="30") as running, many(running.port, 100, b"") as idle:
        for one in idle[-30:]:
            await one.send(sent)
        for _ in range(5):
            assert await ask(running.port) < 5
        assert await _count_ended(running, "full") >= 70


async def test_who_does_not_read_the_answers_is_ended() -> None:
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    narrow.setblocking(False)
    query = '{ echo(text: "%s") }' % ("x" * 250_000)
    request = post(body=json.dumps({"query": query}).encode())
    async with small_gateway(**HASTY, body_limit="300000") as running:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(narrow, ("127.0.0.1", running.port))
        sending = asyncio.create_task(loop.sock_sendall(narrow, request * 40))
        try:
            async with asyncio.timeout(60):
                while not await _count_ended(running, "unread"):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        finally:
            # Closed while it is still being sent on, its number would go to the next connection,
            # which the loop would then no longer watch.
            sending.cancel()
            await asyncio.wait([sending])
            narrow.close()
        assert await ask(running.port) < 5
