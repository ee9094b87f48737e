"""What is usual for a duration: false alarms stay rare, and a real slip is seen."""

from random import Random

from dashboard.analysis.usual import usual_range

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


def test_too_few_months_have_no_range() -> None:
    assert usual_range([5.0] * 5) is None
    assert usual_range([0.0] * 12) is None
    usual = usual_range([5.0] * 6)
    assert usual
    assert usual.low < 5 < usual.high
