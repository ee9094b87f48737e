"""The expected range holds what it says, in worlds of the synthetic data and in plain ones."""

from datetime import UTC, datetime
from itertools import product
from math import ceil, exp, log
from random import Random

import numpy as np
import pytest

from gateway.findings.expected import (
    AHEAD,
    FEWEST,
    HitRate,
    coverage,
    outlook,
    pooled,
    season_of,
    seasons,
)
from models.synthetic.calendar import months_until
from models.synthetic.demand import DemandCell, demand
from models.synthetic.inputs import reference
from tests.gateway.findings.worlds import over_worlds

SIZES = (20_000, 400_000, 8_000_000)


@over_worlds
def test_eight_of_ten_coming_months_fall_into_their_range(worlds: int) -> None:
    rng = np.random.default_rng(80)
    given = reference()
    codes = [country.code for country in given.countries]
    inside = months = held = tried = 0
    for world in range(worlds):
        history = int(rng.choice((24, 30, 36)))
        until = datetime(2026, int(rng.integers(1, 13)), 28, 23, tzinfo=UTC)
        calendar = months_until(until, history + AHEAD + 1)[:-1]
        weights = demand(given, calendar).with_noise(Random(world)).weights
        expected = np.array(
            [[weights[DemandCell(month, code)] for code in codes] for month in calendar]
        )
        expected *= SIZES[world % len(SIZES)] / expected.sum()
        counts = rng.poisson(expected)
        largest = np.argsort(-counts.sum(axis=0))
        for chosen in (np.arange(len(codes)), largest[[int(rng.integers(0, 30))]]):
            mix = {codes[n]: int(counts[:history, n].sum()) for n in chosen}
            series = counts[:, chosen].sum(axis=1).tolist()
            found = outlook(series[:history], season_of(mix), calendar[0].first.month)
            if found is None:
                assert np.mean(series[history - 12 : history]) < FEWEST
                continue
            coming = zip(found.coming, series[history:], strict=True)
            inside += sum(range_.low <= count <= range_.high for range_, count in coming)
            months += AHEAD
            held += found.held.inside
            tried += found.held.months
    assert months > worlds * AHEAD
    assert inside / months == pytest.approx(0.80, abs=0.05)
    assert held / tried == pytest.approx(0.80, abs=0.05), "so is what the page prints beside it"


def test_the_season_comes_back() -> None:
    """A season twice as strong in December is expected in December, though the year was even."""
    season = [1.0] * 11 + [2.0]
    counts = [1000 if month % 12 != 11 else 2000 for month in range(34)]  # January to October
    found = outlook(counts, season, first_month=1)
    assert found is not None
    assert [round(range_.middle, -1) for range_ in found.coming] == [1000, 2000, 1000, 1000]


def foresee(logs: list[float]) -> list[float]:
    """The forecasts for one to four months after these, as the docstring of the module
    describes them, without any of its code."""
    best: tuple[float, float, float, float] | None = None
    for fast, slow, damping in product((0.2, 0.4, 0.6, 0.8, 1.0), (0.0, 0.05, 0.15), (0.8, 0.9)):
        level, trend, missed = logs[0], 0.0, 0.0
        for value in logs[1:]:
            error = value - (level + damping * trend)
            missed += abs(error)
            level += damping * trend + fast * error
            trend = damping * trend + fast * slow * error
        if best is None or missed < best[0]:
            best = (missed, level, trend, damping)
    assert best
    _, level, trend, damping = best
    return [level + trend * sum(damping**n for n in range(1, step + 1)) for step in (1, 2, 3, 4)]


@pytest.mark.parametrize("seed", range(12))
def test_the_range_is_the_one_that_is_worked_out_by_hand(seed: int) -> None:
    """To the rank: of n earlier misses the one that stands at 80 % of n + 1 is its half width."""
    rng = Random(seed)
    first, length = rng.randint(1, 12), rng.choice((15, 17, 24, 31, 40))
    season = [rng.uniform(0.6, 1.6) for _ in range(12)]
    index = [season[(first - 1 + month) % 12] for month in range(length + 4)]
    counts = [round(400 * share * rng.lognormvariate(0, 0.2)) for share in index[:length]]
    logs = [log((count + 0.5) / share) for count, share in zip(counts, index, strict=False)]
    foreseen = {month: foresee(logs[: month + 1]) for month in range(5, length)}
    found = outlook(counts, season, first)
    assert found
    for step in range(AHEAD):
        misses = [
            abs(logs[month + 1 + step] - foreseen[month][step])
            for month in range(5, length - 1 - step)
        ]
        rank = min(ceil(0.8 * (len(misses) + 1)), len(misses))
        half = sorted(misses)[rank - 1]
        middle, share = foreseen[length - 1][step], index[length + step]
        expected = [exp(middle + side) * share - 0.5 for side in (-half, 0, half)]
        assert list(found.coming[step]) == pytest.approx(expected, rel=1e-9)
    inside = tried = 0
    for month, step in product(range(5, length - 1), range(AHEAD)):
        if month + 1 + step >= length:
            continue
        before = sorted(
            abs(logs[earlier + 1 + step] - foreseen[earlier][step])
            for earlier in range(5, month - step)
        )
        if len(before) < 6:
            continue
        half = before[min(ceil(0.8 * (len(before) + 1)), len(before)) - 1]
        tried += 1
        inside += abs(logs[month + 1 + step] - foreseen[month][step]) <= half
    assert found.held == (inside, tried)


def test_what_is_expected_of_a_past_month_was_known_before_it() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(500, 30).tolist()
    before = outlook(counts[:-1], [1.0] * 12, 1)
    after = outlook(counts, [1.0] * 12, 1)
    assert before is not None
    assert after is not None
    assert after.past[-1] == before.coming[0]
    assert after.past[:-1] == before.past


def test_the_share_that_held_is_that_of_the_past_ranges() -> None:
    rng = np.random.default_rng(5)
    counts = rng.poisson(300, 30).tolist()
    found = outlook(counts, [1.0] * 12, 1)
    assert found is not None
    one_ahead = [
        range_.low <= count <= range_.high
        for range_, count in zip(found.past, counts, strict=True)
        if range_
    ]
    assert 10 < len(one_ahead) < found.held.months
    assert 0 < found.held.inside <= found.held.months


def test_months_that_are_all_alike_have_a_range_without_width_that_holds() -> None:
    found = outlook([500] * 24, [1.0] * 12, 1)
    assert found
    assert [end for range_ in found.coming for end in range_] == pytest.approx([500.0] * 12)
    assert found.held.inside == found.held.months == 36


def test_no_fewer_than_none_are_expected_and_a_month_without_a_season_is_no_division_by_it() -> (
    None
):
    wild = outlook([0, 60] * 12, [1.0] * 12, 1)
    assert wild
    assert min(range_.low for range_ in wild.coming) == 0
    still = outlook([20] * 24, [0.0, *[1.0] * 11], 1)
    assert still
    assert all(0 <= end < 1_000 for range_ in still.coming for end in range_)


def test_too_short_or_too_small_a_past_has_no_outlook() -> None:
    assert outlook([500] * 14, [1.0] * 12, 1) is None
    assert outlook([500] * 15, [1.0] * 12, 1) is not None
    assert outlook([FEWEST - 1] * 30, [1.0] * 12, 1) is None
    assert outlook([FEWEST] * 30, [1.0] * 12, 1) is not None
    assert outlook([500] * 18 + [FEWEST - 1] * 12, [1.0] * 12, 1) is None, "the last year counts"


def test_the_reference_season_is_the_published_one_and_mixes_by_volume() -> None:
    """The gateway has its own copy of the table: it knows nothing of the synthetic world."""
    published = {code: row.season for code, row in reference().arrivals.items()}
    assert seasons() == published
    mixed = season_of({"AU": 300, "MY": 100})
    assert mixed[6] == pytest.approx(0.75 * published["AU"][6] + 0.25 * published["MY"][6])
    assert season_of({}) == season_of({"ZZ": 5}) == (1.0,) * 12


def test_coverage_of_several_series_is_that_of_each() -> None:
    rng = np.random.default_rng(6)
    series = [rng.poisson(size, 30).tolist() for size in (40, 300, 900)]
    season = [rng.uniform(0.6, 1.6, 12).tolist() for _ in series]
    alone = [outlook(each, own, 4) for each, own in zip(series, season, strict=True)]
    assert coverage(series, season, 4) == [each.held for each in alone if each]
    assert coverage([], [], 1) == []
    assert coverage([[500] * 10], [[1.0] * 12], 1) == []


def test_a_pooled_rate_is_as_unsure_as_its_series_differ() -> None:
    """Series that miss together count for one draw each, not for as many as they have months."""
    alike = [HitRate(80, 100)] * 10
    rate, interval = pooled(alike)
    assert rate == (800, 1000)
    assert interval == (0.8, 0.8)
    rate, interval = pooled([HitRate(100, 100)] * 8 + [HitRate(0, 100)] * 2)
    assert rate == (800, 1000)
    # A mean of ten draws of 1 and 0: 0.8 within 2.262 standard errors of 0.1333.
    assert interval == pytest.approx((0.8 - 2.2622 * 0.13333, 1.0), abs=1e-4)
