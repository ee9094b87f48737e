"""An installation whose owner is no superuser: its keeper runs, it answers, and its walls hold."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gateway.doctor import examine
from gateway.doctor.ways_around import expected_facts
from gateway.settings import Settings
from gateway.viewer import Viewer as SealedViewer
from models.database.connections import connect
from models.jobs.forget_changes import forget
from models.jobs.overdue import end_overdue, forget_keys
from models.postgres import Server
from models.publication import publish
from models.row_security import login_at
from models.synthetic import Scale, synthesise
from models.vocabulary import Role
from models.volumes import age, fold, rebuild, verify
from tests import tokens
from tests.acting import act
from tests.gateway.changing import row, submitted_case
from tests.gateway.conftest import Viewer
from tests.gateway.test_doctor import SUPERUSER, installation, provider
from tests.gateway.test_rows_reached import *  # noqa: F403
from tests.models.test_row_security import workers_read_as_the_viewer
from tests.owners import DATABASE, OWNER, migrate_as_owner, prepare, run
from tests.populating import small_world
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

LOGIN = "gerbang_gateway"


@pytest.fixture(scope="module")
async def world(apart: Server) -> str:
    """The small world, written by an owner that is no superuser, whose address this is."""
    url = prepare(apart)
    await migrate_as_owner(url)
    await small_world(url)
    return url


@pytest.fixture
async def owner(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    try:
        yield connection
    finally:
        await connection.close()


async def test_the_owner_loads_a_world_and_keeps_it(apart: Server) -> None:
    url = prepare(apart, database="kept")
    await migrate_as_owner(url)
    long_ago = datetime(2025, 11, 24, 9, tzinfo=UTC)
    loaded = await synthesise(
        url, applications=800, months=2, seed=2, scale=Scale.PARTNER, until=long_ago
    )
    assert loaded.applications == 800
    keeper = await connect(url)
    try:
        assert await verify(keeper) == []
        ended = await end_overdue(keeper)
        assert ended > 0
        assert await fold(keeper) > 0
        await age(keeper)
        assert await verify(keeper) == []
        assert (await publish(keeper, long_ago + timedelta(days=400))).periods > 0
        assert await everything_forgotten(keeper, ended)
        await rebuild(keeper)
        assert await verify(keeper) == []
    finally:
        await keeper.close()


async def everything_forgotten(keeper: asyncpg.Connection, ended: int) -> bool:
    """Whether keys, and changes that nobody follows from any more, go when their time is over."""
    await keeper.execute("INSERT INTO idempotency VALUES ('key', 'input', NULL, '2025-11-24')")
    assert await forget_keys(keeper) == 1
    aged = await keeper.execute("UPDATE application_change SET written_at = '2025-11-24'")
    assert int(aged.split()[1]) >= ended
    await forget(keeper)
    return not await keeper.fetchval("SELECT EXISTS (SELECT FROM application_change)")


async def test_the_gateway_writes_as_it_does_under_any_owner(
    who: dict[str, Viewer], owner: asyncpg.Connection
) -> None:
    written = await row(owner, await submitted_case(who))
    assert (written["status"], written["partner_code"]) == ("AWAITING_PAYMENT", "NUSA")


# --- Attacks: statements that somebody slipped into the login's own connection --------------------


FORBIDDEN = (
    f"ALTER ROLE {LOGIN} SUPERUSER",
    f"ALTER ROLE {LOGIN} BYPASSRLS",
    f"ALTER ROLE {LOGIN} CREATEROLE",
    f"ALTER ROLE {LOGIN} SET track_activities = on",
    f"ALTER ROLE {LOGIN} RESET track_activities",
    f"ALTER ROLE {OWNER} PASSWORD 'mine'",
    f"GRANT {OWNER} TO {LOGIN}",
    f"GRANT gerbang_officer TO {LOGIN} WITH INHERIT TRUE",
    f"SET ROLE {OWNER}",
    f"SET SESSION AUTHORIZATION {OWNER}",
    "SET track_activities = on",
    "CREATE ROLE mine",
    "CREATE TEMPORARY TABLE application (reference text)",
    "SELECT full_name FROM identity",
    "SELECT outer_block FROM viewer.daily_seal_key",
    "ALTER TABLE application NO FORCE ROW LEVEL SECURITY",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_login_has_no_right_of_the_owner(
    login: asyncpg.Connection, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login.execute(f"RESET ROLE; {statement}")


async def test_the_login_cannot_forget_what_was_set_for_it(
    world: str, login: asyncpg.Connection
) -> None:
    await login.execute(f"ALTER ROLE {LOGIN} RESET ALL")
    again = await connect(login_at(world, tokens.PASSWORD))
    try:
        assert await again.fetchval("SHOW track_activities") == "off"
    finally:
        await again.close()


async def test_a_role_is_held_to_its_rows_by_the_database(login: asyncpg.Connection) -> None:
    manager = SealedViewer("manager-au", Role.PARTNER_MANAGER, partner="NUSA", countries=("AU",))
    reached = "SELECT DISTINCT partner_code, country_code FROM application"
    async with login.transaction():
        await act(login, manager)
        assert [tuple(found) for found in await login.fetch(reached)] == [("NUSA", "AU")]
        await login.execute("RESET ROLE")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(reached)


# --- What the doctor says of owners ---------------------------------------------------------------


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as address:
        yield address


PRODUCTION = {"environment": "production", "cursor_key": "cd" * 32}


async def test_the_doctor_has_no_finding_about_a_plain_owner(world: str, issuer: str) -> None:
    assert await diagnose(installation(world, issuer)) == []


async def test_what_is_expected_is_worked_out_once_for_the_same_columns(
    owner: asyncpg.Connection,
) -> None:
    known = await expected_facts(owner)
    assert await expected_facts(owner) is known
    async with undone(owner):
        await owner.execute("ALTER TABLE country ADD COLUMN more text")
        anew = await expected_facts(owner)
    assert anew is not known
    assert anew == known


async def test_the_doctor_names_an_owner_that_is_a_superuser(
    apart: Server, world: str, issuer: str
) -> None:
    superuser = installation(apart.url(DATABASE), issuer)
    assert await diagnose(superuser) == [SUPERUSER]
    in_production = installation(apart.url(DATABASE), issuer, **PRODUCTION)
    assert SUPERUSER in await diagnose(in_production)
    assert SUPERUSER not in await diagnose(installation(world, issuer, **PRODUCTION))


async def diagnose(settings: Settings) -> list[str]:
    return [finding.what for finding in await examine(settings)]


async def test_workers_are_told_who_was_verified_by_an_owner_that_is_no_superuser(
    world: str,
) -> None:
    await workers_read_as_the_viewer(login_at(world, tokens.PASSWORD))


#: What a superuser took away, how it is given back, and what the doctor says.
LACKS = {
    "rows": (
        f"ALTER ROLE {OWNER} NOBYPASSRLS",
        f"ALTER ROLE {OWNER} BYPASSRLS",
        f"The owner {OWNER} lacks the attribute BYPASSRLS.",
    ),
    "roles": (
        f"ALTER ROLE {OWNER} NOCREATEROLE",
        f"ALTER ROLE {OWNER} CREATEROLE",
        f"The owner {OWNER} lacks the attribute CREATEROLE.",
    ),
    "the revision": (
        "ALTER TABLE alembic_version OWNER TO postgres",
        f"ALTER TABLE alembic_version OWNER TO {OWNER}",
        "Something in the database belongs to postgres.",
    ),
}


@pytest.mark.parametrize("lack", LACKS)
async def test_the_doctor_names_what_an_owner_lacks(
    apart: Server, world: str, issuer: str, lack: str
) -> None:
    taken, given, expected = LACKS[lack]
    superuser = apart.url(DATABASE)
    await run(superuser, taken)
    try:
        (finding,) = await examine(installation(world, issuer))
        assert finding.what == expected
        assert finding.mend.endswith(f"{given};")
    finally:
        await run(superuser, given)
