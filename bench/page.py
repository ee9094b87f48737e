"""What a page of 50 applications costs in the gateway, compared with the bare driver."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import orjson

from bench.asking import Client
from bench.measuring import show, side_by_side
from bench.world import SEAL_KEY, world
from gateway.service import gateway
from gateway.settings import read_settings
from models.database.connections import connect
from models.row_security import login_at
from tests.gateway.both_ways import plans_off
from tests.listening import listening

_VIEWER = "officer"
PAGE = """
query Page {
  applications(first: 50, where: {status: {in: [GRANTED, REFUSED]}}) {
    nodes {
      reference stage status submittedAt
      country { code name }
      visaType { code name }
      partner { code name }
      applicant { id passportLastFour nationality { code } }
      decision { outcome decidedAt }
    }
  }
}
"""


async def measure(applications: int, rounds: int) -> None:
    """Print requests a second of each way, and how many statements a page takes."""
    async with world(applications) as url, gateway_on(url, _VIEWER) as client:
        ask = partial(client.post, "/graphql", {"query": PAGE})
        await ask()  # the first time, the driver looks up types
        statements: list[_Statement] = []
        with listening(lambda text, values: statements.append(_Statement(text, values))):
            answer = json.loads(await ask())
        bare = await connect(url)
        try:
            measured = await side_by_side(
                {
                    "the gateway": ask,
                    "the gateway without a plan": partial(_ask_executor, ask),
                    "the bare driver": partial(_replay, bare, statements),
                },
                rounds,
            )
        finally:
            await bare.close()
    rows = len(answer["data"]["applications"]["nodes"])
    show(f"A page of {rows} applications, {len(statements)} statements", "page", measured)


@asynccontextmanager
async def gateway_on(
    url: str, viewer: str, more: Mapping[str, str] | None = None
) -> AsyncIterator[Client]:
    """A client of the whole gateway on a world, signed in as a demo user."""
    settings = {
        **(more or {}),
        "GERBANG_ENVIRONMENT": "development",
        "GERBANG_DATABASE_URL": login_at(url, "bench"),
        "GERBANG_OWNER_URL": url,
        "GERBANG_SEAL_KEY": SEAL_KEY.hex(),
    }
    app = gateway(read_settings(settings))
    async with app.router.lifespan_context(app):
        token = await Client(app).post(f"/development/users/{viewer}/token")
        yield Client(app, json.loads(token)["access_token"])


async def _ask_executor(ask: Callable[[], Awaitable[bytes]]) -> bytes:
    """Ask while graphql-core's executor answers alone."""
    with plans_off():
        return await ask()


@dataclass
class _Statement:
    """A statement that was sent to the database."""

    text: str
    values: tuple[Any, ...]


async def _replay(connection: asyncpg.Connection, statements: list[_Statement]) -> bytes:
    """Read the same rows by the same prepared statements, in one snapshot, as flat JSON."""
    await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    results = [await connection.fetch(one.text, *one.values) for one in statements]
    await connection.execute("ROLLBACK")
    return orjson.dumps([[dict(row) for row in rows] for rows in results], default=str)
