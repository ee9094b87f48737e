"""How many people of each nationality apply in each month: expected, then with noise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log
from random import Random
from typing import NamedTuple

from models.synthetic.calendar import Month
from models.synthetic.inputs import Arrivals, Reference

#: The year of the arrivals that the shares follow.
BASE_YEAR = 2023

#: A nationality grows by the larger of these a year: a steady rate, and a part of its logarithmic
#: distance to 2019; never by more than the ceiling (assumptions).
STEADY_GROWTH, RECOVERY, GROWTH_CEILING = 0.04, 0.15, 0.25

#: Arrivals of nationalities without published ones: of partner countries, and of others
#: (assumptions). No nationality has fewer than the least.
IN_PARTNER_COUNTRY, ELSEWHERE, LEAST = 2_000, 100, 10

#: Measured: standard deviations of the seasonal index and of a year's logarithmic growth.
SEASON_NOISE, GROWTH_NOISE = 0.10, 0.18

_EVEN = (1.0,) * 12


class DemandCell(NamedTuple):
    """One nationality in one month."""

    month: Month
    nationality: str


@dataclass(frozen=True)
class Demand:
    """The weights of all cells; only their proportions matter."""

    weights: dict[DemandCell, float]

    def expected_demand(self, applications: int) -> Iterator[tuple[DemandCell, float]]:
        """The expected number of each cell, without noise; they sum up to ``applications``."""
        each = applications / sum(self.weights.values())
        return ((cell, weight * each) for cell, weight in self.weights.items())

    def with_noise(self, rng: Random) -> "Demand":
        """The same demand with random deviations in season and growth."""
        growth = _GrowthNoise(rng)
        return Demand(
            {
                cell: weight * growth.demand_in(cell) * exp(rng.gauss(0, SEASON_NOISE))
                for cell, weight in self.weights.items()
            }
        )

    def draw(self, applications: int, rng: Random) -> Counter[DemandCell]:
        """Draw a cell for each application."""
        cells = list(self.weights)
        bounds = list(accumulate(self.weights.values()))
        return Counter(rng.choices(cells, cum_weights=bounds, k=applications))


def demand(given: Reference, months: Sequence[Month]) -> Demand:
    """Expected demand: published arrivals, their season, and growth from year to year."""
    served = {row.country_code for row in given.partner_countries}
    weights = {}
    for country in given.countries:
        small = IN_PARTNER_COUNTRY if country.code in served else ELSEWHERE
        arrivals = given.arrivals.get(country.code, Arrivals(small, small, _EVEN))
        level, growth = max(arrivals.in_2023, LEAST), _growth(arrivals)
        for month in months:
            season = arrivals.season[month.first.month - 1]
            grown = exp(growth * (month.first.year - BASE_YEAR))
            weights[DemandCell(month, country.code)] = level * grown * season * month.share
    return Demand(weights)


def _growth(arrivals: Arrivals) -> float:
    lost = log(max(arrivals.in_2019, LEAST) / max(arrivals.in_2023, LEAST))
    return min(max(STEADY_GROWTH, RECOVERY * lost), GROWTH_CEILING)


class _GrowthNoise:
    """A random walk of each nationality from one calendar year to the next."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._walks: dict[str, dict[int, float]] = {}

    def demand_in(self, cell: DemandCell) -> float:
        walk = self._walks.setdefault(cell.nationality, {})
        year = cell.month.first.year
        if year not in walk:
            walk[year] = walk.get(year - 1, 1.0) * exp(self._rng.gauss(0, GROWTH_NOISE))
        return walk[year]
