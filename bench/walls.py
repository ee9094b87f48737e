"""What the second wall costs: the same questions with and without row rules in the database.

Measured in processor time of gateway and server, so that other processes do not count.
"""

import json
from functools import partial

from bench.asking import Client
from bench.measuring import processor_clock, show, side_by_side
from bench.page import PAGE, gateway_on
from bench.world import copy_of, world
from models import Base
from models.database.connections import connected

_LIST = "{ applications(first: 50) { nodes { reference submittedAt stage country { code } } } }"
_PEOPLE = "{ applications(first: 50) { nodes { reference applicant { nationality { code } } } } }"
_VOLUMES = """{
    volumes(from: "2025-10-01", to: "2026-09-30", groupBy: [COUNTRY]) {
        rows { country { code } intake { value } wip { value } }
    }
}"""
#: Questions by name, each with the viewer who asks it.
_SHAPES = {
    "a page with all it links to": ("officer", PAGE),
    "a page in own countries": ("manager-au", _LIST),
    "a page with its people, in own countries": ("manager-au", _PEOPLE),
    "a page of the own centre": ("agent-au", _LIST),
    "a year by country": ("leadership", _VOLUMES),
    "a year in own countries": ("manager-au", _VOLUMES),
}


async def measure(applications: int, rounds: int) -> None:
    """Print the processor milliseconds of each question, with both walls and with one."""
    async with world(applications) as url, copy_of(url) as open_url:
        await _without_row_rules(open_url)
        clock = await processor_clock(url)
        for shape, (viewer, query) in _SHAPES.items():
            async with gateway_on(url, viewer) as walled, gateway_on(open_url, viewer) as bare:
                measured = await side_by_side(
                    {
                        "both walls": partial(_ask, walled, query),
                        "the first wall alone": partial(_ask, bare, query),
                    },
                    rounds,
                    clock,
                )
            show(shape.capitalize(), "walls", measured)


async def _ask(client: Client, query: str) -> object:
    answer = json.loads(await client.post("/graphql", {"query": query}))
    if "errors" in answer:
        raise RuntimeError(answer["errors"])
    return answer


async def _without_row_rules(url: str) -> None:
    async with connected(url) as connection:
        for table in Base.metadata.tables:
            await connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        await connection.execute("ANALYZE")
