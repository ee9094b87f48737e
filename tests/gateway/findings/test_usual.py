"""What is usual for a duration: false alarms stay rare, and a real slip is seen."""

from math import exp, log, sqrt
from random import Random
from statistics import mean, stdev

import pytest

from gateway.findings.outliers import usual_range

WORLDS = 4_000


def months_of(seed: int, slip: float = 1.0) -> tuple[list[float], float]:
    """Twelve months of a duration that varies as durations do, and the next one."""
    rng = Random(seed)
    typical, spread = rng.uniform(4, 80), rng.uniform(0.06, 0.3)
    *past, last = (typical * rng.lognormvariate(0, spread) for _ in range(13))
    return past, last * slip


def test_with_nothing_behind_it_about_one_month_in_five_hundred_is_outside() -> None:
    outside = 0
    for seed in range(WORLDS):
        past, last = months_of(seed)
        usual = usual_range(past)
        assert usual
        outside += not usual.low <= last <= usual.high
    assert 0.0005 < outside / WORLDS < 0.004


def test_a_duration_that_trebles_is_outside_nearly_always() -> None:
    seen = 0
    for seed in range(500):
        past, last = months_of(seed, slip=3.0)
        usual = usual_range(past)
        assert usual
        seen += last > usual.high
    assert seen / 500 > 0.8


@pytest.mark.parametrize("known", range(6, 15))
def test_the_range_is_the_known_one_of_the_last_months(known: int) -> None:
    """Student's prediction interval of the logarithms, of twelve months at most."""
    from scipy import stats

    past = [20.0 + 7 * (month * 5 % 11) for month in range(known)]
    logs = [log(hours) for hours in past[-12:]]
    spread = stdev(logs) * sqrt(1 + 1 / len(logs))
    half = stats.t.ppf(0.999, len(logs) - 1) * spread
    middle = mean(logs)
    usual = usual_range(past)
    assert usual
    assert tuple(usual) == pytest.approx((exp(middle - half), exp(middle + half)), rel=1e-9)


def test_months_that_are_alike_have_a_range_all_the_same() -> None:
    usual = usual_range([20.0] * 6)
    assert usual
    half = 5.8934 * 0.05 * sqrt(1 + 1 / 6)
    assert tuple(usual) == pytest.approx((20 * exp(-half), 20 * exp(half)), rel=1e-4)


def test_too_few_months_have_no_range() -> None:
    assert usual_range([5.0] * 5) is None
    assert usual_range([0.0] * 12) is None
    usual = usual_range([5.0] * 6)
    assert usual
    assert usual.low < 5 < usual.high
