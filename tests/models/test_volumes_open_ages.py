"""Ages of open cases in the figures, and that no two writers compute them at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from models.database.connections import connect
from models.instants import wib_day
from models.volumes import Dimension, Measure, Period, Question, age, fold, rebuild
from tests.models.asking import ask, group_by
from tests.populating import applicants, reference_data
from tests.world import applicant_id, at

pytestmark = pytest.mark.anyio

AGES = (Measure.WIP_AGE_P50, Measure.WIP_AGE_P90, Measure.WIP_AGE_OLDEST)
MIDNIGHT = at("03-11 00:00")
DAY = date(2025, 3, 10)


@pytest.fixture(scope="module")
async def open_cases(database: str) -> str:
    """At the end of 10 March twenty cases are open: B1 for 10, 20 … 100 hours, C1 for one to ten.

    No two of the percentiles are of the same case.
    """
    ages = [("B1", hours) for hours in range(10, 101, 10)] + [("C1", h) for h in range(1, 11)]
    connection = await connect(database)
    try:
        async with connection.transaction():
            await reference_data(connection)
            await applicants(connection)
            for number, (visa_type, hours) in enumerate(ages):
                await connection.execute(
                    "INSERT INTO application (id, reference, applicant_id, nationality_code,"
                    " visa_type_code, channel, status, submitted_at, paid_at, fee_idr,"
                    " target_due_at, use_within_days) VALUES (gen_random_uuid(), $1, $2, 'AU',"
                    " $3, 'DIRECT', 'PAID', $4, $4, 500000, $4, 90)",
                    f"AGED-CASE-{number:04}",
                    applicant_id("Ruby Hale"),
                    visa_type,
                    MIDNIGHT - timedelta(hours=hours),
                )
        await fold(connection)
        await age(connection)
    finally:
        await connection.close()
    return database


async def _ages(url: str, *dimensions: Dimension, period: Period | None) -> dict[object, object]:
    question = Question(DAY, DAY, dimensions, period, measures=frozenset(AGES))
    rows = await ask(url, question)
    return {
        row.get("visa_type_code"): pytest.approx(tuple(row[of] for of in AGES), rel=0.01)
        for row in rows
    }


@pytest.mark.parametrize("period", [None, Period.DAY])
async def test_percentiles_of_ages_are_told_apart(open_cases: str, period: Period | None) -> None:
    by_visa_type = {"B1": (50, 90, 100), "C1": (5, 9, 10)}
    assert await _ages(open_cases, Dimension.VISA_TYPE, period=period) == by_visa_type
    # Of all twenty: the tenth, the eighteenth and the last.
    assert await _ages(open_cases, period=period) == {None: (10, 80, 100)}


async def test_each_age_by_itself_is_what_it_is_beside_the_others(open_cases: str) -> None:
    for measure, hours in zip(AGES, (50, 90, 100), strict=True):
        question = Question(DAY, DAY, (Dimension.VISA_TYPE,), measures=frozenset({measure}))
        rows = group_by("visa_type_code")(await ask(open_cases, question))
        assert rows["B1"][measure] == pytest.approx(hours, rel=0.01)
        assert rows["B1"][f"{measure}_of"] == 10


async def test_ages_of_a_period_that_is_not_over_are_of_its_last_completed_day(
    open_cases: str,
) -> None:
    today = wib_day(datetime.now(UTC))
    for ago, number in ((1, 10), (0, 0)):
        from_on, to_on = today - timedelta(days=ago), today + timedelta(days=1)
        question = Question(from_on, to_on, (Dimension.VISA_TYPE,), measures=frozenset(AGES))
        rows = group_by("visa_type_code")(await ask(open_cases, question))
        found = [rows.get(code, {}).get("wip_age_p50_of", 0) for code in ("B1", "C1")]
        assert found == [number, number]


WAITS = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = $1)
"""


@pytest.mark.parametrize("writer", [age, fold, rebuild], ids=lambda writer: writer.__name__)
async def test_whoever_writes_figures_waits_for_the_other_who_does(
    open_cases: str, writer: Callable[[asyncpg.Connection], Awaitable[object]]
) -> None:
    first, second, watcher = [await connect(open_cases) for _ in range(3)]
    writing = None
    try:
        pid = await second.fetchval("SELECT pg_backend_pid()")
        async with first.transaction():
            await fold(first)
            writing = asyncio.ensure_future(writer(second))
            async with asyncio.timeout(20):
                while not await watcher.fetchval(WAITS, pid):
                    assert not writing.done(), f"{writer.__name__} went ahead"
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            await writing
    finally:
        if writing and not writing.done():
            writing.cancel()
        for one in (first, second, watcher):
            await one.close()
