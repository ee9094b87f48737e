"""The rules of disclosure: what of the true counts of a cell is published, and what that tells."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import NamedTuple

#: Counts below it have no value.
THRESHOLD = 10
#: Counts are rounded to the nearest multiple.
ROUNDING = 5
#: Rates and percentiles need so many decisions.
FEWEST_DECISIONS = 30
#: Whatever is published together leaves at least so many candidates for each count that is not
#: nought: no interval narrower than 3.
FEWEST_CANDIDATES = 4
#: As good as no upper bound.
UNBOUNDED = 1 << 40
#: The bounds of what a rounded count may have been.
_EITHER_SIDE = ROUNDING // 2


class ProtectedCount(StrEnum):
    """The counts that are protected. ``within_target`` is told by the target rate alone.

    Granted, withdrawn and lapsed are not published in any form: whoever knows intake and work in
    progress knows closures, and the rest would follow by subtraction.
    """

    INTAKE = "intake"
    DECISIONS = "decisions"
    REFUSED = "refused"
    WITHIN_TARGET = "within_target"


Counts = Mapping[ProtectedCount, int]


class Interval(NamedTuple):
    """Everything from one number to another, both included."""

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
Published = Mapping[ProtectedCount, int | None]


def round_to_step(count: int) -> int:
    """To the nearest 5."""
    return (count + _EITHER_SIDE) // ROUNDING * ROUNDING


def is_small(count: int) -> bool:
    """Below the threshold, or published as the threshold: that would say 10 to 12, no more."""
    return count > 0 and round_to_step(count) <= THRESHOLD


def is_near(count: int, closed: int) -> bool:
    """Whether closures, which managers know, tell too much of a count that they bound from above.

    Where the highest class of 5 holds fewer than four candidates up to the bound, it is withheld
    together with the class below: that it is withheld leaves six candidates or more.
    """
    highest = round_to_step(closed)
    candidates = closed - (highest - _EITHER_SIDE) + 1
    return candidates < FEWEST_CANDIDATES and round_to_step(count) >= highest - ROUNDING


def protect(
    counts: Counts,
    closed: int,
    withheld: Set[ProtectedCount] = frozenset(),
    *,
    closed_is_known: bool,
) -> Published:
    """What of the counts of a cell is published: rounded, nought, or None where withheld.

    Nought is told from a small count only where nothing was closed, or beside decisions that are
    published: otherwise "withheld" would say "at least one" of the few that were closed.
    """

    def value(measure: ProtectedCount, *, tells_nought: bool) -> int | None:
        count = counts[measure]
        if count == 0:
            return 0 if tells_nought else None
        is_told = (
            closed_is_known and measure is not ProtectedCount.INTAKE and is_near(count, closed)
        )
        return None if measure in withheld or is_small(count) or is_told else round_to_step(count)

    decisions = value(ProtectedCount.DECISIONS, tells_nought=closed == 0)
    within_target = value(ProtectedCount.WITHIN_TARGET, tells_nought=True)
    return {
        ProtectedCount.INTAKE: value(ProtectedCount.INTAKE, tells_nought=True),
        ProtectedCount.DECISIONS: decisions,
        ProtectedCount.REFUSED: value(ProtectedCount.REFUSED, tells_nought=decisions is not None),
        ProtectedCount.WITHIN_TARGET: within_target if is_enough(decisions) else None,
    }


def is_enough(decisions: int | None) -> bool:
    """Whether decisions suffice for rates and percentiles, whatever they were before rounding."""
    return decisions is not None and decisions - _EITHER_SIDE >= FEWEST_DECISIONS


def rate(figures: Published, part: ProtectedCount) -> float | None:
    """From rounded counts alone."""
    whole, count = figures[ProtectedCount.DECISIONS], figures[part]
    return count / whole if whole and is_enough(whole) and count is not None else None


def two_digits(number: float | None) -> float | None:
    """Rounded to two significant digits."""
    return None if number is None else float(f"{number:.1e}")


def reveal(figures: Published) -> dict[ProtectedCount, Interval]:
    """What each published figure tells of its count."""
    decisions = figures[ProtectedCount.DECISIONS]
    not_nought = {
        ProtectedCount.INTAKE: True,
        ProtectedCount.DECISIONS: False,
        ProtectedCount.REFUSED: decisions is not None,
        ProtectedCount.WITHIN_TARGET: is_enough(decisions),
    }
    return {
        measure: _meant(value)
        if value is not None
        else Interval(int(not_nought[measure]), UNBOUNDED)
        for measure, value in figures.items()
    }


def _meant(value: int) -> Interval:
    return Interval(value - _EITHER_SIDE, value + _EITHER_SIDE) if value else Interval(0, 0)
