"""The clock that ends overdue cases reads those that wait, however many were closed before."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.overdue import STEPS_OF_A_CLOCK, TELL_LEVELS, due, end_overdue
from models.life.steps import Step
from models.synthetic import Scale, start_of_day, synthesise
from tests.walls.undoing import undone
from tests.world import today

pytestmark = pytest.mark.anyio

INDEX = "ix_application_status"
#: Of every open case.
NEXT_BEST = ("ix_application_open",)

#: Closed cases like one that is there, without what follows from writing them one by one.
CLOSED = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, status, submitted_at, closed_at,
        use_within_days)
    SELECT gen_random_uuid(), reference || number, applicant_id, nationality_code, visa_type_code,
        channel, partner_code, country_code, centre_code, 'PAYMENT_EXPIRED',
        submitted_at - number * interval '1 second', submitted_at, use_within_days
    FROM generate_series(1, $1::int) AS number,
        (SELECT * FROM application ORDER BY id LIMIT 1) AS pattern
"""


async def explain_step(connection: asyncpg.Connection, step: Step) -> Iterator[Any]:
    """Every node of the plan of a step, as it ran."""
    statement, *values = due(step, 500)
    async with undone(connection):
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        value = await connection.fetchval(explain, *values)
    return _nodes(json.loads(value)[0]["Plan"])


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def rows_read(nodes: Iterator[Any]) -> dict[str, float]:
    """How many rows of applications each index was asked for; a whole table is an index as well."""
    read: dict[str, float] = {}
    for node in nodes:
        if node.get("Relation Name") == "application" and node["Node Type"] != "ModifyTable":
            name = node.get("Index Name", node["Node Type"])
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read[name] = read.get(name, 0) + rows * node["Actual Loops"]
    return read


@pytest.fixture(scope="module")
async def few(database: str) -> AsyncIterator[asyncpg.Connection]:
    until = start_of_day(today())  # what waits too long is judged by the clock
    await synthesise(
        database, applications=3_000, months=12, seed=1, scale=Scale.PARTNER, until=until
    )
    connection = await connect(database)
    try:
        await connection.execute("VACUUM ANALYZE application, application_event")
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def million(few: asyncpg.Connection) -> asyncpg.Connection:
    """The same world, with a million closed cases before it."""
    await few.execute("SET session_replication_role = replica")
    await few.execute("ALTER TABLE application DROP CONSTRAINT ck_application_reference_is_formed")
    await few.execute(CLOSED, 1_000_000)
    await few.execute("RESET session_replication_role")
    await few.execute("VACUUM ANALYZE application")
    return few


async def waiting(connection: asyncpg.Connection) -> int:
    return await connection.fetchval(
        "SELECT count(*) FROM application"
        " WHERE status IN ('SUBMITTED', 'AWAITING_PAYMENT', 'INFO_REQUESTED')"
    )


@pytest.mark.parametrize("step", STEPS_OF_A_CLOCK, ids=lambda step: step.verb)
async def test_the_clock_reads_only_what_waits(few: asyncpg.Connection, step: Step) -> None:
    read = rows_read(await explain_step(few, step))
    assert 0 < await waiting(few) < 500
    by_status = sum(read.pop(name, 0) for name in (INDEX, *NEXT_BEST))
    assert by_status <= await waiting(few)
    assert set(read) <= {"pk_application"}, "to write what is overdue"
    assert sum(read.values()) <= 500


async def test_levels_are_told_without_a_look_at_what_is_closed(few: asyncpg.Connection) -> None:
    async with undone(few):
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {TELL_LEVELS}"
        value = await few.fetchval(explain, 500)
    read = rows_read(_nodes(json.loads(value)[0]["Plan"]))
    are_open = await few.fetchval("SELECT count(*) FROM application WHERE stage <> 'CLOSED'")
    assert 0 < read.pop("ix_application_open") <= are_open
    assert set(read) <= {"pk_application"}


async def test_a_missing_index_is_noticed(few: asyncpg.Connection) -> None:
    async with undone(few):
        await few.execute(f"DROP INDEX {', '.join((INDEX, *NEXT_BEST))}")
        read = [rows_read(await explain_step(few, step)) for step in STEPS_OF_A_CLOCK]
        assert [each for each in read if sum(each.values()) > 2 * await waiting(few)]


@pytest.mark.proof
@pytest.mark.parametrize("step", STEPS_OF_A_CLOCK, ids=lambda step: step.verb)
async def test_the_clock_reads_only_what_waits_of_a_million(
    million: asyncpg.Connection, step: Step
) -> None:
    await test_the_clock_reads_only_what_waits(million, step)


async def seconds_of(connection: asyncpg.Connection) -> float:
    """How long the clock takes while nothing is overdue."""
    began = await connection.fetchval("SELECT clock_timestamp()")
    assert await end_overdue(connection) == 0
    return (await connection.fetchval("SELECT clock_timestamp()") - began).total_seconds()


@pytest.mark.proof
async def test_the_clock_takes_no_longer_for_a_million(million: asyncpg.Connection) -> None:
    """Without the index it reads them all, which takes many times as long."""
    while await end_overdue(million):
        pass
    with_index = [await seconds_of(million) for _ in range(5)]
    async with undone(million):
        await million.execute(f"DROP INDEX {', '.join((INDEX, *NEXT_BEST))}")
        without = [await seconds_of(million) for _ in range(5)]
    assert 5 * min(with_index) < min(without)
