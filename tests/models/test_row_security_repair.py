"""The row rules in the database are repaired where they differ, and touched nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from models.base import Base
from models.database.connections import connect
from models.migrations import migrate, plan
from models.postgres import Server
from models.row_security import install_row_security, login_at, row_security_steps, scripts
from models.row_security.desired import parse_row_security
from tests import tokens
from tests.clusters import TEMPLATE, copied_postgres
from tests.conftest import NewDatabase

pytestmark = pytest.mark.anyio

MANAGER = "gerbang_partner_manager"
[KEYS] = [name for name in parse_row_security(*scripts()).creations if name.startswith("viewer.")]

#: What somebody did by hand, and what of it is named before it is mended.
DRIFTS = {
    "a loosened rule": (
        f"ALTER POLICY partner_manager_select ON application TO {MANAGER} USING (true)",
        "put up the row rules of application: partner_manager_select",
    ),
    "a rule for somebody else": (
        f"ALTER POLICY officer_select ON fee TO {MANAGER}",
        "put up the row rules of fee: officer_select",
    ),
    "a rule that is gone": (
        "DROP POLICY officer_select ON application",
        "put up the row rules of application: officer_select",
    ),
    "a rule beside ours": (
        f"CREATE POLICY more ON identity FOR SELECT TO {MANAGER} USING (true)",
        "put up the row rules of identity: no more",
    ),
    "a rule that narrows": (
        "CREATE POLICY less ON country AS RESTRICTIVE USING (false)",
        "put up the row rules of country: no less",
    ),
    "rules of two tables": (
        "ALTER POLICY officer_select ON fee USING (true);"
        "ALTER POLICY officer_select ON country USING (true)",
        "narrow the row rules of country",
    ),
    "row rules that are off": (
        "ALTER TABLE identity DISABLE ROW LEVEL SECURITY",
        "turn on the row rules of identity",
    ),
    "row rules that do not hold for the owner": (
        "ALTER TABLE identity NO FORCE ROW LEVEL SECURITY",
        "turn on the row rules of identity",
    ),
    "a table granted": (
        f"GRANT ALL ON application TO {MANAGER} WITH GRANT OPTION",
        "take away rights on the table application",
    ),
    "a column granted": (
        "GRANT SELECT (full_name) ON identity TO PUBLIC",
        "take away rights on the table identity",
    ),
    "a column that may be handed on": (
        f"GRANT SELECT (id) ON application TO {MANAGER} WITH GRANT OPTION",
        "take away rights on the table application",
    ),
    "a column that is not granted": (
        f"REVOKE SELECT (id) ON application FROM {MANAGER}",
        "grant rights on the table application",
    ),
    "the seal's key granted": (
        f"GRANT SELECT ON {KEYS} TO {MANAGER}",
        f"take away rights on the table {KEYS}",
    ),
    "another function of the context": (
        "CREATE OR REPLACE FUNCTION viewer.role() RETURNS text"
        " LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN 'OFFICER'",
        "replace the function viewer.role()",
    ),
    "a function of the context with another setting": (
        "ALTER FUNCTION viewer.sealed(text) RESET search_path",
        "replace the function viewer.sealed(text)",
    ),
    "a function for everybody": (
        "GRANT EXECUTE ON FUNCTION viewer.role() TO PUBLIC",
        "take away rights on the function viewer.role()",
    ),
    "a function that cannot be called": (
        f"REVOKE EXECUTE ON FUNCTION viewer.partner(text) FROM {MANAGER}",
        "grant rights on the function viewer.partner(text)",
    ),
    "a function of an earlier release": (
        "CREATE FUNCTION viewer.told() RETURNS text LANGUAGE sql RETURN 'x'",
        "drop viewer.told()",
    ),
    "a schema to make things in": (
        f"GRANT CREATE ON SCHEMA public TO {MANAGER}",
        "take away rights on the schema public",
    ),
    "a schema that cannot be entered": (
        f"REVOKE USAGE ON SCHEMA viewer FROM {MANAGER}",
        "grant rights on the schema viewer",
    ),
    "temporary tables": (
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC',"
        " current_database()); END $$",
        "take away rights on the database",
    ),
}  # fmt: skip

CATALOGUE = """
    SELECT 'policy', polrelid::regclass::text, polname::text, concat_ws('/', polpermissive, polcmd,
        polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
        pg_get_expr(polwithcheck, polrelid), obj_description(oid, 'pg_policy'))
    FROM pg_policy
    UNION ALL
    SELECT 'function', oid::regprocedure::text, obj_description(oid, 'pg_proc'),
        pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace IN ('public'::regnamespace, 'viewer'::regnamespace) AND prokind = 'f'
    UNION ALL
    SELECT 'table', pg_class.oid::regclass::text, relkind::text,
        concat(relrowsecurity, relforcerowsecurity)
    FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
    UNION ALL
    SELECT 'right', thing, concat(grantee::regrole, ' by ', grantor::regrole), privilege_type
        || is_grantable
    FROM (
        SELECT oid::regclass::text, coalesce(relacl,
            acldefault((CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", relowner))
        FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
            AND relkind IN ('r', 'p', 'v', 'S')
        UNION ALL
        SELECT attrelid::regclass || '.' || attname, attacl
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
        UNION ALL
        SELECT oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc
        WHERE pronamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
        UNION ALL
        SELECT nspname, nspacl FROM pg_namespace WHERE nspname IN ('public', 'viewer')
    ) AS held (thing, acl) CROSS JOIN LATERAL aclexplode(acl)
"""


async def catalogue(connection: asyncpg.Connection) -> set[tuple[str, ...]]:
    """Everything that the second wall consists of, in the database's own words."""
    return {tuple(row) for row in await connection.fetch(CATALOGUE)}


@pytest.fixture(scope="module")
async def whole(database: str) -> set[tuple[str, ...]]:
    """What the catalogue says of a wall that is as it should be.

    A copy of a database does not take over what is granted on the database itself.
    """
    owner = await connect(database)
    try:
        await install_row_security(owner)
        assert await row_security_steps(owner) == []
        return await catalogue(owner)
    finally:
        await owner.close()


@pytest.fixture
async def owner(database: str, whole: object) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(database)
    try:
        yield connection
    finally:
        await connection.close()


#: Those of another kind than the others; the rest is mended by the same steps.
_KINDS = (
    "a loosened rule", "a rule that is gone", "a rule beside ours", "rules of two tables",
    "row rules that are off", "a table granted", "a column granted",
    "a column that is not granted",
    "the seal's key granted", "another function of the context", "a function for everybody",
    "a function of an earlier release", "a schema to make things in", "temporary tables",
)  # fmt: skip


@pytest.mark.parametrize(
    "drift",
    [
        drift if drift in _KINDS else pytest.param(drift, marks=pytest.mark.proof)
        for drift in DRIFTS
    ],
)
async def test_row_rules_changed_by_hand_are_named_and_restored(
    owner: asyncpg.Connection, whole: set[tuple[str, ...]], drift: str
) -> None:
    changed, named = DRIFTS[drift]
    await owner.execute(changed)
    steps = await row_security_steps(owner)
    assert [step.what for step in steps if step.what.startswith(named)], steps
    assert len(steps) <= 4
    done = await install_row_security(owner)
    assert [step.what for step in done if step.what.startswith(named)]
    assert await catalogue(owner) == whole


async def test_the_row_rules_of_a_database_are_those_of_the_scripts(
    new_database: NewDatabase,
) -> None:
    """They can be run whole, one after the other, by whoever does without us."""
    by_hand, by_us = await new_database(), await new_database()
    await migrate(by_us)  # a copy of a database does not take over its own rights
    owners = [await connect(by_hand), await connect(by_us)]
    try:
        for policy in parse_row_security(*scripts()).policies.values():
            await owners[0].execute(f"DROP POLICY {policy.name} ON {policy.table}")
        for script in scripts():
            await owners[0].execute(script)
        made, put = [{row[:3] for row in await catalogue(owner)} for owner in owners]
        assert made - put == put - made == set()
        assert await row_security_steps(owners[0]), "a rule without our note is not believed"
    finally:
        for each in owners:
            await each.close()


def test_a_statement_that_is_not_understood_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="not understood: GRANT gerbang_officer"):
        parse_row_security("GRANT gerbang_officer TO PUBLIC;")
    with pytest.raises(ValueError, match="does not end"):
        parse_row_security("SELECT 1")


@pytest.fixture
def own(migrated_folder: Path) -> Iterator[Server]:
    """A server of this test's own, whose settings it changes."""
    with copied_postgres(migrated_folder) as running:
        yield running


async def test_with_nothing_to_do_nothing_is_locked_or_written(own: Server) -> None:
    """EXCLUSIVE lets nobody by who wants more than to read."""
    url = own.address(TEMPLATE)
    given = {"gateway_url": login_at(url, tokens.PASSWORD), "seal_keys": (tokens.SEAL_KEY,)}
    assert await plan(url, **given) == []
    holder = await connect(url)
    try:
        written = "SELECT pg_snapshot_xmax(pg_current_snapshot())"
        tables = ", ".join([*Base.metadata.tables, "alembic_version", KEYS])
        await holder.execute("ALTER SYSTEM SET autovacuum = off")
        await holder.execute("SELECT pg_reload_conf()")
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
            before = await holder.fetchval(written)
            async with asyncio.timeout(20):
                await migrate(url, **given)
            assert await holder.fetchval(written) == before
    finally:
        await holder.close()
