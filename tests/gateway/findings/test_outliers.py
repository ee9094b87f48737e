"""Who needs attention, over hundreds of worlds: seldom falsely, and nearly always rightly."""

from itertools import pairwise

import numpy as np
import pytest

from gateway.findings.outliers import (
    ENOUGH_MONTHS,
    Count,
    Funnel,
    control_chart,
    duration_chance,
    funnel,
    limits_at,
    standing_out,
    sudden_month,
    usual_range,
)
from tests.gateway.findings.worlds import Counts, months, over_worlds, year

#: Decisions a year: of a demo, and of the whole network in some years.
SIZES = (50_000, 150_000, 500_000)
PLANTED = 2
#: How many decisions a planted country has at least, and how many refusals a planted month.
ENOUGH_DECISIONS, ENOUGH_EXPECTED = 300, 15


def funnel_of(n: Counts, refused: Counts) -> Funnel:
    return funnel(make_counts(n, refused))


def plant(n: Counts, refused: Counts, place: int, rng: np.random.Generator) -> Counts:
    """One country with three times the national rate, in which its own decisions count."""
    share = n[place] / n.sum()
    others = (refused.sum() - refused[place]) / (n.sum() - n[place])
    planted = refused.copy()
    planted[place] = rng.binomial(n[place], 3 * others * (1 - share) / (1 - 3 * share))
    return planted


@over_worlds
def test_without_a_plant_false_flags_stay_at_the_stated_rate(worlds: int) -> None:
    rng = np.random.default_rng(20)
    outside = alarming = places = 0
    for world in range(worlds):
        found = funnel_of(*year(SIZES[world % len(SIZES)], rng))
        places += len(found.points)
        outside += sum(point.is_outside for point in found.points)
        alarming += sum(point.is_alarming for point in found.points)
    assert places > 100 * worlds
    assert 0.01 < outside / places <= 0.05
    assert alarming / places <= 0.002


@over_worlds
def test_a_country_at_three_times_the_national_rate_leaves_the_limits(worlds: int) -> None:
    rng = np.random.default_rng(300)
    found = tried = 0
    for world in range(worlds):
        n, refused = year(SIZES[world % len(SIZES)], rng)
        large = np.flatnonzero((n >= ENOUGH_DECISIONS) & (n < 0.2 * n.sum()))
        for place in rng.choice(large, PLANTED, replace=False):
            outside = funnel_of(n, plant(n, refused, place, rng)).outside
            tried += 1
            found += any(point.is_high and point.count.key == str(place) for point in outside)
    assert tried == worlds * PLANTED
    assert found / tried >= 0.95


def test_a_world_that_differs_by_chance_alone_has_no_wider_limits_than_chance() -> None:
    rng = np.random.default_rng(4)
    spreads = []
    for _ in range(40):
        n, _ = year(200_000, rng)
        spreads.append(funnel_of(n, rng.binomial(n, 0.026)).model.spread)
    assert np.mean(spreads) < 0.05


@over_worlds
def test_a_months_rate_tripled_crosses_its_alarm_limit_and_others_seldom_do(worlds: int) -> None:
    rng = np.random.default_rng(15)
    alarming = judged = found = tried = 0
    for _ in range(worlds):
        n, refused, rate = months(rng)
        chart = control_chart(make_counts(n, refused))
        judged += len(chart)
        alarming += sum(point.is_alarming for point in chart)
        if n[-1] * rate < ENOUGH_EXPECTED:
            continue
        refused[-1] = rng.binomial(n[-1], 3 * rate)
        last = control_chart(make_counts(n, refused))[-1]
        tried += 1
        found += last.is_alarming and last.is_high
    assert tried > worlds / 2
    assert alarming / judged <= 0.002
    assert found / tried >= 0.95


def test_months_that_always_differ_by_more_than_chance_alarm_nobody() -> None:
    rng = np.random.default_rng(8)
    alarming = judged = 0
    for _ in range(20):
        n = rng.poisson(3_000, 25)
        chart = control_chart(make_counts(n, rng.binomial(n, rng.beta(20, 600, 25))))
        judged += len(chart)
        alarming += sum(point.is_alarming for point in chart)
    assert alarming / judged <= 0.01


def test_a_month_that_alarmed_is_no_measure_for_the_next() -> None:
    history = [Count(str(month), 1_000, 20 + month % 3) for month in range(12)]
    chart = control_chart([*history, Count("outage", 1_000, 300), Count("after", 1_000, 60)])
    assert [point.count.key for point in chart if point.is_alarming] == ["outage", "after"]
    assert chart[-1].model.rate == pytest.approx(0.021, abs=0.001)


def limits_by_hand(n: int, level: float, rate: float, spread: float) -> tuple[int, int]:
    """The shortest range that holds the level; of several, the one that holds most: by trying."""
    from scipy import stats

    counts = np.arange(n + 1)
    if spread:
        weight = (1 - rate) / (rate * spread**2) - 1
        masses = stats.betabinom.pmf(counts, n, rate * weight, (1 - rate) * weight)
    else:
        masses = stats.binom.pmf(counts, n, rate)
    sums = np.concatenate(([0.0], masses.cumsum()))
    for width in range(1, n + 2):
        held = sums[width:] - sums[:-width]
        if held.max() >= level:
            low = int(held.argmax())
            return low, low + width - 1
    raise AssertionError


def spread_by_hand(counts: list[Count], rate: float) -> float:
    """Of the spreads that are tried, the one that makes these counts likeliest."""
    from scipy import stats

    def likelihood(spread: float) -> float:
        if not spread:
            return sum(float(stats.binom.logpmf(each.cases, each.n, rate)) for each in counts)
        weight = (1 - rate) / (rate * spread**2) - 1
        shape = rate * weight, (1 - rate) * weight
        return sum(float(stats.betabinom.logpmf(each.cases, each.n, *shape)) for each in counts)

    tried = [0.0, *(0.03 * (2 / 0.03) ** (step / 39) for step in range(40))]
    return max(tried, key=likelihood)


@pytest.mark.parametrize("seed", range(6))
def test_control_limits_are_those_of_the_twelve_months_before(seed: int) -> None:
    """To the count, worked out month by month; years that lie further back say nothing."""
    rng = np.random.default_rng(seed)
    n = rng.integers(150, 400, 30)
    rising = np.linspace(0.02, 0.12, 30)
    history = make_counts(n, rng.binomial(n, rising))
    chart = {point.count.key: point for point in control_chart(history)}
    assert not any(point.is_alarming for point in chart.values())
    assert len(chart) == 24
    for place in (6, 7, 17, 18, 24, 29):
        month, past = history[place], history[max(0, place - 12) : place]
        decided, cases = sum(each.n for each in past), sum(each.cases for each in past)
        rate = (cases + 0.5) / (decided + 1)
        own = spread_by_hand(past, rate) * (1 + 4 / len(past))
        spread = float(np.sqrt(own**2 + (1 - rate) / (rate * (decided + 1))))
        point = chart[month.key]
        assert (point.warning.low, point.warning.high) == limits_by_hand(
            month.n, 0.95, rate, spread
        )
        assert (point.alarm.low, point.alarm.high) == limits_by_hand(month.n, 0.998, rate, spread)


@pytest.mark.parametrize("seed", range(4))
def test_limits_of_a_funnel_are_those_worked_out_by_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = rng.integers(30, 600, 12)
    counts = make_counts(n, rng.binomial(n, rng.beta(3, 50, 12)))
    found = funnel(counts)
    rate = sum(each.cases for each in counts) / sum(each.n for each in counts)
    spread = spread_by_hand(counts, rate)
    assert (found.model.rate, found.model.spread) == pytest.approx((rate, spread))
    for point in found.points:
        low, high = limits_by_hand(point.count.n, 0.95, rate, spread)
        assert (point.warning.low, point.warning.high) == (low, high)
        assert point.is_outside == (not low <= point.count.cases <= high)
        assert point.is_high == (point.count.cases > high)
    excess = [abs(each.count.cases - each.count.n * rate) for each in found.outside]
    assert excess == sorted(excess, reverse=True)


def test_a_count_on_a_limit_is_inside_and_one_beyond_it_is_not() -> None:
    usual = [Count(str(place), 1_000, 50) for place in range(20)]
    warning = funnel([*usual, Count("X", 1_000, 50)], 0.05).points[-1].warning
    states = {}
    for cases in (warning.low - 1, warning.low, warning.high, warning.high + 1):
        point = funnel([*usual, Count("X", 1_000, cases)], 0.05).points[-1]
        assert point.warning == warning
        states[cases - warning.low] = (point.is_outside, point.is_high)
    assert list(states.values()) == [(True, False), (False, False), (False, False), (True, True)]


def test_who_is_furthest_off_stands_first_whether_above_or_below() -> None:
    usual = [Count(str(place), 1_000, 50) for place in range(40)]
    found = funnel([*usual, Count("above", 1_000, 80), Count("below", 3_000, 50)], 0.05)
    assert [point.count.key for point in found.outside] == ["below", "above"]
    assert funnel([Count("one", 1, 0), *usual]).points[0].count.key == "one"


def test_lines_of_a_funnel_stay_between_nothing_and_all() -> None:
    lines = funnel([Count("few", 2, 1), Count("many", 100, 90)], 0.9).limits()
    assert [line.n for line in lines][:: len(lines) - 1] == [2, 100]
    assert all(line.low_alarm >= 0 and line.high_alarm <= 1 for line in lines)
    assert lines[0].high_alarm == 1


def test_one_outage_in_the_past_does_not_hide_a_bad_month() -> None:
    """At a glance: 40 of 1,000 is little beside a mean that an outage raised to 4 %."""
    usual = [Count(str(month), 1_000, 10 + month % 3) for month in range(12)]
    history = [*usual[:6], Count("outage", 1_000, 400), *usual[6:]]
    found = sudden_month([*history, Count("last", 1_000, 45)])
    assert found
    assert found.count.key == "last"


def test_a_sudden_month_is_the_last_alone_and_only_beyond_its_own_past() -> None:
    usual = [Count(str(month), 1_000, 20 + month % 3) for month in range(12)]
    for cases, is_sudden in ((21, False), (32, False), (60, True), (0, True)):
        found = sudden_month([*usual, Count("last", 1_000, cases)])
        assert bool(found) == is_sudden, cases
    outage = [*usual[:6], Count("outage", 1_000, 300), *usual[6:]]
    assert sudden_month(outage) is None
    found = sudden_month([*outage, Count("last", 1_000, 60)])
    assert found
    assert found.count.key == "last"
    assert sudden_month([]) is None
    assert sudden_month([*usual[:5], Count("last", 1_000, 300)]) is None
    assert sudden_month([*usual[:6], Count("last", 1_000, 300)])
    assert sudden_month([*usual, Count("last", 0, 0)]) is None
    # Months in which nothing was decided say nothing, however many there are.
    idle = [Count(str(month), 0, 0) for month in range(7)]
    assert sudden_month([*idle, *usual[:5], Count("last", 1_000, 300)]) is None
    assert sudden_month([*idle, *usual[:6], Count("last", 1_000, 300)])


def test_a_place_is_judged_by_its_months_only_once_it_has_enough_of_them() -> None:
    few = [Count(str(month), 500, 10) for month in range(ENOUGH_MONTHS)]
    assert control_chart(few) == ()
    assert len(control_chart([*few, Count("next", 500, 10)])) == 1


def test_a_small_country_is_no_outlier_for_being_small() -> None:
    """Three refusals of eight say little; 176 of 3,040 at a national rate of 2.4 % say much."""
    usual = [Count(f"{i}", 2_000, 40 + i % 20) for i in range(30)]
    found = funnel([*usual, Count("NA", 8, 3), Count("IN", 3_040, 276)])
    assert found.outside[0].count.key == "IN"
    assert found.outside[0].is_alarming
    small = next(point for point in found.points if point.count.key == "NA")
    assert small.interval.low < 0.15 < 0.65 < small.interval.high


def test_lines_of_a_funnel_part_the_places_as_the_verdicts_do() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        found = funnel_of(*year(100_000, rng))
        for point in found.points:
            line, rate = limits_at(found.model, point.count.n), point.count.rate
            is_beyond = rate >= line.high_warning or (
                line.low_warning > 0 and rate <= line.low_warning
            )
            assert is_beyond == point.is_outside
            assert line.low_alarm <= line.low_warning < line.high_warning <= line.high_alarm


def test_what_stands_out_by_chance_alone_is_not_named() -> None:
    """Of two hundred figures that chance alone makes, one is named in one world of ten at most."""
    rng = np.random.default_rng(11)
    named = [len(standing_out(rng.uniform(size=200).tolist())) for _ in range(400)]
    assert 0.05 < np.mean([count > 0 for count in named]) < 0.15
    assert standing_out([]) == set()


def test_what_stands_out_beside_chance_is_named_with_one_of_ten_by_chance() -> None:
    rng = np.random.default_rng(12)
    named = false = 0
    for _ in range(300):
        found = standing_out([*rng.uniform(0, 1e-5, 20), *rng.uniform(size=180)])
        assert {*range(20)} <= found
        named += len(found)
        false += len(found) - 20
    assert 0.05 < false / named < 0.13


def test_a_duration_is_as_unlikely_as_its_limits_say() -> None:
    past = [10.0, 11.0, 9.5, 10.5, 10.2, 9.8, 10.1]
    usual = usual_range(past)
    assert usual
    assert duration_chance(past, usual.high) == pytest.approx(0.001, rel=1e-6)
    assert duration_chance(past, usual.low) == pytest.approx(0.999, rel=1e-6)


def test_nothing_decided_is_nothing_found() -> None:
    assert funnel([]).points == ()
    assert funnel([Count("AU", 0, 0)]).limits() == []
    assert not funnel([Count("AU", 40, 0), Count("MY", 60, 0)]).outside


def make_counts(n: Counts, refused: Counts) -> list[Count]:
    return [Count(str(i), int(k), int(x)) for i, (k, x) in enumerate(zip(n, refused, strict=True))]


def test_a_month_without_decisions_is_neither_judged_nor_part_of_the_past() -> None:
    usual = [Count(f"{month}", 800, 16) for month in range(12)]
    empty, last = Count("empty", 0, 0), Count("last", 800, 17)
    assert [point.count.key for point in control_chart([*usual, empty, last])] == [
        *(f"{month}" for month in range(ENOUGH_MONTHS, 12)), "last",
    ]  # fmt: skip
    with_it, without = control_chart([*usual, empty, last])[-1], control_chart([*usual, last])[-1]
    assert (with_it.alarm, with_it.model.rate) == (without.alarm, without.model.rate)
    assert sudden_month([*usual, empty]) is None
    assert sudden_month([empty] * 12 + [last]) is None
    sudden = sudden_month([*usual, Count("sudden", 800, 90)])
    assert sudden
    assert sudden.count.key == "sudden"
    assert sudden_month([*usual[: ENOUGH_MONTHS - 1], Count("sudden", 800, 90)]) is None
    assert sudden_month([]) is None


def test_the_lines_of_a_funnel_run_through_numbers_in_between() -> None:
    numbers = [line.n for line in funnel([Count("a", 100, 3), Count("b", 1_000, 30)]).limits()]
    assert (numbers[0], numbers[-1]) == (100, 1_000)
    assert all(1.2 < high / low < 1.26 for low, high in pairwise(numbers))
