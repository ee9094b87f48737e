"""The expected range holds what it says, in worlds of the synthetic data and in plain ones."""

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest

from dashboard.analysis.expected import AHEAD, FEWEST, outlook
from dashboard.analysis.season import season_of, seasons
from models.synthetic.calendar import months_until
from models.synthetic.demand import Cell, demand
from models.synthetic.inputs import reference
from tests.dashboard.analysis.worlds import over_worlds

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
        expected = np.array([[weights[Cell(month, code)] for code in codes] for month in calendar])
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
    assert [round(range_.middle, -1) for range_ in found.coming] == [1000, 2000, 1000]


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


def test_too_short_or_too_small_a_past_has_no_outlook() -> None:
    assert outlook([500] * 13, [1.0] * 12, 1) is None
    assert outlook([500] * 14, [1.0] * 12, 1) is not None
    assert outlook([FEWEST - 1] * 30, [1.0] * 12, 1) is None


def test_the_reference_season_is_the_published_one_and_mixes_by_volume() -> None:
    """The dashboard has its own copy of the table, since it imports nothing of ours."""
    published = {code: row.season for code, row in reference().arrivals.items()}
    assert seasons() == published
    mixed = season_of({"AU": 300, "MY": 100})
    assert mixed[6] == pytest.approx(0.75 * published["AU"][6] + 0.25 * published["MY"][6])
    assert season_of({}) == season_of({"ZZ": 5}) == (1.0,) * 12
