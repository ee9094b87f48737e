"""A mixed load: twenty documents of five roles, of which some are wrong and some are given up."""

import asyncio
from collections.abc import Iterator
from itertools import product
from random import Random
from time import perf_counter

from bench.peers.contender import Contender
from bench.peers.line import Line
from bench.peers.turn import Turn, Watch, gateway_seconds, turn_of

#: One in twenty requests is an error of the client's, one in a hundred is given up.
_WRONG, _GIVEN_UP = 0.05, 0.01
_GIVE_UP_SECONDS = 0.0005
_DRAWN = 2_000

_OF_CASES = (
    "{ applications(first: 10) { nodes { reference stage submittedAt visaType { code } } } }",
    "{ applications(first: 50) { edges { cursor node { reference country { code name } } }"
    " pageInfo { hasNextPage endCursor } } }",
    "{ applications(first: 20) { totalCount { value } nodes { reference partner { name } } } }",
)
_OF_FIGURES = (
    '{ volumes(from: "2026-01-01", to: "2026-06-30", groupBy: [MONTH])'
    " { rows { period { startsOn } intake { value } } } }",
    "{ countries(first: 100) { nodes { code name } } visaTypes(first: 50) { nodes { code } } }",
)
#: The documents of each viewer: twenty in all.
_DOCUMENTS = [
    *product(("officer", "agent-au", "manager-au", "auditor"), _OF_CASES),
    *product(("leadership", "manager-au", "officer", "auditor"), _OF_FIGURES),
]
_MISTAKES = ("{ applications(first: 0) { nodes { reference } } }", "{ nothing }", "{ viewer {")


def requests(contender: Contender) -> list[tuple[bytes, bool]]:
    """Requests in a fixed order, each with whether it is given up."""
    return list(_draw(contender, Random("mixed")))


def _draw(contender: Contender, random: Random) -> Iterator[tuple[bytes, bool]]:
    for _ in range(_DRAWN):
        viewer, document = random.choice(_DOCUMENTS)
        if random.random() < _WRONG:
            document = random.choice(_MISTAKES)
        yield contender.request_of(document, {}, viewer), random.random() < _GIVEN_UP


async def turn(contender: Contender, connections: int, watch: Watch, seconds: float = 2.0) -> Turn:
    """The figures of one turn; answers that are given up are not counted."""
    drawn, took = requests(contender), list[float]()
    gateway, database, began = gateway_seconds(contender), watch.seconds(), perf_counter()
    end = began + seconds

    async def ask_until_the_end(number: int) -> None:
        line = await Line.to(contender.ports[0])
        try:
            while perf_counter() < end:
                request, is_given_up = drawn[number % len(drawn)]
                number += connections
                started = perf_counter()
                if is_given_up:
                    line.send(request)
                    await asyncio.sleep(_GIVE_UP_SECONDS)
                    line.close()
                    line = await Line.to(contender.ports[0])
                    continue
                await line.answer(request)
                took.append(perf_counter() - started)
        finally:
            line.close()

    await asyncio.gather(*map(ask_until_the_end, range(connections)))
    lasted = perf_counter() - began
    return turn_of(took, lasted, gateway_seconds(contender) - gateway, watch.seconds() - database)
