"""The row security that is installed, read from the catalogue.

PostgreSQL stores expressions in its own form, so a policy or a function cannot be compared with
the statement that created it. Each carries a comment instead with two fingerprints: of that
statement, and of the catalogue's definition. A manual change is detected by the second.

Reading takes no stronger locks than a SELECT does.
"""

from dataclasses import dataclass
from typing import NamedTuple

import asyncpg

from models.row_security.desired import Grant, RowSecurity

#: Fixed, because the catalogue's definitions are printed relative to it.
SEARCH_PATH = "SET LOCAL search_path = public, pg_temp"

_POLICY_DEFINITION = (
    "concat_ws('/', polpermissive, polcmd, polroles::regrole[]::text,"
    " pg_get_expr(polqual, polrelid), '/', pg_get_expr(polwithcheck, polrelid))"
)
_FINGERPRINT = "left(encode(sha256(convert_to({}, 'UTF8')), 'hex'), 32)"
_OF_POLICY = _FINGERPRINT.format(_POLICY_DEFINITION)
_OF_FUNCTION = _FINGERPRINT.format("pg_get_functiondef(pg_proc.oid)")

_POLICIES = f"""
    SELECT polrelid::regclass::text AS table, polname AS name, polpermissive AS permissive,
        polcmd::text AS verb, polroles::regrole[]::text[] AS roles,
        CASE WHEN split_part(note, ' ', 2) = {_OF_POLICY} THEN split_part(note, ' ', 1) END
            AS source
    FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
    CROSS JOIN LATERAL obj_description(pg_policy.oid, 'pg_policy') AS note
    WHERE relnamespace IN (to_regnamespace('public'), to_regnamespace('viewer'))
"""  # noqa: S608 - of constants
_FUNCTIONS = f"""
    SELECT pg_proc.oid::regprocedure::text AS signature, proname AS name,
        CASE WHEN split_part(note, ' ', 2) = {_OF_FUNCTION} THEN split_part(note, ' ', 1) END
            AS source
    FROM pg_proc CROSS JOIN LATERAL obj_description(pg_proc.oid, 'pg_proc') AS note
    WHERE pronamespace = to_regnamespace('viewer') AND prokind = 'f'
"""  # noqa: S608 - of constants
_OF_TRIGGER = _FINGERPRINT.format("concat(tgenabled, pg_get_triggerdef(pg_trigger.oid))")
#: The triggers that are ours by their function; functions of revisions are in the schema public.
_GUARDS = f"""
    SELECT tgrelid::regclass::text AS table, tgname AS name,
        CASE WHEN split_part(note, ' ', 2) = {_OF_TRIGGER} THEN split_part(note, ' ', 1) END
            AS source
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    CROSS JOIN LATERAL obj_description(pg_trigger.oid, 'pg_trigger') AS note
    WHERE pronamespace = to_regnamespace('viewer') AND NOT tgisinternal
"""  # noqa: S608 - of constants
NOTE_GUARD = f"""
    SELECT format('COMMENT ON TRIGGER %I ON %s IS %L', tgname, tgrelid::regclass,
        $3::text || ' ' || {_OF_TRIGGER})
    FROM pg_trigger WHERE tgrelid = $1::text::regclass AND tgname = $2
"""  # noqa: S608 - of constants
NOTE_POLICIES = f"""
    SELECT string_agg(format('COMMENT ON POLICY %I ON %s IS %L', polname, polrelid::regclass,
        made.source || ' ' || {_OF_POLICY}), '; ')
    FROM pg_policy JOIN unnest($2::text[], $3::text[]) AS made (name, source)
        ON made.name = polname
    WHERE polrelid = $1::text::regclass
"""  # noqa: S608 - of constants
NOTE_FUNCTION = f"""
    SELECT format('COMMENT ON FUNCTION %s IS %L', pg_proc.oid::regprocedure,
        $2::text || ' ' || {_OF_FUNCTION})
    FROM pg_proc WHERE oid = $1::text::regprocedure
"""  # noqa: S608 - of constants

_TABLES = """
    SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS walled
    FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p')
"""
#: Rights that the owner controls, and their holders. An object without an ACL has the defaults.
_GRANTS = """
    WITH ours AS (
        SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'viewer', 'partitions')
    ), held (kind, thing, "column", acl) AS (
        SELECT 'SCHEMA', quote_ident(nspname), NULL, coalesce(nspacl, acldefault('n', nspowner))
        FROM pg_namespace WHERE nspname IN ('public', 'viewer', 'partitions')
        UNION ALL
        SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, pg_class.oid::regclass::text,
            NULL, relacl
        FROM pg_class JOIN ours ON ours.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(relowner, 'USAGE')
        UNION ALL
        SELECT 'TABLE', attrelid::regclass::text, attname, attacl
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        JOIN ours ON ours.oid = relnamespace
        WHERE attacl IS NOT NULL AND NOT attisdropped AND pg_has_role(relowner, 'USAGE')
        UNION ALL
        SELECT 'FUNCTION', pg_proc.oid::regprocedure::text, NULL,
            coalesce(proacl, acldefault('f', proowner))
        FROM pg_proc JOIN ours ON ours.oid = pronamespace WHERE pg_has_role(proowner, 'USAGE')
        UNION ALL
        SELECT 'DATABASE', quote_ident(datname), NULL, coalesce(datacl, acldefault('d', datdba))
        FROM pg_database WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')
    )
    SELECT kind, thing, "column", privilege_type AS privilege,
        coalesce(rolname, 'PUBLIC') AS role, is_grantable
    FROM held CROSS JOIN LATERAL aclexplode(acl) LEFT JOIN pg_roles ON pg_roles.oid = grantee
    WHERE (grantee = 0 OR rolname = ANY ($1)) AND CASE kind
        WHEN 'SCHEMA' THEN thing <> 'public' OR privilege_type = 'CREATE' OR grantee <> 0
        WHEN 'DATABASE' THEN grantee = 0 AND privilege_type = 'TEMPORARY'
        ELSE true END
"""
_FUNCTIONS_BY_NAME = """
    SELECT name, array_agg(signature) AS signatures
    FROM (
        SELECT CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END || proname AS name,
            pg_proc.oid::regprocedure::text AS signature
        FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
        WHERE nspname IN ('public', 'viewer')
    ) AS function GROUP BY name ORDER BY name
"""
_EXISTING = """
    SELECT array(SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1)) AS roles,
        array(SELECT name FROM unnest($2::text[]) AS name
            WHERE to_regnamespace(name) IS NOT NULL OR to_regclass(name) IS NOT NULL) AS made,
        obj_description(to_regnamespace('viewer'), 'pg_namespace') AS version
"""
_SPELLINGS = (
    "SELECT thing, to_regprocedure(thing)::text AS signature FROM unnest($1::text[]) AS thing"
)


class InstalledPolicy(NamedTuple):
    """A row policy in the catalogue."""

    table: str
    name: str
    permissive: bool
    #: ``r``, ``a``, ``w``, ``d``, or ``*`` for all.
    verb: str
    roles: tuple[str, ...]
    #: The fingerprint of the statement that created it; None if it was changed since.
    source: str | None


@dataclass(frozen=True)
class CurrentRowSecurity:
    """The installed state."""

    version: str | None
    roles: frozenset[str]
    existing: frozenset[str]
    #: Each table, and whether row level security is enabled and forced.
    tables: dict[str, bool]
    policies: dict[tuple[str, str], InstalledPolicy]
    #: The fingerprints of the triggers that guard tables, by table and name.
    guards: dict[tuple[str, str], str | None]
    #: The fingerprints of the functions of the schema viewer, by signature.
    functions: dict[str, str | None]
    #: The catalogue's spelling of each desired signature; None if the function is missing.
    spellings: dict[str, str | None]
    #: The signatures of the functions with each name.
    signatures: dict[str, tuple[str, ...]]
    grants: frozenset[Grant]
    #: The grants that were given WITH GRANT OPTION.
    grantable: frozenset[Grant]

    @property
    def obsolete(self) -> list[str]:
        """The functions of the schema viewer that are not desired: of an earlier release, say."""
        return sorted(self.functions.keys() - self.spellings.values())


async def read_row_security(
    connection: asyncpg.Connection, wall: RowSecurity
) -> CurrentRowSecurity:
    """Read the installed state, wanted or not."""
    signatures = [function.signature for function in wall.functions.values()]
    async with connection.transaction():
        await connection.execute(SEARCH_PATH)
        existing = await connection.fetch(_EXISTING, wall.roles, list(wall.creations))
        tables = await connection.fetch(_TABLES)
        policies = await connection.fetch(_POLICIES)
        guards = await connection.fetch(_GUARDS)
        functions = await connection.fetch(_FUNCTIONS)
        spellings = await connection.fetch(_SPELLINGS, signatures)
        functions_by_name = await connection.fetch(_FUNCTIONS_BY_NAME)
        granted = await connection.fetch(_GRANTS, wall.roles)
    grants = {Grant(*list(row.values())[:5]): row["is_grantable"] for row in granted}
    return CurrentRowSecurity(
        version=existing[0]["version"],
        roles=frozenset(existing[0]["roles"]),
        existing=frozenset(existing[0]["made"]),
        tables={row["name"]: row["walled"] for row in tables},
        policies={(row["table"], row["name"]): _policy(row) for row in policies},
        guards={(row["table"], row["name"]): row["source"] for row in guards},
        functions={row["signature"]: row["source"] for row in functions},
        spellings={row["thing"]: row["signature"] for row in spellings},
        signatures={row["name"]: tuple(row["signatures"]) for row in functions_by_name},
        grants=frozenset(grants),
        grantable=frozenset(grant for grant, may_hand_on in grants.items() if may_hand_on),
    )


def _policy(row: asyncpg.Record) -> InstalledPolicy:
    return InstalledPolicy(
        row["table"],
        row["name"],
        row["permissive"],
        row["verb"],
        tuple(row["roles"]),
        row["source"],
    )
