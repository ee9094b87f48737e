"""The interval of a rate, and the funnel in which it lies."""

from collections import Counter
from math import comb

import pytest

from gateway.findings.rates import FunnelPosition, expected_cases, funnel, wilson

COUNTS = ((1, 0.02), (30, 0.02), (200, 0.02), (200, 0.4), (50, 0.9), (40, 0.5))


def chance(n: int, rate: float, low: float, high: float) -> tuple[float, float]:
    """How likely chance leaves the limits of a funnel, below and above, added up one by one."""

    def mass(count: int) -> float:
        return comb(n, count) * rate**count * (1 - rate) ** (n - count)

    counts = range(n + 1)
    below = sum(mass(count) for count in counts if count / n < low)
    return below, sum(mass(count) for count in counts if count / n > high)


def test_the_interval_is_wilsons() -> None:
    assert wilson(10, 100) == pytest.approx((0.05522914, 0.17436566))
    assert wilson(0, 20) == pytest.approx((0.0, 0.16112516))
    assert wilson(0, 0) == (0.0, 1.0)


def test_no_rate_lies_beyond_none_or_all() -> None:
    """However its parts are rounded."""
    for n in range(1, 2_000):
        low, high = wilson(0, n)
        assert 0 <= low < 1e-12 < high
        low, high = wilson(n, n)
        assert low < 1 - 1e-12 < high <= 1


@pytest.mark.parametrize(("n", "rate"), COUNTS)
def test_chance_leaves_the_limits_as_rarely_as_they_say(n: int, rate: float) -> None:
    found = funnel(n * rate, n)
    assert found is not None
    assert max(chance(n, rate, found.warning_low, found.warning_high)) < 0.025
    assert max(chance(n, rate, found.control_low, found.control_high)) < 0.001
    # And no limit is wider than it has to be.
    tighter = chance(n, rate, found.warning_low + 1 / n, found.warning_high - 1 / n)
    assert tighter[0] >= 0.025 or found.warning_low + 1 / n > found.warning_high
    assert tighter[1] >= 0.025 or found.warning_high - 1 / n < 0


def test_limits_of_many_cases_follow_those_of_few() -> None:
    few, many = funnel(99.9, 1_000), funnel(100.1, 1_000)
    assert few is not None
    assert many is not None
    assert many.warning_high == pytest.approx(few.warning_high, abs=0.002)
    assert many.control_low == pytest.approx(few.control_low, abs=0.002)


def test_nobody_stands_out_for_having_few_cases() -> None:
    assert funnel(0.0, 0) is None
    found = funnel(0.06, 3)
    assert found is not None
    assert {found.position(cases, 3) for cases in (0, 1)} == {FunnelPosition.WITHIN}
    assert found.position(2, 3) is FunnelPosition.ABOVE_WARNING


def test_a_rate_is_outside_only_beyond_a_limit() -> None:
    found = funnel(20.0, 1_000)
    assert found is not None
    seen = {cases: found.position(cases, 1_000) for cases in (5, 8, 20, 31, 36)}
    assert seen == {
        5: FunnelPosition.BELOW_CONTROL,
        8: FunnelPosition.BELOW_WARNING,
        20: FunnelPosition.WITHIN,
        31: FunnelPosition.ABOVE_WARNING,
        36: FunnelPosition.ABOVE_CONTROL,
    }


def test_cases_are_expected_by_the_rate_of_each_kind() -> None:
    kinds, whole = Counter({"B1": 10, "C1": 5, "D1": 0}), Counter({"B1": 20, "C1": 10})
    assert expected_cases(kinds, Counter({"B1": 2, "C1": 6, "D1": 9}), whole) == 1.0 + 3.0
    assert expected_cases(Counter(), Counter(), whole) == 0.0
