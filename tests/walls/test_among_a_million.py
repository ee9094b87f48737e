"""No page of a list or a queue reads more than a few hundred rows of a million, under row rules."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from gateway.access.transactions.prepared import Planning
from gateway.mapping.access_paths import walked_prefix
from gateway.mapping.keyset import LARGEST_PAGE, Boundary
from models.database.connections import connect
from models.synthetic import Scale, start_of_day, synthesise
from models.vocabulary import Role
from tests.accounts import PAST_PARTITIONS
from tests.walls.test_queues import QUEUED, ROLES, pages
from tests.walls.test_walks import COPIED, READS, whole_lists
from tests.walls.undoing import undone
from tests.walls.walking import Question, nodes_of, plan_of

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

COPIES = 500
_APPLICATIONS = "SELECT count(*) FROM application"
#: Whoever is on no desk waits for one, and what is due is due at any time of a month.
FREE = """
    UPDATE application SET target_due_at = target_due_at + random() * interval '30 days',
        status = CASE WHEN is_assigned THEN status ELSE 'PAID' END,
        received_at = coalesce(received_at, paid_at)
    WHERE closed_at IS NULL AND paid_at IS NOT NULL
"""
#: No page reads more rows of its table: a page for each of two values, and as many again.
MOST_READ = 4 * (LARGEST_PAGE + 1)


@asynccontextmanager
async def built_afterwards(connection: asyncpg.Connection, *tables: str) -> AsyncIterator[None]:
    """In the block tables have no indexes: a million random keys in each take the longest."""
    indexes = await connection.fetch(
        """
        SELECT format('DROP INDEX %s', indexrelid::regclass),
            replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')  -- of each partition, too
        FROM pg_index
        WHERE indrelid = ANY($1::text[]::regclass[])
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        """,
        tables,
    )
    for drop, _ in indexes:
        await connection.execute(drop)
    yield
    for _, create in indexes:
        await connection.execute(create)


@pytest.fixture(scope="module")
async def million(database: str) -> AsyncIterator[asyncpg.Connection]:
    until = start_of_day(date(2026, 11, 1))
    await synthesise(
        database, applications=2_000, months=24, seed=1, scale=Scale.PARTNER, until=until
    )
    connection = await connect(database)
    try:
        loaded = await connection.fetchval(_APPLICATIONS)  # extensions come on top
        await connection.execute(PAST_PARTITIONS)
        await connection.execute("SET session_replication_role = replica")
        async with built_afterwards(connection, "application", "access_event"):
            await connection.execute(COPIED, COPIES - 1)
            await connection.execute(READS)
        await connection.execute("VACUUM ANALYZE application, access_event")
        assert await connection.fetchval(_APPLICATIONS) == loaded * COPIES >= 2_000 * COPIES
        yield connection
    finally:
        await connection.close()


async def values_for(connection: asyncpg.Connection, question: Question) -> Mapping[str, Any]:
    """Values for a question: those of a row in the midst of its list."""
    filtered, order = question.filtered, question.order
    table = question.noun.key.class_.__tablename__
    needed = [f"{name} IS NOT NULL" for name in filtered]
    is_null = "IS NULL" if question.after is Boundary.WITHOUT_VALUE else "IS NOT NULL"
    row = await connection.fetchrow(
        f"SELECT {', '.join([*filtered, order, 'id'])}"
        f" FROM {table}"
        f" WHERE {' AND '.join([*needed, f'{order} {is_null}'])} ORDER BY {order} OFFSET 10 LIMIT 1"
    )
    assert row, question
    *values, place, key = row
    given = {f"value_{number}": value for number, value in enumerate(values)}
    return {**given, "after_value": place, "after_key": key, "size": LARGEST_PAGE}


def rows_read(plan: Any, table: str) -> int:
    """How many rows a plan read of a table, those that it then left out included."""
    return sum(
        round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in nodes_of(plan)
        if node.get("Relation Name") == table
    )


async def rows_of_lists(connection: asyncpg.Connection, role: Role) -> Mapping[str, int]:
    """How many rows each page of a whole list reads of its table."""
    read: dict[str, int] = {}
    for question in whole_lists(role):
        if set(question.filtered) != walked_prefix(question.conditions, question.keyset):
            continue  # rows along the order are left out
        given = await values_for(connection, question)
        async with undone(connection):
            await plan_once(connection)
            plan = await plan_of(connection, role, question.prepare(role), given)
        read[str(question)] = rows_read(plan, question.noun.key.class_.__tablename__)
    return read


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
async def test_no_page_reads_more_than_a_few_hundred_rows_of_a_million(
    million: asyncpg.Connection, role: Role
) -> None:
    read = await rows_of_lists(million, role)
    assert {name: rows for name, rows in read.items() if rows > MOST_READ} == {}
    assert len(read) > 20


async def plan_once(connection: asyncpg.Connection) -> None:
    """Plan as gateways have pages planned."""
    for name, value in Planning.ONCE.value:
        await connection.execute(f"SET LOCAL {name} = {value}")


@pytest.fixture(scope="module")
async def queued(million: asyncpg.Connection) -> asyncpg.Connection:
    await million.execute(QUEUED)
    await million.execute(FREE)
    await million.execute("VACUUM ANALYZE application")
    return million


async def rows_of_queues(connection: asyncpg.Connection, role: Role) -> Mapping[str, int]:
    """How many applications each page of a queue reads."""
    place = await connection.fetchrow(
        "SELECT target_due_at, id FROM application WHERE stage = 'IN_PROCESS'"
        " ORDER BY target_due_at"
        " OFFSET (SELECT least(10, count(*) / 2) FROM application WHERE stage = 'IN_PROCESS')"
        " LIMIT 1"
    )
    assert place
    border = {"after_value": place[0], "after_key": place[1], "size": LARGEST_PAGE}
    read = {}
    for name, _, prepared, values in pages(role):
        async with undone(connection):
            await plan_once(connection)
            plan = await plan_of(connection, role, prepared, values | border)
        read[name] = rows_read(plan, "application")
    return read


@ROLES
async def test_no_page_of_a_queue_reads_more_than_a_few_hundred_rows_of_a_million(
    queued: asyncpg.Connection, role: Role
) -> None:
    read = await rows_of_queues(queued, role)
    assert {name: rows for name, rows in read.items() if rows > MOST_READ} == {}
    assert read
