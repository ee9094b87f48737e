"""Examines the roles of the database, and objects outside the policy that could bypass it.

Each query takes the names of the policy's roles and of the gateway's login, and returns one row for
each finding.
"""

import asyncpg

from gateway.doctor.finding import Examination, Finding
from models.row_security import DATABASE_ROLES

#: Prefix of every query. It uses both parameters, so that a query need not use either.
_ROLES = """
    WITH ours AS (SELECT oid FROM pg_roles WHERE rolname = ANY ($1::text[] || $2::text)),
    everybody AS (SELECT oid FROM ours UNION ALL SELECT 0)
"""
_MIGRATE = "Run `gerbang migrate`, which puts it right."

QUESTIONS = (
    Examination(
        "SELECT format('The role %I is missing.', name) FROM unnest($1::text[] || $2::text) AS name"
        " WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)",
        "The gateway cannot act in a role that does not exist.",
        _MIGRATE,
    ),
    Examination(
        """
        SELECT format('The role %I has the attribute %s.', rolname, attribute)
        FROM pg_roles CROSS JOIN LATERAL (VALUES
            ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls), ('CREATEROLE', rolcreaterole),
            ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication), ('INHERIT', rolinherit),
            ('LOGIN', rolcanlogin AND rolname <> $2)
        ) AS held (attribute, has) WHERE has AND oid IN (SELECT oid FROM ours)
        """,
        "Row rules do not hold for a superuser or a role that bypasses them, a role that inherits"
        " reads without saying as whom, and the others are ways to become such a role.",
        "Take it away with ALTER ROLE … NO…; or run `gerbang migrate` for the login.",
    ),
    Examination(
        """
        SELECT format('%I may act as %I%s.', member.rolname, held.rolname,
            CASE WHEN admin_option AND member.rolname = $2 THEN ', and let others'
                WHEN inherit_option THEN ', without saying so' ELSE '' END)
        FROM pg_auth_members
        JOIN pg_roles AS member ON member.oid = pg_auth_members.member
        JOIN pg_roles AS held ON held.oid = roleid
        WHERE (member.oid IN (SELECT oid FROM ours) OR held.oid IN (SELECT oid FROM ours))
            AND (inherit_option OR set_option OR member.rolname = $2)
            AND NOT (member.rolname = $2 AND held.rolname = ANY ($1)
                AND set_option AND NOT inherit_option AND NOT admin_option)
        """,
        "A membership is a way from one scope into another.",
        "REVOKE the membership, then run `gerbang migrate`.",
    ),
    Examination(
        "SELECT format('The login %I may not act as %I.', $2::text, name)"
        " FROM unnest($1::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_auth_members"
        " WHERE roleid::regrole::text = name AND member::regrole::text = $2 AND set_option)",
        "Viewers of that role are refused.",
        _MIGRATE,
    ),
    Examination(
        """
        SELECT format('%s belongs to %I.', pg_describe_object(classid, objid, objsubid),
            refobjid::regrole::text)
        FROM pg_shdepend
        WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass
            AND refobjid IN (SELECT oid FROM ours)
            AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        """,
        "An owner may change or drop what it owns, its row rules included.",
        "Give it to the owner of the database: REASSIGN OWNED BY … TO …",
    ),
    Examination(
        """
        SELECT format('What %I runs is shown to whoever logs in as it.', $2::text)
        WHERE NOT EXISTS (SELECT FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
            WHERE rolname = $2 AND 'track_activities=off' = ANY (setconfig))
        """,
        "The statement that begins a transaction holds a sealed context, good for some seconds.",
        _MIGRATE,
    ),
    Examination(
        """
        SELECT format('%s begins with %s.', coalesce(rolname, 'Everybody'), setting)
        FROM pg_db_role_setting CROSS JOIN LATERAL unnest(setconfig) AS setting
        LEFT JOIN pg_roles ON pg_roles.oid = setrole
        WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            AND (setrole IN (SELECT oid FROM everybody) OR rolname = current_user)
            AND split_part(setting, '=', 1) IN ('search_path', 'session_replication_role',
                'row_security', 'session_preload_libraries', 'local_preload_libraries', 'role')
        """,
        "A name in a statement then means something else, or triggers and row rules do not hold.",
        "ALTER ROLE … RESET …, and ALTER ROLE … IN DATABASE … RESET …",
    ),
    Examination(
        """
        SELECT format('In schema %I, new objects of kind %s are open to %s.',
            coalesce(nspname, 'any'), defaclobjtype, coalesce(rolname, 'PUBLIC'))
        FROM pg_default_acl CROSS JOIN LATERAL aclexplode(defaclacl) AS entry
        LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
        LEFT JOIN pg_roles ON pg_roles.oid = entry.grantee
        WHERE entry.grantee IN (SELECT oid FROM everybody) AND entry.grantee <> defaclrole
        """,
        "The next table would be open before anybody wrote a row rule for it.",
        "Take the default privileges away: ALTER DEFAULT PRIVILEGES … REVOKE …",
    ),
    Examination(
        """
        SELECT format('%s may %s the setting %s.', coalesce(rolname, 'PUBLIC'),
            lower(privilege_type), parname)
        FROM pg_parameter_acl CROSS JOIN LATERAL aclexplode(paracl) AS entry
        LEFT JOIN pg_roles ON pg_roles.oid = entry.grantee
        WHERE entry.grantee IN (SELECT oid FROM everybody)
        """,
        "Settings that only a superuser may change turn off triggers and what is shown to whom.",
        "REVOKE … ON PARAMETER … FROM …",
    ),
    Examination(
        "SELECT format('PUBLIC may make temporary tables in %I.', datname)"
        " FROM pg_database CROSS JOIN LATERAL aclexplode(coalesce(datacl, acldefault('d', datdba)))"
        " AS entry WHERE datname = current_database() AND entry.grantee = 0"
        " AND privilege_type IN ('TEMPORARY', 'CREATE')",
        "A temporary table hides one of ours from whoever is given the same connection next.",
        _MIGRATE,
    ),
    Examination(
        """
        SELECT format('The schema %I is open to %s.', nspname, coalesce(rolname, 'PUBLIC'))
        FROM pg_namespace CROSS JOIN LATERAL aclexplode(nspacl) AS entry
        LEFT JOIN pg_roles ON pg_roles.oid = entry.grantee
        WHERE entry.grantee IN (SELECT oid FROM everybody) AND entry.grantee <> nspowner
            AND nspname NOT IN ('public', 'viewer', 'pg_catalog', 'information_schema')
        """,
        "What lies there has no row rules of ours.",
        "REVOKE ALL ON SCHEMA … FROM …, or keep it in another database.",
    ),
    Examination(
        "SELECT format('The extension %s is installed.', extname) FROM pg_extension"
        " WHERE extname <> 'plpgsql'",
        "Its functions run past the row rules or show what others run; Gerbang needs none.",
        "DROP EXTENSION …, or keep it in another database.",
    ),
    Examination(
        "SELECT format('The foreign server %I is defined.', srvname) FROM pg_foreign_server",
        "A foreign table reads under another login, where no row rule of ours holds.",
        "DROP SERVER … CASCADE",
    ),
)


async def examine_roles(owner: asyncpg.Connection, login: str) -> list[Finding]:
    """Findings about rights that the roles should not have, or lack."""
    findings: list[Finding] = []
    for question in QUESTIONS:
        rows = await owner.fetch(_ROLES + question.query, DATABASE_ROLES, login)
        findings += [Finding(row[0], question.why, question.mend) for row in rows]
    return findings
