"""The second wall: row level security and grants in the database, reconciled by ``migrate``.

``viewer_context.sql`` establishes who the viewer is; ``row_security.sql`` is generated from the
gateway's policy and says what each role reaches. Revisions read neither file.
"""

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from importlib import resources
from typing import Any

import asyncpg

from models.database.connections import connect
from models.database.url import DatabaseUrl, read_database_url
from models.row_security.apply import create_missing_roles, pending_steps, reconcile
from models.row_security.desired import parse_row_security
from models.row_security.transition import Step
from models.vocabulary import Role

_DROP_POLICIES = """
    DO $$
    DECLARE
        rule record;
    BEGIN
        FOR rule IN SELECT polname, polrelid::regclass AS held FROM pg_policy LOOP
            EXECUTE format('DROP POLICY %I ON %s', rule.polname, rule.held);
        END LOOP;
    END
    $$
"""

_CREATE_LOGIN = """
    SELECT format('CREATE ROLE %I', $1::text)
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)
"""
#: Names only attributes that differ: not every owner may set all of them. The password is set only
#: if the gateway cannot log in with it as it is.
_SET_ATTRIBUTES = """
    SELECT format('ALTER ROLE %I %s %s', $1::text, string_agg(keyword, ' '),
        CASE WHEN $3 THEN format('PASSWORD %L', $2::text) END)
    FROM (SELECT) AS once LEFT JOIN pg_roles ON rolname = $1 LEFT JOIN LATERAL (VALUES
        ('LOGIN', NOT rolcanlogin), ('NOINHERIT', rolinherit), ('NOSUPERUSER', rolsuper),
        ('NOCREATEDB', rolcreatedb), ('NOCREATEROLE', rolcreaterole),
        ('NOREPLICATION', rolreplication), ('NOBYPASSRLS', rolbypassrls)
    ) AS attribute (keyword, is_due) ON is_due
    HAVING count(keyword) > 0 OR $3
"""
#: Hides the login's statements from other users: the one that begins a transaction holds a seal.
_HIDE_ACTIVITY = """
    SELECT format('ALTER ROLE %I SET track_activities = off', $1::text)
    WHERE NOT EXISTS (SELECT FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
        WHERE rolname = $1 AND setdatabase = 0 AND 'track_activities=off' = ANY (setconfig))
"""
#: A setting for this database would override the one for all databases.
_HIDE_ACTIVITY_HERE = """
    SELECT format('ALTER ROLE %I IN DATABASE %I RESET track_activities', rolname, datname)
    FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
    JOIN pg_database ON pg_database.oid = setdatabase
    CROSS JOIN LATERAL unnest(setconfig) AS setting
    WHERE rolname = $1::text AND datname = current_database()
        AND setting LIKE 'track\\_activities=%'
"""
_GRANT_CONNECT = """
    SELECT format('GRANT CONNECT ON DATABASE %I TO %I', datname, $1::text) FROM pg_database
    WHERE datname = current_database() AND NOT EXISTS (
        SELECT FROM aclexplode(datacl) JOIN pg_roles ON pg_roles.oid = grantee
        WHERE rolname = $1 AND privilege_type = 'CONNECT')
"""
#: For the readiness check.
_GRANT_REVISION = """
    SELECT format('GRANT SELECT ON alembic_version TO %I', $1::text)
    WHERE NOT EXISTS (
        SELECT FROM pg_class CROSS JOIN aclexplode(relacl) JOIN pg_roles ON pg_roles.oid = grantee
        WHERE pg_class.oid = to_regclass('alembic_version') AND rolname = $1
            AND privilege_type = 'SELECT')
"""
#: It presents whom it acts for before it takes on a role.
_GRANT_AUTHENTICATE = """
    SELECT format('GRANT USAGE ON SCHEMA viewer TO %1$I;'
        ' GRANT EXECUTE ON FUNCTION viewer.authenticate TO %1$I', $1::text)
    WHERE NOT EXISTS (
        SELECT FROM pg_proc CROSS JOIN aclexplode(proacl) JOIN pg_roles ON pg_roles.oid = grantee
        WHERE pg_proc.oid = to_regproc('viewer.authenticate') AND rolname = $1)
"""
_GRANT_ROLE = """
    SELECT format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', $2::text, $1::text)
    WHERE (SELECT bool_or(set_option) AND NOT bool_or(inherit_option) FROM pg_auth_members
        JOIN pg_roles AS held ON held.oid = roleid JOIN pg_roles AS login ON login.oid = member
        WHERE held.rolname = $2 AND login.rolname = $1) IS NOT TRUE
"""
_SCRAM_ROUNDS = 4096
_LOGIN_SECONDS = 5.0


#: The database role of the LINKER, which the owner of the tables takes on; no gateway may.
LINKER = "gerbang_linker"
#: That of the SCREENER, likewise.
SCREENER = "gerbang_screener"
#: That of the GRANTER, likewise.
GRANTER = "gerbang_granter"
#: That of the MAILER, likewise.
MAILER = "gerbang_mailer"
#: That of the SCANNER, likewise.
SCANNER = "gerbang_scanner"
#: Those of jobs of the keeper.
JOB_ROLES = (GRANTER, LINKER, MAILER, SCANNER, SCREENER)
_LET_OWNER_ACT = """
    SELECT format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', name, current_user)
    FROM unnest($1::text[]) AS name
    WHERE NOT pg_has_role(name, 'SET') AND pg_has_role(name, 'MEMBER WITH ADMIN OPTION')
"""


def database_role(role: Role) -> str:
    """The database role in which a role of the domain reads."""
    return f"gerbang_{role.lower()}"


def writing_role(role: Role) -> str:
    """The database role in which a role of the domain changes something."""
    return f"gerbang_{role.lower()}_writing"


#: Every database role that the gateway may switch to.
DATABASE_ROLES = tuple(name(role) for role in Role for name in (database_role, writing_role))


async def drop_policies(connection: asyncpg.Connection) -> None:
    """Drop all row policies, in a transaction that creates them again or drops the tables."""
    await connection.execute(_DROP_POLICIES)


async def install_row_security(connection: asyncpg.Connection) -> list[Step]:
    """Reconcile roles, grants and row policies with the scripts; return the steps taken.

    Only what differs is touched, each table in a short transaction of its own. The version of the
    scripts is recorded in the database.
    """
    steps = await reconcile(connection, parse_row_security(*scripts()), version())
    for (letting,) in await connection.fetch(_LET_OWNER_ACT, list(JOB_ROLES)):
        await connection.execute(letting)
    return steps


async def row_security_steps(connection: asyncpg.Connection) -> list[Step]:
    """The steps that ``install_row_security`` would take."""
    return await pending_steps(connection, parse_row_security(*scripts()), version())


async def create_roles(connection: asyncpg.Connection) -> bool:
    """Create the missing roles; return whether there were any."""
    return await create_missing_roles(connection, parse_row_security(*scripts()))


def scripts() -> tuple[str, str]:
    """The text of ``viewer_context.sql`` and of ``row_security.sql``."""
    names = ("viewer_context.sql", "row_security.sql")
    context, rules = ((resources.files("models") / n).read_text(encoding="utf-8") for n in names)
    return context, rules


def version() -> str:
    """A fingerprint of the scripts."""
    return hashlib.sha256("".join(scripts()).encode()).hexdigest()


async def installed_version(connection: asyncpg.Connection) -> str | None:
    """The fingerprint of the scripts that were installed last."""
    return await connection.fetchval(
        "SELECT obj_description(to_regnamespace('viewer'), 'pg_namespace')"
    )


def login_at(owner_url: str, password: str) -> str:
    """The URL for the gateway's login to an owner's database."""
    return str(read_database_url(owner_url).with_login("gerbang_gateway", password))


async def grant_login(connection: asyncpg.Connection, gateway_url: str) -> None:
    """Create or correct the gateway's login: its only right is to switch to our roles."""
    login, can_log_in = read_database_url(gateway_url), await _can_log_in(gateway_url)
    for _, statement, *values in _login_steps(login, can_log_in):
        if command := await connection.fetchval(statement, login.user, *values):
            await connection.execute(command)


async def grant_login_steps(connection: asyncpg.Connection, gateway_url: str) -> list[Step]:
    """The steps that ``grant_login`` would take, without secrets."""
    login, can_log_in = read_database_url(gateway_url), await _can_log_in(gateway_url)
    return [
        Step(what.format(login.user), ())
        for what, statement, *values in _login_steps(login, can_log_in)
        if await connection.fetchval(statement, login.user, *values)
    ]


def _login_steps(login: DatabaseUrl, can_log_in: bool) -> Iterator[tuple[Any, ...]]:
    """Each step: in words, the query that generates its statement if it is due, and its values."""
    yield "make the login {}", _CREATE_LOGIN
    yield (
        "set the attributes or the password of {}",
        _SET_ATTRIBUTES,
        _scram_verifier(login),
        not can_log_in,
    )
    yield "show what {} runs to nobody", _HIDE_ACTIVITY
    yield "show what {} runs to nobody in this database either", _HIDE_ACTIVITY_HERE
    yield "let {} connect", _GRANT_CONNECT
    for name in DATABASE_ROLES:
        yield f"let {{}} act as {name}", _GRANT_ROLE, name
    yield "let {} read the revision", _GRANT_REVISION
    yield "let {} present viewers", _GRANT_AUTHENTICATE


async def _can_log_in(gateway_url: str) -> bool:
    """Try to log in, since an owner cannot read the stored password to compare it."""
    try:
        connection = await asyncio.wait_for(connect(gateway_url), _LOGIN_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


def _scram_verifier(login: DatabaseUrl) -> str | None:
    """The SCRAM verifier of a password (RFC 5803), so that no statement contains the password."""
    password = login.password_at(login.hosts[0])
    if password is None:
        return None
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _SCRAM_ROUNDS)
    client, server = (
        hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key")
    )
    stored = hashlib.sha256(client).digest()
    salt, stored, server = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${_SCRAM_ROUNDS}:{salt}${stored}:{server}"
