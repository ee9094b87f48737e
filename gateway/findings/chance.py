"""How many of n cases are to be expected: exact tails of binomial and beta-binomial counts.

A rate that differs between places with a standard deviation of ``spread`` times the rate is taken
as beta distributed around it, so that counts are beta-binomial; without a spread they are
binomial. All probabilities are sums of exact ones: no normal approximation, however small n.
Each is made from the one before: a call of scipy for each takes thirty times as long.
"""

from dataclasses import dataclass, field
from math import exp, log, log1p, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.findings import special

Floats = NDArray[np.float64]

#: What is left out beyond the highest count that is looked at.
NEGLIGIBLE = 1e-7
#: The spreads among which the most likely one is looked for.
SPREADS = np.concatenate(([0.0], np.geomspace(0.03, 2.0, 40)))
#: With smaller parameters a beta distribution has hardly anything between all and none.
LEAST_WEIGHT = 0.01


class Masses(NamedTuple):
    """The probabilities of ``first``, ``first`` + 1, … cases, and those of fewer, their sums."""

    first: int
    each: Floats
    sums: Floats


class Range(NamedTuple):
    """The counts from ``low`` to ``high``, both included, and where a line between them runs."""

    low: int
    high: int
    #: A count is outside exactly if it is on or beyond one of these; they are smooth in n.
    lower: float
    upper: float

    def has(self, cases: int) -> bool:
        """Whether a count is inside."""
        return self.low <= cases <= self.high


@dataclass(frozen=True)
class Model:
    """The rate that counts are expected at, and how much it usually differs between places."""

    rate: float
    #: Standard deviation between places, as a multiple of the rate.
    spread: float = 0.0
    #: Results for this model, by n. They live as long as the model, so one viewer's figures never
    #: serve another.
    _known: dict[int, Masses] = field(default_factory=dict[int, Masses], repr=False, compare=False)
    _ranges: dict[tuple[int, float], Range] = field(
        default_factory=dict[tuple[int, float], Range], repr=False, compare=False
    )

    def masses(self, n: int) -> Floats:
        """The probabilities of 0, 1, 2 … cases of n, up to where nothing worth counting is left."""
        known = self._masses(n)
        return np.concatenate((np.zeros(known.first), known.each))

    def _masses(self, n: int) -> Masses:
        if n not in self._known:
            self._known[n] = _masses(n, self.rate, self.spread)
        return self._known[n]

    def range(self, n: int, level: float) -> Range:
        """The shortest range that holds at least ``level`` of the probability.

        Counts of something rare are skewed: of two equal tails, the lower one would be empty.
        """
        if (n, level) not in self._ranges:
            self._ranges[n, level] = _range(n, self._masses(n), level)
        return self._ranges[n, level]

    def tail(self, n: int, cases: int) -> float:
        """The probability of a count at least as far off as this one, on its own side."""
        first, masses, _ = self._masses(n)
        at = max(cases - first, 0)
        below = float(masses[:at].sum())
        here = float(masses[at : at + 1].sum()) if cases >= first else 0.0
        return min(below + here, max(1 - below, NEGLIGIBLE))


def beta_weight(rate: float, spread: float) -> float:
    """The two parameters of the beta distribution, added up; rates cannot spread at will."""
    return max((1 - rate) / (rate * spread**2) - 1, LEAST_WEIGHT)


def likely_spread(counts: Floats, cases: Floats, rate: float) -> float:
    """The spread that makes these cases of these counts the most likely, given the rate."""
    if not 0 < rate < 1 or not counts.sum():
        return 0.0
    w = np.array([[beta_weight(rate, spread) for spread in SPREADS[1:]]])
    alpha, beta = rate * w, (1 - rate) * w
    n, x = counts[:, None], cases[:, None]
    # All at once: of a place's few months, most of the time is what a call takes.
    logs = special.gammaln(np.concatenate((x + alpha, n - x + beta, n + w, w, alpha, beta)))
    of_cases, of_others, of_all, of_none = np.split(logs, len(counts) * np.arange(1, 4))
    of_spreads = (of_cases + of_others - of_all).sum(axis=0)
    of_spreads += len(counts) * (of_none[0] - of_none[1] - of_none[2])
    of_chance = float((x * np.log(rate) + (n - x) * np.log1p(-rate)).sum())
    return float(SPREADS[int(np.argmax(np.concatenate(([of_chance], of_spreads))))])


def _range(n: int, known: Masses, level: float) -> Range:
    first, masses, sums = known
    # For each lowest count that leaves enough probability above it, the highest count that is
    # needed; without a highest one there is no range.
    needed = sums[:-1] + level
    lows = np.arange(int(np.searchsorted(needed, sums[-1], side="right")))
    if not len(lows):
        return Range(0, n, 0.0, n + 1.0)
    highs = np.searchsorted(sums, needed[: len(lows)]) - 1
    held = sums[highs + 1] - sums[lows]
    widths = highs - lows
    shortest = np.flatnonzero(widths == widths.min())
    best = int(shortest[np.argmax(held[shortest])])
    low, high = int(lows[best]), int(highs[best])
    # The share of the less likely end that was needed says where a smooth line runs between two
    # counts.
    end = low if masses[low] < masses[high] else high
    part = min(max(1 - float((held[best] - level) / masses[end]), 0.01), 1.0)
    lower, upper = (part if end == at else 0.5 for at in (low, high))
    low, high = first + low, first + high
    return Range(low, high, lower=low - lower if low else 0.0, upper=high + upper)


def _masses(n: int, rate: float, spread: float) -> Masses:
    if rate <= 0 or n == 0:
        return _summed(0, np.ones(1))
    if rate >= 1:
        return _summed(n, np.ones(1))
    expected = int(n * rate)
    # Nothing worth counting is further off than twelve standard deviations, except below what is
    # expected of nearly all.
    most = 12 * (n * rate * spread + sqrt(n * rate))
    first = max(int(n * rate - most), 0) if rate <= 0.5 else 0
    last = min(n, int(n * rate + most) + 30)
    counts = np.arange(first, last, dtype=np.float64)
    # What each probability is of the one before.
    steps = (n - counts) / (counts + 1)
    middle = -log(n + 1) - float(special.betaln(n - expected + 1, expected + 1))
    if not spread:
        middle += expected * log(rate) + (n - expected) * log1p(-rate)
        steps *= rate / (1 - rate)
    else:
        weight = beta_weight(rate, spread)
        alpha, beta = rate * weight, (1 - rate) * weight
        middle += float(
            special.betaln(expected + alpha, n - expected + beta) - special.betaln(alpha, beta)
        )
        steps *= (counts + alpha) / (n + beta - 1 - counts)
    below, above = 1 / steps[: expected - first][::-1], steps[expected - first :]
    shares = np.concatenate((below.cumprod()[::-1], [1.0], above.cumprod()))
    known = _summed(first, exp(middle) * shares)
    enough = int(np.searchsorted(known.sums[1:], 1 - NEGLIGIBLE)) + 1
    return Masses(first, known.each[:enough], known.sums[: enough + 1])


def _summed(first: int, masses: Floats) -> Masses:
    return Masses(first, masses, np.concatenate(([0.0], np.cumsum(masses))))
