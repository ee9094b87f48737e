"""A world of a date and a seed is the same wherever and whenever it is made, in every table."""

import asyncio
import os
import subprocess
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from models.database.connections import connect
from tests.conftest import NewDatabase
from tests.linking import key_service
from tests.running_demo import GERBANG

pytestmark = pytest.mark.anyio

#: The first of a month: the world ends as it begins, and the month before is whole.
WORLD = ("--today", "2026-11-01", "--seed", "5", "--applications", "300", "--months", "2")
UNTIL = datetime(2026, 10, 31, 17, tzinfo=UTC)
PLACES = (
    {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "2"},
)
OF_A_WORLD = {
    "application", "application_event", "identity", "decision", "screening", "assignment",
    "volume_daily", "volume_age_detailed", "volume_published",
}  # fmt: skip

_COLUMNS = """
    SELECT attrelid::regclass::text, attname FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND {}
"""
_DIGEST = "SELECT count(*), md5(string_agg(row::text, ';' ORDER BY row::text)) FROM ({}) AS row"
#: What a table has that is another each time: a version never stands for other data, and a
#: transaction has its own id. The rest of its rows is compared.
_WITHOUT_THE_RANDOM = {
    "data_version": "SELECT data FROM data_version",
    "screening": "SELECT (to_jsonb(it) - 'written_in')::text FROM screening AS it",
    "alert": "SELECT (to_jsonb(it) - 'written_in')::text FROM alert AS it",
}


async def _make_world(database: str, *options: str, **environ: str) -> asyncpg.Connection:
    """A connection to a database in which the command has made the world."""
    variables = {"GERBANG_ENVIRONMENT": "development", "GERBANG_OWNER_URL": database, **environ}
    command = [GERBANG, "synthesise", *WORLD, *options]
    await asyncio.to_thread(subprocess.run, command, env={**os.environ, **variables}, check=True)
    return await connect(database)


async def _digests(world: asyncpg.Connection) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of them."""
    tables = {table for table, _ in await world.fetch(_COLUMNS.format("attnum = 1"))}
    rows = {table: f"SELECT * FROM {table}" for table in tables} | _WITHOUT_THE_RANDOM
    return {
        table: tuple(await world.fetchrow(_DIGEST.format(query))) for table, query in rows.items()
    }


async def test_a_date_and_a_seed_give_the_same_rows_everywhere(new_database: NewDatabase) -> None:
    here, there = [await _make_world(await new_database(), **place) for place in PLACES]
    try:
        ours, theirs = await _digests(here), await _digests(there)
        assert {table for table in ours if ours[table] != theirs[table]} == set()
        assert {table for table, (count, _) in ours.items() if count} >= OF_A_WORLD
        await _assert_nothing_of_the_clock_is_there(here)
    finally:
        await here.close()
        await there.close()


async def _assert_nothing_of_the_clock_is_there(world: asyncpg.Connection) -> None:
    """Both were made on this day: another day must not be seen, either."""
    assert await world.fetchval("SELECT day FROM volume_aged_until") == date(2026, 10, 31)
    named = "'pay_by', 'answer_by', 'overstays_at'"
    is_deadline = f"(attname LIKE '%due_at' OR attname IN ({named}))"
    instants = _COLUMNS.format(f"atttypid = 'timestamptz'::regtype AND NOT {is_deadline}")
    found = await world.fetch(instants)
    assert len(found) > 15
    for table, column in found:
        latest = await world.fetchval(f"SELECT max({column}) FROM {table}")
        assert latest is None or latest <= UNTIL, f"{table}.{column}"
    # What is due later is so by what is in the row.
    bills = "FROM application JOIN bill ON application_id = id WHERE extends_visa_number IS NULL"
    terms = await world.fetch(f"SELECT DISTINCT due_at - issued_at AS term {bills}")
    assert [row["term"] for row in terms] == [timedelta(days=7)]
    others = f"SELECT count(*) {bills} AND pay_by <> due_at + interval '7 days'"
    assert await world.fetchval(others) == 0


async def test_people_are_sealed_and_linked_where_there_is_a_key_service(
    new_database: NewDatabase,
) -> None:
    at = {"GERBANG_KEY_SERVICE": key_service()}
    world = await _make_world(await new_database(), "--applications=900", **at)
    try:
        plain = "SELECT count(*) FROM identity WHERE sealed IS NULL OR full_name IS NOT NULL"
        assert await world.fetchval(plain) == 0
        assert await world.fetchval("SELECT count(*) FROM person_link") > 0
    finally:
        await world.close()
