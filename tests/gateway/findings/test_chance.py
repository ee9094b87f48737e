"""Tails are exact, beside scipy's, and a range is the shortest that holds what it says."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.findings.chance import NEGLIGIBLE, Model, beta_weight, likely_spread
from gateway.findings.chance import SPREADS as SPREADS_TRIED
from gateway.findings.rates import wilson
from tests.premises import always, holds, premise

RATES = st.floats(0.001, 0.5)
SPREADS = st.sampled_from((0.0, 0.05, 0.3, 0.7, 1.0))
NUMBERS = st.integers(1, 5_000)


def judge(model: Model, n: int) -> Any:
    """The probabilities of 0 to n cases, as scipy has them."""
    from scipy import stats  # a second of every worker, if it stood at the top

    counts = np.arange(n + 1)
    if not model.spread:
        return stats.binom.pmf(counts, n, model.rate)
    weight = beta_weight(model.rate, model.spread)
    return stats.betabinom.pmf(counts, n, model.rate * weight, (1 - model.rate) * weight)


@settings(max_examples=60)
@given(RATES, SPREADS, NUMBERS)
@always
def test_probabilities_are_those_of_the_distribution(rate: float, spread: float, n: int) -> None:
    model = Model(rate, spread)
    masses = model.masses(n)
    assert masses == pytest.approx(judge(model, n)[: len(masses)], rel=1e-6, abs=1e-12)
    assert masses.sum() >= 1 - 2 * NEGLIGIBLE


@settings(max_examples=60)
@given(RATES, SPREADS, NUMBERS, st.sampled_from((0.95, 0.998)))
@always
def test_a_range_holds_its_level_and_no_shorter_one_does(
    rate: float, spread: float, n: int, level: float
) -> None:
    model = Model(rate, spread)
    found = model.range(n, level)
    sums = np.concatenate(([0.0], np.cumsum(judge(model, n))))
    slack = 3 * NEGLIGIBLE
    width = found.high - found.low + 1
    assert sums[found.high + 1] - sums[found.low] >= level - slack
    shorter = sums[width - 1 :] - sums[: len(sums) - width + 1]
    assert (shorter < level + slack).all()


@given(RATES, SPREADS, st.integers(1, 500), st.data())
@settings(max_examples=60)
@always
def test_a_tail_is_what_is_at_least_as_far_off_on_its_own_side(
    rate: float, spread: float, n: int, data: st.DataObject
) -> None:
    model, cases = Model(rate, spread), data.draw(st.integers(0, n))
    masses = judge(model, n)
    known = min(masses[: cases + 1].sum(), masses[cases:].sum())
    assert model.tail(n, cases) == pytest.approx(known, rel=1e-6, abs=3 * NEGLIGIBLE)


@given(RATES, SPREADS, st.integers(1, 3_000))
@settings(max_examples=60)
@premise(from_zero=0.05, above_zero=0.1)
def test_a_line_between_two_counts_parts_what_is_inside_from_what_is_not(
    rate: float, spread: float, n: int
) -> None:
    found = Model(rate, spread).range(n, 0.95)
    assert found.high < found.upper <= found.high + 1
    assert found.low - 1 <= found.lower < found.low or found.lower == found.low == 0
    holds("from_zero" if found.low == 0 else "above_zero")
    assert found.has(found.high)
    assert not found.has(found.high + 1)


def test_a_line_runs_at_the_less_likely_end_by_how_much_of_it_was_needed() -> None:
    """Of ten decisions at 10 %, 0 to 3 hold 98.7 %: of the 5.7 % of the 3, a third was needed."""
    masses = judge(Model(0.1), 10)
    found = Model(0.1).range(10, 0.95)
    assert (found.low, found.high) == (0, 3)
    surplus = masses[:4].sum() - 0.95
    assert found.upper == pytest.approx(3 + 1 - surplus / masses[3], abs=1e-6)
    assert found.lower == 0
    low = Model(0.9).range(10, 0.95)
    assert (low.low, low.high) == (7, 10)
    assert low.lower == pytest.approx(7 - (1 - surplus / masses[3]), abs=1e-6)
    assert low.upper == pytest.approx(10.5)


def test_a_spread_is_found_again() -> None:
    rng = np.random.default_rng(8)
    for spread in (0.0, 0.3, 0.7):
        found = []
        for _ in range(40):
            rates = (
                0.03 * rng.gamma(1 / spread**2, spread**2, 150) if spread else np.full(150, 0.03)
            )
            n = rng.integers(50, 5_000, 150)
            cases = rng.binomial(n, np.minimum(rates, 1))
            found.append(likely_spread(n.astype(float), cases.astype(float), 0.03))
        assert np.mean(found) == pytest.approx(spread, abs=0.06)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=6), RATES)
@example([(30, 0), (60, 0)], 0.1)
@settings(max_examples=40)
@premise(spread=0.2, without_cases=0.02)
def test_a_spread_is_the_most_likely_of_all(places: list[tuple[int, int]], rate: float) -> None:
    from scipy import stats

    n, cases = (np.array(each, dtype=float) for each in zip(*places, strict=True))
    cases = np.minimum(cases, n)
    weights = np.array([beta_weight(rate, spread) for spread in SPREADS_TRIED[1:]])[:, None]
    likely = stats.betabinom.logpmf(cases, n, rate * weights, (1 - rate) * weights).sum(axis=1)
    of_all = np.concatenate(([stats.binom.logpmf(cases, n, rate).sum()], likely))
    found = likely_spread(n, cases, rate)
    holds("spread", found)
    holds("without_cases", not cases.any())
    assert of_all[[*SPREADS_TRIED].index(found)] == pytest.approx(of_all.max(), abs=1e-6)


@given(st.integers(1, 10_000), st.data())
@always
def test_wilson_is_the_known_interval(n: int, data: st.DataObject) -> None:
    from scipy import stats

    cases = data.draw(st.integers(0, n))
    low, high = wilson(cases, n)
    known = stats.binomtest(cases, n).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-9)


def test_a_model_keeps_the_range_of_each_number_and_level_apart() -> None:
    model = Model(0.03, 0.2)
    ranges = [model.range(n, level) for n in (100, 2_000) for level in (0.95, 0.998)]
    assert len(set(ranges)) == 4
    assert ranges == [
        Model(0.03, 0.2).range(n, level) for n in (100, 2_000) for level in (0.95, 0.998)
    ]


def test_nothing_and_all_have_no_spread() -> None:
    none, some = np.array([0.0]), np.array([10.0])
    assert likely_spread(none, none, 0.1) == likely_spread(some, none, 0.0) == 0
    assert likely_spread(some, some, 1.0) == 0
    assert Model(1.0).range(7, 0.95)[:2] == (7, 7)
    assert Model(0.0).range(7, 0.95)[:2] == (0, 0)
    assert wilson(0, 0) == (0, 1)


def test_a_gateway_has_loaded_its_functions_before_anybody_asks() -> None:
    loaded = "import sys, gateway.cli.serving; sys.exit('scipy.special' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
