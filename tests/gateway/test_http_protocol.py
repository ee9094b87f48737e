"""HTTP/1.1 by its letter: offers of other protocols, framing, old and odd forms of requests."""

import asyncio
import shutil
import socket
import struct
import sys
from pathlib import Path

import pytest

from tests.gateway.raw import ANSWER, GET, ROLE, Raw, ask, post, small_gateway

pytestmark = pytest.mark.anyio

#: As Java's HttpClient sends it by itself.
OFFER = (
    "Connection: Upgrade, HTTP2-Settings",
    "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA",
    "Upgrade: h2c",
)
CHUNKS = b"".join(b"1\r\n" + ROLE[at : at + 1] + b"\r\n" for at in range(len(ROLE))) + b"0\r\n\r\n"
CHUNKED = post("Transfer-Encoding: chunked", *OFFER, body=CHUNKS, length=-1)
OFFERED = post(*OFFER)
SOCKET = ("Connection: Upgrade", "Upgrade: websocket")


#: Where Linux tells of a connection how many segments brought data, and the size of all it tells.
_DATA_SEGMENTS_IN, _TCP_INFO_SIZE = 152, 160


def _bytewise(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


# --- Offers of another protocol ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segments", "count"),
    [
        ([OFFERED], 1),
        ([OFFERED[: -len(ROLE)], ROLE], 1),
        ([OFFERED[:-5], OFFERED[-5:]], 1),
        (_bytewise(OFFERED), 1),
        ([CHUNKED], 1),
        ([CHUNKED[: -len(CHUNKS)], CHUNKS[:20], CHUNKS[20:]], 1),
        ([OFFERED * 3], 3),
        ([CHUNKED + OFFERED + post() + CHUNKED], 4),
        ([post() + OFFERED], 2),
        ([post("Connection: Upgrade", "Upgrade: h2c, websocket")], 1),
        ([post("Connection: Upgrade", "Upgrade: TLS/1.0")], 1),
        ([post(*SOCKET)], 1),
    ],
    ids=[
        "whole", "body later", "body cut", "bytewise", "chunked", "chunks later", "three at once",
        "mixed", "offer behind", "several offers", "another offer", "a socket by post",
    ],
)  # fmt: skip
async def test_an_offer_to_upgrade_is_ignored_and_the_body_is_read(
    segments: list[bytes], count: int
) -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(*segments, pause=0.002)
        answers = await client.answers(count)
        assert answers.count(ANSWER) == answers.count(b"HTTP/1.1 200 OK") == count
        await client.send(post())  # and the connection goes on as before
        assert ANSWER in await client.answers()
        client.writer.close()


JAVA = Path(__file__).with_name("Ask.java")


@pytest.mark.skipif(not shutil.which("javac"), reason="there is no JDK here")
async def test_javas_own_client_is_answered() -> None:
    async with small_gateway() as running:
        url = f"http://127.0.0.1:{running.port}/graphql"
        asking = await asyncio.create_subprocess_exec(
            "java", JAVA, url, ROLE.decode(), stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await asyncio.wait_for(asking.communicate(), 60)
    lines = printed.splitlines()
    assert len(lines) == 4  # one with a length, one in chunks, each twice
    assert all(line.startswith(b"HTTP_1_1 200 " + ANSWER) for line in lines)


# --- Framing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (post("Transfer-Encoding: chunked", body=CHUNKS), 400, "BAD_REQUEST"),
        (post("Content-Length: 3"), 400, "BAD_REQUEST"),
        (post("Transfer-Encoding: chunked", body=b"zz\r\n", length=-1), 400, "BAD_REQUEST"),
        (post("Transfer-Encoding: chunked", body=b"1\r\nab", length=-1), 400, "BAD_REQUEST"),
        (post("Name : value"), 400, "BAD_REQUEST"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "BAD_REQUEST"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BAD_REQUEST"),
        (b"GET http://[/ HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"),
        (b"GET /health/live HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST"),
        (post("Host: elsewhere"), 400, "BAD_REQUEST"),
        (b"CONNECT elsewhere:443 HTTP/1.1\r\n\r\n", 405, "METHOD_NOT_ALLOWED"),
        (post("Name: " + "x" * 5_000), 431, "TOO_LARGE"),
        (post("Name: " + "x" * 5_000)[:4_500], 431, "TOO_LARGE"),
        (b"GET /" + b"x" * 5_000, 431, "TOO_LARGE"),
        (b"GET /graphql HTTP/1.1\r\n" + b"A: b\r\n" * 5_000, 431, "TOO_LARGE"),
    ],
    ids=[
        "chunks and a length", "two lengths", "no chunk", "a chunk too long", "blank in a name",
        "TLS", "HTTP/2", "no address", "no host", "two hosts", "CONNECT", "long",
        "long and unfinished", "long address", "many",
    ],
)  # fmt: skip
async def test_malformed_requests_are_refused_with_our_error_body(
    sent: bytes, status: int, code: str
) -> None:
    async with small_gateway(header_limit="4096") as running:
        client = await Raw.open(running.port)
        await client.send(sent)
        assert (await client.end())[:2] == (status, code)


async def test_headers_that_arrive_in_halves_are_no_longer_than_whole_ones() -> None:
    half = b"A: b\r\n" * 500
    async with small_gateway(header_limit="4096") as running:
        client = await Raw.open(running.port)
        sent = b"GET /health/live HTTP/1.1\r\nHost: gateway\r\n" + half
        await client.send(sent, half + b"\r\n", pause=0.05)
        assert (await client.end())[:2] == (431, "TOO_LARGE")


async def test_complete_requests_are_answered_before_a_malformed_one_ends_the_connection() -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(post() + b"nonsense\r\n\r\n")
        received = await client.rest()
        assert received.count(b"HTTP/1.1 ") == 1
        assert ANSWER in received


async def test_a_flood_of_pipelined_requests_is_cut() -> None:
    """Each is read and kept before the one in front of it is answered."""
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(GET * 10_000)
        received = await client.rest()
        assert 1 < received.count(b"HTTP/1.1 200 OK") < 30
        assert await ask(running.port) < 0.5


async def test_a_few_pipelined_requests_are_answered_in_order() -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send((GET + post()) * 5)
        received = await client.answers(10)
        assert [line[:7] for line in received.split(b"\r\n\r\n")[1:]] == [
            b'{"live"', b'{"data"',
        ] * 5  # fmt: skip
        client.writer.close()


# --- Old and odd forms ---------------------------------------------------------------------------


async def test_expect_100_continue_is_answered() -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(post("Expect: 100-continue", body=b"", length=len(ROLE)))
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.send(ROLE)
        assert ANSWER in await client.answers()
        client.writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (post().replace(b" /graphql ", b" http://gateway/graphql "), b"200 OK"),
        (b"HEAD /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n", b"200 OK"),
        (b"OPTIONS * HTTP/1.1\r\nHost: gateway\r\n\r\n", b"404 Not Found"),
        (b"OPTIONS /graphql HTTP/1.1\r\nHost: gateway\r\n\r\n", b"405 Method Not Allowed"),
    ],
)
async def test_every_form_of_a_request_has_its_answer(sent: bytes, status: bytes) -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(sent)
        assert await client.reader.readline() == b"HTTP/1.1 " + status + b"\r\n"
        client.writer.close()


async def test_http_1_0_is_answered_and_the_connection_closed() -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(post().replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert ANSWER in await client.rest()


async def test_http_1_0_needs_no_host() -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        await client.send(b"GET /health/live HTTP/1.0\r\n\r\n")
        assert (await client.rest()).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts segments with data")
async def test_an_answer_is_one_write() -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        for sent in (post(), GET, b"HEAD /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n", post()):
            await client.send(sent)
            if sent.startswith(b"HEAD"):
                await client.reader.readuntil(b"\r\n\r\n")
            else:
                await client.answers()
        found = client.writer.get_extra_info("socket").getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_SIZE
        )
        if len(found) < _TCP_INFO_SIZE:
            pytest.skip("this system does not count segments with data")
        assert struct.unpack_from("I", found, _DATA_SEGMENTS_IN) == (4,)
        client.writer.close()
