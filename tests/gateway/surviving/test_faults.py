"""What is wrong with an installation is named alike by readiness, by the log and by the doctor."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway.access.probe import PoolWatch
from gateway.doctor import examine
from gateway.faults import EXPLANATIONS, Fault
from gateway.service import gateway
from gateway.settings import Settings
from models.database.connections import connect, pool
from tests import tokens
from tests.free_ports import free_port
from tests.gateway.changing import ENTRY_ON, IDENTITY, document, key
from tests.gateway.conftest import CLAIMS, Viewer
from tests.gateway.log_lines import Log, log_lines
from tests.gateway.providers import provider
from tests.gateway.schemas import SCHEMAS
from tests.gateway.surviving.databases import UNPARTITIONED, Database, own_database
from tests.gateway.surviving.small_disk import SmallDisk, small_disk
from tests.linking import key_service
from tests.populating import small_world

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def database(migrated_folder: Path) -> AsyncIterator[Database]:
    with own_database(migrated_folder) as running:
        await small_world(running.url())
        yield running


@pytest.fixture(scope="module")
async def disk(database: Database) -> AsyncIterator[SmallDisk]:
    async with small_disk(database) as made:
        yield made


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as address:
        yield address


@dataclass
class Installation:
    """What a test plants its fault in: settings, and the clock of the gateway."""

    settings: Settings
    clock: Callable[[], float] = time.time

    def with_variables(self, **variables: str) -> "Installation":
        issuer = {"issuer": self.settings.issuer, "jwks_url": self.settings.jwks_url}
        owner, given = self.settings.required_owner_url, {**issuer, **variables}
        return Installation(tokens.settings(owner, **given), self.clock)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[httpx2.AsyncClient]:
        app = gateway(self.settings, clock=self.clock, schemas=SCHEMAS)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://127.0.0.1",
            ) as client,
        ):
            yield client


@pytest.fixture
def installation(database: Database, issuer: str) -> Installation:
    return on(database.url(), issuer)


def on(url: str, issuer: str) -> Installation:
    return Installation(tokens.settings(url, jwks_url=f"{issuer}/keys"))


Planting = Callable[[Installation], AbstractAsyncContextManager[Installation]]


def clock_off(seconds: int) -> Planting:
    @asynccontextmanager
    async def planting(installation: Installation) -> AsyncIterator[Installation]:
        yield Installation(installation.settings, lambda: time.time() + seconds)

    return planting


def second_service_away(it: Installation) -> AbstractAsyncContextManager[Installation]:
    return planted_in_settings(key_service=f"{key_service()},unix:/nowhere/socket")(it)


def planted_in_settings(**variables: str) -> Planting:
    @asynccontextmanager
    async def planting(installation: Installation) -> AsyncIterator[Installation]:
        yield installation.with_variables(**variables)

    return planting


def planted_in_the_database(plant: str, undo: str) -> Planting:
    @asynccontextmanager
    async def planting(installation: Installation) -> AsyncIterator[Installation]:
        owner = await connect(installation.settings.required_owner_url)
        try:
            await owner.execute(plant)
            yield installation
        finally:
            await owner.execute(undo)
            await owner.close()

    return planting


@dataclass(frozen=True)
class Case:
    """A fault, how it is planted, and whether it takes the gateway out of service."""

    fault: Fault
    planting: Planting
    turns_readiness: bool = True


def _unsigned(fault: Fault, instants: str) -> Case:
    head = "INSERT INTO account_head (size, frontier, note, signed_at, uncosigned_since)"
    plant = f"{head} VALUES (0, '{{}}', '', {instants})"
    return Case(fault, planted_in_the_database(plant, "DELETE FROM account_head"), False)


CASES = {
    "a clock that is ahead": Case(Fault.CLOCK, clock_off(7)),
    "a clock that is behind": Case(Fault.CLOCK, clock_off(-7)),
    "a seal that is refused": Case(Fault.SEAL, planted_in_settings(seal_key="ab" * 32)),
    "keys that cannot be read": Case(
        Fault.KEYS, planted_in_settings(jwks_url=f"http://127.0.0.1:{free_port()}/keys")
    ),
    "a key service that is away": Case(
        Fault.KEY_SERVICE, planted_in_settings(key_service="unix:/nowhere/socket"), False
    ),
    "one of two key services": Case(Fault.KEY_SERVICE_PARTLY, second_service_away, False),
    "migrations behind": Case(
        Fault.MIGRATIONS,
        planted_in_the_database(
            "CREATE TABLE was AS SELECT * FROM alembic_version; DELETE FROM alembic_version",
            "INSERT INTO alembic_version SELECT * FROM was; DROP TABLE was",
        ),
    ),
    "a full pool": Case(
        Fault.POOL,
        planted_in_the_database(
            "ALTER ROLE gerbang_gateway CONNECTION LIMIT 0",
            "ALTER ROLE gerbang_gateway CONNECTION LIMIT -1",
        ),
    ),
    "a dead keeper": Case(
        Fault.KEEPER,
        planted_in_the_database(
            "UPDATE application SET paid_at = paid_at + interval '2 days' WHERE reference ="
            " 'AUSY-PAID-0013'; UPDATE volume_outbox SET written_at = written_at - interval '1 h'",
            "DELETE FROM volume_outbox",
        ),
        turns_readiness=False,
    ),
    "an account that nobody signs": _unsigned(Fault.CHECKPOINT, "now() - interval '1 h', NULL"),
    "no partition": Case(Fault.PARTITIONS, planted_in_the_database(*UNPARTITIONED), False),
    "a witness that does not cosign": _unsigned(Fault.WITNESS, "now(), now()"),
}


async def diagnose(planted: Installation) -> tuple[dict[str, Any], Log, list[Fault]]:
    """What readiness, the log and the doctor say."""
    with log_lines() as log:
        async with planted.served() as client:
            state = (await client.get("/health/ready")).json()
            assert (await client.get("/health/ready")).json() == state
            assert (await client.get("/health/live")).status_code == 200
    findings = await examine(planted.settings, planted.clock)
    return state, log, [finding.fault for finding in findings if finding.fault]


async def test_nothing_is_named_where_nothing_is_wrong(installation: Installation) -> None:
    state, log, found = await diagnose(installation)
    assert state == {"ready": True, "reasons": [], "warnings": []}
    assert [line["event"] for line in log.lines if line["level"] != "INFO"] == []
    assert found == []


@pytest.mark.parametrize("name", CASES)
async def test_a_planted_fault_is_named(installation: Installation, name: str) -> None:
    case = CASES[name]
    async with case.planting(installation) as planted:
        state, log, found = await diagnose(planted)
    expected = [case.fault.value], []
    reasons, warnings = expected if case.turns_readiness else expected[::-1]
    assert state == {"ready": not reasons, "reasons": reasons, "warnings": warnings}
    lines = [line for line in log.lines if "reasons" in line]
    assert [(line["reasons"], line["warnings"]) for line in lines] == [(reasons, warnings)], (
        "a change is logged once"
    )
    assert found == [case.fault]
    assert EXPLANATIONS[case.fault].mend


@pytest.mark.parametrize("apart", [9, -9])
async def test_a_clock_that_is_off_is_unavailable_and_no_defect(
    installation: Installation, issuer: str, apart: int
) -> None:
    """Whatever the viewer asks: another gateway may do better, and the same key works there."""
    planted = Installation(installation.settings, lambda: time.time() + apart)
    with log_lines() as log:
        async with planted.served() as client:
            agent = Viewer(client, CLAIMS["agent-au"])
            read = await agent("{ applications(first: 1) { nodes { reference } } }")
            written = await agent(document("submitApplication"), input=_submission())
            state = (await client.get("/health/ready")).json()
    assert [(each.status, each.codes) for each in (read, written)] == [(503, ["UNAVAILABLE"])] * 2
    assert read.headers["retry-after"]
    assert "same key" in written.errors[0]["message"]
    assert state["reasons"] == ["clock"]
    (line,) = log.of("the database refused a seal")
    assert (line["level"], line["why"]) == (
        "ERROR",
        "the viewer was sealed for another transaction",
    )
    assert not [line for line in log.lines if line["event"].startswith("failed trace")]


async def test_recovery_is_logged_once(installation: Installation, database: Database) -> None:
    migrations = CASES["migrations behind"].planting
    with log_lines() as log:
        async with installation.served() as client:
            async with migrations(installation):
                assert (await client.get("/health/ready")).status_code == 503
            assert (await client.get("/health/ready")).status_code == 200
    lines = [line for line in log.lines if "reasons" in line]
    assert [(line["event"], line["reasons"]) for line in lines] == [
        ("not ready", ["migrations"]),
        ("ready", []),
    ]


async def test_a_pool_whose_connections_do_not_come_back_is_named_and_a_busy_one_is_not(
    database: Database,
) -> None:
    now = [0.0]
    engine = pool(database.url(), 1)
    try:
        watch = PoolWatch(engine, seconds=25, clock=lambda: now[0])
        assert await watch.fault() is None
        for _ in range(3):  # busy: always lent, and always given back
            async with engine.connect():
                now[0] += 20
                assert await watch.fault() is None
        async with engine.connect():
            now[0] += 26
            assert await watch.fault() is Fault.POOL
        assert await watch.fault() is None
    finally:
        engine.dispose()


async def test_a_full_disk_is_named_and_the_same_key_works_once_there_is_room(
    disk: SmallDisk, issuer: str
) -> None:
    planted = on(disk.url, issuer)
    with log_lines() as log:
        async with planted.served() as client:
            agent = Viewer(client, CLAIMS["agent-au"])
            async with disk.full():
                refused, given = await _until_refused(agent)
                assert (refused.status, refused.codes) == (503, ["UNAVAILABLE"])
                assert "same key" in refused.errors[0]["message"]
                for _ in range(50):
                    again = await agent(document("submitApplication"), input=given)
                    assert again.codes == ["UNAVAILABLE"]
                state = (await client.get("/health/ready")).json()
                found = [finding.fault for finding in await examine(planted.settings)]
                read = await agent("{ applications(first: 1) { nodes { reference } } }")
            done = await agent(document("submitApplication"), input=given)
    assert state == {"ready": True, "reasons": [], "warnings": ["disk"]}
    assert Fault.DISK in found
    assert read.errors == []
    assert done.data["submitApplication"]["errors"] == []
    complaints = [line for line in log.lines if line["level"] in ("WARNING", "ERROR")]
    assert [line["event"] for line in complaints] == [
        "the disk of the database is full",
        "ready",
    ]
    assert len(log.text) < 100_000


def _submission() -> dict[str, Any]:
    values = {
        "visaType": "B1",
        "nationality": "AU",
        "entryOn": ENTRY_ON,
        "identity": dict(IDENTITY),
    }
    return {**values, "idempotencyKey": key()}


async def _until_refused(agent: Viewer) -> tuple[Any, dict[str, Any]]:
    """Pages that have begun still take rows, so some are taken in before none is."""
    for _ in range(500):
        given = _submission()
        asked = await agent(document("submitApplication"), input=given)
        if asked.errors:
            return asked, given
    raise AssertionError("the disk was not full")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("53100", "UNAVAILABLE"),
        ("53200", "UNAVAILABLE"),
        ("53300", "UNAVAILABLE"),
        ("58030", "UNAVAILABLE"),  # an error of the disk itself
        ("XX001", "INTERNAL"),  # a damaged page does not mend itself: clients must not go on
    ],
)
async def test_only_errors_that_end_with_the_outage_are_unavailable(
    installation: Installation, issuer: str, state: str, code: str
) -> None:
    """As the server would raise it, from a trigger."""
    failing = planted_in_the_database(
        f"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'as planted' USING ERRCODE = '{state}'; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON application EXECUTE FUNCTION fail();
        """,
        "DROP TRIGGER fail ON application; DROP FUNCTION fail",
    )
    async with failing(installation), installation.served() as client:
        agent = Viewer(client, CLAIMS["agent-au"])
        assert (await agent(document("submitApplication"), input=_submission())).codes == [code]
