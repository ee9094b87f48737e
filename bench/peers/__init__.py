"""The page of 50 applications over HTTP, compared with fast gateways in other languages."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median

from bench.measuring import show_table
from bench.page import PAGE
from bench.peers.answers import contents
from bench.peers.contender import Contender
from bench.peers.gerbang import gerbang
from bench.peers.node import mercurius, packages, postgraphile
from bench.peers.turn import Turn, Watch, ask_once, turn
from bench.world import world
from models.database.connections import connect

#: The same page with a `node`, which keeps the whole operation from being planned.
_UNPLANNED = PAGE.replace("{", '{ node(id: "") { id }', 1)
_ALONE, _CROWD = 1, 16
_WARM_UP_SECONDS = 5


async def measure(applications: int, rounds: int) -> None:
    """Print how fast each contender answers, and how much processor time it takes.

    Raises RuntimeError, before anything is measured, if two of them give different answers.
    """
    folder = packages()
    async with world(applications) as url, AsyncExitStack() as stack:
        await _settle(url)
        planned = await stack.enter_async_context(gerbang(url, PAGE))
        contenders = [planned, planned.asking("Gerbang without plans", _UNPLANNED)]
        if folder:
            for peer in (mercurius, postgraphile):
                contenders.append(await stack.enter_async_context(peer(folder, url)))
        await _check(contenders)
        watch = await Watch.over_database(url)
        for one in contenders:
            await turn(one, _CROWD, watch, seconds=_WARM_UP_SECONDS)
        alone = await _compare(contenders, _ALONE, rounds, watch)
        crowd = await _compare(contenders, _CROWD, rounds, watch)
    _show(alone, crowd)


async def _settle(url: str) -> None:
    """Finish what loading the world has left to the database to do later."""
    connection = await connect(url)
    try:
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _check(contenders: Sequence[Contender]) -> None:
    first, *others = contenders
    expected = contents(await ask_once(first))
    for one in others:
        if contents(await ask_once(one)) != expected:
            raise RuntimeError(f"{one.name} and {first.name} answer differently: not measured")


async def _compare(
    contenders: Sequence[Contender], connections: int, rounds: int, watch: Watch
) -> dict[str, Turn]:
    """The medians of each contender over the rounds, on a number of connections."""
    turns: dict[str, list[Turn]] = {one.name: [] for one in contenders}
    for number in range(rounds):
        for one in contenders if number % 2 == 0 else reversed(contenders):
            turns[one.name].append(await turn(one, connections, watch))
    return {name: _median(of) for name, of in turns.items()}


def _median(turns: Sequence[Turn]) -> Turn:
    return Turn(*(median(figures) for figures in zip(*turns, strict=True)))


def _show(alone: dict[str, Turn], crowd: dict[str, Turn]) -> None:
    own = next(iter(crowd.values()))
    show_table(
        f"The page over HTTP, one at a time and on {_CROWD} connections",
        ("page", "one", "a second", "speed", "gateway's processor", "database's"),
        [
            (
                name,
                f"{1000 * alone[name].seconds:.2f} ms",
                f"{of.per_second:,.0f}",
                f"{of.per_second / own.per_second:.2f}",
                f"{1000 * of.gateway_seconds:.2f} ms",
                f"{1000 * of.database_seconds:.2f} ms",
            )
            for name, of in crowd.items()
        ],
    )
