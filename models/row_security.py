"""The second wall: row rules and grants in the database, put up anew after every migration.

``viewer_context.sql`` says who is asking; ``row_security.sql`` is generated from the policy of
the gateway and says what each role reaches. No migration reads either.
"""

import base64
import hashlib
import hmac
import os
from importlib import resources

import asyncpg

from models.database_url import DatabaseUrl, read_database_url
from models.vocabulary import Role

#: The size of a block of SHA-256 in bytes.
_BLOCK = 64
_INNER, _OUTER = 0x36, 0x5C

_LIFT = """
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
_KEEP_KEY = """
    INSERT INTO viewer.seal_key (inner_block, outer_block) VALUES ($1, $2)
    ON CONFLICT (is_current) DO UPDATE
        SET inner_block = excluded.inner_block, outer_block = excluded.outer_block
"""


_MAKE_LOGIN = """
    SELECT format('CREATE ROLE %I', $1::text)
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)
"""
#: Only what is to be changed is said: some of it is not for every owner to say.
_LOG_IN = """
    SELECT format('ALTER ROLE %I %s PASSWORD %L', $1::text, string_agg(said, ' '), $2::text)
    FROM pg_roles LEFT JOIN LATERAL (VALUES
        ('LOGIN', NOT rolcanlogin), ('NOINHERIT', rolinherit), ('NOSUPERUSER', rolsuper),
        ('NOCREATEDB', rolcreatedb), ('NOCREATEROLE', rolcreaterole),
        ('NOREPLICATION', rolreplication), ('NOBYPASSRLS', rolbypassrls)
    ) AS attribute (said, is_due) ON is_due WHERE rolname = $1
"""
#: What it runs is nobody else's to read: the statement that begins a transaction holds a seal.
_SAY_NOTHING = """
    SELECT format('ALTER ROLE %I SET track_activities = off', $1::text)
    WHERE NOT EXISTS (SELECT FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
        WHERE rolname = $1 AND setdatabase = 0 AND 'track_activities=off' = ANY (setconfig))
"""
#: What is set for one database goes before what is set for all.
_NOT_EVEN_HERE = """
    SELECT format('ALTER ROLE %I IN DATABASE %I RESET track_activities', rolname, datname)
    FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
    JOIN pg_database ON pg_database.oid = setdatabase
    CROSS JOIN LATERAL unnest(setconfig) AS setting
    WHERE rolname = $1::text AND datname = current_database()
        AND setting LIKE 'track\\_activities=%'
"""
_MAY_CONNECT = "SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), $1::text)"
#: For readiness.
_MAY_KNOW_THE_REVISION = "SELECT format('GRANT SELECT ON alembic_version TO %I', $1::text)"
_MAY_ACT = """
    SELECT format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', $2::text, $1::text)
    WHERE (SELECT bool_or(set_option) AND NOT bool_or(inherit_option) FROM pg_auth_members
        JOIN pg_roles AS held ON held.oid = roleid JOIN pg_roles AS login ON login.oid = member
        WHERE held.rolname = $2 AND login.rolname = $1) IS NOT TRUE
"""
_SCRAM_ROUNDS = 4096


#: The role of the database in which every change is made, for whichever viewer.
WRITING = "gerbang_writing"


def database_role(role: Role) -> str:
    """The role of the database in which a role of the domain reads."""
    return f"gerbang_{role.lower()}"


#: Every role of the database that the gateway may take on.
DATABASE_ROLES = (*(database_role(role) for role in Role), WRITING)


async def lift(connection: asyncpg.Connection) -> None:
    """Take the row rules away, in a transaction that puts them up again or removes the tables."""
    await connection.execute(_LIFT)


async def put_up(connection: asyncpg.Connection) -> None:
    """Create the roles, and give each its grants and its row rules, and nothing else.

    Which version of them it was is noted in the database.
    """
    for text in scripts():
        await connection.execute(text)
    await connection.execute(f"COMMENT ON SCHEMA viewer IS '{version()}'")


def scripts() -> tuple[str, str]:
    """Who is asking, and what each role reaches."""
    names = ("viewer_context.sql", "row_security.sql")
    context, rules = ((resources.files("models") / n).read_text(encoding="utf-8") for n in names)
    return context, rules


def version() -> str:
    """A fingerprint of the scripts."""
    return hashlib.sha256("".join(scripts()).encode()).hexdigest()


async def version_put_up(connection: asyncpg.Connection) -> str | None:
    """The fingerprint of what was put up last."""
    return await connection.fetchval(
        "SELECT obj_description(to_regnamespace('viewer'), 'pg_namespace')"
    )


async def trust(connection: asyncpg.Connection, key: bytes) -> None:
    """From now on believe the contexts that are sealed with this key, and no others."""
    padded = key.ljust(_BLOCK, b"\0")
    if len(padded) > _BLOCK:
        raise ValueError("the key of the seal is longer than a block of SHA-256")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (_INNER, _OUTER))
    await connection.execute(_KEEP_KEY, inner, outer)


def login_at(owner_url: str, password: str) -> str:
    """The address at which the gateway logs in to a database of an owner."""
    return str(read_database_url(owner_url).with_login("gerbang_gateway", password))


async def let_in(connection: asyncpg.Connection, gateway_url: str) -> None:
    """Let the gateway log in as its address says: with no right but to act in our roles."""
    login = read_database_url(gateway_url)
    for statement, *values in (
        (_MAKE_LOGIN,),
        (_LOG_IN, _scram(login)),
        (_SAY_NOTHING,),
        (_NOT_EVEN_HERE,),
        (_MAY_CONNECT,),
        *((_MAY_ACT, name) for name in DATABASE_ROLES),
        (_MAY_KNOW_THE_REVISION,),
    ):
        if command := await connection.fetchval(statement, login.user, *values):
            await connection.execute(command)


def _scram(login: DatabaseUrl) -> str | None:
    """What PostgreSQL keeps of a password (RFC 5803), so that no statement holds the password."""
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
