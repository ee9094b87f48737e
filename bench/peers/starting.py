"""Starts the contenders on a world: Gerbang, and the peers as their documentation advises."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from bench.peers.contender import Contender, running
from bench.peers.node import packages
from bench.peers.questions import OURS, POSTGRAPHILE
from bench.world import SEAL_KEY
from deploy.setup.npm import wheel
from models.row_security import database_role, login_at
from models.row_security.seal_keys import daily_key
from models.vocabulary import Role
from tests.free_ports import free_port

GERBANG = "Gerbang"
MERCURIUS = "Mercurius"
GRAPHILE = "PostGraphile"
GRAPHILE_ROWS = "PostGraphile, row security"
STOCK = "Strawberry, stock"
NAMES = (GERBANG, MERCURIUS, GRAPHILE, GRAPHILE_ROWS, STOCK)
#: Those for which npm is needed.
ON_NODE = (MERCURIUS, GRAPHILE, GRAPHILE_ROWS)
#: The viewers of the bench: demo users.
VIEWERS = ("officer", "supervisor", "leadership", "manager-au", "agent-au", "auditor")
#: Connections to the database of a process, where no better number was found.
POOL = 10

_ROOT = Path(__file__).resolve().parents[2]
_PYTHON = Path(sys.executable)
_Start = Callable[[str, int, int], AsyncIterator[Contender]]


@asynccontextmanager
async def contenders(
    url: str,
    names: tuple[str, ...] = NAMES,
    processes: int = 1,
    pools: Mapping[str, int] | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[list[Contender]]:
    """Contenders by name, each in so many processes, Gerbang with further settings. Those on Node
    are left out without npm."""
    pools = pools or {}
    on_node = packages() if set(names) & set(ON_NODE) else None
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                _start(name, url, processes, pools.get(name, POOL), on_node, settings or {})
            )
            for name in names
            if on_node or name not in ON_NODE
        ]


@asynccontextmanager
async def _start(
    name: str,
    url: str,
    processes: int,
    pool: int,
    on_node: Path | None,
    settings: Mapping[str, str],
) -> AsyncIterator[Contender]:
    node = wheel() / "bin" / "node"
    if name == GERBANG:
        command, folder = [_PYTHON.with_name("gerbang"), "serve"], _ROOT
        environment = {**_gerbang(url), **settings}
    elif name == STOCK:
        command, folder = [_PYTHON, "-m", "bench.peers.stock"], _ROOT
        environment = {"DATABASE_URL": url}
    else:
        assert on_node, "packages were looked for"
        peer = "mercurius" if name == MERCURIUS else "postgraphile"
        command, folder = [node, f"{peer}/server.js"], on_node
        environment = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
        environment |= _row_security(url) if name == GRAPHILE_ROWS else {"DATABASE_URL": url}
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in range(processes)]
        started = [
            await stack.enter_async_context(
                running(
                    command,
                    port,
                    {
                        **os.environ,
                        **environment,
                        "PORT": f"{port}",
                        "GERBANG_PORT": f"{port}",
                        "POOL": f"{pool}",
                        "GERBANG_DATABASE_CONNECTIONS": f"{pool}",
                        "GERBANG_OPERATIONS": f"{pool}",
                        **(_same_provider(ports[0]) if port != ports[0] else {}),
                    },
                    folder,
                )
            )
            for port in ports
        ]
        contender = Contender(
            name,
            POSTGRAPHILE if name in (GRAPHILE, GRAPHILE_ROWS) else OURS,
            ports,
            started,
            cannot=frozenset() if name == GERBANG else frozenset({"Q4", "Q4c", "Q5"}),
        )
        yield await with_new_tokens(contender)


async def with_new_tokens(contender: Contender) -> Contender:
    """The contender with tokens for its viewers, which live for a quarter of an hour."""
    if contender.name != GERBANG:
        return contender
    return replace(contender, tokens=await tokens_at(contender.ports[0]))


def _gerbang(url: str) -> Mapping[str, str]:
    """In production form, with the development sign-in for tokens."""
    return {
        "GERBANG_ENVIRONMENT": "development",
        "GERBANG_METRICS_PORT": "",
        "GERBANG_DATABASE_URL": login_at(url, "bench"),
        "GERBANG_SEAL_KEY": SEAL_KEY.hex(),
        "GERBANG_DRAIN_GRACE_SECONDS": "0",
        "GERBANG_BUDGET": "1000000000",
        "GERBANG_BUDGET_REFILL": "1000000000",
        # One viewer stands for many, none of whom would be refused for the length of the queue.
        "GERBANG_QUEUE": "1000",
        "GERBANG_VIEWER_QUEUE": "1000",
    }


def _same_provider(port: int) -> Mapping[str, str]:
    """The sign-in of the first process, for the others: each has keys of its own otherwise."""
    issuer = f"http://127.0.0.1:{port}/development"
    return {"GERBANG_ISSUER": issuer, "GERBANG_JWKS_URL": f"{issuer}/keys"}


async def tokens_at(port: int) -> Mapping[str, str]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = {
            viewer: await client.post(f"/development/users/{viewer}/token") for viewer in VIEWERS
        }
    return {
        viewer: answer.raise_for_status().json()["access_token"]
        for viewer, answer in answers.items()
    }


def _row_security(url: str) -> Mapping[str, str]:
    """As the gateway's login, in the database role of a supervisor with a sealed viewer."""
    today = daily_key(SEAL_KEY, datetime.now(UTC).date())
    return {
        "DATABASE_URL": login_at(url, "bench"),
        "ROLE": database_role(Role.SUPERVISOR),
        "VIEWER_ROLE": Role.SUPERVISOR.value,
        "VIEWER": "supervisor",
        "SEAL_KEY": today.key.hex(),
        "SEAL_KEY_ID": today.id,
    }
