"""A case that ends by the clock changes no other case, and only its own officer loses it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.overdue import end_overdue
from tests.world import application_id

pytestmark = pytest.mark.anyio

LAPSING = application_id("SGPO-OPEN-0006")
#: What hangs on an application, and which column names it.
_TABLES = {
    "application": "id",
    "assignment": "application_id",
    "application_event": "application_id",
    "decision": "application_id",
    "screening": "application_id",
}


@pytest.fixture
async def waiting(world: str) -> AsyncIterator[asyncpg.Connection]:
    """One case has waited for its applicant for too long, and its officer has two others.

    Everything is rolled back.
    """
    connection = await connect(world)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(
            "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
            " VALUES ($1, 9, 'INFO_REQUESTED', now() - interval '20 days')",
            LAPSING,
        )
        await connection.execute(
            "UPDATE application SET status = 'INFO_REQUESTED' WHERE id = $1", LAPSING
        )
        await connection.executemany(
            "INSERT INTO assignment (application_id, officer, assigned_at)"
            " VALUES ($1, 'officer', now())",
            [(application_id("AUSY-PAID-0013"),), (application_id("DIRE-REVO-0010"),)],
        )
        # The unpaid bill of the small world is overdue too; this is about one case.
        await connection.execute(
            "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = $1",
            application_id("DIRE-UNPA-0011"),
        )
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def _rows_of_others(connection: asyncpg.Connection) -> dict[str, list[str]]:
    return {
        table: [
            row["line"]
            for row in await connection.fetch(
                f"SELECT one::text AS line FROM {table} AS one WHERE {key} <> $1 ORDER BY line",
                LAPSING,
            )
        ]
        for table, key in _TABLES.items()
    }


async def test_a_case_that_lapses_changes_nothing_of_any_other(
    waiting: asyncpg.Connection,
) -> None:
    before = await _rows_of_others(waiting)
    assert await end_overdue(waiting) == 1
    assert await _rows_of_others(waiting) == before


async def test_an_earlier_officer_of_the_lapsed_case_had_it_no_longer(
    waiting: asyncpg.Connection,
) -> None:
    await waiting.execute(
        "INSERT INTO assignment (application_id, officer, assigned_at, ended_at)"
        " VALUES ($1, 'officer-2', now() - interval '9 days', now() - interval '8 days')",
        LAPSING,
    )
    earlier = "SELECT one::text FROM assignment AS one WHERE officer = 'officer-2'"
    before = await waiting.fetch(earlier)
    assert await end_overdue(waiting) == 1
    assert await waiting.fetch(earlier) == before


async def test_only_the_officer_of_the_lapsed_case_loses_it(waiting: asyncpg.Connection) -> None:
    open_desks = "SELECT application_id FROM assignment WHERE ended_at IS NULL"
    before = {row[0] for row in await waiting.fetch(open_desks)}
    assert LAPSING in before
    assert len(before) >= 4
    await end_overdue(waiting)
    assert {row[0] for row in await waiting.fetch(open_desks)} == before - {LAPSING}
