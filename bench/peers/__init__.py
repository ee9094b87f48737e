"""The gateway over HTTP beside its peers: the same questions, answered alike, in the same run."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from bench.measuring import median_of
from bench.peers import mixed, table
from bench.peers.answers import check
from bench.peers.cells import CROWD, FLOOR, FLOOR_OF, MIXED, PACED, SHARE, SMALL, Cell
from bench.peers.contender import Contender
from bench.peers.floor import floor
from bench.peers.questions import BY_NAME, Sample, sample
from bench.peers.results import Figures, Results
from bench.peers.starting import GERBANG, MERCURIUS, NAMES, contenders, with_new_tokens
from bench.peers.turn import Before, Turn, Watch, turn
from bench.world import settle, world
from models.database.connections import connect

_ROOT = Path(__file__).resolve().parents[2]
RESULTS = _ROOT / ".tools" / "peers-results.json"
_POOLS = (5, 10, 20)
_WARM_UP_SECONDS = 4.0
_POOL_SECONDS = 3.0
#: Seven contenders, each with a pool in each of its processes.
_SETTINGS = {"max_connections": "400"}
_FLOOR_NAME = "pgbench"
#: The questions whose answers are compared in the short form.
_COMPARED = ("Q1", "Q2v", "Q3", "Q3c")
_RENEW = "UPDATE data_version SET version = gen_random_uuid() WHERE data = 'figures'"


async def measure(cells: Sequence[Cell], rounds: int, file: Path) -> None:
    """Measure the cells that are not finished, and print all of them.

    Raises DifferentAnswersError, before anything of a question is measured, if two contenders
    answer it differently.
    """
    results = Results(file)
    unfinished = [cell for cell in cells if results.of(cell) is None]
    for applications, of_size in groupby(unfinished, lambda cell: cell.applications):
        async with world(applications, _SETTINGS) as url:
            await settle(url)
            bench = _Bench(url, await sample(url), await Watch.over_database(url), results, rounds)
            if applications == SMALL and not results.pools:
                await bench.search_pools()
            for processes, of_processes in groupby(of_size, lambda cell: cell.processes):
                await bench.measure(list(of_processes), processes)
    table.show(cells, results)


async def compare_answers(applications: int) -> None:
    """The short form: start every contender once, and compare what they answer."""
    async with world(applications, _SETTINGS) as url, contenders(url) as all_of_them:
        known = await sample(url)
        for name in _COMPARED:
            await check(all_of_them, BY_NAME[name], known)
    print(f"{', '.join(one.name for one in all_of_them)} answer {', '.join(_COMPARED)} alike")


class _Bench:
    """Measures cells on one world."""

    def __init__(
        self, url: str, known: Sample, watch: Watch, results: Results, rounds: int
    ) -> None:
        self._url = url
        self._known = known
        self._watch = watch
        self._results = results
        self._rounds = rounds

    async def search_pools(self) -> None:
        """Find, once, the pool with which each contender answers most pages."""
        for name in NAMES:
            best = 0.0
            for pool in _POOLS:
                async with contenders(self._url, (name,), pools={name: pool}) as started:
                    for one in started:
                        asked = partial(
                            turn, one, self._requests(one, FLOOR_OF), CROWD, self._watch
                        )
                        await asked(_WARM_UP_SECONDS)
                        found = await asked(_POOL_SECONDS)
                        if found.per_second > best:
                            best, self._results.pools[name] = found.per_second, pool
            pool = self._results.pools.get(name)
            print(f"{name}: a pool of {pool} answers {best:,.0f} pages a second", flush=True)
        self._results.save()

    async def measure(self, cells: Sequence[Cell], processes: int) -> None:
        pools = self._results.pools
        async with contenders(self._url, processes=processes, pools=pools) as started:
            for name in dict.fromkeys(cell.name for cell in cells):
                if name in BY_NAME:
                    await check(started, BY_NAME[name], self._known)
            for cell in cells:
                print(f"measuring {cell.key}", flush=True)
                started = [await with_new_tokens(one) for one in started]
                try:
                    self._results.finish(cell, await self._figures(cell, started))
                except LookupError as error:
                    print(f"not measured: {error}")

    async def _figures(self, cell: Cell, started: Sequence[Contender]) -> Figures:
        """The medians of each contender over the rounds, in turns, every other one backwards."""
        turns = self._turns(cell, started)
        for ask in turns.values():
            await ask(_WARM_UP_SECONDS)
        measured: dict[str, list[Turn]] = {name: [] for name in turns}
        for number in range(self._rounds):
            for name in turns if number % 2 == 0 else reversed([*turns]):
                measured[name].append(await turns[name](2.0))
        return {name: median_of(of) for name, of in measured.items()}

    def _turns(self, cell: Cell, started: Sequence[Contender]) -> Mapping[str, Any]:
        if cell.name == MIXED:
            return {
                one.name: partial(mixed.turn, one, cell.connections, self._watch)
                for one in started
                if one.name == GERBANG
            }
        if cell.name in PACED:
            return self._paced_turns(cell, started)
        name = FLOOR_OF if cell.name == FLOOR else cell.name
        turns = {
            one.name: partial(self._turn, one, name, cell.connections)
            for one in started
            if one.answers(BY_NAME[name]) and (cell.name != FLOOR or one.name == GERBANG)
        }
        if cell.name == FLOOR:
            turns[_FLOOR_NAME] = partial(self._floor, cell.connections)
        return turns

    def _paced_turns(self, cell: Cell, started: Sequence[Contender]) -> Mapping[str, Any]:
        """Raises LookupError where it was not measured yet how much is answered at most."""
        name = PACED[cell.name]
        crowd = self._results.of(Cell(cell.applications, cell.processes, name, CROWD))
        if crowd is None:
            raise LookupError(f"{cell.name} follows {name} on {CROWD} connections")
        fastest = crowd.get(MERCURIUS) or crowd[GERBANG]
        rate = SHARE * fastest.per_second

        async def ask(one: Contender, seconds: float) -> Turn:
            requests = self._requests(one, name)
            return await turn(one, requests, CROWD, self._watch, seconds, rate=rate)

        return {
            one.name: partial(ask, one)
            for one in started
            if one.name in (GERBANG, MERCURIUS) and one.answers(BY_NAME[name])
        }

    async def _turn(self, one: Contender, name: str, connections: int, seconds: float) -> Turn:
        requests = self._requests(one, name)
        if not BY_NAME[name].is_after_fold:
            return await turn(one, requests, connections, self._watch, seconds)
        renewing = await connect(self._url)
        try:
            before: Before = partial(renewing.execute, _RENEW)
            return await turn(one, requests, connections, self._watch, seconds, before)
        finally:
            await renewing.close()

    async def _floor(self, connections: int, _: float) -> Turn:
        return await floor(self._url, BY_NAME[FLOOR_OF], self._known, connections, self._watch)

    def _requests(self, one: Contender, name: str) -> list[bytes]:
        question = BY_NAME[name]
        return [one.request(question, each) for each in question.variants(self._known)]
