"""Reads from streaming replicas. A gateway on one answers reads and refuses changes, is out of
service unless it was meant for reading, and says when the replica falls behind. A gateway beside
its primary reads from it what may be late, and goes on without either."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from gateway.access import replicas
from gateway.doctor.login import examine_login, examine_replicas
from gateway.faults import Fault
from gateway.service import gateway
from gateway.settings import Settings
from gateway.viewer import Viewer as GatewayViewer
from models.database.connections import connect
from models.row_security import login_at
from models.vocabulary import Role
from tests import tokens
from tests.gateway.changing import ENTRY_ON, IDENTITY, document, key
from tests.gateway.conftest import CLAIMS, Answer, Viewer
from tests.gateway.log_lines import log_lines
from tests.gateway.surviving.databases import (
    WRITES,
    Database,
    own_database,
    replica_of,
    until_it_follows,
)

pytestmark = pytest.mark.anyio

_SECONDS = 2
_VIEWS = "{ savedViews(first: 50) { nodes { name } } }"
#: Saved in the database itself, so that no gateway knows who changed something.
_SAVE = """
    INSERT INTO saved_view (id, subject, name, page, query)
    VALUES (gen_random_uuid(), $1, $2, 'VOLUMES', 'by=centre')
"""


async def _until(
    client: httpx2.AsyncClient, reasons: list[str], warnings: list[str] | None = None
) -> None:
    async with asyncio.timeout(20):
        while True:
            found = (await client.get("/health/ready")).json()
            if found["reasons"] == reasons and warnings in (None, found["warnings"]):
                return
            await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
async def copied(migrated_folder: Path) -> AsyncIterator[tuple[Database, Database]]:
    """A primary and its replica; the last test stops the primary."""
    with own_database(migrated_folder) as primary:
        async with replica_of(primary) as replica:
            yield primary, replica


@pytest.fixture
async def replicated(copied: tuple[Database, Database]) -> tuple[Database, Database]:
    await until_it_follows(*copied)
    return copied


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    app = gateway(settings, key_source=tokens.key_source)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("intention", "reasons"),
    [("", ["read_only"]), ("?target_session_attrs=standby", [])],
    ids=["not meant for reading", "meant for reading"],
)
async def test_a_gateway_on_a_replica_reads_and_changes_nothing(
    replicated: tuple[Database, Database], intention: str, reasons: list[str]
) -> None:
    primary, replica = replicated
    settings = tokens.settings(
        primary.url(), database_url=login_at(replica.url(), tokens.PASSWORD) + intention
    )
    with log_lines() as log:
        async with served(settings) as client:
            agent = Viewer(client, CLAIMS["agent-au"])
            read = await agent("{ countries(first: 1) { nodes { code } } }")
            given = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY),
                     "entryOn": ENTRY_ON}  # fmt: skip
            changed = await agent(
                document("submitApplication"), input={**given, "idempotencyKey": key()}
            )
            ready = await client.get("/health/ready")
    assert read.errors == []
    assert (changed.status, changed.codes) == (503, ["UNAVAILABLE"])
    assert "same key" in changed.errors[0]["message"]
    assert (ready.status_code, ready.json()["reasons"]) == (503 if reasons else 200, reasons)
    assert [line["reasons"] for line in log.lines if line["event"] == "not ready"] == [
        *([reasons] if reasons else [])
    ]
    assert not [line for line in log.lines if line["event"].startswith("failed trace")]
    findings = [finding.fault async for finding in examine_login(settings)]
    assert findings == [*map(Fault, reasons)]


@pytest.mark.proof
async def test_a_replica_that_falls_behind_takes_its_gateway_out_of_service(
    replicated: tuple[Database, Database],
) -> None:
    primary, replica = replicated
    settings = tokens.settings(
        primary.url(),
        database_url=f"{login_at(replica.url(), tokens.PASSWORD)}?target_session_attrs=standby",
        replica_seconds=str(_SECONDS),
    )
    writer, administrator = await connect(primary.url()), await connect(replica.url())
    try:
        async with served(settings) as client:
            await _until(client, [])
            await asyncio.sleep(_SECONDS + 1)  # nothing is written, so nothing is behind
            await _until(client, [])
            await administrator.execute("SELECT pg_wal_replay_pause()")
            await writer.execute(WRITES)
            await _until(client, ["replica"])
            found = [finding.fault async for finding in examine_login(settings)]
            assert found == [Fault.REPLICA]
            await administrator.execute("SELECT pg_wal_replay_resume()")
            await _until(client, [])
            await writer.close()
            primary.stop()
            await _until(client, ["replica"])
    finally:
        await writer.close()
        await administrator.close()


async def _views(viewer: Viewer) -> list[str]:
    answer = await viewer(_VIEWS)
    assert answer.errors == [], answer.text
    return [each["name"] for each in answer.data["savedViews"]["nodes"]]


async def _save(viewer: Viewer, name: str) -> Answer:
    given = {"name": name, "page": "VOLUMES", "query": "by=centre", "idempotencyKey": key()}
    return await viewer(document("saveView", "errors { code }"), input=given)


async def _found(settings: Settings) -> list[Fault | None]:
    return [finding.fault async for finding in examine_replicas(settings)]


async def test_a_viewer_sees_the_own_change_while_the_primary_is_slow_to_say_how_far_it_is(
    replicated: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, replica = replicated
    slowly = f"{replicas._WRITTEN} FROM pg_sleep({2 * replicas.LOOK_SECONDS})"
    monkeypatch.setattr(replicas, "_WRITTEN", slowly)
    settings = tokens.settings(
        primary.url(), read_url=login_at(replica.url(), tokens.PASSWORD), replica_seconds="9"
    )
    one = {**CLAIMS["leadership"], "sub": "leadership-3"}
    administrator = await connect(replica.url())
    try:
        async with served(settings) as client:
            await _until(client, [], [])
            await administrator.execute("SELECT pg_wal_replay_pause()")
            assert (await _save(Viewer(client, one), "own")).errors == []
            for _ in range(12):
                assert await _views(Viewer(client, one)) == ["own"]
                await asyncio.sleep(replicas.LOOK_SECONDS / 4)
    finally:
        await administrator.execute("SELECT pg_wal_replay_resume()")
        await administrator.close()


async def test_what_may_be_late_is_read_from_a_replica_and_ones_own_changes_are_seen(
    replicated: tuple[Database, Database],
) -> None:
    primary, replica = replicated
    # Else the driver asks for TLS first, and nobody awaits what it says of a server that stops.
    primary_url, replica_url = (
        f"{login_at(each.url(), tokens.PASSWORD)}?sslmode=disable" for each in replicated
    )
    settings = tokens.settings(
        primary.url(),
        database_url=primary_url,
        read_url=replica_url,
        replica_seconds=str(_SECONDS + 1),
    )
    writer, administrator = await connect(primary.url()), await connect(replica.url())
    assert await _found(settings) == []
    assert await _found(replace(settings, read_url=(primary.url(),))) == [Fault.REPLICA_LOST]
    one, other = CLAIMS["leadership"], {**CLAIMS["leadership"], "sub": "leadership-2"}
    try:
        async with served(settings) as client, served(settings) as beside:
            await _until(client, [], [])
            await _until(beside, [], [])
            await administrator.execute("SELECT pg_wal_replay_pause()")
            await writer.execute(_SAVE, other["sub"], "unheard")
            assert (await _save(Viewer(client, one), "own")).errors == []
            assert await _views(Viewer(client, one)) == ["own"]
            async with asyncio.timeout(5):  # the gateway beside is told in a moment
                while await _views(Viewer(beside, one)) != ["own"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            for gateway_of_one in (client, beside):
                assert await _views(Viewer(gateway_of_one, other)) == []  # late, as is allowed
            await _until(client, [], ["replica"])
            assert await _found(settings) == [Fault.REPLICA]
            assert await _views(Viewer(client, other)) == ["unheard"]  # from the primary
            await administrator.execute("SELECT pg_wal_replay_resume()")
            await _until(client, [], [])
            replica.stop()
            assert await _views(Viewer(client, other)) == ["unheard"]
            await _until(client, [], ["replica_lost"])
            assert await _found(settings) == [Fault.REPLICA_LOST]
            replica.start()
            await _until(client, [], [])
            await writer.close()
            primary.stop()
            assert await _views(Viewer(client, other)) == ["unheard"]  # from the replica
            await _until(client, [], ["primary_lost"])
            assert await _views(Viewer(client, other)) == ["unheard"]
            assert (await _save(Viewer(client, other), "never")).status == 503
            await _until(client, ["database"])
            primary.start()
            await _until(client, [], [])
    finally:
        await writer.close()
        await administrator.close()


class _Pool:
    def __init__(self, in_use: int) -> None:
        self.in_use = in_use


async def test_of_the_replicas_that_are_recent_the_one_that_is_asked_least_answers() -> None:
    now, primary, pools = asyncio.get_running_loop().time(), _Pool(0), [_Pool(n) for n in (3, 1, 2)]
    copies = [replicas.Replica(f"postgresql://gateway@{n}.example/gerbang", each)  # type: ignore[arg-type]
              for n, each in enumerate(pools)]  # fmt: skip
    for each in copies:
        each.replayed, each.as_of = 10, now
    found = replicas.Replicas("postgresql://gateway@primary.example/gerbang", primary, copies, 60)  # type: ignore[arg-type]
    found._heard_from = 10
    viewer = GatewayViewer("manager", Role.PARTNER_MANAGER)
    assert found.pool_for(viewer) is pools[1]
    # Whoever changed something waits for a replica that has it; others do not.
    writer = GatewayViewer("officer", Role.OFFICER)
    found._awaited[replicas._digest(writer)] = replicas.Position(11, now)
    assert found.pool_for(writer) is primary
    copies[0].replayed = 11
    assert found.pool_for(writer) is pools[0]
    found._heard_from = 12
    assert found.pool_for(writer) is primary
    found._heard_from = 10
    assert found.pool_for(viewer) is pools[1]
    copies[1].as_of = now - 61
    assert found.pool_for(viewer) is pools[2]
    copies[2].replayed = 9
    assert found.pool_for(viewer) is pools[0]
    copies[0].replayed = None
    assert found.pool_for(viewer) is primary


class _Primary:
    written = 10.0

    async def fetchval(self, _: str) -> float:
        return self.written


async def test_whoever_changes_something_again_waits_for_the_newer_change() -> None:
    primary = _Primary()
    found = replicas.Replicas("postgresql://gateway@primary.example/gerbang", _Pool(0), [], 60)  # type: ignore[arg-type]
    writer = GatewayViewer("officer", Role.OFFICER)
    found._heard_from = 0
    for written in (11, 12):
        found.note_change(writer)
        assert found._least_for(writer) == float("inf")  # nobody knows yet how far that is
        primary.written = written
        await found._look_at_primary(primary)  # type: ignore[arg-type]
        assert found._least_for(writer) == written
