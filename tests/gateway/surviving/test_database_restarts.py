"""The database stops and starts again, and the gateway recovers by itself."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.access.transactions import begin
from gateway.access.transactions.begin import check_out
from gateway.access.transactions.writing import WriteTransaction
from gateway.errors import ErrorCode, FieldError
from gateway.viewer import Viewer
from models.database.connections import connect, pool
from models.database.pipelined_connection import PipelinedConnection
from models.vocabulary import Role
from tests.gateway.surviving.clients import Reply, Wire, request_bytes
from tests.gateway.surviving.databases import Database, own_database
from tests.gateway.surviving.processes import gateways
from tests.gateway.surviving.standing import Standing, standing
from tests.populating import populate

pytestmark = pytest.mark.anyio

log = logging.getLogger(__name__)

READY = b"GET /health/ready HTTP/1.1\r\nHost: gateway\r\n\r\n"
CLIENTS = 6


@pytest.fixture(scope="module")
def own(migrated_folder: Path) -> Iterator[Database]:
    with own_database(migrated_folder) as database:
        yield database


@pytest.fixture(scope="module")
async def populated(own: Database) -> Database:
    connection = await connect(own.url())
    await populate(connection)
    await connection.close()
    return own


async def _ask_at_once(running: Standing, count: int) -> list[Reply]:
    return await asyncio.gather(*(running.ask(request_bytes()) for _ in range(count)))


async def test_a_restarted_database_is_reported_and_no_stale_connection_is_handed_out(
    populated: Database,
) -> None:
    async with standing(populated.url()) as running:
        assert {reply.status for reply in await _ask_at_once(running, 10)} == {200}
        await asyncio.to_thread(populated.stop)
        try:
            for reply in await _ask_at_once(running, 10):
                assert (reply.status, b'"UNAVAILABLE"' in reply.body) == (503, True)
                assert reply.headers["retry-after"] in "123"
            ready = await running.ask(READY)
            assert (ready.status, b'"reasons":["database"]' in ready.body) == (503, True)
        finally:
            await asyncio.to_thread(populated.start)
        assert {reply.status for reply in await _ask_at_once(running, 20)} == {200}
        assert (await running.ask(READY)).status == 200


CLOSE_ALL = """
    SELECT count(pg_terminate_backend(pid, 10_000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""  # each waits until its process has gone


@asynccontextmanager
async def _with_connections_that_were_closed(url: str) -> AsyncIterator[Standing]:
    """A gateway whose connections, all idle, the database has ended."""
    async with standing(url) as running:
        assert {reply.status for reply in await _ask_at_once(running, 10)} == {200}
        administrator = await connect(url)
        await administrator.execute(CLOSE_ALL)
        await administrator.close()
        await asyncio.sleep(0.1)  # the gateway's side hears of it, too
        yield running


def _trust_every_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PipelinedConnection, "is_usable", True)


def _never_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "_ATTEMPTS", 1)


@pytest.mark.parametrize("unplugged", [_trust_every_connection, _never_begin_again])
async def test_either_guard_alone_hides_closed_connections(
    world: str, monkeypatch: pytest.MonkeyPatch, unplugged: Callable[[pytest.MonkeyPatch], None]
) -> None:
    unplugged(monkeypatch)
    async with _with_connections_that_were_closed(world) as running:
        assert {reply.status for reply in await _ask_at_once(running, 20)} == {200}


async def test_closed_connections_that_are_handed_out_are_seen(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: neither guard."""
    _trust_every_connection(monkeypatch)
    _never_begin_again(monkeypatch)
    async with _with_connections_that_were_closed(world) as running:
        assert 503 in {reply.status for reply in await _ask_at_once(running, 20)}


async def test_an_operation_without_a_connection_in_time_is_answered_overloaded(
    world: str,
) -> None:
    busy = pool(world, 1, wait_seconds=0.05)
    async with busy.connect():
        with pytest.raises(FieldError) as found:
            await check_out(busy)
    assert found.value.code is ErrorCode.OVERLOADED
    busy.dispose()


async def test_a_change_that_got_no_connection_says_whether_to_ask_for_what_came_of_it(
    world: str,
) -> None:
    """Nothing came of it where the pool was full; a database that is away might have done it."""
    busy, away = pool(world, 1, wait_seconds=0.05), pool("postgresql://nobody@127.0.0.1:1/x", 1)
    officer = Viewer("officer", Role.OFFICER)
    async with busy.connect():
        for connections, code, is_known in (
            (busy, ErrorCode.OVERLOADED, True),
            (away, ErrorCode.UNAVAILABLE, False),
        ):
            start: Any = None  # it never comes to a start
            with pytest.raises(FieldError) as found:
                await WriteTransaction(connections, start, officer, None).fetch()
            assert found.value.code is code
            assert ("what came of it" in str(found.value)) is not is_known
    busy.dispose()
    away.dispose()


# --- Under load ----------------------------------------------------------------------------------


@dataclass
class Course:
    """The answers while the database stopped and started, in order of time."""

    replies: list[tuple[float, str]] = field(default_factory=list)

    def between(self, began: float, ended: float) -> Counter[str]:
        return Counter(what for at, what in self.replies if began <= at < ended)

    def first_answer_after(self, moment: float) -> float:
        return next(at for at, what in self.replies if at > moment and what == "200")


async def _keep_asking(port: int, course: Course, stop: asyncio.Event) -> None:
    wire = Wire(port)
    while not stop.is_set():
        reply = await wire.ask(request_bytes())
        course.replies.append((time.monotonic(), _describe(reply)))
        await asyncio.sleep(0.02)
    wire.close()


def _describe(reply: Reply) -> str:
    if reply.status == 200 and b'"errors"' not in reply.body:
        return "200"
    if reply.status == 503 and b'"UNAVAILABLE"' in reply.body and "retry-after" in reply.headers:
        return "503"
    return f"{reply.status} {reply.body[:300]!r}"


@pytest.mark.proof
@pytest.mark.parametrize("end", [Database.stop, Database.kill], ids=["stopped", "killed"])
async def test_a_restart_under_load_costs_seconds_and_nothing_odd(
    populated: Database, end: Callable[[Database], None]
) -> None:
    course, stop = Course(), asyncio.Event()
    with gateways(1, populated.url()) as [process]:
        asking = [
            asyncio.create_task(_keep_asking(process.port, course, stop)) for _ in range(CLIENTS)
        ]
        await asyncio.sleep(2)
        gone = time.monotonic()
        await asyncio.to_thread(end, populated)
        await asyncio.sleep(2)
        starting = time.monotonic()
        await asyncio.to_thread(populated.start)
        back = time.monotonic()
        await asyncio.sleep(4)
        stop.set()
        await asyncio.gather(*asking)
    first = course.first_answer_after(starting)
    away, after = (
        course.between(gone, first),
        course.between(max(back, first) + 0.5, time.monotonic()),
    )
    log.info(
        "away for %.1f s: %s; first answer %.2f s after; then: %s",
        back - gone,
        away,
        first - back,
        after,
    )
    assert set(away) <= {"200", "503"}
    assert away["503"]
    assert set(after) == {"200"}
    assert first - back < 5
