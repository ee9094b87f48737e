"""Clients of others, as they come from their registries: from a page to following through cuts."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from tests.clients.running import HERE, TOKEN_SECONDS, Client, Line, line_to, running, short_tokens
from tests.conftest import NewDatabase
from tests.gateway.followers import _EVENT, _reference
from tests.gateway.live import Served, served
from tests.machine import needs
from tests.models.crowd import Someone, crowd, join
from tests.populating import small_world
from tests.provider import node
from tests.world import application_id

pytestmark = pytest.mark.anyio

CUTS, TOKEN_ENDS, EVENTS = 20, 2, 150
PEOPLE = {"officer": "officer", "agent": "agent-au"}
UNRECEIVED = "AUSY-PAID-0013"

installed = needs(
    "clients",
    is_here=(HERE / "node_modules" / "gerbang-setup").exists() and node() is not None,
    absent="no clients: `make clients` brings them where the npm registry is to be had",
)


@pytest.fixture
async def world_url(new_database: NewDatabase) -> str:
    url = await new_database()
    await small_world(url)
    return f"{url}?sslmode=disable"


@pytest.fixture
async def writer(world_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "program",
    [
        pytest.param((str(node()), "graphql_ws.mjs"), id="graphql-ws", marks=installed),
        pytest.param((str(node()), "apollo.mjs"), id="Apollo Client", marks=installed),
        pytest.param((str(node()), "urql.mjs"), id="urql", marks=installed),
        pytest.param((sys.executable, "gql_client.py"), id="gql"),
    ],
)
async def test_a_client_asks_writes_and_follows_each_change_exactly_once(
    program: tuple[str, str], world_url: str, writer: asyncpg.Connection, tmp_path: Path
) -> None:
    people = crowd(EVENTS, seed=1)
    await join(writer, people)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(short_tokens(tmp_path, PEOPLE))
        replicas = [await stack.enter_async_context(served(world_url)) for _ in range(2)]
        line, port = await stack.enter_async_context(line_to(replicas[0].port))
        given = {
            "url": f"http://127.0.0.1:{port}/graphql",
            "websocketUrl": f"ws://127.0.0.1:{port}/graphql",
            "tokens": str(tmp_path),
            "open": _id("SGPO-OPEN-0006"),
            "unreceived": _id(UNRECEIVED),
        }
        client = await stack.enter_async_context(running(*program, given=given))
        await client.tells("heartbeat", seconds=30)
        assert client.of("page") == [2]
        assert client.of("received") == [True]
        assert client.of("name") == ["Wei Tan"]
        assert await writer.fetchval("SELECT count(*) FROM access_event") == 1
        await _follow_through(client, line, replicas, writer, people)
        told = Counter(client.of("change"))
        expected = Counter({_reference(one): 1 for one in people})
        del told[UNRECEIVED]  # what its own mutation did, where it was told in time
        assert (expected - told).total() == 0, "missed"
        assert (told - expected).total() == 0, "told twice"
        assert len(client.of("heartbeat")) > CUTS + TOKEN_ENDS  # each beginning has one


def _id(reference: str) -> str:
    return GlobalId("Application", str(application_id(reference))).encode()


async def _follow_through(
    client: Client,
    line: Line,
    replicas: list[Served],
    writer: asyncpg.Connection,
    people: list[Someone],
) -> None:
    """Commit changes while the line is cut, again and again, and while tokens end."""
    rng = Random(1)
    committing = asyncio.create_task(_commit(writer, people, CUTS * 0.4 + TOKEN_ENDS))
    for _ in range(CUTS):
        beginnings = len(client.of("heartbeat"))
        line.port = rng.choice(replicas).port
        assert line.cut() > 0
        await client.tells("heartbeat", beginnings + 1)
        await asyncio.sleep(rng.uniform(0, 0.3))
    beginnings = len(client.of("heartbeat"))
    await client.tells("heartbeat", beginnings + TOKEN_ENDS, TOKEN_ENDS * TOKEN_SECONDS + 10)
    await committing
    before = -1
    while before != (before := len(client.of("change"))):  # noqa: ASYNC110  until no more come
        await asyncio.sleep(1.5)


async def _commit(writer: asyncpg.Connection, people: list[Someone], seconds: float) -> None:
    for one in people:
        await writer.execute(_EVENT, one.id)
        await asyncio.sleep(seconds / len(people))
