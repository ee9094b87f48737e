"""An owner that is no superuser: migrates, lets the gateway in, or says what it lacks.

Roles belong to a whole server, so these tests have one of their own.
"""

import asyncio

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from gateway.cli import main
from models.database.connections import connect
from models.database.owner import OwnerError
from models.postgres import Server, temporary_postgres
from models.row_security import DATABASE_ROLES, JOB_ROLES, login_at
from tests import tokens
from tests.owners import DATABASE, OWNER, migrate_as_owner, prepare, run, superuser_script

pytestmark = pytest.mark.anyio

LOGIN = "gerbang_gateway"
SHARED = "WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"


@pytest.fixture(scope="module")
async def owned(apart: Server) -> str:
    """The address of a migrated database, for its owner."""
    url = prepare(apart)
    await migrate_as_owner(url)
    return url


@pytest.fixture
def superuser(apart: Server, owned: str) -> str:
    """The address of the same database, for the superuser."""
    return apart.url(DATABASE)


ATTRIBUTES = """
    SELECT rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolreplication,
        rolbypassrls
    FROM pg_roles WHERE rolname = current_user
"""
MAY_ACT_AS = """
    SELECT pg_roles.rolname FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = roleid
    WHERE member = current_user::regrole AND set_option AND NOT inherit_option AND NOT admin_option
"""


async def has_no_right_of_its_own(gateway_url: str) -> None:
    """The login can do nothing but act in our roles, and what it runs is shown to nobody."""
    login = await connect(gateway_url)
    try:
        attributes = await login.fetchrow(ATTRIBUTES)
        assert attributes is not None
        assert tuple(attributes) == (True, *(False,) * 6)
        assert {row["rolname"] for row in await login.fetch(MAY_ACT_AS)} == set(DATABASE_ROLES)
        assert await login.fetchval("SHOW track_activities") == "off"
        assert not await login.fetchval("SELECT has_parameter_privilege('track_activities', 'SET')")
    finally:
        await login.close()


async def test_an_owner_that_is_no_superuser_migrates_again_and_again(owned: str) -> None:
    owner = await connect(owned)
    try:
        assert await owner.fetchval("SHOW is_superuser") == "off"
    finally:
        await owner.close()
    await has_no_right_of_its_own(login_at(owned, tokens.PASSWORD))
    await migrate_as_owner(owned, login_at(owned, "another password"))
    await has_no_right_of_its_own(login_at(owned, "another password"))
    await migrate_as_owner(owned)


async def test_preparing_again_changes_the_password_alone(apart: Server, owned: str) -> None:
    assert prepare(apart) == owned
    await migrate_as_owner(owned)


async def test_nobody_else_connects(apart: Server, owned: str) -> None:
    await run(apart.url("postgres"), "CREATE ROLE stranger LOGIN PASSWORD 'x'")
    stranger = make_url(owned).set(username="stranger", password="x")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect(stranger.render_as_string(hide_password=False))


async def test_the_owner_takes_away_what_it_can(owned: str, superuser: str) -> None:
    await run(
        superuser,
        f"ALTER ROLE {LOGIN} NOLOGIN INHERIT CREATEROLE BYPASSRLS",
        f"ALTER ROLE {LOGIN} IN DATABASE {DATABASE} SET track_activities = on",
        f"GRANT gerbang_officer TO {LOGIN} WITH INHERIT TRUE GRANTED BY {OWNER}",
        f"REVOKE CONNECT ON DATABASE {DATABASE} FROM {LOGIN}",
    )
    await migrate_as_owner(owned)
    await has_no_right_of_its_own(login_at(owned, tokens.PASSWORD))


async def test_an_owner_that_is_a_superuser_takes_everything_away(
    owned: str, superuser: str
) -> None:
    await run(superuser, f"ALTER ROLE {LOGIN} SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS")
    await migrate_as_owner(superuser)
    await has_no_right_of_its_own(login_at(owned, tokens.PASSWORD))
    await migrate_as_owner(owned)


#: What a superuser did to the installation, and what the owner asks one to say.
LACKS = {
    "an owner that is held to row rules": (
        [f"ALTER ROLE {OWNER} NOBYPASSRLS"],
        [f"ALTER ROLE {OWNER} BYPASSRLS;"],
    ),
    "an owner that makes no roles": (
        [f"ALTER ROLE {OWNER} NOCREATEROLE"],
        [f"ALTER ROLE {OWNER} CREATEROLE;"],
    ),
    "an owner that cannot keep to itself what the gateway runs": (
        [
            f"REVOKE SET ON PARAMETER track_activities FROM {OWNER}",
            f"ALTER ROLE {LOGIN} RESET track_activities",
        ],
        [f"GRANT SET ON PARAMETER track_activities TO {OWNER};"],
    ),
    "an owner that cannot keep whom a transaction acts for": (
        [f"REVOKE SET ON PARAMETER backtrace_functions FROM {OWNER}"],
        [f"GRANT SET ON PARAMETER backtrace_functions TO {OWNER};"],
    ),
    "a login that is a superuser": (
        [f"ALTER ROLE {LOGIN} SUPERUSER"],
        [f"ALTER ROLE {LOGIN} NOSUPERUSER;"],
    ),
    "a login that copies the server and makes databases": (
        [f"ALTER ROLE {LOGIN} REPLICATION CREATEDB"],
        [f"ALTER ROLE {LOGIN} NOREPLICATION;", f"ALTER ROLE {LOGIN} NOCREATEDB;"],
    ),
    "somebody else's login, past every row rule": (
        [f"REVOKE {LOGIN} FROM {OWNER}", f"ALTER ROLE {LOGIN} BYPASSRLS"],
        [f"GRANT {LOGIN} TO {OWNER} {SHARED};"],
    ),
    "somebody else's role": (
        [f"REVOKE gerbang_officer FROM {OWNER} CASCADE"],
        [f"GRANT gerbang_officer TO {OWNER} {SHARED};"],
    ),
    "somebody else's database": (
        [
            f"ALTER DATABASE {DATABASE} OWNER TO postgres",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {OWNER}",
        ],
        [f"ALTER DATABASE {DATABASE} OWNER TO {OWNER};"],
    ),
    "somebody else's schema": (
        ["ALTER SCHEMA public OWNER TO postgres"],
        [f"ALTER SCHEMA public OWNER TO {OWNER};"],
    ),
    "somebody else's table": (
        ["ALTER TABLE application OWNER TO postgres"],
        [f"ALTER TABLE application OWNER TO {OWNER};"],
    ),
    "somebody else's function and type": (
        [
            "ALTER FUNCTION viewer.role OWNER TO postgres",
            "ALTER TYPE histogram OWNER TO postgres",
        ],
        [
            f"ALTER ROUTINE viewer.role() OWNER TO {OWNER};",
            f"ALTER TYPE histogram OWNER TO {OWNER};",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("lack", LACKS)
async def test_an_owner_that_lacks_a_right_says_what_a_superuser_runs(
    owned: str, superuser: str, lack: str
) -> None:
    planted, asked = LACKS[lack]
    await run(superuser, *planted)
    assert await superuser_script(owned) == asked
    await run(superuser, *asked)
    await migrate_as_owner(owned)
    await has_no_right_of_its_own(login_at(owned, tokens.PASSWORD))


async def test_what_the_login_has_already_needs_no_right(owned: str, superuser: str) -> None:
    await run(superuser, f"REVOKE SET ON PARAMETER track_activities FROM {OWNER}")
    await migrate_as_owner(owned)
    await has_no_right_of_its_own(login_at(owned, tokens.PASSWORD))
    await run(superuser, f"GRANT SET ON PARAMETER track_activities TO {OWNER}")


async def test_the_owner_is_not_the_gateways_login(owned: str) -> None:
    with pytest.raises(OwnerError, match="another login in GERBANG_DATABASE_URL"):
        await migrate_as_owner(owned, owned)


def test_the_command_says_what_to_run_without_a_traceback(
    apart: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = prepare(apart)
    for name, value in {
        "OWNER_URL": owner,
        "DATABASE_URL": owner,
        "SEAL_KEY": tokens.SEAL_KEY.hex(),
    }.items():
        monkeypatch.setenv(f"GERBANG_{name}", value)
    monkeypatch.setattr("sys.argv", ["gerbang", "migrate"])
    with pytest.raises(SystemExit, match=r"^gerbang: the gateway would log in as the owner"):
        main()


async def test_two_owners_on_one_server_share_what_a_superuser_shares(
    apart: Server, owned: str, superuser: str
) -> None:
    second = prepare(apart, owner="second_owner", database="second")
    assert await superuser_script(second) == [
        f"GRANT {name} TO second_owner {SHARED};" for name in (*JOB_ROLES, LOGIN)
    ]
    login = make_url(login_at(second, tokens.PASSWORD)).set(username="second_gateway")
    own_login = login.render_as_string(hide_password=False)
    asked = await superuser_script(second, own_login)
    assert sorted(asked) == [
        f"GRANT {name} TO second_owner {SHARED};" for name in sorted((*DATABASE_ROLES, *JOB_ROLES))
    ]
    await run(superuser, *asked)
    await migrate_as_owner(second, own_login)
    await migrate_as_owner(owned)
    await has_no_right_of_its_own(own_login)
    await has_no_right_of_its_own(login_at(owned, tokens.PASSWORD))


WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')"


async def test_two_owners_that_begin_together_are_told_apart() -> None:
    with temporary_postgres() as fresh:
        late = prepare(fresh, owner="late_owner", database="late")
        early = await connect(fresh.url("postgres"))
        try:
            begun = early.transaction()
            await begun.start()
            await early.execute("CREATE ROLE gerbang_officer NOLOGIN NOINHERIT")
            migrating = asyncio.create_task(superuser_script(late))
            while not await early.fetchval(WAITING):  # noqa: ASYNC110  the database tells no event
                await asyncio.sleep(0.01)
            await begun.commit()
            assert await migrating == [f"GRANT gerbang_officer TO late_owner {SHARED};"]
        finally:
            await early.close()


BELONGS_TO = """
    SELECT array_agg(DISTINCT pg_get_userbyid(relowner)) FROM pg_class
    WHERE relnamespace IN ('public'::regnamespace, 'viewer'::regnamespace)
"""


async def test_a_database_of_a_superuser_is_handed_over(apart: Server, owned: str) -> None:
    before = apart.url("moved")
    login = make_url(login_at(before, tokens.PASSWORD)).set(username="moved_gateway")
    gateway_url = login.render_as_string(hide_password=False)
    await migrate_as_owner(before, gateway_url)
    after = prepare(apart, owner="moved_owner", database="moved")
    asked = await superuser_script(after, gateway_url)
    assert "ALTER TABLE identity OWNER TO moved_owner;" in asked
    await run(before, *asked)
    await migrate_as_owner(after, gateway_url)
    await has_no_right_of_its_own(gateway_url)
    owner = await connect(after)
    try:
        assert await owner.fetchval(BELONGS_TO) == ["moved_owner"]
    finally:
        await owner.close()
