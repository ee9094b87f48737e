"""Disclosure control of one number: what is published of it."""

from math import ceil
from typing import NamedTuple

#: Where fewer are refused, only that fact is published; other counts below it are withheld.
THRESHOLD = 10
#: Counts are rounded to the nearest multiple of this.
ROUNDING = 5
#: Refusals, and rates and percentiles of the public, need at least this many decisions.
FEWEST_DECISIONS = 100
#: All publications together leave at least this many possible numbers for each count.
FEWEST_CANDIDATES = 4
#: Stands for "no upper bound".
UNBOUNDED = 1 << 40
#: How far a rounded count may be from the true one.
ROUNDING_ERROR = ROUNDING // 2
#: The lowest rounded number. Since 9 and fewer are withheld or a bound, "about 10" would leave only
#: 10, 11 and 12; so these are published as 15, together with 13 to 17.
LOWEST_ROUNDED = THRESHOLD + ROUNDING
#: Bounds of rates are rounded up to a tenth of a percent.
_RATE_STEPS = 1_000


class Interval(NamedTuple):
    """The possible values of a count: whole numbers from low to high, inclusive."""

    low: int
    high: int

    @property
    def candidates(self) -> int:
        return self.high - self.low + 1

    def shift(self, by: int) -> "Interval":
        return Interval(self.low + by, self.high + by)

    def within(self, other: "Interval") -> "Interval":
        return Interval(max(self.low, other.low), min(self.high, other.high))


ANYTHING = Interval(0, UNBOUNDED)


class Protected(NamedTuple):
    """What is published of a number: a rounded one, a bound, or nothing."""

    rounded: int | None = None
    #: It is less than this.
    below: int | None = None
    #: The numbers for which this would be published.
    candidates: Interval = ANYTHING

    @property
    def is_anything(self) -> bool:
        return self.rounded is not None or self.below is not None

    def rate(self, decisions: int) -> float | None:
        return None if self.rounded is None else self.rounded / decisions

    def rate_below(self, decisions: int) -> float | None:
        """The bound of the rate, rounded up."""
        return None if self.below is None else ceil(_RATE_STEPS * self.below / decisions) / 1_000


NOTHING = Protected()


def protect_refusals(decisions: int, refused: int) -> Protected:
    """What is published of the refusals among at least so many decisions."""
    if decisions < FEWEST_DECISIONS:
        return NOTHING
    if refused < THRESHOLD:
        return Protected(below=THRESHOLD, candidates=Interval(0, THRESHOLD - 1))
    return _round(refused)


def protect_count(count: int) -> Protected:
    """What is published of a count: nothing of a small one, or it is rounded.

    Nought is small as well: were it told, whatever is withheld would be known to be one at least.
    """
    if count < THRESHOLD:
        return Protected(candidates=Interval(0, THRESHOLD - 1))
    return _round(count)


def _round(count: int) -> Protected:
    rounded = max(round_to_step(count), LOWEST_ROUNDED)
    low = THRESHOLD if rounded == LOWEST_ROUNDED else rounded - ROUNDING_ERROR
    return Protected(rounded, candidates=Interval(low, rounded + ROUNDING_ERROR))


def round_to_step(count: int) -> int:
    """Round to the nearest multiple of ``ROUNDING``."""
    return (count + ROUNDING_ERROR) // ROUNDING * ROUNDING


def two_digits(number: float | None) -> float | None:
    """Round to two significant digits."""
    return None if number is None else float(f"{number:.1e}")
