"""Bytes on a connection, as slow or as wrong as a test wants them."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette

from gateway.app import create_app
from gateway.settings import Settings
from tests import tokens
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.surviving.standing import Standing, served

GET = b"GET /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n"
ROLE = json.dumps({"query": "{ role }"}).encode()
ANSWER = b'{"data":{"role":"ANONYMOUS"}'
SECONDS = 10.0


def post(*headers: str, body: bytes = ROLE, length: int | None = None) -> bytes:
    """A request; ``length`` replaces that of the body, -1 leaves it out."""
    announced = len(body) if length is None else length
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: gateway",
        "Content-Type: application/json",
        *headers,
        *([f"Content-Length: {announced}"] if announced >= 0 else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Raw:
    """One connection of a client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    began: float

    @classmethod
    async def open(cls, port: int) -> "Raw":
        return cls(*await asyncio.open_connection("127.0.0.1", port), time.monotonic())

    async def send(self, *parts: bytes, pause: float = 0.0) -> None:
        """The parts in segments of their own."""
        for number, part in enumerate(parts):
            if number:
                await asyncio.sleep(pause)
            self.writer.write(part)
            await self.writer.drain()

    async def trickle(self, data: bytes, pause: float) -> None:
        """A byte at a time, until the other side has had enough."""
        with contextlib.suppress(OSError):
            await self.send(*(data[at : at + 1] for at in range(len(data))), pause=pause)

    async def answers(self, count: int = 1) -> bytes:
        """What came until there were so many answers; the rest of the last one as well."""
        received = b""
        async with asyncio.timeout(SECONDS):
            while received.count(b"HTTP/1.1 ") < count or _is_cut(received):
                chunk = await self.reader.read(65_536)
                assert chunk, received
                received += chunk
        return received

    async def rest(self) -> bytes:
        """All that still comes, once the other side has closed."""
        received = b""
        async with asyncio.timeout(SECONDS):
            with contextlib.suppress(OSError):
                while chunk := await self.reader.read(65_536):
                    received += chunk
        self.writer.close()
        return received

    async def end(self) -> tuple[int, str, float]:
        """The status and code of the last answer, 0 without one, and after how many seconds."""
        received = await self.rest()
        seconds = time.monotonic() - self.began
        if not received:
            return 0, "", seconds
        head, _, body = received.partition(b"\r\n\r\n")
        assert b"connection: close" in head.lower()
        error: dict[str, Any] = json.loads(body)["errors"][0]
        return int(head.split()[1]), error["extensions"]["code"], seconds

    def is_open(self) -> bool:
        return not self.reader.at_eof()


def _is_cut(received: bytes) -> bool:
    """Whether something of the last answer is still to come."""
    head, end, body = received.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return not end or (length is not None and len(body) < int(length[1]))


@contextlib.asynccontextmanager
async def small_gateway(**variables: str) -> AsyncIterator[Standing]:
    """The gateway's own server in front of a small schema, without a database."""

    def app(settings: Settings) -> Starlette:
        return create_app(settings, SmallExecutor(), key_source=tokens.key_source)

    async with served(app, **variables) as running:
        yield running


@contextlib.asynccontextmanager
async def many(port: int, count: int, sent: bytes = b"") -> AsyncIterator[list[Raw]]:
    """So many connections on which this was sent."""
    opened = await asyncio.gather(*(Raw.open(port) for _ in range(count)))
    try:
        for one in opened:
            if sent:
                await one.send(sent)
        yield opened
    finally:
        for one in opened:
            one.writer.close()


async def ask(port: int) -> float:
    """An ordinary client's question; after how many seconds it was answered."""
    client = await Raw.open(port)
    await client.send(post())
    assert ANSWER in await client.answers()
    client.writer.close()
    return time.monotonic() - client.began
