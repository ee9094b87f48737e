"""Open cases whose target has passed: in the backlog, and missed in the rate of the intake."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.database.connections import connect
from models.volumes import Dimension, Measure, Period, Question, fold
from tests.models.asking import ask, group_by
from tests.populating import applicants, reference_data
from tests.set_clock import at_hour_of
from tests.world import WIB, applicant_id, at

pytestmark = pytest.mark.anyio


THIS_HOUR = datetime.now(WIB).replace(minute=0, second=0, microsecond=0)
#: Yesterday, just before this hour, within it, and tomorrow.
DUE_IN = timedelta(days=-1), timedelta(seconds=-1), timedelta(0), timedelta(days=1)
DUE_ON = [(THIS_HOUR + due_in).date() for due_in in DUE_IN]


@pytest.fixture(scope="module")
async def waiting(database: str) -> str:
    """A database with cases paid on 10 March 2025, due around this hour."""
    connection = await connect(database)
    try:
        async with connection.transaction():
            await reference_data(connection)
            await applicants(connection)
            for number, due_in in enumerate(DUE_IN):
                await connection.execute(
                    "INSERT INTO application (id, reference, applicant_id, nationality_code,"
                    " visa_type_code, channel, status, submitted_at, paid_at, fee_idr,"
                    " target_due_at, use_within_days) VALUES (gen_random_uuid(), $1, $2, 'AU',"
                    " 'B1', 'DIRECT', 'PAID', $3, $3, 500000, $4, 90)",
                    f"OPEN-CASE-000{number}",
                    applicant_id("Ruby Hale"),
                    at("03-10 09:00"),
                    THIS_HOUR + due_in,
                )
        await fold(connection)
    finally:
        await connection.close()
    return database


@pytest.fixture
async def at_this_hour(waiting: str) -> AsyncIterator[None]:
    connection = await connect(waiting)
    async with at_hour_of(connection, THIS_HOUR):
        yield
    await connection.close()


@pytest.mark.usefixtures("at_this_hour")
async def test_an_open_case_is_missed_from_the_hour_after_its_target(waiting: str) -> None:
    question = Question(
        date(2025, 3, 1),
        date(2025, 3, 31),
        (Dimension.VISA_TYPE,),
        Period.DAY,
        measures=frozenset({Measure.TARGET_RATE_INTAKE}),
    )
    days = group_by("period")(await ask(waiting, question))
    (row,) = days.values()
    assert (row["intake"], row["target_rate_intake"], row["target_rate_intake_of"]) == (4, 0, 2)


@pytest.mark.usefixtures("at_this_hour")
@pytest.mark.parametrize("dimensions", [(), (Dimension.COUNTRY,), (Dimension.NATIONALITY,)])
async def test_the_backlog_of_now_holds_nothing_that_is_due_later(
    waiting: str, dimensions: tuple[Dimension, ...]
) -> None:
    today = datetime.now(WIB).date()
    day = timedelta(days=1)

    async def backlogs(from_on: date, to_on: date, period: Period | None = None) -> list[Any]:
        stocks = frozenset({Measure.WIP, Measure.BACKLOG})
        question = Question(from_on, to_on, dimensions, period, measures=stocks)
        return [(row["wip"], row["backlog"]) for row in await ask(waiting, question)]

    yesterday = [(4, sum(due < today for due in DUE_ON))]
    assert await backlogs(today - 9 * day, today - day) == yesterday
    assert await backlogs(today, today) == [(4, 2)]
    assert await backlogs(today - 400 * day, today) == [(4, 2)]
    assert await backlogs(today + day, today + 3 * day) == [(4, 2)]
    each_day = await backlogs(today - day, today + 2 * day, Period.DAY)
    assert each_day == [*yesterday, (4, 2), (4, 2), (4, 2)]
    assert (await backlogs(today - 40 * day, today + day, Period.MONTH))[-1] == (4, 2)


async def test_a_case_that_closes_leaves_no_line_behind(waiting: str) -> None:
    connection = await connect(waiting)
    try:
        await connection.execute("UPDATE application SET status = 'LAPSED', closed_at = now()")
        await fold(connection)
        left = "SELECT count(*) FROM volume_daily_duration WHERE kind = 'open'"
        assert await connection.fetchval(left) == 0
    finally:
        await connection.close()
