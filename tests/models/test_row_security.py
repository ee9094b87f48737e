"""The second wall: what a role of the database can do with SQL of its own, and what it cannot."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from gateway.access.transactions.begin import Seal
from gateway.viewer import Viewer
from models import Base
from models.database.connections import connect
from models.row_security import DATABASE_ROLES, JOB_ROLES, database_role, login_at
from models.vocabulary import Role
from tests import tokens
from tests.acting import act

pytestmark = pytest.mark.anyio

MANAGER = Viewer("manager-au", Role.PARTNER_MANAGER, partner="NUSA", countries=("AU",))
OFFICER = Viewer("officer", Role.OFFICER)
#: The setting that keeps who was verified.
MARK = "backtrace_functions"
COUNT = "SELECT count(*) FROM (SELECT id FROM application) AS reached"


def seal_context(
    viewer: Viewer,
    *,
    key: bytes = tokens.SEAL_KEY,
    seconds: float = 60,
    seconds_ago: float = 0,
    backend: int | None = None,
) -> str:
    """The context of a viewer, as the gateway would set it."""
    seal = Seal(key, seconds, lambda: time.time() - seconds_ago)
    return seal.seal(viewer, backend)


def seal_of_another(viewer: Viewer, **otherwise: Any) -> str:
    """What was sealed of one viewer, for another."""
    text, _, _ = seal_context(replace(viewer, **otherwise)).rpartition(",")
    return f"{text},{seal_context(viewer).rpartition(',')[2]}"


@asynccontextmanager
async def acting(
    url: str, role: Role, said: Callable[[int], str | None]
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in a role of the database, with whatever context is presented on its backend,
    whether it is believed or not."""
    connection = await connect(url)
    try:
        async with connection.transaction():
            context = said(connection.get_server_pid())
            if context is not None:
                with suppress(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute("SELECT viewer.authenticate($1)", context)
            await connection.execute(f"SET LOCAL ROLE {database_role(role)}")
            yield connection
    finally:
        await connection.close()


async def is_refused(connection: asyncpg.Connection, statement: str) -> bool:
    try:
        async with connection.transaction():
            await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    return False


async def test_a_sealed_viewer_reaches_own_rows(world: str) -> None:
    async with acting(world, Role.PARTNER_MANAGER, lambda _: seal_context(MANAGER)) as connection:
        codes = await connection.fetch(
            "SELECT DISTINCT partner_code, country_code FROM application"
        )
        assert [tuple(row) for row in codes] == [("NUSA", "AU")]
    async with acting(world, Role.OFFICER, lambda _: seal_context(OFFICER)) as connection:
        assert await connection.fetchval(COUNT) == 13


BELIEVED: Mapping[str, Callable[[int], str]] = {
    "on its backend": lambda backend: seal_context(MANAGER, backend=backend),
    "on any backend": lambda _: seal_context(MANAGER),
    "a slow round trip ago": lambda backend: seal_context(MANAGER, backend=backend, seconds_ago=3),
    "by a clock that is ahead": lambda backend: seal_context(
        MANAGER, backend=backend, seconds_ago=-3
    ),
}
FORGED: Mapping[str, Callable[[int], str | None]] = {
    "none": lambda _: None,
    "empty": lambda _: "",
    "not sealed": lambda _: seal_context(MANAGER).rpartition(",")[0],
    "sealed with another key": lambda _: seal_context(MANAGER, key=bytes(32)),
    "another body under the seal": lambda _: seal_of_another(MANAGER, countries=("AU", "SG")),
    "fields moved under the seal": lambda _: seal_context(MANAGER).replace(",", "", 1),
    "expired": lambda _: seal_context(MANAGER, seconds=-1),
    "of another role": lambda _: seal_context(OFFICER),
    "no context": lambda _: "§§§," + "0" * 64,
    "a seal alone": lambda _: "0" * 64,
    "of a transaction before": lambda backend: seal_context(
        MANAGER, backend=backend, seconds_ago=6
    ),
    "of a transaction to come": lambda backend: seal_context(
        MANAGER, backend=backend, seconds_ago=-6
    ),
    "of another backend": lambda backend: seal_context(MANAGER, backend=backend + 1),
}


@pytest.mark.parametrize("said", BELIEVED.values(), ids=BELIEVED)
async def test_a_context_is_believed(world: str, said: Callable[[int], str]) -> None:
    async with acting(world, Role.PARTNER_MANAGER, said) as connection:
        assert await connection.fetchval(COUNT) == 5


@pytest.mark.parametrize("said", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize(
    "statement",
    ["SELECT id FROM application", "SELECT code FROM country", "SELECT intake FROM volume_daily"],
)
async def test_no_other_context_reaches_anything(
    world: str, said: Callable[[int], str | None], statement: str
) -> None:
    async with acting(world, Role.PARTNER_MANAGER, said) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(statement)


async def test_a_context_ends_with_its_transaction(world: str) -> None:
    connection = await connect(world)
    try:
        async with connection.transaction():
            await act(connection, MANAGER)
            assert await connection.fetchval(COUNT) == 5
        assert await connection.fetchval(f"SELECT current_setting('{MARK}')") == ""
        assert await connection.fetchval("SELECT current_user = session_user")
    finally:
        await connection.close()


async def test_parallel_workers_read_as_the_viewer(world: str) -> None:
    """They are other backends than the one that the viewer is sealed for."""
    await workers_read_as_the_viewer(world)


async def workers_read_as_the_viewer(world: str) -> None:
    settings = (
        "max_parallel_workers_per_gather = 2", "min_parallel_table_scan_size = 0",
        "parallel_setup_cost = 0", "parallel_tuple_cost = 0",
        "enable_indexscan = off", "enable_indexonlyscan = off", "enable_bitmapscan = off",
    )  # fmt: skip
    believed = BELIEVED["on its backend"]
    async with acting(world, Role.PARTNER_MANAGER, believed) as connection:
        alone = await connection.fetchval(COUNT)
        await connection.execute("; ".join(f"SET LOCAL {setting}" for setting in settings))
        plan = [line[0] for line in await connection.fetch(f"EXPLAIN {COUNT}")]
        assert any("Parallel Seq Scan on application" in line for line in plan)
        assert await connection.fetchval(COUNT) == alone > 0


FORBIDDEN = (
    "TRUNCATE application",
    "DELETE FROM application",
    "UPDATE application SET status = 'PAID'",
    "INSERT INTO country (code) VALUES ('XX')",
    "ALTER TABLE application DISABLE ROW LEVEL SECURITY",
    "DROP TABLE application",
    "DROP POLICY officer_select ON application",
    "CREATE TABLE mine (n integer)",
    "COPY application TO PROGRAM 'cat'",
    "COPY country TO '/tmp/countries'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM viewer.daily_seal_key",
    "SELECT full_name FROM identity",
    "SELECT * FROM application",
    "SELECT status FROM application",
    "SELECT rolpassword FROM pg_authid",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
)  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_a_role_of_the_application_has_no_right_of_the_owner(login, statement: str) -> None:
    async with login.transaction():
        await act(login, MANAGER)
        assert await is_refused(login, statement)


@pytest.mark.parametrize("table", Base.metadata.tables)
async def test_the_login_itself_reads_nothing(login, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await login.fetch(f"SELECT 1 FROM {table}")


async def test_running_statements_are_not_shown_to_others(world: str, login) -> None:
    """A sealed context stands in the statement that begins a transaction."""
    other = await connect(login_at(world, tokens.PASSWORD))
    try:
        async with other.transaction():
            await act(other, MANAGER)
            shown = await login.fetch("SELECT query FROM pg_stat_activity WHERE query <> ''")
            assert not [row for row in shown if "viewer.authenticate" in row["query"]]
    finally:
        await other.close()


async def test_every_table_is_walled(world: str) -> None:
    """A new table that nobody thought about is closed, and named here if it is not."""
    connection = await connect(world)
    try:
        open_tables = await connection.fetch(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace IN ('public'::regnamespace, 'partitions'::regnamespace)
                AND relname <> 'alembic_version' AND relkind IN ('r', 'p', 'm', 'f')
                AND NOT (relrowsecurity AND relforcerowsecurity)
            UNION ALL
            -- A view reads with the rights of its owner, so it is nobody else's.
            SELECT relname FROM pg_class
            CROSS JOIN LATERAL aclexplode(relacl) AS granted
            WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
                AND granted.grantee <> relowner
            """
        )
        assert [row["relname"] for row in open_tables] == []
        assert await _grantees(connection) <= {*DATABASE_ROLES, *JOB_ROLES, "gerbang_gateway"}
        walled = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relforcerowsecurity AND NOT relispartition"
        )
        assert {row["relname"] for row in walled} == set(Base.metadata.tables)
    finally:
        await connection.close()


async def _grantees(connection: asyncpg.Connection) -> set[Any]:
    """Whoever has any right on anything of ours, but its owner."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT coalesce(grantee.rolname, 'PUBLIC') AS name
        FROM (
            SELECT relacl AS acl, relowner AS owner FROM pg_class
            WHERE relnamespace IN
                ('public'::regnamespace, 'viewer'::regnamespace, 'partitions'::regnamespace)
            UNION ALL
            SELECT attacl, relowner FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
            WHERE relnamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
            UNION ALL
            SELECT proacl, proowner FROM pg_proc
            WHERE pronamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
        ) AS held
        CROSS JOIN LATERAL aclexplode(held.acl) AS granted
        LEFT JOIN pg_roles AS grantee ON grantee.oid = granted.grantee
        WHERE granted.grantee <> held.owner
        """
    )
    return {row["name"] for row in rows}


#: Triggers that set values of a row before `guard` sees it: they fire in the order of their names.
SET_BEFORE_GUARDS = r"""
    SELECT tgname::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgname < 'guard' AND prosrc ~ 'NEW\.\w+ :=' AND tgrelid IN (
        SELECT tgrelid FROM pg_trigger WHERE tgname = 'guard'
    )
"""


async def test_a_guard_sees_what_the_viewer_wrote_before_other_triggers_set_values(
    world: str,
) -> None:
    connection = await connect(world)
    try:
        assert await connection.fetch(SET_BEFORE_GUARDS) == []
        await connection.execute("ALTER TRIGGER set_public_reasons ON decision RENAME TO ahead")
        assert [row["tgname"] for row in await connection.fetch(SET_BEFORE_GUARDS)] == ["ahead"]
    finally:
        await connection.execute("ALTER TRIGGER ahead ON decision RENAME TO set_public_reasons")
        await connection.close()


async def test_every_trigger_runs_as_its_owner_and_looks_things_up_on_a_fixed_path(
    world: str,
) -> None:
    connection = await connect(world)
    try:
        found = await connection.fetch("""
            SELECT proname, prosecdef AND proconfig::text LIKE '%search_path=%' AS is_safe
            FROM pg_proc WHERE prorettype = 'trigger'::regtype
                AND pronamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
        """)
    finally:
        await connection.close()
    assert len(found) > 40
    assert [row["proname"] for row in found if not row["is_safe"]] == []
