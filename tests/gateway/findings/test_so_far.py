"""At what a month will end: tried on months of worlds that are not the model's."""

from datetime import date, timedelta
from math import inf

import numpy as np
import pytest

from gateway.findings.expected import ExpectedRange, outlook
from gateway.findings.so_far import Rhythm, month_end, rhythm_of

DAYS = 30
#: Monday to Sunday: half as many come on a weekend.
WEEK = np.array([1.2, 1.15, 1.1, 1.1, 1.2, 0.7, 0.55])


def days_of(rng: np.random.Generator, mean: float, first: date, days: int) -> dict[date, int]:
    """Arrivals by day: weekends, and parties of one to four, which independent arrivals know
    nothing of."""
    dates = [first + timedelta(days=day) for day in range(days)]
    parties = rng.poisson([mean / DAYS * WEEK[day.weekday()] / 1.45 for day in dates])
    sizes = [rng.choice((1, 2, 3, 4), n, p=(0.7, 0.2, 0.05, 0.05)).sum() for n in parties]
    return {day: int(size) for day, size in zip(dates, sizes, strict=True)}


@pytest.mark.parametrize("day", [5, pytest.param(10, marks=pytest.mark.proof), 20])
def test_eight_of_ten_months_end_in_their_range(day: int) -> None:
    """Of 600 country-months with at least 100 files each."""
    rng = np.random.default_rng(day)
    inside = tried = 0
    widths: list[float] = []
    while tried < 600:
        size = float(np.exp(rng.uniform(np.log(120), np.log(4_000))))
        growth = np.cumsum(rng.normal(0, 0.05, 31))
        means = size * np.exp(growth + rng.normal(0, 0.1, 31))
        past = rng.poisson(means[:30]).tolist()
        found = outlook(past, [1.0] * 12, 1)
        first = date(2026, int(rng.choice((4, 6, 9, 11))), 1)
        arrivals = days_of(rng, means[30], first, DAYS)
        whole = sum(arrivals.values())
        if found is None or whole < 100:
            continue
        until = first + timedelta(days=day - 1)
        before = days_of(rng, means[29], until - timedelta(days=55), 56 - day)
        so_far = {each: n for each, n in arrivals.items() if each <= until}
        rhythm = rhythm_of(before | so_far)
        range_ = month_end(
            sum(so_far.values()), rhythm.elapsed(until), found.coming[0], rhythm.clumping
        )
        assert range_
        tried += 1
        inside += range_.low <= whole <= range_.high
        widths.append((range_.high - range_.low) / (found.coming[0].high - found.coming[0].low))
    assert inside / tried == pytest.approx(0.80, abs=0.06)
    assert np.median(widths) < {5: 0.9, 10: 0.7, 20: 0.4}[day], "what came says more by the day"


def test_the_more_of_the_month_is_over_the_less_is_open() -> None:
    expected = ExpectedRange(900, 1_000, 1_110)
    last = inf
    for day in range(1, DAYS + 1):
        range_ = month_end(round(1_050 * day / DAYS), day / DAYS, expected)
        assert range_
        assert range_.low >= 1_050 * day // DAYS
        assert range_.high - range_.low < last
        last = range_.high - range_.low
    assert last == 0


def test_what_came_moves_the_range_and_a_forecast_holds_it() -> None:
    expected = ExpectedRange(900, 1_000, 1_110)
    few, many = (month_end(received, 1 / 3, expected) for received in (200, 500))
    assert few
    assert many
    assert 200 * 3 < few.middle < 1_000 < many.middle < 500 * 3
    alone = month_end(500, 1 / 3, None)
    assert alone
    assert alone.middle == pytest.approx(1_500, rel=0.05)
    assert month_end(0, 1 / 3, None) is None


def test_a_month_is_over_by_the_rhythm_of_its_weeks() -> None:
    """September 2026 begins on a Tuesday: 22 working days, and eight without any arrival."""
    offices = Rhythm((1.0,) * 5 + (0.0, 0.0))
    assert offices.elapsed(date(2026, 9, 4)) == pytest.approx(4 / 22)
    assert offices.elapsed(date(2026, 9, 6)) == pytest.approx(4 / 22)
    assert offices.elapsed(date(2026, 9, 30)) == 1
    assert Rhythm().elapsed(date(2026, 2, 14)) == 0.5
    assert rhythm_of({}) == Rhythm()
    days = {date(2026, 8, 3) + timedelta(days=day): 70 if day % 7 < 5 else 7 for day in range(56)}
    found = rhythm_of(days)
    assert found.clumping == 1
    assert found.weekdays[6] == pytest.approx(7 / 52, abs=0.03)
