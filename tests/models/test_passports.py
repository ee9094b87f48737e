"""Until when a passport must be valid: calendar months from the intended day of entry on."""

from datetime import date, timedelta

import asyncpg
import pytest

from models.reference.dated_rules import needed_until

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(3 * 366)]


@pytest.mark.parametrize(
    ("entry_on", "months", "until"),
    [
        ("2026-03-10", 6, "2026-09-10"),
        ("2026-06-30", 6, "2026-12-30"),
        ("2026-07-01", 6, "2027-01-01"),
        ("2026-12-31", 6, "2027-06-30"),
        # The last of February, in a leap year too.
        ("2026-08-27", 6, "2027-02-27"),
        ("2026-08-28", 6, "2027-02-28"),
        ("2026-08-29", 6, "2027-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-09-01", 6, "2027-03-01"),
        ("2027-08-29", 6, "2028-02-29"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-05-31", 0, "2026-05-31"),
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-05-31", 120, "2036-05-31"),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(
    entry_on: str, months: int, until: str
) -> None:
    assert needed_until(date.fromisoformat(entry_on), months) == date.fromisoformat(until)


@pytest.mark.anyio
async def test_months_are_counted_as_postgresql_does(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        for months in (0, 1, 5, 6, 7, 12, 18, 120):
            expected = await connection.fetch(
                "SELECT (day + make_interval(months => $2))::date AS until"
                " FROM unnest($1::date[]) WITH ORDINALITY AS of(day, place) ORDER BY place",
                DAYS,
                months,
            )
            assert [needed_until(day, months) for day in DAYS] == [row["until"] for row in expected]
    finally:
        await connection.close()
