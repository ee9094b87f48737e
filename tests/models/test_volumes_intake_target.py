"""Open cases in the target rate of the intake: missed once their target has passed."""

from datetime import date, datetime, timedelta

import pytest

from models.database.connections import connect
from models.volumes import Dimension, Measure, Period, Question, fold
from tests.models.asking import ask, group_by
from tests.populating import applicants, reference_data
from tests.world import WIB, applicant_id, at

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def waiting(database: str) -> str:
    """A database with cases paid on 10 March that are due yesterday, today and tomorrow."""
    connection = await connect(database)
    today = datetime.now(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        async with connection.transaction():
            await reference_data(connection)
            await applicants(connection)
            for number, due_in in enumerate((-1, 0, 1)):
                await connection.execute(
                    "INSERT INTO application (id, reference, applicant_id, nationality_code,"
                    " visa_type_code, channel, status, submitted_at, paid_at, fee_idr,"
                    " target_due_at, use_within_days) VALUES (gen_random_uuid(), $1, $2, 'AU',"
                    " 'B1', 'DIRECT', 'PAID', $3, $3, 500000, $4, 90)",
                    f"OPEN-CASE-000{number}",
                    applicant_id("Ruby Hale"),
                    at("03-10 09:00"),
                    today + timedelta(days=due_in, hours=12),
                )
        await fold(connection)
    finally:
        await connection.close()
    return database


async def test_an_open_case_is_missed_from_the_day_after_its_target(waiting: str) -> None:
    question = Question(
        date(2025, 3, 1),
        date(2025, 3, 31),
        (Dimension.VISA_TYPE,),
        Period.DAY,
        measures=frozenset({Measure.TARGET_RATE_INTAKE}),
    )
    days = group_by("period")(await ask(waiting, question))
    (row,) = days.values()
    assert (row["intake"], row["target_rate_intake"], row["target_rate_intake_of"]) == (3, 0, 1)


async def test_a_case_that_closes_leaves_no_line_behind(waiting: str) -> None:
    connection = await connect(waiting)
    try:
        await connection.execute("UPDATE application SET status = 'LAPSED', closed_at = now()")
        await fold(connection)
        left = "SELECT count(*) FROM volume_daily_duration WHERE kind = 'open'"
        assert await connection.fetchval(left) == 0
    finally:
        await connection.close()
