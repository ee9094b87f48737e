"""Who needs attention, over hundreds of worlds: seldom falsely, and nearly always rightly."""

import numpy as np
import pytest

from dashboard.analysis.attention import ENOUGH_MONTHS, Count, Funnel, control_chart, funnel
from tests.dashboard.analysis.worlds import Counts, months, over_worlds, year

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
        lines = {line.n: line for line in found.limits()}
        for point in found.points:
            line, rate = lines[point.count.n], point.count.rate
            is_beyond = rate >= line.high_warning or (
                line.low_warning > 0 and rate <= line.low_warning
            )
            assert is_beyond == point.is_outside
            assert line.low_alarm <= line.low_warning < line.high_warning <= line.high_alarm


def test_nothing_decided_is_nothing_found() -> None:
    assert funnel([]).points == ()
    assert funnel([Count("AU", 0, 0)]).limits() == []
    assert not funnel([Count("AU", 40, 0), Count("MY", 60, 0)]).outside


def make_counts(n: Counts, refused: Counts) -> list[Count]:
    return [Count(str(i), int(k), int(x)) for i, (k, x) in enumerate(zip(n, refused, strict=True))]
