"""Ages of open cases at the end of each day: what is recorded late changes the days it is about."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from models.volumes import age, fold, rebuild, verify
from tests.world import applicant_id, application_id, at

pytestmark = pytest.mark.anyio

PAID, OPEN = application_id("AUSY-PAID-0013"), application_id("SGPO-OPEN-0006")


def about(hours: float) -> Any:
    return pytest.approx([hours], rel=0.01)


async def ages_of(connection: asyncpg.Connection, country: str, day: str) -> list[float]:
    """The hours of the open cases of a country at the end of a day."""
    rows = await connection.fetch(
        "SELECT exp(bucket / 50.0 - 0.01) / 3600 AS hours FROM volume_age_detailed"
        " WHERE country_code = $1 AND starts_on = $2 AND measured = 1 ORDER BY bucket",
        country,
        date.fromisoformat(day),
    )
    return [row["hours"] for row in rows]


async def test_a_closing_that_is_recorded_late_takes_a_case_out_of_the_days_after(
    rolled_back: asyncpg.Connection,
) -> None:
    assert await ages_of(rolled_back, "SG", "2025-02-13") == about(87)
    await rolled_back.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " VALUES ($1, 9, 'WITHDRAWN', $2)",
        OPEN,
        at("02-12 15:00"),
    )
    await rolled_back.execute(
        "UPDATE application SET status = 'WITHDRAWN', closed_at = $2 WHERE id = $1",
        OPEN,
        at("02-12 15:00"),
    )
    assert await verify(rolled_back) == []  # the days are marked as stale
    assert await age(rolled_back) > 600
    assert await ages_of(rolled_back, "SG", "2025-02-11") == about(39)
    assert await ages_of(rolled_back, "SG", "2025-02-12") == []
    assert await verify(rolled_back) == []


async def test_a_payment_that_is_put_right_makes_a_case_older(
    rolled_back: asyncpg.Connection,
) -> None:
    assert await ages_of(rolled_back, "AU", "2025-02-27") == about(15)
    await rolled_back.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " VALUES ($1, 9, 'PAID', $2)",
        PAID,
        at("02-27 08:00"),
    )
    await rolled_back.execute(
        "UPDATE application SET paid_at = $2 WHERE id = $1", PAID, at("02-27 08:00")
    )
    await age(rolled_back)
    assert await ages_of(rolled_back, "AU", "2025-02-27") == about(16)
    assert await verify(rolled_back) == []


async def test_an_extension_that_is_open_has_no_age(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute("SET LOCAL session_replication_role = replica")  # of no visa here
    for number, extends in ((1, None), (2, "E0000001")):
        await rolled_back.execute(
            "INSERT INTO application (id, reference, applicant_id, nationality_code,"
            " visa_type_code, trip_purpose, channel, status, submitted_at, paid_at, fee_idr,"
            " target_due_at, extends_visa_number, use_within_days) VALUES (gen_random_uuid(), $1,"
            " $2, 'AU', 'B1', 'TRANSIT', 'DIRECT', 'PAID', $3, $3, 500000, $3, $4,"
            " CASE WHEN $4::text IS NULL THEN 90 END)",
            *(f"AGED-CASE-000{number}", applicant_id("Ruby Hale"), at("03-10 08:00"), extends),
        )
    await rebuild(rolled_back, at("03-12 00:00"))
    ages = "SELECT measured FROM volume_age_detailed WHERE trip_purpose = 'TRANSIT'"
    assert [measured for (measured,) in await rolled_back.fetch(ages)] == [1, 1]


async def test_a_corrected_visa_type_moves_the_days_of_a_case(
    rolled_back: asyncpg.Connection,
) -> None:
    await rolled_back.execute("UPDATE application SET visa_type_code = 'C1' WHERE id = $1", OPEN)
    await fold(rolled_back)
    await age(rolled_back)
    moved = "SELECT count(DISTINCT starts_on) FROM volume_age_detailed WHERE country_code = 'SG' AND visa_type_code = $1"  # noqa: E501
    assert await rolled_back.fetchval(moved, "B1") == 0
    assert await rolled_back.fetchval(moved, "C1") > 600
    assert await verify(rolled_back) == []


async def test_what_closes_today_leaves_the_days_before_as_they_are(
    rolled_back: asyncpg.Connection,
) -> None:
    await rolled_back.execute(
        "UPDATE application SET status = 'LAPSED', closed_at = now() WHERE id = $1", OPEN
    )
    assert await age(rolled_back) == 0
    await rolled_back.execute("UPDATE application SET fee_idr = fee_idr + 1")
    assert await age(rolled_back) == 0


async def test_a_day_that_passes_is_made_once(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute("UPDATE volume_aged_until SET day = day - 3")
    assert await age(rolled_back) == 3
    assert await age(rolled_back) == 0
    assert await verify(rolled_back) == []


@pytest.mark.parametrize(
    ("paid", "closed", "ages"),
    [
        # From one midnight to the next: it is of the day that it began with.
        ("03-10 00:00", "03-11 00:00", {"03-10": 24}),
        ("03-09 23:59", "03-11 00:01", {"03-09": 1 / 60, "03-10": 24 + 1 / 60}),
        ("03-10 00:00", "03-10 23:59", {}),
        ("03-10 08:00", "03-12 00:00", {"03-10": 16, "03-11": 40}),
    ],
)
async def test_a_case_is_open_at_the_ends_of_the_days_before_it_closes(
    rolled_back: asyncpg.Connection, paid: str, closed: str, ages: dict[str, float]
) -> None:
    await rolled_back.execute(
        "INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code,"
        " trip_purpose, channel, status, submitted_at, paid_at, closed_at, fee_idr, target_due_at,"
        " use_within_days) VALUES (gen_random_uuid(), 'AGED-CASE-0001', $1, 'AU', 'B1', 'TRANSIT',"
        " 'DIRECT', 'WITHDRAWN', $2, $2, $3, 500000, $3, 90)",
        applicant_id("Ruby Hale"),
        at(paid),
        at(closed),
    )
    await rebuild(rolled_back, at("03-15 00:00"))
    rows = await rolled_back.fetch(
        "SELECT to_char(starts_on, 'MM-DD') AS day, exp(bucket / 50.0 - 0.01) / 3600 AS hours"
        " FROM volume_age_detailed WHERE trip_purpose = 'TRANSIT'"
    )
    assert {row["day"]: float(row["hours"]) for row in rows} == pytest.approx(ages, rel=0.02)


@pytest.mark.parametrize(
    ("now", "until"), [("03-11 00:00", date(2025, 3, 10)), ("03-10 23:59", date(2025, 3, 9))]
)
async def test_a_day_is_over_at_midnight_in_jakarta(
    rolled_back: asyncpg.Connection, now: str, until: date
) -> None:
    await rebuild(rolled_back, at(now))
    for table in ("volume_age", "volume_age_detailed"):
        assert await rolled_back.fetchval(f"SELECT max(starts_on) FROM {table}") == until
    assert await rolled_back.fetchval("SELECT day FROM volume_aged_until") == until


async def test_no_day_that_is_not_over_has_ages(rolled_back: asyncpg.Connection) -> None:
    until = await rolled_back.fetchval("SELECT day FROM volume_aged_until")
    await rolled_back.execute(
        "INSERT INTO volume_stale_days (first_on, last_on) VALUES ($1, $1::date + 3)", until
    )
    assert await age(rolled_back) == 1
    assert await rolled_back.fetchval("SELECT max(starts_on) FROM volume_age") == until
    assert await rolled_back.fetchval("SELECT day FROM volume_aged_until") == until


async def test_an_age_that_was_tampered_with_is_named(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute(
        "DELETE FROM volume_age WHERE country_code = 'SG' AND starts_on = '2025-02-13'"
    )
    (difference,) = await verify(rolled_back)
    assert (difference.table, difference.expected, difference.found) == ("volume_age", 1, 0)
    async with rolled_back.transaction():
        await rebuild(rolled_back)
    assert await verify(rolled_back) == []


async def test_the_cases_of_one_day_are_found_by_an_index(
    rolled_back: asyncpg.Connection,
) -> None:
    await rolled_back.execute("SET LOCAL enable_seqscan = off")
    plan = await rolled_back.fetch(
        "EXPLAIN SELECT FROM application"
        " WHERE tstzrange(paid_at, closed_at, '(]') @> end_of_wib_day('2025-02-13')"
        " AND paid_at IS NOT NULL AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(paid_at))"
    )
    assert "ix_application_open_at_midnight" in "".join(row[0] for row in plan)


async def test_grounds_together_are_what_was_refused(world: str) -> None:
    connection = await connect(world)
    try:
        together = await connection.fetchrow(
            "SELECT (SELECT sum(refused) FROM volume_ground),"
            " (SELECT sum(refused) FROM volume_monthly)"
        )
        assert tuple(together) == (2, 2)
    finally:
        await connection.close()
