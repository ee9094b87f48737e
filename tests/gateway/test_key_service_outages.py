"""A key service that is killed, slow or full closes the identities and nothing else, and nothing is
half done: a gateway beside a process of its own."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from gateway.access.vault import key_service_fault
from gateway.faults import Fault
from gateway.service import gateway
from models.key_service import SocketKeys, create_key_file
from models.key_service.process import running_keys
from tests import tokens
from tests.gateway.changing import IDENTITY, perform, reference_of, send
from tests.gateway.conftest import PATIENT, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.key_stores import administer, store_of

pytestmark = pytest.mark.anyio

WITH_IDENTITY = """
    query ($case: ID!, $for: String!) @purpose(code: INTAKE, reference: $for) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }
"""
WITHOUT = "query ($case: ID!) { node(id: $case) { ... on Application { reference stage } } }"
OPEN = [IDENTITY["fullName"]]
CLOSED = ["UNAVAILABLE"]
#: What there is of people, and of reads of them.
_WRITTEN = """
    SELECT (SELECT count(*) FROM applicant), (SELECT count(*) FROM application),
        (SELECT count(*) FROM identity), (SELECT count(*) FROM access_event)
"""
_MANY = 10_000_000


class Service:
    """A key service that is started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running = ExitStack()
        create_key_file(folder / "keys.json")
        self.store = store_of(folder / "keys.json")

    def start(self, unwraps: int = _MANY) -> subprocess.Popen[str]:
        self._running.close()
        file, socket = self.folder / "keys.json", self.folder / "socket"
        running = running_keys(file, socket, self.store, unwraps)
        return self._running.enter_context(running)

    def keys(self) -> int:
        """How many data keys there are."""
        return administer(self.store, "SELECT count(*) FROM data_key")[0][0]

    def close(self) -> None:
        self._running.close()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with TemporaryDirectory(prefix="gerbang-") as folder:
        made = Service(Path(folder))
        yield made
        made.close()


@pytest.fixture(scope="module")
async def app(world: str, service: Service) -> AsyncIterator[Starlette]:
    socket = f"unix:{service.folder / 'socket'}"
    settings = tokens.settings(world, **PATIENT, key_service=socket)
    application = gateway(settings, key_source=tokens.key_source)
    async with application.router.lifespan_context(application):
        yield application


async def test_a_service_that_is_killed_slow_or_full_closes_identities_alone(
    who, connection: asyncpg.Connection, service: Service
) -> None:
    agent, process = who["agent-au"], service.start()
    values = {"visaType": "B1", "nationality": "AU", "identity": IDENTITY}
    case = await perform(agent, "submitApplication", **values)
    named = {"case": case, "for": await reference_of(agent, case)}

    async def identity() -> list[str]:
        """The name, or the codes of why there is none."""
        asked = await agent(WITH_IDENTITY, **named)
        if asked.codes:
            assert IDENTITY["fullName"] not in asked.text
            return asked.codes
        return [asked.data["node"]["applicant"]["identity"]["fullName"]]

    async def hand_in() -> Any:
        return await send(agent, "submitApplication", values)

    async def assert_outage(*, hands_in: bool = True, reads: bool = True) -> None:
        """Nothing of it is half done, and what needs no identity goes on."""
        before, keys = await connection.fetchrow(_WRITTEN), service.keys()
        if reads:
            assert await identity() == CLOSED
        if hands_in:
            assert "UNAVAILABLE" in (await hand_in()).text
        assert (await agent(WITHOUT, case=case)).errors == []
        assert (await connection.fetchrow(_WRITTEN), service.keys()) == (before, keys)

    assert await identity() == OPEN
    process.kill()
    process.wait()
    await assert_outage()

    process = service.start()
    assert await identity() == OPEN
    process.send_signal(signal.SIGSTOP)
    await assert_outage()
    process.send_signal(signal.SIGCONT)
    assert await identity() == OPEN

    # The store takes no changes: nobody is handed in, and whoever is on file is read.
    service.start()
    assert await identity() == OPEN
    name = service.store.rpartition("/")[2]
    others = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    read_only = f"ALTER DATABASE {name} SET default_transaction_read_only = on"
    administer(service.store, read_only, others)
    await assert_outage(reads=False)
    assert await identity() == OPEN
    read_write = f"ALTER DATABASE {name} RESET default_transaction_read_only"
    administer(service.store, "SET default_transaction_read_only = off", read_write, others)
    # The one that was refused is handed in, once.
    before = service.keys()
    assert "UNAVAILABLE" not in (await hand_in()).text
    assert service.keys() == before + 1

    # As many were opened this minute as may be: others are still handed in.
    service.start(unwraps=1)
    assert await identity() == OPEN
    await assert_outage(hands_in=False)
    assert "UNAVAILABLE" not in (await hand_in()).text


async def test_a_gateway_without_a_key_service_closes_identities_alone(
    world: str, connection: asyncpg.Connection
) -> None:
    settings = tokens.settings(world, key_service="")
    async with running_gateway(settings) as app, InProcessClient(app) as client:
        agent = viewers(client)["agent-au"]
        values = {"visaType": "B1", "nationality": "AU", "identity": IDENTITY}
        before = await connection.fetchrow(_WRITTEN)
        assert (await send(agent, "submitApplication", values)).codes == CLOSED
        assert await connection.fetchrow(_WRITTEN) == before
        assert (await agent("{ applications(first: 1) { nodes { stage } } }")).errors == []


async def test_readiness_says_within_a_moment_that_it_hangs(service: Service) -> None:
    process = service.start()
    keys = SocketKeys(service.folder / "socket", answer_seconds=60)
    assert await key_service_fault(keys) is None
    process.send_signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(30):
            assert await key_service_fault(keys) is Fault.KEY_SERVICE
    finally:
        process.send_signal(signal.SIGCONT)
    assert await key_service_fault(None) is None
