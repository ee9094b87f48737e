"""What further machines buy: how much of the primary's work a replica takes over, how many gateways
a database feeds, and what it costs where the database is further away."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median
from typing import NamedTuple

from bench.measuring import median_of, show_table
from bench.peers.contender import Contender
from bench.peers.questions import BY_NAME, sample
from bench.peers.starting import GERBANG, contenders
from bench.peers.turn import Watch, turn
from bench.world import DURABLE, load, settle
from models.row_security import login_at
from tests.clusters import DISK, data_folder
from tests.free_ports import free_port
from tests.gateway.surviving.databases import Database, replica_of, until_it_follows
from tests.gateway.surviving.relay import relayed

#: Whatever is asked of one case, of lists, of figures, and of people.
_QUESTIONS = tuple(BY_NAME[name] for name in ("Q1", "Q2v", "Q3", "Q4", "Q5"))
_CONNECTIONS = 16
_SECONDS = 2.0
#: How far away the database is, one way, in seconds.
_DISTANCES = (0.0, 0.001, 0.005, 0.02)
_HEAD = ("", "gateway", "primary alone", "beside a replica", "the replica")


class _Work(NamedTuple):
    """Milliseconds of the processor for an answer."""

    gateway: float
    primary: float
    replica: float


async def measure(applications: int, rounds: int) -> None:
    """Print what an answer takes of each machine, and how long it takes over a distance."""
    async with _database(applications) as primary, replica_of(primary) as replica:
        await until_it_follows(primary, replica)
        url = primary.url("bench")
        replica_url = login_at(replica.url("bench"), "bench")
        await _show_work(url, replica, replica_url, rounds)
        await _show_distances(url, rounds)


@asynccontextmanager
async def _database(applications: int) -> AsyncIterator[Database]:
    with data_folder(DISK) as folder:  # so that a write waits for that
        primary = Database(folder, free_port(), DURABLE)
        primary.start()
        try:
            url = primary.url("bench")
            await load(url, applications)
            await settle(url)
            yield primary
        finally:
            primary.stop()


async def _show_work(url: str, replica: Database, replica_url: str, rounds: int) -> None:
    watches = [await Watch.over_database(each) for each in (url, replica.url("bench"))]
    known = await sample(url)
    work = dict[tuple[str, bool], list[_Work]]()
    reads = {"GERBANG_READ_URL": replica_url}
    async with (
        contenders(url, (GERBANG,)) as [alone],
        contenders(url, (GERBANG,), settings=reads) as [beside],
    ):
        for number in range(rounds):
            for question in _QUESTIONS:
                for contender in (alone, beside) if number % 2 else (beside, alone):
                    requests = [contender.request(question, of) for of in question.variants(known)]
                    taken = work.setdefault((question.name, contender is beside), [])
                    taken.append(await _work(contender, requests, watches))
    rows = []
    for question in _QUESTIONS:
        one, two = (median_of(work[question.name, is_beside]) for is_beside in (False, True))
        rows.append(
            (
                f"{question.name}: {question.title}",
                *(f"{each:.2f} ms" for each in (one.gateway, one.primary, *two[1:])),
                f"{one.gateway / one.primary:.1f}",
                f"{two.primary / one.primary:.0%}",
            )
        )
    show_table(
        "Processor time of an answer, where it is spent",
        (*_HEAD, "cores of gateways for one of a database", "left to the primary"),
        rows,
    )


async def _work(contender: Contender, requests: Sequence[bytes], watches: Sequence[Watch]) -> _Work:
    primary, replica = watches
    began = replica.seconds()
    took = await turn(contender, requests, _CONNECTIONS, primary, _SECONDS)
    answers = took.per_second * _SECONDS
    return _Work(
        took.gateway / 1000, took.database / 1000, 1000 * (replica.seconds() - began) / answers
    )


async def _show_distances(url: str, rounds: int) -> None:
    """Each question by itself, on one connection."""
    watch, known = await Watch.over_database(url), await sample(url)
    waits = dict[tuple[str, float], list[float]]()
    for seconds in _DISTANCES:
        async with (
            relayed(url, seconds) as (_, far),
            contenders(far, (GERBANG,)) as [contender],
        ):
            for question in _QUESTIONS:
                requests = [contender.request(question, of) for of in question.variants(known)]
                turns = [await turn(contender, requests, 1, watch) for _ in range(rounds)]
                waits[question.name, seconds] = [each.p50 for each in turns]
    farthest = _DISTANCES[-1]
    rows = []
    for question in _QUESTIONS:
        each = {one: median(waits[question.name, one]) / 1000 for one in _DISTANCES}
        round_trips = (each[farthest] - each[0.0]) / (2000 * farthest)
        rows.append(
            (
                f"{question.name}: {question.title}",
                *(f"{each[one]:.1f} ms" for one in _DISTANCES),
                f"{round_trips:.1f}",
            )
        )
    away = (f"{1000 * one:.0f} ms away" if one else "here" for one in _DISTANCES)
    show_table(
        "Half of the answers come within, on one connection, with a relay before the database",
        ("", *away, "round trips"),
        rows,
    )
