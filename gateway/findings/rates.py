"""Rates of counted cases: the confidence interval, and where one lies in a funnel."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from gateway.findings import special

#: What is left on each side of 95 % and 99.8 %.
_OUTSIDE_WARNING, _OUTSIDE_CONTROL = 0.025, 0.001
#: The standard normal's quantiles: of one share, and of one that is named among a hundred, of which
#: some leave the first interval by chance.
Z95, Z_OF_MANY = (
    NormalDist().inv_cdf(1 - outside) for outside in (_OUTSIDE_WARNING, _OUTSIDE_CONTROL)
)
#: Of so many expected cases on, a normal distribution says the same, and takes no longer for more.
_MANY = 100


class FunnelPosition(StrEnum):
    """Where a rate lies among what chance alone makes of the rate it is compared with."""

    WITHIN = "WITHIN"
    ABOVE_WARNING = "ABOVE_WARNING"
    ABOVE_CONTROL = "ABOVE_CONTROL"
    BELOW_WARNING = "BELOW_WARNING"
    BELOW_CONTROL = "BELOW_CONTROL"


@dataclass(frozen=True, slots=True)
class Funnel:
    """The rate that is expected of n cases, and the shares within which chance leaves it."""

    rate: float
    warning_low: float
    warning_high: float
    control_low: float
    control_high: float

    def position(self, cases: int, n: int) -> FunnelPosition:
        """Where a count lies; what is on a limit is within it."""
        share = cases / n
        if share > self.control_high:
            return FunnelPosition.ABOVE_CONTROL
        if share < self.control_low:
            return FunnelPosition.BELOW_CONTROL
        if share > self.warning_high:
            return FunnelPosition.ABOVE_WARNING
        return FunnelPosition.BELOW_WARNING if share < self.warning_low else FunnelPosition.WITHIN


class Interval(NamedTuple):
    """Two values, between which what is estimated lies."""

    low: float
    high: float


def wilson(cases: int, n: int, z: float = Z95) -> Interval:
    """Wilson's score interval, of 95 % as a rule: never beyond 0 and 1, and sound for few cases."""
    if n <= 0:
        return Interval(0.0, 1.0)
    share, z2 = cases / n, z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def expected_cases(kinds: Counter[str], part: Counter[str], whole: Counter[str]) -> float:
    """How many of these cases would be among the part, had each kind its rate of the whole."""
    return sum((part[kind] / whole[kind] * n for kind, n in kinds.items() if n), 0.0)


@lru_cache(maxsize=4_096)
def funnel(expected: float, n: int) -> Funnel | None:
    """The funnel at n cases of which so many are expected; None where there is none to compare.

    Where what is expected is added up from cases of several kinds, it differs from case to case;
    that it is taken for the same makes the limits wider, never narrower.
    """
    if n <= 0:
        return None
    rate = min(max(expected / n, 0.0), 1.0)
    warning = _counts(n, rate, _OUTSIDE_WARNING)
    control = _counts(n, rate, _OUTSIDE_CONTROL)
    return Funnel(rate, *(count / n for count in (*warning, *control)))


def _counts(n: int, rate: float, tail: float) -> tuple[float, float]:
    """The counts beyond which less than a tail lies, on either side."""
    if rate <= 0 or rate >= 1:
        return n * rate, n * rate
    if n * min(rate, 1 - rate) > _MANY:
        half = NormalDist().inv_cdf(1 - tail) * sqrt(n * rate * (1 - rate))
        return n * rate - half, n * rate + half
    if rate > 0.5:
        low, high = _exact_counts(n, 1 - rate, tail)
        return n - high, n - low
    return _exact_counts(n, rate, tail)


def _exact_counts(n: int, rate: float, tail: float) -> tuple[int, int]:
    """By the binomial distribution: a normal one does not serve for what is rare."""
    most = min(n, int(n * rate + 12 * sqrt(n * rate)) + 30)
    counts = np.arange(most + 1)
    low = int((special.bdtr(counts, n, rate) < tail).sum())
    high = int(np.argmax(special.bdtrc(counts, n, rate) < tail))
    return low, high
