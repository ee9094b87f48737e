"""A client that hangs up takes its statement with it, and leaves its connection to others."""

import asyncio
import logging

import pytest

from gateway.wire.http import RequestDeadline
from models.database.connections import connect
from tests.gateway.surviving.clients import request_bytes
from tests.gateway.surviving.standing import (
    LOCKABLE,
    Standing,
    locked,
    standing,
    until_working,
    working,
)

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

MANY = 50
PATIENT = {"lock_seconds": "12", "statement_seconds": "15", "request_seconds": "19"}
EVERYBODY_AT_ONCE = {
    "operations": str(MANY),
    "database_connections": str(MANY),
    "viewer_operations": str(MANY),
}


async def _hang_up(running: Standing, world: str, count: int) -> float:
    """So many ask, wait in mid-query, and hang up; how long their statements lived on."""
    watcher = await connect(world)
    try:
        async with locked(world):
            sockets = [
                await asyncio.open_connection("127.0.0.1", running.port) for _ in range(count)
            ]
            for _, writer in sockets:
                writer.write(request_bytes(LOCKABLE))
            await until_working(watcher, count)
            for _, writer in sockets:
                writer.transport.abort()
            return await until_working(watcher, 0)
    finally:
        await watcher.close()


async def _everybody_is_answered(running: Standing, count: int) -> None:
    replies = await asyncio.gather(
        *(running.ask(request_bytes(LOCKABLE)) for _ in range(count)), return_exceptions=True
    )
    assert [getattr(reply, "status", reply) for reply in replies] == [200] * count


async def test_fifty_hang_ups_leave_no_statement_and_a_whole_pool(world: str) -> None:
    async with standing(world, **PATIENT, **EVERYBODY_AT_ONCE) as running:
        await _everybody_is_answered(running, MANY)  # the pool is full, nothing has to be opened
        seconds = await _hang_up(running, world, MANY)
        await _everybody_is_answered(running, MANY)
        assert await running.figure("gerbang_running") == 0
        assert await running.figure('gerbang_requests_total{status="499"}') == MANY
    log.info("%d hang-ups: the last statement ended after %.2f s", MANY, seconds)
    assert seconds < 8  # the lock would be waited for for twelve


async def test_who_hangs_up_while_waiting_leaves_the_queue(world: str) -> None:
    watcher = await connect(world)
    async with standing(world, **PATIENT, operations="1") as running, locked(world):
        first = asyncio.create_task(running.ask(request_bytes(LOCKABLE)))
        await until_working(watcher, 1)
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(request_bytes(LOCKABLE))
        await running.until_waiting(1)
        writer.transport.abort()
        await running.until_waiting(0)
        assert await working(watcher) == 1
        first.cancel()
        await until_working(watcher, 0)
    await watcher.close()


async def test_a_gateway_that_does_not_listen_is_seen(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody notices a hang-up."""

    monkeypatch.setattr(RequestDeadline, "watch_for_hang_up", lambda _: None)
    brief = {"lock_seconds": "2", "statement_seconds": "3", "request_seconds": "7"}
    async with standing(world, **brief) as running:
        assert await _hang_up(running, world, 3) > 1
