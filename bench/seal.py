"""What it costs the database to know who asks: its processor time for a question, beside the same
where every rule believes everybody, and for statements of one, four and eight tables.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from bench.asking import Client
from bench.measuring import Clock, server_of, show_table, side_by_side
from bench.page import PAGE, gateway_on
from bench.peers.questions import BY_NAME, OURS, sample
from bench.world import SEAL_KEY, copy_of, world
from gateway.access.transactions.begin import Seal
from gateway.viewer import Viewer
from models.database.connections import connect
from models.row_security import database_role
from models.vocabulary import Role

_SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
#: What believes everybody, in the place of what reads who was verified.
_BELIEVE = """
    CREATE OR REPLACE FUNCTION viewer.acts_as(role text) RETURNS boolean
        LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN RETURN true; END $$
"""
#: Every row of any is a supervisor's to read.
_TABLES = (
    "country", "partner", "centre", "visa_type", "fee", "eligibility", "service_target",
    "passport_rule",
)  # fmt: skip


async def measure(applications: int, rounds: int) -> None:
    """Print microseconds of PostgreSQL's processor."""
    async with world(applications) as url, copy_of(url) as open_url:
        owner = await connect(open_url)
        await owner.execute(f"{_BELIEVE}; ANALYZE")
        await owner.close()
        clock = await backend_clock(url)
        known = await sample(url)
        look_up, lists = (
            {"query": asked.documents[OURS], "variables": asked.variants(known)[0]}
            for asked in (BY_NAME["Q1"], BY_NAME["Q3"])
        )
        async with AsyncExitStack() as open_now:
            clients, connections = list[Client](), list[asyncpg.Connection]()
            for each in (url, open_url):
                gateway = gateway_on(each, _SUPERVISOR.subject)
                clients.append(await open_now.enter_async_context(gateway))
                connections.append(await _acting(each, open_now))
            shapes: dict[str, Callable[[int], Callable[[], Awaitable[Any]]]] = {
                "an application by its reference": lambda place: partial(
                    _ask, clients[place], look_up
                ),
                "a page of 50": lambda place: partial(_ask, clients[place], {"query": PAGE}),
                "a page of 50 with two lists": lambda place: partial(_ask, clients[place], lists),
                **{
                    f"a row of {number} tables": lambda place, number=number: partial(
                        connections[place].fetch, _statement(number)
                    )
                    for number in (1, 4, 8)
                },
            }
            rows = []
            for name, contender in shapes.items():
                both = {"verified": contender(0), "believed": contender(1)}
                found = await side_by_side(both, rounds, clock)
                rows.append((name, *(f"{1e6 * seconds:,.0f}" for seconds in found.values())))
    show_table("µs of PostgreSQL's processor", ("question", "verified", "believed"), rows)


async def _ask(client: Client, content: object) -> None:
    answer = json.loads(await client.post("/graphql", content))
    if "errors" in answer:
        raise RuntimeError(answer["errors"])


async def _acting(url: str, open_now: AsyncExitStack) -> asyncpg.Connection:
    """A connection with a transaction that acts as the viewer, so that rules alone are measured."""
    connection = await connect(url)
    open_now.push_async_callback(connection.close)
    context = Seal(SEAL_KEY, 3_600).seal(_SUPERVISOR, connection.get_server_pid())
    await connection.execute(
        f"BEGIN; SELECT viewer.authenticate('{context}');"
        f" SET LOCAL plan_cache_mode = force_generic_plan;"
        f" SET LOCAL ROLE {database_role(_SUPERVISOR.role)}"
    )
    return connection


def _statement(number: int) -> str:
    """One that always looks at eight tables, in so many of which a rule is evaluated."""
    first, others = _TABLES[:number], _TABLES[number:]
    looks = [f"(SELECT 1 FROM {table} LIMIT 1)" for table in first]
    looks += [f"(SELECT 1 FROM {table} WHERE false)" for table in others]
    return f"SELECT {', '.join(looks)}"


async def backend_clock(url: str) -> Clock:
    """A clock of the processor time of a server's processes, to the nanosecond."""
    server = await server_of(url)

    def seconds() -> float:
        return sum(map(_nanoseconds, server.children())) / 1e9

    return seconds


def _nanoseconds(process: psutil.Process) -> int:
    try:
        return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended since it was listed
