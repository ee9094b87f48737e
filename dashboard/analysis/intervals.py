"""The confidence interval of a share: the rates with which the counted cases are compatible."""

from math import sqrt
from typing import NamedTuple

#: The standard normal's quantile of 97.5 %.
Z95 = 1.959963984540054


class Interval(NamedTuple):
    """Two shares, between which the rate lies with 95 % confidence."""

    low: float
    high: float


def wilson(cases: float, n: float) -> Interval:
    """Wilson's score interval: never beyond 0 and 1, and sound for few cases."""
    if n <= 0:
        return Interval(0.0, 1.0)
    share, z2 = cases / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
