"""One turn of a contender: it answers the same question repeatedly for some seconds."""

import asyncio
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import NamedTuple

import psutil

from bench.peers.contender import Contender
from bench.peers.line import Line
from models.database.connections import connect

_SECONDS = 2


class Turn(NamedTuple):
    """The figures of one turn: seconds for a page, and pages a second."""

    #: The median time from the request to the complete answer.
    seconds: float
    per_second: float
    #: Processor time of the gateway's process and of the database.
    gateway_seconds: float
    database_seconds: float


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


async def ask_once(contender: Contender) -> bytes:
    """The body of the answer."""
    line = await Line.to(contender.port)
    try:
        return await line.ask(contender.request)
    finally:
        line.close()


async def turn(
    contender: Contender, connections: int, watch: Watch, seconds: float = _SECONDS
) -> Turn:
    """Send the question on all connections at once, on each again as soon as it has an answer."""
    request, took = contender.request, list[float]()
    lines = [await Line.to(contender.port) for _ in range(connections)]
    try:
        await asyncio.gather(*(line.ask(request) for line in lines))
        gateway, database = _processor_seconds(contender.process), watch.seconds()
        began = perf_counter()
        end = began + seconds
        await asyncio.gather(*(_ask_until(end, line, request, took) for line in lines))
        lasted = perf_counter() - began
        gateway, database = (
            _processor_seconds(contender.process) - gateway,
            watch.seconds() - database,
        )
    finally:
        for line in lines:
            line.close()
    pages = len(took)
    return Turn(median(took), pages / lasted, gateway / pages, database / pages)


async def _ask_until(end: float, line: Line, request: bytes, took: list[float]) -> None:
    began = perf_counter()
    while began < end:
        await line.ask(request)
        now = perf_counter()
        took.append(now - began)
        began = now


def _processor_seconds(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])
