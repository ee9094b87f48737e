"""Clients of others, as they come from their registries: from a page to following through cuts."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import httpx2
import pytest
from click.testing import CliRunner

from gateway.cli import gerbang
from models.database.connections import connect
from tests import tokens
from tests.clients.following import APPLICANT, TOKEN_ENDS, Journey, Program, follow_all
from tests.clients.workspace import (
    NODE,
    PYTHON,
    generate,
    is_ariadne_installed,
    is_installed,
    make_workspace,
)
from tests.gateway.conftest import CLAIMS
from tests.gateway.followers import reference_of
from tests.gateway.live import Gateway, served
from tests.machine import needs
from tests.models.crowd import CrowdCase, crowd

pytestmark = pytest.mark.anyio

CUTS, EVENTS = 20, 150
NPM, ARIADNE_IS_HERE = is_installed(), is_ariadne_installed()
RELAY = (NODE, "--import", "./relay/resolving.mjs", "relay/program.ts")
PROGRAMS = {
    "graphql-ws": Program((NODE, "graphql_ws.mjs"), NPM),
    "graphql-ws-renewing": Program((NODE, "graphql_ws.mjs"), NPM, renews=True),
    "Apollo": Program((NODE, "apollo.mjs"), NPM),
    "urql": Program((NODE, "urql.mjs"), NPM),
    "Relay": Program(RELAY, NPM),
    "graphql-codegen": Program((NODE, "codegen/program.ts"), NPM),
    "gql": Program((sys.executable, "gql_client.py")),
    "ariadne-codegen": Program((str(PYTHON / "python"), "ariadne/program.py"), ARIADNE_IS_HERE),
}


def needs_clients(is_here: bool) -> pytest.MarkDecorator:
    absent = "no clients: `make clients` brings them where their registries are to be had"
    return needs("clients", is_here=is_here, absent=absent)


@pytest.fixture(scope="module")
async def replicas(world: str) -> AsyncIterator[list[Gateway]]:
    async with AsyncExitStack() as stack:
        url = f"{world}?sslmode=disable"
        yield [await stack.enter_async_context(served(url)) for _ in range(2)]


@pytest.fixture(scope="module")
async def writer(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def workspace(
    world: str, replicas: list[Gateway], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The programs with what was generated for them, and what they ask for by id registered."""
    folder = tmp_path_factory.mktemp("clients")
    address = f"http://127.0.0.1:{replicas[0].port}/graphql/schema/officer.graphql"
    async with httpx2.AsyncClient(headers=tokens.bearer(**CLAIMS["officer"])) as client:
        schema = (await client.get(address)).raise_for_status().text
    make_workspace(folder, schema)
    await generate(folder)
    if is_installed():
        manifest = str(folder / "relay" / "persisted.json")
        command = ["documents", "register", "--client", "portal", manifest]
        environ = {"GERBANG_OWNER_URL": world}
        result = await asyncio.to_thread(CliRunner().invoke, gerbang, command, env=environ)
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
async def journeys(
    request: pytest.FixtureRequest,
    replicas: list[Gateway],
    writer: asyncpg.Connection,
    workspace: Path,
) -> dict[str, Journey]:
    """The clients together, as far as they are here and chosen."""
    tests = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = {test.callspec.params.get("name") for test in tests if hasattr(test, "callspec")}
    programs = {name: one for name, one in PROGRAMS.items() if name in chosen and one.is_here}
    return await follow_all(programs, replicas, writer, workspace, crowd(EVENTS, seed=1), CUTS)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs_clients(one.is_here)) for name, one in PROGRAMS.items()]
)
async def test_a_client_asks_writes_and_follows_each_change_exactly_once(
    name: str, journeys: dict[str, Journey], writer: asyncpg.Connection
) -> None:
    journey = journeys[name]
    client = journey.client
    if journey.failure:
        raise journey.failure
    assert client.of("page") == [2]
    assert client.of("error") == [["CaseError", "STATUS_CHANGED", "IN_VERIFICATION"]]
    assert client.of("status") == ["SCREENING"]
    assert client.of("name") == [APPLICANT]
    logged = "SELECT case_reference FROM access_event WHERE actor = $1"
    assert await writer.fetch(logged, name) == [(reference_of(journey.case),)]
    own = {reference_of(one.case) for one in journeys.values()}
    assert_each_once(journey, crowd(EVENTS, seed=1), own)
    assert len(client.of("heartbeat")) > CUTS  # each beginning has one
    assert journey.beginnings == 0 if journey.program.renews else journey.beginnings >= TOKEN_ENDS


def assert_each_once(journey: Journey, people: list[CrowdCase], own: set[str]) -> None:
    """``own`` are the changes of clients themselves, which earlier subscribers receive too."""
    counts = Counter(journey.client.of("change"))
    for reference in own:
        del counts[reference]
    expected: Counter[object] = Counter(map(reference_of, people))
    missed, surplus = expected - counts, counts - expected
    assert not missed, f"{missed.total()} missed: {[*missed][:5]}"
    assert not surplus, f"{surplus.total()} received twice: {[*surplus][:5]}"


@pytest.mark.proof
@needs_clients(NPM)
async def test_graphql_ws_follows_through_a_thousand_cuts(
    replicas: list[Gateway], writer: asyncpg.Connection, workspace: Path
) -> None:
    people, program = crowd(2_000, seed=2), {"patient": PROGRAMS["graphql-ws"]}
    journeys = await follow_all(program, replicas, writer, workspace, people, cuts=1_000)
    journey = journeys["patient"]
    if journey.failure:
        raise journey.failure
    assert_each_once(journey, people, {reference_of(journey.case)})
    assert len(journey.client.of("heartbeat")) > 1_000


@needs_clients(NPM)
async def test_the_gateway_passes_the_audits_of_graphql_http(
    replicas: list[Gateway], workspace: Path
) -> None:
    given = json.dumps({"url": f"http://127.0.0.1:{replicas[0].port}/graphql"})
    process = await asyncio.create_subprocess_exec(
        NODE, "audits.mjs", given, cwd=workspace, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    audits = [json.loads(line) for line in output.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
