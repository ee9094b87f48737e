"""Finds ways around the row rules: compares rights, functions and triggers of the database with
those of the policy and of models/schema.

PostgreSQL itself produces what is expected: models/schema and the policy's script, which
models/row_security.sql is, run on empty copies of the tables, in a transaction that is rolled back.
No table of the product is locked.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import asyncpg

from gateway.doctor.finding import Finding
from models import Base
from models.row_security import scripts
from models.schema import read_schema

Facts = Mapping[str, str]

_COPIES, _VIEWER = "gerbang_doctor", "gerbang_doctor_viewer"
_MEND = "Run `gerbang migrate`, which puts the row rules and grants of this version up anew."
_WHY = "A role could reach what the policy does not give it, or not reach what it gives."
_WHY_OF_CODE = (
    "What a trigger runs can swallow or change what is written: reads, decisions, alerts."
)
_MEND_OF_CODE = (
    "Find out who made it. Then drop it, or put back what models/schema of this version says, and"
    " run `gerbang audit verify`."
)

#: What decides in the database what is expected; the rest is in models/schema and in the policy.
_MADE_OF = """
    SELECT encode(sha256(convert_to(concat_ws(' ', version(), current_user,
        (SELECT string_agg(format('%s.%I %s', relname, attname, format_type(atttypid, atttypmod)),
            ' ' ORDER BY relname, attnum)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($1)
            AND attnum > 0 AND NOT attisdropped)), 'UTF8')), 'hex')
"""
_expectations = dict[str, Facts]()


async def find_ways_around(owner: asyncpg.Connection, login: str) -> list[Finding]:
    """Every grant and row rule that differs from the policy, and every function and trigger that
    differs from models/schema."""
    missing = await _missing_tables(owner)
    if missing:
        return [
            Finding(f"The table {name} is missing.", _WHY, "Run `gerbang migrate`.")
            for name in missing
        ]
    expected = await expected_facts(owner)
    actual = await _facts(owner, "public", "viewer")
    things = _differences(expected, actual, login)
    return [_finding(thing, expected, actual) for thing in things]


async def _missing_tables(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch(
        "SELECT name FROM unnest($1::text[]) AS name"
        " WHERE to_regclass(format('public.%I', name)) IS NULL ORDER BY name",
        list(Base.metadata.tables),
    )
    return [row["name"] for row in rows]


def _differences(expected: Facts, actual: Facts, login: str) -> Iterator[str]:
    """What differs, apart from the rights of the gateway's login, which the policy does not know:
    it reads the revision for readiness, and presents viewers."""
    revision = "public.alembic_version"
    ignored = {
        f"row security of {revision}",
        f"grant of select on table {revision} to {login}",
        f"grant of usage on schema viewer to {login}",
        f"grant of execute on function viewer.authenticate(text) to {login}",
    }
    for thing in sorted(expected.keys() | actual.keys() - ignored):
        if expected.get(thing) != actual.get(thing):
            yield thing


def _finding(thing: str, expected: Facts, actual: Facts) -> Finding:
    if thing.startswith(("trigger ", "event trigger ", "function public.")):
        source, why, mend, stray = "models/schema makes", _WHY_OF_CODE, _MEND_OF_CODE, ""
    else:
        source, why, mend = "the policy makes", _WHY, _MEND
        stray = "Remove it, or give it a place in the policy. "
    if thing not in actual:
        return Finding(f"Missing: {thing}.", why, mend)
    if thing not in expected:
        described = f"{thing} ({actual[thing].splitlines()[0]})"
        return Finding(f"Nobody thought of this: {described}.", why, f"{stray}{mend}")
    return Finding(f"Not as {source} it: {thing}.", why, mend)


async def expected_facts(owner: asyncpg.Connection) -> Facts:
    """What is expected where the tables have these columns: worked out once by a process, since
    `gerbang doctor --continuous` looks every minute, and each time writes a catalogue."""
    [(made_of,)] = await owner.fetch(_MADE_OF, list(Base.metadata.tables))
    if made_of not in _expectations:
        _expectations[made_of] = await _work_out_facts(owner)
    return _expectations[made_of]


async def _work_out_facts(owner: asyncpg.Connection) -> Facts:
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(f"CREATE SCHEMA {_COPIES}; GRANT USAGE ON SCHEMA {_COPIES} TO PUBLIC")
        for table in Base.metadata.tables:
            await owner.execute(f"CREATE TABLE {_COPIES}.{table} (LIKE public.{table})")
        await owner.execute(f"SET LOCAL search_path = {_COPIES}, public")
        await owner.execute("SET LOCAL check_function_bodies = off")
        await owner.execute(_functions_and_triggers())
        for script in scripts():
            await owner.execute(_name_copies(script))
        return await _facts(owner, _COPIES, _VIEWER)
    finally:
        await transaction.rollback()


@cache
def _functions_and_triggers() -> str:
    return ";".join(
        each.sql for each in read_schema() if each.key and each.key.kind in ("FUNCTION", "TRIGGER")
    )


def _name_copies(script: str) -> str:
    """The script, with the schemas of the copies instead of the product's own."""
    named = re.sub(r"(?<![\w.])viewer\.(?=\w)", f"{_VIEWER}.", script)
    named = re.sub(r"(SCHEMA (?:IF NOT EXISTS |public, )?)viewer\b", rf"\1{_VIEWER}", named)
    return re.sub(r"(SCHEMA )public\b", rf"\1{_COPIES}", named)


async def _facts(owner: asyncpg.Connection, tables: str, viewer: str) -> Facts:
    """A description of each object's rights, with the names of the product's own schemas."""
    query = (resources.files("gateway.doctor") / "facts.sql").read_text(encoding="utf-8")
    rows = await owner.fetch(query, tables, viewer)
    return {row["thing"]: _name_originals(row["so"]) for row in rows}


def _name_originals(description: str) -> str:
    return description.replace(_VIEWER, "viewer").replace(f"{_COPIES}.", "public.")
