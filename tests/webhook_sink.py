"""A partner's endpoint of the tests, which keeps what it is sent and answers as it is told, and the
keeper that tells it."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from models.jobs.notices import write_notices
from models.jobs.webhooks import Courier
from models.row_keys import new_key
from models.webhooks.secret import make_secret, public_half, seal_secret

#: The keeper's private key.
KEY = bytes(range(32))
_ANSWER = "HTTP/1.1 {} X\r\ncontent-length: 0\r\n{}\r\n"


@dataclass
class Received:
    """One request: the path, the headers by lower-case names, and the body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        return orjson.loads(self.body)["data"]


@dataclass
class WebhookSink:
    """A server of endpoints, by their paths."""

    port: int = 0
    kept: list[Received] = field(default_factory=list)
    #: Statuses that a path answers, one after the other; 200 once they are used up.
    answers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: Headers of each answer of a path.
    headers: dict[str, str] = field(default_factory=dict)
    #: Paths that take everything and answer nothing.
    silent: set[str] = field(default_factory=set)
    #: Paths that answer without an end.
    endless: set[str] = field(default_factory=set)
    #: How much of such answers was taken from it.
    endless_bytes: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        return [each for each in self.kept if each.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines if line)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                path = first.split(" ")[1]
                self.kept.append(Received(path, headers, body))
                await self._answer(path, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path in self.silent:
            await asyncio.sleep(3600)
        if path in self.endless:
            writer.write(b"HTTP/1.1 200 X\r\n\r\n")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
                self.endless_bytes += 65_536
        status = self.answers[path].pop(0) if self.answers[path] else 200
        writer.write(_ANSWER.format(status, self.headers.get(path, "")).encode())
        await writer.drain()


@asynccontextmanager
async def running_webhook_sink(
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[WebhookSink]:
    sink, serving = WebhookSink(), set[asyncio.Task[None]]()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(sink.serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", ssl=tls)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for task in serving:
            task.cancel()


@dataclass
class Endpoint:
    """A registered endpoint, and the secret that its partner was shown."""

    id: UUID
    secret: bytes


@dataclass
class Post:
    """The keeper's side: a sink, a courier, and the database."""

    sink: WebhookSink
    courier: Courier
    connection: asyncpg.Connection

    async def register(self, url: str, country: str = "SG", partner: str = "NUSA") -> Endpoint:
        endpoint = Endpoint(new_key(), make_secret())
        await self.connection.execute(
            "INSERT INTO webhook_endpoint (id, partner_code, country_code, url, secret,"
            " registered_by, approved_by, approved_at)"
            " VALUES ($1, $2, $3, $4, $5, 'portal', 'manager', clock_timestamp())",
            *(endpoint.id, partner, country, url),
            seal_secret(endpoint.secret, public_half(KEY), endpoint.id),
        )
        return endpoint

    async def write(self) -> None:
        while await write_notices(self.connection):
            pass

    async def deliver(self, passes: int = 4) -> None:
        """Some passes of the keeper: enough for what is due, and for what waited for it."""
        await self.write()
        for _ in range(passes):
            await self.courier.deliver_webhooks(self.connection)

    async def pass_time(self, time: timedelta) -> None:
        """Let everything have happened earlier by this much."""
        await self.connection.execute(
            "UPDATE webhook_notice SET tried_from = tried_from - $1::interval,"
            " due_at = due_at - $1::interval",
            time,
        )
        await self.connection.execute(
            "UPDATE webhook_delivery SET failing_since = failing_since - $1::interval,"
            " due_at = due_at - $1::interval",
            time,
        )

    async def notices(self, endpoint: Endpoint) -> list[asyncpg.Record]:
        return await self.connection.fetch(
            "SELECT * FROM webhook_notice WHERE endpoint_id = $1 ORDER BY number", endpoint.id
        )

    async def delivery(self, endpoint: Endpoint) -> asyncpg.Record:
        row = await self.connection.fetchrow(
            "SELECT * FROM webhook_delivery WHERE endpoint_id = $1", endpoint.id
        )
        assert row is not None
        return row
