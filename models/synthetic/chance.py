"""Fast random draws, built directly on ``random()``.

With ``choices``, ``randrange`` and ``lognormvariate`` of ``random.Random`` generating takes a tenth
longer.
"""

from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import exp
from random import Random
from typing import Generic, TypeVar

from models.synthetic.assumptions import Spread

Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Option]):
    """A weighted choice among options."""

    options: tuple[Option, ...]
    bounds: tuple[float, ...]

    @classmethod
    def from_weights(cls, weights: Mapping[Option, float]) -> "Choice[Option]":
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, rng: Random) -> Option:
        return self.options[bisect(self.bounds, rng.random() * self.bounds[-1])]


def seconds(spread: Spread, rng: Random) -> int:
    """Draw a duration of at least one second."""
    return 1 + int(spread.median * exp(rng.gauss(0.0, spread.sigma)))


def below(limit: int, rng: Random) -> int:
    """Draw a whole number from 0 up to, but not including, the limit."""
    return int(rng.random() * limit)
