"""Calendar periods: their ends, and what they are compared with."""

from datetime import UTC, date, datetime, tzinfo

import pytest

from dashboard.model import period
from dashboard.model.period import (
    Period,
    last_month,
    last_months,
    last_quarter,
    last_quarters,
    last_year,
    last_years,
    month_end,
    month_start,
    period_between,
    this_month,
    this_year,
)


def days(text: str) -> Period:
    from_on, to_on = map(date.fromisoformat, text.split())
    return Period(from_on, to_on)


@pytest.mark.parametrize(("hour", "day"), [(16, date(2025, 12, 31)), (17, date(2026, 1, 1))])
def test_a_day_begins_at_midnight_in_jakarta(monkeypatch, hour: int, day: date) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2025, 12, 31, hour, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(period, "datetime", Clock)
    assert period.today() == day


@pytest.mark.parametrize(
    ("of", "months", "previous", "year_before"),
    [
        ("2025-03-01 2025-03-31", 1, "2025-02-01 2025-02-28", "2024-03-01 2024-03-31"),
        ("2025-02-01 2025-02-28", 1, "2025-01-01 2025-01-31", "2024-02-01 2024-02-29"),
        # A month that is not over is compared up to the same day, or to the last there is.
        ("2025-03-01 2025-03-30", 1, "2025-02-01 2025-02-28", "2024-03-01 2024-03-30"),
        ("2025-03-01 2025-03-09", 1, "2025-02-01 2025-02-09", "2024-03-01 2024-03-09"),
        ("2024-11-01 2025-01-31", 3, "2024-08-01 2024-10-31", "2023-11-01 2024-01-31"),
        ("2025-01-01 2025-12-31", 12, "2024-01-01 2024-12-31", "2024-01-01 2024-12-31"),
    ],
)
def test_a_period_is_compared_with_as_many_months(
    of: str, months: int, previous: str, year_before: str
) -> None:
    one = days(of)
    assert (one.months, one.previous, one.year_before) == (
        months, days(previous), days(year_before),
    )  # fmt: skip
    assert one.before(period.PREVIOUS) == one.previous
    assert one.before(period.YEAR_BEFORE) == one.year_before


@pytest.mark.parametrize(
    ("of", "trend", "recent", "known"),
    [
        ("2025-03-01 2025-03-31", "2024-03-01", "2024-03-01", "2023-03-01"),
        ("2024-03-01 2025-03-31", "2024-03-01", "2024-03-01", "2023-02-01"),
        ("2024-02-01 2025-03-31", "2024-02-01", "2024-03-01", "2022-12-01"),
        # The gateway answers for ten years.
        ("2020-01-01 2025-12-31", "2020-01-01", "2024-12-01", "2016-01-01"),
    ],
)
def test_trends_begin_early_enough_for_the_seasons(
    of: str, trend: str, recent: str, known: str
) -> None:
    one = days(of)
    found = (one.trend_from_on, one.recent_from_on, one.known_from_on)
    assert tuple(map(str, found)) == (trend, recent, known)


@pytest.mark.parametrize(
    ("now", "month", "quarter", "year"),
    [
        ("2025-01-01", "2024-12-01 2024-12-31", "2024-10-01 2024-12-31", "2024-01-01 2024-12-31"),
        ("2025-03-31", "2025-02-01 2025-02-28", "2024-10-01 2024-12-31", "2024-01-01 2024-12-31"),
        ("2025-04-01", "2025-03-01 2025-03-31", "2025-01-01 2025-03-31", "2024-01-01 2024-12-31"),
        ("2025-12-31", "2025-11-01 2025-11-30", "2025-07-01 2025-09-30", "2024-01-01 2024-12-31"),
    ],
)
def test_last_periods_are_over(now: str, month: str, quarter: str, year: str) -> None:
    on = date.fromisoformat(now)
    assert (last_month(on), last_quarter(on), last_year(on)) == (
        days(month), days(quarter), days(year),
    )  # fmt: skip
    assert this_year(on) == Period(date(2025, 1, 1), on)
    assert this_month(on) == Period(on.replace(day=1), on)


def test_several_periods_end_with_the_last_one_that_is_over() -> None:
    now = date(2025, 5, 20)
    assert last_months(3, now) == days("2025-02-01 2025-04-30")
    assert last_quarters(2, now) == days("2024-10-01 2025-03-31")
    assert last_years(2, now) == days("2023-01-01 2024-12-31")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2025-02-10", "2025-03-05", "2025-02-01 2025-03-31"),
        ("2025-03-05", "2025-02-10", "2025-02-01 2025-03-31"),
        ("2025-02-10", "2025-05-02", "2025-02-01 2025-05-20"),
        ("2025-07-01", "2026-01-01", "2025-05-01 2025-05-20"),
    ],
)
def test_a_chosen_period_has_whole_months_up_to_today(first: str, last: str, expected: str) -> None:
    ends = map(date.fromisoformat, (first, last))
    assert period_between(*ends, date(2025, 5, 20)) == days(expected)


def test_months_are_counted_over_new_year() -> None:
    assert month_start(date(2025, 1, 31), -1) == date(2024, 12, 1)
    assert month_start(date(2024, 12, 31), 1) == date(2025, 1, 1)
    assert month_start(date(2025, 1, 31), -13) == date(2023, 12, 1)
    assert [month_end(date(year, 2, 5)).day for year in (2023, 2024)] == [28, 29]
    assert not days("2025-02-01 2025-02-27").has_whole_months
    assert days("2025-02-01 2025-02-28").has_whole_months
