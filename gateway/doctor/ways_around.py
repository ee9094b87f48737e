"""Finds ways around the row rules: compares the rights in the database with those of the policy.

PostgreSQL itself produces the expected rights: the policy's script runs on empty copies of the
tables, in a transaction that is rolled back. No table of the product is locked.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import asyncpg

from gateway.doctor.finding import Finding
from gateway.mapping.catalogue import Catalogue
from gateway.row_security import row_security
from gateway.row_security.volumes import FUNCTIONS
from gateway.schema.build import build_schema
from models import Base
from models.migrations.triggers import expected_triggers, read_triggers
from models.row_security import scripts

Facts = Mapping[str, str]

_COPIES, _VIEWER = "gerbang_doctor", "gerbang_doctor_viewer"
_MEND = "Run `gerbang migrate`, which puts the row rules and grants of this version up anew."
_WHY = "A role could reach what the policy does not give it, or not reach what it gives."
_WHY_OF_TRIGGERS = "A trigger can swallow or change what is written: reads, decisions, alerts."
_MEND_OF_TRIGGERS = (
    "Find out who put it up. Then DROP TRIGGER …, or put back what the revision of this version"
    " says, and run `gerbang audit verify`."
)


async def find_ways_around(owner: asyncpg.Connection, login: str) -> list[Finding]:
    """Every grant, row rule, table and function that differs from the policy, and every trigger
    that differs from the revisions."""
    missing = await _missing_tables(owner)
    if missing:
        return [
            Finding(f"The table {name} is missing.", _WHY, "Run `gerbang migrate`.")
            for name in missing
        ]
    expected = await _expected_facts(owner)
    actual = await _facts(owner, "public", "viewer")
    things = _differences(expected, actual, login)
    return [
        *(_finding(thing, expected, actual) for thing in things),
        *await _find_foreign_triggers(owner),
    ]


async def _find_foreign_triggers(owner: asyncpg.Connection) -> list[Finding]:
    """Every trigger that is not one of the revisions', or does something else."""
    expected, actual = expected_triggers(), await read_triggers(owner)
    names = sorted(expected.keys() | actual.keys())
    return [
        Finding(_describe_trigger(name, expected, actual), _WHY_OF_TRIGGERS, _MEND_OF_TRIGGERS)
        for name in names
        if expected.get(name) != actual.get(name)
    ]


def _describe_trigger(name: str, expected: Facts, actual: Facts) -> str:
    if name not in actual:
        return f"Missing: trigger {name}."
    if name not in expected:
        return f"Nobody thought of this: trigger {name} ({actual[name].rsplit(' ', 1)[0]})."
    return f"Not as the revisions make it: trigger {name}."


async def _missing_tables(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch(
        "SELECT name FROM unnest($1::text[]) AS name"
        " WHERE to_regclass(format('public.%I', name)) IS NULL ORDER BY name",
        list(Base.metadata.tables),
    )
    return [row["name"] for row in rows]


def _differences(expected: Facts, actual: Facts, login: str) -> Iterator[str]:
    """What differs, apart from the table with the revision, which the gateway's login reads for
    readiness and which the policy does not know."""
    revision = "public.alembic_version"
    ignored = {f"row security of {revision}", f"grant of select on table {revision} to {login}"}
    for thing in sorted(expected.keys() | actual.keys() - ignored):
        if expected.get(thing) != actual.get(thing):
            yield thing


def _finding(thing: str, expected: Facts, actual: Facts) -> Finding:
    if thing not in actual:
        return Finding(f"Missing: {thing}.", _WHY, _MEND)
    if thing not in expected:
        return Finding(
            f"Nobody thought of this: {thing} ({actual[thing].splitlines()[0]}).",
            "What the policy does not name may be a way around its row rules.",
            f"Remove it, or give it a place in the policy. {_MEND}",
        )
    return Finding(f"Not as the policy makes it: {thing}.", _WHY, _MEND)


async def _expected_facts(owner: asyncpg.Connection) -> Facts:
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(f"CREATE SCHEMA {_COPIES}; GRANT USAGE ON SCHEMA {_COPIES} TO PUBLIC")
        for table in Base.metadata.tables:
            await owner.execute(f"CREATE TABLE {_COPIES}.{table} (LIKE public.{table})")
        for function in FUNCTIONS:
            await owner.execute(await _copy_function(owner, function))
        await owner.execute(f"SET LOCAL search_path = {_COPIES}, public")
        for script in _scripts():
            await owner.execute(_name_copies(script))
        return await _facts(owner, _COPIES, _VIEWER)
    finally:
        await transaction.rollback()


async def _copy_function(owner: asyncpg.Connection, function: str) -> str:
    """The definition of a function that the policy grants, for the schema of the copies."""
    definition = await owner.fetchval(
        "SELECT pg_get_functiondef(oid) FROM pg_proc"
        " WHERE proname = $1 AND pronamespace = 'public'::regnamespace",
        function,
    )
    plain = f"ALTER FUNCTION {_COPIES}.{function} SECURITY INVOKER NOT LEAKPROOF"
    return f"{str(definition).replace(' public.', f' {_COPIES}.', 1)}; {plain}"


@cache  # a process has one policy, and to write its script takes longer than most examinations
def _scripts() -> tuple[str, str]:
    """The script of the viewer's context, and that of the policy."""
    return scripts()[0], row_security(Catalogue(build_schema()))


def _name_copies(script: str) -> str:
    """The script, with the schemas of the copies instead of the product's own."""
    named = re.sub(r"(?<![\w.])viewer\.(?=\w)", f"{_VIEWER}.", script)
    named = re.sub(r"(SCHEMA (?:IF NOT EXISTS |public, )?)viewer\b", rf"\1{_VIEWER}", named)
    return re.sub(r"(SCHEMA )public\b", rf"\1{_COPIES}", named)


async def _facts(owner: asyncpg.Connection, tables: str, viewer: str) -> Facts:
    """A description of each object's rights, with the names of the product's own schemas."""
    query = (resources.files("gateway.doctor") / "facts.sql").read_text(encoding="utf-8")
    rows = await owner.fetch(query, tables, viewer)
    return {row["thing"]: row["so"].replace(_VIEWER, "viewer") for row in rows}
