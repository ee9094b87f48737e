"""Draws that repeat: a choice by weights and a lognormal time."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import log
from random import Random
from typing import Generic, TypeVar

from models.synthetic.assumptions import Spread

Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Option]):
    """One of some options, the likelier the heavier."""

    options: tuple[Option, ...]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, weights: Mapping[Option, float]) -> "Choice[Option]":
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, rng: Random) -> Option:
        return rng.choices(self.options, cum_weights=self.bounds)[0]


def seconds(spread: Spread, rng: Random) -> int:
    """A time of at least one second."""
    return 1 + int(rng.lognormvariate(log(spread.median), spread.sigma))
