"""A real server and a real client of graphql-transport-ws, and what happens meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from gateway.cli.serving import server_config
from gateway.service import gateway
from gateway.wire.health import Drain
from gateway.wire.socket_limits import SocketLimits
from tests import tokens
from tests.gateway.conftest import CLAIMS
from tests.gateway.schemas import SCHEMAS
from tests.gateway.serving import bound_port, serving
from tests.world import application_id

PROTOCOL = "graphql-transport-ws"
#: What a client meets whose server ends: during the socket, before it, or while it is opened,
#: when nothing was answered (`InvalidMessage`). It connects again.
SERVER_ENDED = (ConnectionClosed, ConnectionError, InvalidMessage)
#: How long to wait for what must come, and for what must not.
SOON, QUIET = 10.0, 1.2

APPLICATIONS = """subscription($after: String, $where: ApplicationWhere) {
    applicationChanged(after: $after, where: $where) {
        position ... on ApplicationChange { application { reference } }
    }
}"""
KINDS = """subscription {
    applicationChanged {
        position ... on ApplicationChange { kind application { reference status } }
    }
}"""
VOLUMES = """subscription($after: String) {
    volumesChanged(after: $after) { position ... on VolumesChange { asOf } }
}"""


@dataclass
class Gateway:
    """A gateway behind a real server."""

    port: int
    process: uvicorn.Server
    internal: Starlette

    @asynccontextmanager
    async def open(self, **how: Any) -> AsyncIterator[ClientConnection]:
        """A socket on which nothing was said yet."""
        options = {"subprotocols": [PROTOCOL], "compression": None, **how}
        async with connect(f"ws://127.0.0.1:{self.port}/graphql", **options) as socket:
            yield socket

    @asynccontextmanager
    async def as_viewer(self, name: str, **claims: Any) -> AsyncIterator["Client"]:
        """A socket of somebody whose token was accepted."""
        async with self.open() as socket:
            client = Client(socket)
            await client.say(type="connection_init", payload=credentials(name, **claims))
            assert await client.receive() == {"type": "connection_ack"}
            yield client


@asynccontextmanager
async def served(
    url: str, *, limits: SocketLimits | None = None, **variables: str
) -> AsyncIterator[Gateway]:
    """The gateway on a database, served as `gerbang serve` does, and ended as by SIGTERM."""
    with bound_port() as (bound, port):
        given = {"cursor_key": tokens.SEAL_KEY.hex(), "drain_grace_seconds": "0", **variables}
        settings = tokens.settings(database_url=url, port=str(port), **given)
        drain = Drain()
        app = gateway(
            settings, key_source=tokens.key_source, limits=limits, drain=drain, schemas=SCHEMAS
        )
        async with serving(server_config(app, settings), bound) as process:
            yield Gateway(port, process, app.state.internal)
            drain.begin()
            await asyncio.sleep(settings.drain_grace_seconds)


def credentials(name: str, **claims: Any) -> dict[str, str]:
    """The payload of `connection_init`."""
    values = {**CLAIMS[name], **claims}
    return tokens.bearer(**values) if values else {}


@dataclass
class Client:
    """One end of a socket."""

    socket: ClientConnection

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def receive(self, seconds: float = SOON) -> dict[str, Any]:
        return json.loads(await asyncio.wait_for(self.socket.recv(), seconds))

    async def subscribe(self, query: str, id: str = "1", **variables: Any) -> None:
        await self.say(type="subscribe", id=id, payload={"query": query, "variables": variables})

    async def next_value(self, seconds: float = SOON) -> Any:
        """The value of the next payload."""
        message = await self.receive(seconds)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value

    async def follows(self, query: str, **variables: Any) -> str:
        """Subscribe and take the first payload, a heartbeat."""
        await self.subscribe(query, **variables)
        first = await self.next_value()
        assert set(first) == {"position"}
        return first["position"]

    async def references(self, number: int) -> list[str]:
        """The applications of the next payloads."""
        return [(await self.next_value())["application"]["reference"] for _ in range(number)]

    async def receives_nothing(self) -> None:
        try:
            message = await self.receive(QUIET)
        except TimeoutError:
            return
        raise AssertionError(f"a message came: {message}")

    async def is_closed(self) -> tuple[int | None, str | None]:
        """The code and reason with which the server ends the socket."""
        await asyncio.wait_for(self.socket.wait_closed(), SOON)
        return self.socket.close_code, self.socket.close_reason


async def happens(connection: asyncpg.Connection, reference: str, kind: str) -> int:
    """Something happens to an application; the id of the event."""
    return await connection.fetchval(
        """
        INSERT INTO application_event (application_id, sequence, kind, occurred_at)
        SELECT $1::uuid, max(sequence) + 1, $2::text, now()
        FROM application_event WHERE application_id = $1 RETURNING id
        """,
        application_id(reference),
        kind,
    )
