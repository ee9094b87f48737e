"""Whether time tells what is hidden from a viewer from what is not there, with a control: what is
not there, beside itself.
"""

import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple
from uuid import uuid4

import asyncpg

from bench.asking import Client
from bench.measuring import show_table
from bench.page import gateway_on
from bench.world import world
from gateway.mapping.ids import GlobalId
from models.case.reference_numbers import new_reference
from models.database.connections import connected


class _Way(NamedTuple):
    """A viewer's way to rows, of which those of a statement are hidden."""

    viewer: str
    noun: str
    hidden: str

    @property
    def is_by_reference(self) -> bool:
        return "reference" in self.hidden

    @property
    def query(self) -> str:
        if self.is_by_reference:
            return "query ($asked: String!) { application(by: {reference: $asked}) { id } }"
        return f"query ($asked: ID!) {{ node(id: $asked) {{ ... on {self.noun} {{ id }} }} }}"

    def name_of(self, value: str) -> str:
        return value if self.is_by_reference else GlobalId(self.noun, value).encode()

    def absent(self) -> str:
        return self.name_of(new_reference(_DRAWS) if self.is_by_reference else str(uuid4()))


_DRAWS = random.SystemRandom()
_ELSEWHERE = "SELECT {} FROM application WHERE country_code <> 'AU'"
_OF_OTHERS = """
    SELECT {} FROM application JOIN applicant ON applicant.id = applicant_id
    WHERE account IS DISTINCT FROM 'applicant'
"""
_NEVER_HERE = """
    SELECT id::text FROM applicant WHERE NOT EXISTS (
        SELECT FROM application WHERE applicant_id = applicant.id AND country_code = 'AU'
    )
"""
_WAYS = (
    _Way("agent-au", "Application", _ELSEWHERE.format("id::text")),
    _Way("agent-au", "Application", _ELSEWHERE.format("reference")),
    _Way("agent-au", "Applicant", _NEVER_HERE),
    _Way("manager-au", "Application", _ELSEWHERE.format("id::text")),
    _Way("applicant", "Application", _OF_OTHERS.format("application.id::text")),
    _Way("applicant", "Application", _OF_OTHERS.format("reference")),
)
_WITHOUT_LIMIT = {"GERBANG_BUDGET": "1000000000", "GERBANG_BUDGET_REFILL": "1000000000"}
#: So many answers come first, until plans and statements are there.
_WARM = 100

Ask = Callable[[], Awaitable[None]]


async def measure(applications: int, times: int) -> None:
    """Print the fastest tenth of the answers to each, asked in turns that are drawn each time: what
    else runs on the machine, and a line in between, only make others slower."""
    rows: list[tuple[str, ...]] = []
    async with world(applications) as url, connected(url) as connection:
        await connection.execute("VACUUM ANALYZE")
        for way in _WAYS:
            async with gateway_on(url, way.viewer, _WITHOUT_LIMIT) as client:
                rows.append(await _compare(client, way, await connection.fetch(way.hidden), times))
    head = ("viewer", "way", "absent, ms", "hidden / absent", "absent / absent")
    show_table(f"{times:,} answers of each", head, rows)


async def _compare(
    client: Client, way: _Way, hidden: Sequence[asyncpg.Record], times: int
) -> tuple[str, ...]:
    asked = [way.name_of(value) for (value,) in hidden]
    kinds: Mapping[str, Ask] = {
        "hidden": lambda: _ask(client, way, _DRAWS.choice(asked)),
        "absent": lambda: _ask(client, way, way.absent()),
        "control": lambda: _ask(client, way, way.absent()),
    }
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(_WARM + times):
        for kind in _DRAWS.sample(list(kinds), len(kinds)):
            began = perf_counter()
            await kinds[kind]()
            if number >= _WARM:
                took[kind].append(perf_counter() - began)
    fast = {kind: quantiles(each, n=10)[0] for kind, each in took.items()}
    name = "reference" if way.is_by_reference else f"node, {way.noun}"
    ratios = (f"{fast[kind] / fast['absent']:.3f}" for kind in ("hidden", "control"))
    return way.viewer, name, f"{1000 * fast['absent']:.3f}", *ratios


async def _ask(client: Client, way: _Way, asked: str) -> None:
    answer = json.loads(
        await client.post("/graphql", {"query": way.query, "variables": {"asked": asked}})
    )
    if "errors" in answer or any(answer["data"].values()):
        raise RuntimeError(f"{way.viewer} is told what is hidden by the answer itself")
