"""One turn of a contender: it answers a question on all connections for some seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from random import random
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

import psutil

from bench.peers.contender import Contender
from bench.peers.line import Line
from models.database.connections import connect

_SECONDS = 2.0
_MICROSECONDS = 1e6

#: Done before each request.
Before = Callable[[], Awaitable[object]]


class Turn(NamedTuple):
    """The figures of one turn; times in microseconds."""

    per_second: float
    p50: float
    p99: float
    #: Processor time of an answer, in the gateway's processes and in the database.
    gateway: float
    database: float

    @property
    def both(self) -> float:
        return self.gateway + self.database


@dataclass(frozen=True)
class Watch:
    """The processor time of a database server, with a resolution of 10 ms."""

    server: psutil.Process

    @classmethod
    async def over_database(cls, url: str) -> "Watch":
        """Raises RuntimeError where the server is not on this machine."""
        connection = await connect(url)
        server = psutil.Process(connection.get_server_pid()).parent()
        await connection.close()
        if server is None:
            raise RuntimeError("the server of the database is not on this machine")
        return cls(server)

    def seconds(self) -> float:
        # Includes ended connections: the server adds up the time of its former processes.
        of_server = sum(self.server.cpu_times()[:4])
        return of_server + sum(_processor_seconds(one) for one in self.server.children())


async def turn(
    contender: Contender,
    requests: Sequence[bytes],
    connections: int,
    watch: Watch,
    seconds: float = _SECONDS,
    before: Before | None = None,
    rate: float = 0.0,
) -> Turn:
    """Ask on all connections at once, on each again as soon as it has an answer.

    The connections are spread over the processes, and begin at different requests. At a ``rate``,
    so many requests are sent a second in all, each timed from when it was due.
    """
    took: list[float] = []
    lines = [
        await Line.to(contender.ports[number % len(contender.ports)])
        for number in range(connections)
    ]
    streams = [
        islice(cycle(requests), number * len(requests) // connections, None)
        for number in range(connections)
    ]
    try:
        await asyncio.gather(*(line.ask(next(of)) for line, of in zip(lines, streams, strict=True)))
        gateway, database = gateway_seconds(contender), watch.seconds()
        began = perf_counter()
        end = began + seconds
        await asyncio.gather(
            *(
                _ask_at(began, end, connections / rate, line, of, took)
                if rate
                else _ask_until(end, line, of, took, before)
                for line, of in zip(lines, streams, strict=True)
            )
        )
        lasted = perf_counter() - began
        gateway = gateway_seconds(contender) - gateway
        database = watch.seconds() - database
    finally:
        for line in lines:
            line.close()
    return turn_of(took, lasted, gateway, database)


def turn_of(took: Sequence[float], lasted: float, gateway: float, database: float) -> Turn:
    """The figures of answers that took so many seconds each."""
    pages = len(took)
    cuts = quantiles(took, n=100) if pages > 1 else [*took] * 99
    per_page = (_MICROSECONDS * each / pages for each in (gateway, database))
    return Turn(pages / lasted, _MICROSECONDS * cuts[49], _MICROSECONDS * cuts[98], *per_page)


async def _ask_until(
    end: float, line: Line, requests: Iterator[bytes], took: list[float], before: Before | None
) -> None:
    while perf_counter() < end:
        if before:
            await before()
        began = perf_counter()
        await line.ask(next(requests))
        took.append(perf_counter() - began)


async def _ask_at(
    began: float,
    end: float,
    interval: float,
    line: Line,
    requests: Iterator[bytes],
    took: list[float],
) -> None:
    """Ask once in each interval; who answers late is asked at once for what was due meanwhile."""
    due = began + interval * random()
    while due < end:
        await asyncio.sleep(max(0.0, due - perf_counter()))
        await line.ask(next(requests))
        took.append(perf_counter() - due)
        due += interval


def gateway_seconds(contender: Contender) -> float:
    return sum(map(_processor_seconds, contender.processes))


def _processor_seconds(process: psutil.Process) -> float:
    """What a process has used; of one that has just ended its parent knows."""
    try:
        return sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0
