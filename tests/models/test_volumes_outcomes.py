"""First decisions are counted by month and one dimension; nothing later moves them."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from models.database.connections import connect, connected
from models.volumes import Dimension, Period, Question, fold, rebuild, verify
from models.volumes.outcomes import OUTCOME_DIMENSIONS, OutcomeQuestion
from tests.models.asking import everything
from tests.models.crowd import CrowdCase, crowd, join
from tests.models.test_volumes_recomputed import OF
from tests.populating import applicants, reference_data
from tests.world import WIB

pytestmark = pytest.mark.anyio

CROWD = crowd(400, seed=3)
HALF_A_YEAR = (date(2025, 1, 1), date(2025, 6, 30))
GROUPINGS = [
    (),
    (Dimension.COUNTRY,),
    *((each,) for each in OUTCOME_DIMENSIONS),
    *((Dimension.PARTNER, Dimension.COUNTRY, each) for each in OUTCOME_DIMENSIONS),
]


@pytest.fixture(scope="module")
async def counted(database: str) -> str:
    """A database with the crowd and its figures."""
    async with connected(database) as connection:
        async with connection.transaction():
            await reference_data(connection)
            await applicants(connection)
            await join(connection, CROWD)
        while await fold(connection):
            continue
    return database


@pytest.fixture
async def decided(counted: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the crowd, whose transaction is rolled back."""
    connection = await connect(counted)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def read(connection: asyncpg.Connection, question: Question) -> dict[Any, tuple[int, int]]:
    """Grants and refusals by group and month, once everything is folded."""
    while await fold(connection):
        continue
    asked = OutcomeQuestion(question, everything).statement().compile(dialect=dialect.dialect())
    rows = await connection.fetch(str(asked), *(asked.params[n] for n in asked.positiontup or ()))
    found = {tuple(row)[:-2]: (row["granted"], row["refused"]) for row in rows}
    return {key: counts for key, counts in found.items() if counts != (0, 0)}


def recount(dimensions: tuple[Dimension, ...]) -> dict[Any, tuple[int, int]]:
    """The same from the cases one by one."""
    counts = Counter((*group_of(one, dimensions), one.status) for one in CROWD if one.is_decided)
    keys = {key[:-1] for key in counts}
    return {key: (counts[(*key, "GRANTED")], counts[(*key, "REFUSED")]) for key in keys}


def group_of(one: CrowdCase, dimensions: tuple[Dimension, ...]) -> tuple[Any, ...]:
    assert one.closed_at
    month = one.closed_at.astimezone(WIB).date().replace(day=1)
    return (*(OF[each](one) for each in dimensions), month)


@pytest.mark.parametrize("dimensions", GROUPINGS)
async def test_first_decisions_are_what_python_counts(decided, dimensions) -> None:
    window = (date(2025, 1, 1), date(2026, 12, 31))
    found = await read(decided, Question(*window, dimensions, Period.MONTH))
    assert found == recount(dimensions)


async def test_neither_a_superseding_decision_nor_a_revocation_moves_them(decided) -> None:
    question = Question(*HALF_A_YEAR, (Dimension.COUNTRY, Dimension.VISA_TYPE), Period.MONTH)
    before = await read(decided, question)
    granted = await decided.fetchval("SELECT sum(granted) FROM volume_monthly")
    one, other = await decided.fetch(
        "SELECT id, current_decision_id FROM application WHERE status = 'GRANTED' LIMIT 2"
    )
    await decided.execute(
        "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer,"
        " supersedes_id) VALUES ($1, $2, 'REFUSED', '{INCOMPLETE}', now(), 'supervisor', $3)",
        uuid4(), one["id"], one["current_decision_id"],
    )  # fmt: skip
    await decided.execute("UPDATE application SET status = 'REFUSED' WHERE id = $1", one["id"])
    await decided.execute("UPDATE application SET status = 'REVOKED' WHERE id = $1", other["id"])
    assert await read(decided, question) == before
    assert await decided.fetchval("SELECT sum(granted) FROM volume_monthly") == granted - 1


async def test_they_move_with_a_case_to_its_corrected_nationality(decided) -> None:
    question = Question(*HALF_A_YEAR, (Dimension.NATIONALITY,))
    before = await read(decided, question)
    moved = await decided.fetchrow(
        "SELECT applicant_id, nationality_code,"
        " count(*) FILTER (WHERE status = 'GRANTED') AS granted,"
        " count(*) FILTER (WHERE status = 'REFUSED') AS refused"
        " FROM application WHERE status IN ('GRANTED', 'REFUSED') AND nationality_code <> 'SG'"
        " AND closed_at < '2025-06-30T17:00Z' GROUP BY 1, 2 ORDER BY granted DESC LIMIT 1"
    )
    assert moved["granted"]
    await decided.execute(
        "WITH files AS (UPDATE application SET nationality_code = 'SG' WHERE applicant_id = $1)"
        " UPDATE applicant SET nationality_code = 'SG' WHERE id = $1",
        moved["applicant_id"],
    )
    after = await read(decided, question)
    nationality = moved["nationality_code"]
    left, joined = after.get((nationality,), (0, 0)), before.get(("SG",), (0, 0))
    for number, outcome in enumerate(("granted", "refused")):
        assert left[number] == before[nationality,][number] - moved[outcome]
        assert after["SG",][number] == joined[number] + moved[outcome]


async def test_a_rebuild_changes_nothing_and_a_wrong_figure_is_noticed(counted: str) -> None:
    async with connected(counted) as connection:
        question = Question(*HALF_A_YEAR, (Dimension.CHANNEL,), Period.MONTH)
        before = await read(connection, question)
        await connection.execute(
            "UPDATE volume_outcome SET granted = granted + 1 WHERE broken_down_by = 'channel'"
        )
        assert {each.table for each in await verify(connection)} == {"volume_outcome"}
        await rebuild(connection)
        assert await read(connection, question) == before
        assert await verify(connection) == []
