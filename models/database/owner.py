"""Checks that the database owner has the rights it needs, and generates SQL that grants them.

The owner need not be a superuser: `models/postgres/owner.sql` prepares such an owner.
"""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from models.row_security import DATABASE_ROLES, JOB_ROLES


class Lack(NamedTuple):
    """A right that the owner needs and cannot grant itself."""

    what: str
    #: What a superuser runs in the same database to grant it.
    statement: str


class OwnerError(Exception):
    """The owner lacks rights for an operation; the text says how to grant them."""


#: Common table expressions that precede every check.
_COMMON = """
    WITH owner AS (SELECT * FROM pg_roles WHERE rolname = current_user),
    login AS (SELECT * FROM pg_roles WHERE rolname = $2::text),
    ours AS (SELECT $1::text[] AS roles, $2::text AS login),
    home AS (SELECT * FROM pg_namespace WHERE nspname IN ('public', 'viewer', 'partitions'))
"""
#: Each selects what is lacking, and the statement that mends it.
_CHECKS = (
    """
    SELECT format('The owner %I lacks the attribute %s.', rolname, attribute),
        format('ALTER ROLE %I %s', rolname, attribute)
    FROM owner CROSS JOIN LATERAL (VALUES
        ('BYPASSRLS', rolbypassrls), ('CREATEROLE', rolcreaterole)
    ) AS needed (attribute, has) WHERE NOT has
    """,
    """
    SELECT format('The owner %I may not keep to itself what the gateway runs.', current_user),
        format('GRANT SET ON PARAMETER track_activities TO %I', current_user)
    FROM ours WHERE login IS NOT NULL AND NOT has_parameter_privilege('track_activities', 'SET')
        AND NOT EXISTS (SELECT FROM login JOIN pg_db_role_setting ON setrole = login.oid
            WHERE setdatabase = 0 AND 'track_activities=off' = ANY (setconfig))
    """,
    """
    SELECT format('The owner %I may not keep whom a transaction acts for.', current_user),
        format('GRANT SET ON PARAMETER backtrace_functions TO %I', current_user)
    FROM ours WHERE NOT has_parameter_privilege('backtrace_functions', 'SET')
    """,
    # The creator of a role may grant it; for other roles ADMIN must be granted to the owner first.
    """
    SELECT format('The owner %I may not hand on roles that somebody else made.', current_user),
        format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', rolname, current_user)
    FROM pg_roles, ours WHERE login IS NOT NULL AND rolname = ANY (roles)
        AND NOT pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')
        AND (SELECT bool_or(set_option) AND NOT bool_or(inherit_option) FROM pg_auth_members
            WHERE roleid = pg_roles.oid AND member = (SELECT oid FROM login)) IS NOT TRUE
    """,
    """
    SELECT format('The login %I was made by somebody else than the owner %I, and its password would'
            ' change; GERBANG_DATABASE_URL may name another one, which will be made.',
            rolname, current_user),
        format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', rolname, current_user)
    FROM login WHERE NOT pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')
    """,
    """
    SELECT format('The login %I has the attribute %s, which the owner %I cannot take away.',
            login.rolname, attribute, owner.rolname),
        format('ALTER ROLE %I NO%s', login.rolname, attribute)
    FROM login, owner, LATERAL (VALUES
        ('SUPERUSER', login.rolsuper, false),
        ('REPLICATION', login.rolreplication, owner.rolreplication),
        ('CREATEDB', login.rolcreatedb, owner.rolcreatedb)
    ) AS held (attribute, has, is_owners) WHERE has AND NOT is_owners
    """,
    """
    SELECT format('The database %I belongs to %I.', datname, datdba::regrole::text),
        format('ALTER DATABASE %I OWNER TO %I', datname, current_user)
    FROM pg_database WHERE datname = current_database() AND NOT pg_has_role(datdba, 'USAGE')
    """,
    """
    SELECT format('Something in the database belongs to %s.', belongs_to::regrole),
        thing || format(' OWNER TO %I', current_user)
    FROM (
        SELECT nspowner, format('ALTER SCHEMA %I', nspname)
        FROM home WHERE nspowner <> 'pg_database_owner'::regrole
        UNION ALL
        SELECT relowner, format('ALTER TABLE %s', pg_class.oid::regclass)
        FROM pg_class JOIN home ON home.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (SELECT FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                AND (deptype = 'e' OR relkind = 'S' AND deptype IN ('a', 'i')))
        UNION ALL
        SELECT proowner, format('ALTER ROUTINE %s', pg_proc.oid::regprocedure)
        FROM pg_proc JOIN home ON home.oid = pronamespace
        WHERE NOT EXISTS (SELECT FROM pg_depend
            WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
        UNION ALL
        SELECT typowner, format('ALTER TYPE %s', pg_type.oid::regtype)
        FROM pg_type JOIN home ON home.oid = typnamespace JOIN pg_class ON pg_class.oid = typrelid
        WHERE relkind = 'c'
    ) AS owned (belongs_to, thing) WHERE NOT pg_has_role(belongs_to, 'USAGE')
    """,
)


async def missing_rights(owner: asyncpg.Connection, login: str | None) -> list[Lack]:
    """The rights that the owner lacks to migrate the database and to set up the login."""
    if await is_superuser(owner):
        return []
    return [
        Lack(*row)
        for question in _CHECKS
        for row in await owner.fetch(_COMMON + question, (*DATABASE_ROLES, *JOB_ROLES), login)
    ]


async def require_rights(owner: asyncpg.Connection, login: str | None) -> None:
    """Raise OwnerError if the owner lacks a right, or is the gateway's login itself."""
    if login == await owner.fetchval("SELECT current_user"):
        raise OwnerError(
            "the gateway would log in as the owner of the database, past every row rule:"
            " name another login in GERBANG_DATABASE_URL, which will be made"
        )
    if found := await missing_rights(owner, login):
        raise OwnerError(
            "the owner of the database lacks what only a superuser can give. Nothing was changed;"
            f" let one run this in the database once, and then try again:\n{script(found)}"
        )


def script(missing: Sequence[Lack]) -> str:
    """A SQL script that grants what is lacking, with a comment above each group."""
    return "\n".join(
        line
        for what, statements in by_what(missing).items()
        for line in (f"-- {what}", *(f"{statement};" for statement in statements))
    )


def by_what(missing: Sequence[Lack]) -> dict[str, list[str]]:
    """The statements to run, by what is lacking."""
    statements: dict[str, list[str]] = {}
    for what, statement in missing:
        statements.setdefault(what, []).append(statement)
    return statements


async def is_superuser(owner: asyncpg.Connection) -> bool:
    """Whether the login of this connection is a superuser."""
    return bool(await owner.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
