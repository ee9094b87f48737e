"""A gateway as a process: what it tells operators and clients; and SIGTERM ends readiness first,
then the listening socket, then the requests; exit code 0."""

import asyncio
import signal
from collections.abc import Iterator

import httpx2
import pytest

from models.database.connections import connect
from tests.gateway.surviving.clients import ASKED, Reply, Wire, request_bytes
from tests.gateway.surviving.processes import Process, gateways
from tests.gateway.surviving.standing import LOCKABLE, locked, until_working

pytestmark = pytest.mark.anyio

READY = b"GET /health/ready HTTP/1.1\r\nHost: gateway\r\n\r\n"
PATIENT = {"LOCK_SECONDS": "8", "DRAIN_GRACE_SECONDS": "1.5", "OPERATIONS": "4"}


@pytest.fixture(scope="module")
def process(world: str) -> Iterator[Process]:
    """A gateway, which the last test stops."""
    with gateways(1, world, **PATIENT) as [running]:
        yield running


async def test_a_gateway_tells_operators_and_clients_different_things(process: Process) -> None:
    httpx2.post(f"{process.url}/graphql", json={"query": "{ viewer { role } }"})
    internal = f"http://127.0.0.1:{process.metrics_port}"
    assert 'gerbang_requests_total{status="200"} 1.0' in httpx2.get(f"{internal}/metrics").text
    for path in ("/health/live", "/health/ready"):
        assert httpx2.get(internal + path).is_success
        assert httpx2.get(process.url + path).is_success
    assert httpx2.get(f"{process.url}/metrics").status_code == 404
    assert httpx2.post(f"{internal}/graphql", json={}).status_code == 404


async def test_sigterm_lets_what_runs_finish_and_ends_with_code_0(
    world: str, process: Process
) -> None:
    watcher = await connect(world)
    async with locked(world):
        running = asyncio.create_task(Wire(process.port).ask(request_bytes(LOCKABLE)))
        await until_working(watcher, 1)
        kept = Wire(process.port)
        assert (await kept.ask(READY)).status == 200

        ended = asyncio.create_task(asyncio.to_thread(process.end, signal.SIGTERM))
        ready = await _until_draining(process.port)
        assert b'"reasons":["stopping"]' in ready.body
        late = await kept.ask(request_bytes(ASKED))
        assert (late.status, late.headers["connection"]) == (200, "close")

        await _until_refused(process.port)
        assert not running.done()
    assert (await running).status == 200
    assert await ended == 0
    async with asyncio.timeout(10):  # PostgreSQL notices a moment later
        while await watcher.fetchval(_CONNECTIONS):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await watcher.close()


_CONNECTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def _until_draining(port: int) -> Reply:
    async with asyncio.timeout(5):
        while (reply := await Wire(port).ask(READY)).status != 503:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return reply


async def _until_refused(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await Wire(port).ask(READY)
            except (OSError, EOFError):
                return
            await asyncio.sleep(0.05)
