"""Years of decisions by partner country, after the assumptions of the synthetic data, vectorised.

Nationalities differ in their refusal rates like Beta(1.4, 5.5); most apply at home, the others
where they reside; volumes follow published arrivals with their measured noise. One world is a few
milliseconds, so that a statement about false flags can be checked over hundreds.
"""

from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from models.synthetic import assumptions
from models.synthetic.calendar import months_until
from models.synthetic.demand import GROWTH_NOISE, SEASON_NOISE, DemandCell, demand
from models.synthetic.inputs import reference
from models.vocabulary import Entry

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: In how many worlds a statement about chance is tried: what shows a fault, and what settles it.
over_worlds = pytest.mark.parametrize("worlds", [60, pytest.param(210, marks=pytest.mark.proof)])

UNTIL = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)
#: The refusals that come from right hits of the entry-ban list, whatever the nationality.
HITS = assumptions.HIT * assumptions.HIT_IS_RIGHT


@cache
def flows() -> Floats:
    """The share of all applications by nationality and partner country."""
    given = reference()
    months = months_until(UNTIL, 12)
    weights = demand(given, months).weights
    served = sorted({row.country_code for row in given.partner_countries})
    place = {code: number for number, code in enumerate(served)}
    elsewhere = np.zeros(len(served))
    for code, share in assumptions.RESIDENCES.items():
        elsewhere[place[code]] += share
    elsewhere /= elsewhere.sum()
    shares = np.zeros((len(given.countries), len(served)))
    for number, country in enumerate(given.countries):
        amount = sum(weights[DemandCell(month, country.code)] for month in months)
        at_home = assumptions.AT_HOME if country.code in place else 0.0
        shares[number] = amount * (1 - at_home) * elsewhere
        if at_home:
            shares[number, place[country.code]] += amount * at_home
    return shares / shares.sum()


def mean_rate() -> float:
    """The refusal rate of all, were all nationalities alike: visas as on arrival."""
    visas = assumptions.VISAS[Entry.VISA_ON_ARRIVAL]
    on_arrival = visas["B1"] / sum(visas.values())
    return assumptions.REFUSED_B1 * on_arrival + assumptions.REFUSED_OTHER * (1 - on_arrival)


def year(decisions: int, rng: np.random.Generator) -> tuple[Counts, Counts]:
    """Decisions and refusals of a year, by partner country."""
    shares = flows()
    grown = shares * np.exp(rng.normal(0, GROWTH_NOISE, len(shares)))[:, None]
    multiples = rng.beta(*assumptions.REFUSAL_SPREAD, len(shares))
    of_all = grown.sum(axis=1)
    multiples *= of_all.sum() / (multiples * of_all).sum()
    rates = np.minimum(mean_rate() * multiples, assumptions.MOST_REFUSED) + HITS
    counts = rng.poisson(grown / grown.sum() * decisions)
    return counts.sum(axis=0), rng.binomial(counts, rates[:, None]).sum(axis=0)


def months(rng: np.random.Generator, count: int = 25) -> tuple[Counts, Counts, float]:
    """Decisions and refusals of one country's months, and the rate behind them."""
    rate = float(rng.uniform(0.01, 0.08))
    season = np.exp(rng.normal(0, SEASON_NOISE, count))
    n = rng.poisson(np.exp(rng.uniform(np.log(100), np.log(20_000))) * season)
    return n, rng.binomial(n, rate), rate
