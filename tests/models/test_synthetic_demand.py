"""Who applies when: held against the published arrivals that the synthetic world follows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from random import Random

import pytest

from models.synthetic import expected_demand
from models.synthetic.calendar import months_until
from models.synthetic.demand import demand
from models.synthetic.inputs import reference

GIVEN = reference()
ISO3 = {country.code: country.iso3 for country in GIVEN.countries}
ARRIVALS = {ISO3[code]: arrivals for code, arrivals in GIVEN.arrivals.items()}
UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)


def by_country(cells: Iterable[tuple[str, str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for iso3, _, count in cells:
        total[iso3] += count
    return total


def draw_applications(seed: int, applications: int = 300_000) -> list[tuple[str, str, float]]:
    """The applications of one particular world."""
    rng = Random(seed)
    noisy = demand(GIVEN, months_until(UNTIL, 24)).with_noise(rng)
    return [
        (ISO3[cell.nationality], f"{cell.month.first:%Y-%m}", count)
        for cell, count in noisy.draw(applications, rng).items()
    ]


def rank_correlation(ours: Mapping[str, float], published: Mapping[str, float]) -> float:
    """Spearman's, of the countries with published arrivals."""
    countries = [iso3 for iso3 in published if published[iso3]]

    def ranks(figures: Mapping[str, float]) -> list[int]:
        order = sorted(countries, key=lambda iso3: figures.get(iso3, 0))
        return [order.index(iso3) for iso3 in countries]

    n = len(countries)
    squares = sum((a - b) ** 2 for a, b in zip(ranks(ours), ranks(published), strict=True))
    return 1 - 6 * squares / (n * (n * n - 1))


def seasonal_error(cells: Iterable[tuple[str, str, float]]) -> float:
    """Mean difference from the published seasonal index, weighted by applications."""
    months: dict[str, list[float]] = defaultdict(lambda: [0.0] * 12)
    for iso3, month, count in cells:
        months[iso3][int(month[-2:]) - 1] += count
    error = weight = 0.0
    for iso3, counts in months.items():
        if iso3 in ARRIVALS and sum(counts):
            mean = sum(counts) / 12
            season = ARRIVALS[iso3].season
            error += sum(abs(n - s * mean) for n, s in zip(counts, season, strict=True))
            weight += sum(counts)
    return error / weight


def test_expected_counts_sum_up_to_all_applications() -> None:
    cells = list(expected_demand(applications=12_345, months=24, until=UNTIL))
    assert sum(cell.expected for cell in cells) == pytest.approx(12_345)
    assert len({cell.month for cell in cells}) == 24
    assert cells[0].month == "2024-12"
    assert cells[-1].month == "2026-11"


def test_expected_countries_rank_like_the_arrivals_of_2023() -> None:
    published = {iso3: arrivals.in_2023 for iso3, arrivals in ARRIVALS.items()}
    cells = expected_demand(applications=100_000, months=24, until=UNTIL)
    assert rank_correlation(by_country(cells), published) >= 0.98


@pytest.mark.parametrize("months", [12, 24, 36])
def test_expected_seasons_are_the_published_ones(months: int) -> None:
    assert seasonal_error(expected_demand(applications=100_000, months=months, until=UNTIL)) <= 0.06


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_world_with_its_noise_still_follows_the_published_figures(seed: int) -> None:
    cells = draw_applications(seed)
    published = {iso3: arrivals.in_2023 for iso3, arrivals in ARRIVALS.items()}
    assert rank_correlation(by_country(cells), published) >= 0.95
    assert 0.03 <= seasonal_error(cells) <= 0.12


def test_a_seed_gives_one_world_and_another_seed_another() -> None:
    assert draw_applications(1, 10_000) == draw_applications(1, 10_000)
    assert draw_applications(1, 10_000) != draw_applications(2, 10_000)


def test_the_running_month_counts_as_far_as_it_has_gone() -> None:
    month = months_until(datetime(2026, 4, 16, 0, tzinfo=UTC), 1)[0]
    assert month.first.isoformat() == "2026-04-01"
    assert month.share == pytest.approx((15 * 24 + 7) / (30 * 24))


def test_the_reference_data_is_that_of_the_published_sources() -> None:
    entries = [country.entry for country in GIVEN.countries]
    assert entries.count("VISA_ON_ARRIVAL") == 84
    assert entries.count("VISA_FREE") == 13
    nusa = [row for row in GIVEN.partner_countries if row.partner_code == "NUSA"]
    assert len(nusa) == 153
    assert {"AU-SYD", "AU-MEL", "SG-SIN", "NZ-AKL", "FJ-SUV"} <= {row.code for row in GIVEN.centres}
