"""Every window is covered exactly: each of its days counts once, and no other day does."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from models.volumes.ages import _days as days_of_span
from models.volumes.grains import Dimension
from models.volumes.question import Period, Question, Tile, _nearest_month, months_later, tiles

EARLIEST = date(2022, 1, 1)
BEGIN = date(2023, 11, 20)  # the windows reach over a change of years, and a leap day
ONE_DAY = timedelta(days=1)


def _days(first_on: date | None, last_on: date) -> Iterator[date]:
    day = first_on or EARLIEST
    while day <= last_on:
        yield day
        day += ONE_DAY


def _covered_days(covering: list[Tile]) -> set[date]:
    """The days that count once. None counts otherwise, and no tile is empty."""
    count = Counter[date]()
    for tile in covering:
        assert tile.first_on is None or tile.first_on <= tile.last_on
        for day in _days(tile.first_on, tile.last_on):
            count[day] += -1 if tile.is_taken_off else 1
    assert set(count.values()) <= {0, 1}
    return {day for day in count if count[day]}


@pytest.mark.parametrize("period", [None, Period.DAY])
def test_each_day_of_a_window_counts_once_and_so_does_each_before_it(period: Period | None) -> None:
    for begin in range(0, 66, 5):
        for end in range(begin, begin + 80, 7):
            from_on, to_on = BEGIN + begin * ONE_DAY, BEGIN + end * ONE_DAY
            question = Question(from_on, to_on, (Dimension.COUNTRY,), period)
            covering = list(tiles(question, {Dimension.COUNTRY}))
            within = [tile for tile in covering if tile.is_in_window]
            before = [tile for tile in covering if not tile.is_in_window]
            assert _covered_days(within) == set(_days(from_on, to_on))
            assert _covered_days(before) == set(_days(None, from_on - ONE_DAY))


def test_most_of_a_month_is_the_month_without_its_other_days() -> None:
    question = Question(date(2024, 1, 3), date(2024, 1, 30), (Dimension.COUNTRY,))
    within = [tile for tile in tiles(question, {Dimension.COUNTRY}) if tile.is_in_window]
    assert [(tile.first_on, tile.last_on, tile.is_taken_off) for tile in within] == [
        (date(2024, 1, 1), date(2024, 1, 31), False),
        (date(2024, 1, 1), date(2024, 1, 2), True),
        (date(2024, 1, 31), date(2024, 1, 31), True),
    ]


def test_whole_years_before_a_window_are_taken_as_years() -> None:
    for from_on, whole in ((date(2024, 1, 1), ["year"]), (date(2024, 2, 1), ["year", "month"])):
        question = Question(from_on, date(2024, 2, 29), (Dimension.COUNTRY,))
        covering = [tile for tile in tiles(question, {Dimension.COUNTRY}) if not tile.is_in_window]
        assert [tile.grain.period for tile in covering] == whole
        assert (covering[0].first_on, covering[0].last_on) == (None, date(2023, 12, 31))


@pytest.mark.parametrize(
    ("period", "grains"),
    [(Period.DAY, {"day"}), (Period.WEEK, {"day"}), (Period.MONTH, {"month", "day"})],
)
def test_what_is_no_part_of_a_month_is_counted_by_days(period: Period, grains: set[str]) -> None:
    question = Question(BEGIN, BEGIN + 90 * ONE_DAY, (), period)
    covering = [tile for tile in tiles(question, set()) if tile.is_in_window]
    assert {tile.grain.period for tile in covering} == grains


def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month() -> None:
    for day, months, later in (
        (date(2025, 1, 29), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 2, date(2025, 3, 31)),
        (date(2025, 1, 30), -1, date(2024, 12, 30)),
        (date(2025, 3, 31), -13, date(2024, 2, 29)),
    ):
        assert months_later(day, months) == later


def test_the_nearest_beginning_of_a_month_is_the_later_one_among_equals() -> None:
    days = {date(2025, 2, 14): 2, date(2025, 2, 15): 3, date(2025, 3, 16): 3, date(2025, 3, 17): 4}
    assert {day: _nearest_month(day) for day in days} == {
        day: date(2025, month, 1) for day, month in days.items()
    }


def test_a_span_of_days_ends_with_the_latest() -> None:
    first, last = date(2025, 3, 1), date(2025, 3, 3)
    three = [first, date(2025, 3, 2), last]
    for ends in (last, None, date(2025, 3, 9)):
        assert list(days_of_span(first, ends, last)) == three
    assert list(days_of_span(first, first, last)) == [first]
    assert list(days_of_span(last, None, first)) == []
