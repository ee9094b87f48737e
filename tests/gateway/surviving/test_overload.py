"""More load than the gateway can serve: the rest is refused at once, and nothing waits for ever."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

import pytest

from gateway.wire.edge import ERRORS_A_SECOND
from models.database.connections import connect
from tests.gateway.surviving.clients import Reply, Wire, request_bytes
from tests.gateway.surviving.processes import Process, gateways
from tests.gateway.surviving.standing import (
    LOCKABLE,
    Standing,
    locked,
    standing,
    until_working,
)

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

GET = "GET {} HTTP/1.1\r\nHost: gateway\r\n\r\n"


@asynccontextmanager
async def _full(world: str, **variables: str) -> AsyncIterator[Standing]:
    """One operation runs, two wait, and a fourth has no place."""
    given = {"operations": "1", "queue": "2", "queue_seconds": "4", **variables}
    watcher = await connect(world)
    async with standing(world, **given) as running, locked(world):
        asking = [asyncio.create_task(running.ask(request_bytes(LOCKABLE))) for _ in range(3)]
        await until_working(watcher, 1)
        await running.until_waiting(2)
        yield running
        for task in asking:
            task.cancel()
        await until_working(watcher, 0)
    await watcher.close()


async def test_a_request_beyond_the_queue_is_refused_before_its_body_is_read(world: str) -> None:
    head, _, _ = request_bytes(LOCKABLE).partition(b"\r\n\r\n")
    async with _full(world) as running:
        reply = await running.ask(head + b"\r\n\r\n")
        assert reply.status == 503
        assert b'"OVERLOADED"' in reply.body
        assert reply.headers["retry-after"] in "123"
        assert reply.seconds < 4  # nobody waited for a place
        assert await running.figure('gerbang_refused_total{reason="full"}') == 1


async def test_health_never_waits_in_the_queue(world: str) -> None:
    async with _full(world) as running:
        for path in ("/health/live", "/health/ready"):
            reply = await running.ask(GET.format(path).encode())
            assert (path, reply.status) == (path, 200)
            assert reply.seconds < 4


async def test_a_request_that_waited_too_long_is_refused(world: str) -> None:
    async with standing(world, operations="1", queue_seconds="0.2") as running, locked(world):
        first, second = (
            asyncio.create_task(running.ask(request_bytes(LOCKABLE))) for _ in range(2)
        )
        reply = await second
        assert (reply.status, b'"OVERLOADED"' in reply.body) == (503, True)
        assert 0.2 <= reply.seconds < 2  # others wait for 3 s
        assert await running.figure('gerbang_refused_total{reason="late"}') == 1
        assert (
            b'"TIMEOUT"' in (await first).body
        )  # the lock is held for longer than a list may take


async def test_error_responses_are_paced_and_keep_nobody_out(world: str) -> None:
    """A client that ignores its errors and asks again at once is held back with the next one."""
    flooders, each = 40, 50
    request = request_bytes()
    without_token = re.sub(rb"Authorization: [^\r]+\r\n", b"Authorization: Bearer x\r\n", request)

    async def flood(port: int) -> set[int]:
        wire = Wire(port)
        statuses = {(await wire.ask(without_token)).status for _ in range(each)}
        wire.close()
        return statuses

    async with standing(world) as running:
        began = time.monotonic()
        floods = [asyncio.create_task(flood(running.port)) for _ in range(flooders)]
        answers = [(await running.ask(request)).status for _ in range(5)]
        assert not all(one.done() for one in floods)  # the others were answered meanwhile
        assert await asyncio.gather(*floods) == [{401}] * flooders
        assert time.monotonic() - began > flooders * each / ERRORS_A_SECOND - 0.1
    assert answers == [200] * 5


# --- Five times what it can bear -----------------------------------------------------------------

#: Fewer places than by default, so that two cores bear the load and its sender.
SMALL = {"OPERATIONS": "4", "QUEUE": "20", "QUEUE_SECONDS": "1"}


@dataclass
class LoadResult:
    """What became of the requests of one stretch of time."""

    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    unsent: int = 0

    def note(self, reply: Reply) -> None:
        if reply.status == 200:
            self.answered.append(reply.seconds)
        elif reply.status == 503 and "retry-after" in reply.headers:
            self.refused.append(reply.seconds)
        else:
            self.other.append(f"{reply.status} {reply.body[:200]!r}")

    def summary(self) -> str:
        return (
            f"{len(self.answered)} answered {_spread(self.answered)}, "
            f"{len(self.refused)} refused {_spread(self.refused)}, "
            f"{len(self.other)} otherwise, {self.unsent} unsent"
        )


def _spread(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return ""
    return f"(p50 {median(seconds) * 1000:.0f} ms, p99 {_p99(seconds) * 1000:.0f} ms)"


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[-1]


async def _measure_throughput(process: Process, seconds: float) -> float:
    """Requests a second when exactly as many ask as may run at once."""
    request, end, done = request_bytes(), time.monotonic() + seconds, 0

    async def ask() -> None:
        nonlocal done
        wire = Wire(process.port)
        while time.monotonic() < end:
            assert (await wire.ask(request)).status == 200
            done += 1
        wire.close()

    await asyncio.gather(*(ask() for _ in range(int(SMALL["OPERATIONS"]))))
    return done / seconds


async def _offer(
    process: Process, rate: float, seconds: float, most_wires: int = 500
) -> LoadResult:
    """Requests at a fixed rate, whatever becomes of those before."""
    offered, free, tasks, opened = LoadResult(), list[Wire](), set[asyncio.Task[None]](), 0
    request, began, sent = request_bytes(), time.monotonic(), 0

    async def ask(wire: Wire) -> None:
        try:
            offered.note(await wire.ask(request))
        except (OSError, EOFError) as error:
            offered.other.append(type(error).__name__)
        free.append(wire)

    while (passed := time.monotonic() - began) < seconds:
        while sent < passed * rate:
            sent += 1
            if not free and opened == most_wires:
                offered.unsent += 1
                continue
            opened += not free
            task = asyncio.create_task(ask(free.pop() if free else Wire(process.port)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.002)
    await asyncio.gather(*tasks)
    for wire in free:
        wire.close()
    return offered


async def _under_five_times_the_load(
    world: str, seconds: float, **more: str
) -> tuple[float, LoadResult]:
    """The requests a second that a gateway bears, and what became of five times as many; after
    them, it is back to normal within 10 s."""
    with gateways(1, world, **{**SMALL, **more}) as [process]:
        await _measure_throughput(process, 1)  # documents are parsed, statements prepared
        rate = await _measure_throughput(process, 3)
        before = await _offer(process, rate / 4, 3)
        during = await _offer(process, rate * 5, seconds)
        began = time.monotonic()
        while True:
            after = await _offer(process, rate / 4, 1)
            if not after.refused and not after.other and after.answered:
                break
            assert time.monotonic() - began < 10, "not back to normal within 10 s"
        log.info("bears %.0f/s; a quarter of that: %s", rate, before.summary())
        log.info("five times that for %g s: %s", seconds, during.summary())
        log.info("back after %.1f s: %s", time.monotonic() - began, after.summary())
    return rate, during


@pytest.mark.proof
async def test_five_times_the_load_is_refused_quickly(world: str) -> None:
    rate, during = await _under_five_times_the_load(world, 30)
    assert not during.other
    assert during.refused
    assert len(during.answered) > 30 * rate / 4  # who was let in is answered as before
    assert _p99(during.refused) < 2


@pytest.mark.proof
async def test_a_queue_without_end_is_seen(world: str) -> None:
    """The planted fault: nobody is refused at once, so everybody waits as long as it takes."""
    endless = {"QUEUE": "10000", "VIEWER_QUEUE": "10000", "QUEUE_SECONDS": "4"}
    _, during = await _under_five_times_the_load(world, 8, **endless)
    assert not during.other
    assert during.answered
    assert not during.refused or _p99(during.refused) > 2
