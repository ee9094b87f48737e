"""A viewer with a dozen requests at once leaves turns, and room in the queue, to the others."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from models.database.connections import connect
from tests.gateway.surviving.clients import Wire, request_bytes
from tests.gateway.surviving.standing import (
    LOCKABLE,
    Standing,
    locked,
    standing,
    until_working,
)

pytestmark = pytest.mark.anyio

#: Each asks for five dimensions of a window of its own, which nobody has kept, and for the names of
#: one that a test holds back.
DEAR = tuple(
    f"""{{ volumes(from: "2025-01-01", to: "2025-03-{day}",
    groupBy: [COUNTRY, NATIONALITY, PARTNER, CENTRE, VISA_TYPE]
) {{ rows {{ visaType {{ name(language: EN) }} intake {{ value }} }} }} }}"""
    for day in range(20, 32)
)
PAGE = "{ applications(first: 50) { nodes { reference country { code } partner { name } } } }"


@pytest.fixture
async def watcher(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


@asynccontextmanager
async def _asked_at_once(
    running: Standing, questions: Sequence[str], *, subject: str = "greedy"
) -> AsyncIterator[None]:
    """Concurrent requests of one viewer (or anonymous, without a subject), hung up at the end."""
    requests = [request_bytes(question, sub=subject) for question in questions]
    if not subject:
        requests = [re.sub(rb"Authorization: [^\r]+\r\n", b"", one) for one in requests]
    asking = [asyncio.create_task(running.ask(request)) for request in requests]
    try:
        yield
    finally:
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def _another_is_answered(running: Standing, questions: int = 9) -> bool:
    """Whether another viewer gets a page each time."""
    wire, request = Wire(running.port), request_bytes(PAGE, sub="another")
    replies = [await wire.ask(request) for _ in range(questions)]
    wire.close()
    return {reply.status for reply in replies} == {200}


async def test_a_dozen_slow_volumes_of_one_viewer_leave_turns_to_another(
    world: str, watcher: asyncpg.Connection
) -> None:
    async with standing(world) as running:
        async with locked(world), _asked_at_once(running, DEAR):
            await until_working(watcher, 5)  # its share of the ten turns
            await running.until_waiting(7)
            assert await _another_is_answered(running)
            await until_working(watcher, 5)  # while the dozen still wait
            await running.until_waiting(7)
        await until_working(watcher, 0)


@pytest.mark.parametrize("subject", ["greedy", ""])
async def test_one_viewer_that_fills_its_queue_keeps_nobody_out(
    world: str, watcher: asyncpg.Connection, subject: str
) -> None:
    room = {"operations": "4", "queue": "6", "viewer_operations": "2", "viewer_queue": "3"}
    async with standing(world, **room) as running:
        async with locked(world), _asked_at_once(running, [LOCKABLE] * 12, subject=subject):
            await until_working(watcher, 2)
            await running.until_waiting(3)
            assert (await running.ask(request_bytes(PAGE, sub="another"))).status == 200
            assert await running.figure('gerbang_refused_total{reason="viewer"}') == 7
            assert await running.figure('gerbang_refused_total{reason="full"}') == 0
        await until_working(watcher, 0)
