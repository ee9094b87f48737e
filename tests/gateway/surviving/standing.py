"""A gateway on a real port in this very process, so that a test can plant faults in it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import httpx2
from starlette.applications import Starlette

from gateway.cli.serving import server_config
from gateway.service import gateway
from gateway.settings import Settings
from models.database.connections import connect
from tests import tokens
from tests.gateway.schemas import SCHEMAS
from tests.gateway.serving import bound_port, serving
from tests.gateway.surviving.clients import Reply, Wire

#: Asks for a table that a test may lock.
LOCKABLE = "{ visaTypes(first: 5) { nodes { code } } }"
_WORKING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND query LIKE '%FROM visa_type%'
      AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Standing:
    """A running gateway: its port, its settings, and its internal application."""

    port: int
    settings: Settings
    internal: Starlette

    async def ask(self, request: bytes) -> Reply:
        wire = Wire(self.port)
        try:
            return await wire.ask(request)
        finally:
            wire.close()

    async def until_waiting(self, count: int) -> None:
        """Wait until so many stand in its queue."""
        async with asyncio.timeout(5):
            while await self.figure("gerbang_waiting") != count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def figure(self, name: str) -> float:
        """A figure of its metrics; 0 for one that nobody noted yet."""
        page = await metrics_of(self.internal)
        lines = [line for line in page.splitlines() if line.startswith(f"{name} ")]
        return float(lines[0].split()[1]) if lines else 0


@asynccontextmanager
async def standing(database_url: str, **variables: str) -> AsyncIterator[Standing]:
    """The gateway with these settings."""

    def app(settings: Settings) -> Starlette:
        return gateway(settings, key_source=tokens.key_source, schemas=SCHEMAS)

    async with served(app, database_url=database_url, **variables) as running:
        yield running


@asynccontextmanager
async def served(
    make_app: Callable[[Settings], Starlette], **variables: str
) -> AsyncIterator[Standing]:
    """An application that is made from these settings."""
    with bound_port() as (bound, port):
        settings = tokens.settings(port=str(port), **variables)
        app = make_app(settings)
        async with serving(server_config(app, settings), bound):
            yield Standing(port, settings, app.state.internal)


async def metrics_of(internal: Starlette) -> str:
    """The page of metrics, as an operator reads it."""
    transport = httpx2.ASGITransport(internal)
    async with httpx2.AsyncClient(transport=transport, base_url="http://internal") as client:
        return (await client.get("/metrics")).raise_for_status().text


@asynccontextmanager
async def locked(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Nobody reads visa types meanwhile: a statement that does runs until it is ended."""
    holder = await connect(database_url)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE visa_type")
            yield holder
    finally:
        await holder.close()


async def working(watcher: asyncpg.Connection) -> int:
    """How many statements on visa types the database works on."""
    return await watcher.fetchval(_WORKING)


async def until_working(watcher: asyncpg.Connection, count: int, seconds: float = 20) -> float:
    """Wait until so many are left; how long it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(seconds):
        while await working(watcher) != count:  # noqa: ASYNC110  only the database can tell
            await asyncio.sleep(0.02)
    return loop.time() - began
