"""Disclosure control of one cell: rounding and suppression, and what the result reveals."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import NamedTuple

#: Smaller counts are withheld.
THRESHOLD = 10
#: Counts are rounded to the nearest multiple of this.
ROUNDING = 5
#: Rates and percentiles need at least this many decisions.
FEWEST_DECISIONS = 30
#: All publications together leave at least this many possible values for each nonzero count.
FEWEST_CANDIDATES = 4
#: Stands for "no upper bound".
UNBOUNDED = 1 << 40
#: How far a rounded count may be from the true one.
_ROUNDING_ERROR = ROUNDING // 2


class ProtectedCount(StrEnum):
    """The protected counts. ``within_target`` is published only as part of the target rate.

    Granted, withdrawn and lapsed are not published in any form: whoever knows intake and work in
    progress can compute closures, and would get the remaining outcome by subtraction.
    """

    INTAKE = "intake"
    DECISIONS = "decisions"
    REFUSED = "refused"
    WITHIN_TARGET = "within_target"


Counts = Mapping[ProtectedCount, int]


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
Published = Mapping[ProtectedCount, int | None]


def round_to_step(count: int) -> int:
    """Round to the nearest multiple of ``ROUNDING``."""
    return (count + _ROUNDING_ERROR) // ROUNDING * ROUNDING


def is_small(count: int) -> bool:
    """Whether a count is nonzero and below the threshold, or would round to it.

    A published 10 would leave only the candidates 10 to 12.
    """
    return count > 0 and round_to_step(count) <= THRESHOLD


def is_near(count: int, closed: int) -> bool:
    """Whether a count is too close to closures, an upper bound that managers know.

    If fewer than four candidates of the topmost rounding class lie at or below the bound, that
    class and the one below it are withheld; together they have at least six candidates.
    """
    highest = round_to_step(closed)
    candidates = closed - (highest - _ROUNDING_ERROR) + 1
    return candidates < FEWEST_CANDIDATES and round_to_step(count) >= highest - ROUNDING


def protect(
    counts: Counts,
    closed: int,
    withheld: Set[ProtectedCount] = frozenset(),
    *,
    closed_is_known: bool,
) -> Published:
    """The counts of a cell as they are published: rounded, zero, or None where withheld.

    A zero is published only if nothing was closed, or next to published decisions. Elsewhere it
    is withheld like a small count; otherwise "withheld" would mean "at least one".
    """

    def value(measure: ProtectedCount, *, reveals_zero: bool) -> int | None:
        count = counts[measure]
        if count == 0:
            return 0 if reveals_zero else None
        is_exposed = (
            closed_is_known and measure is not ProtectedCount.INTAKE and is_near(count, closed)
        )
        return (
            None if measure in withheld or is_small(count) or is_exposed else round_to_step(count)
        )

    decisions = value(ProtectedCount.DECISIONS, reveals_zero=closed == 0)
    within_target = value(ProtectedCount.WITHIN_TARGET, reveals_zero=True)
    return {
        ProtectedCount.INTAKE: value(ProtectedCount.INTAKE, reveals_zero=True),
        ProtectedCount.DECISIONS: decisions,
        ProtectedCount.REFUSED: value(ProtectedCount.REFUSED, reveals_zero=decisions is not None),
        ProtectedCount.WITHIN_TARGET: within_target if is_enough(decisions) else None,
    }


def is_enough(decisions: int | None) -> bool:
    """Whether there are enough decisions for rates and percentiles, whatever the true count."""
    return decisions is not None and decisions - _ROUNDING_ERROR >= FEWEST_DECISIONS


def rate(figures: Published, part: ProtectedCount) -> float | None:
    """A share of the decisions, computed from the rounded counts only."""
    whole, count = figures[ProtectedCount.DECISIONS], figures[part]
    return count / whole if whole and is_enough(whole) and count is not None else None


def two_digits(number: float | None) -> float | None:
    """Round to two significant digits."""
    return None if number is None else float(f"{number:.1e}")


def reveal(figures: Published) -> dict[ProtectedCount, Interval]:
    """The candidate interval of each count, given the published figures."""
    decisions = figures[ProtectedCount.DECISIONS]
    withheld_is_nonzero = {
        ProtectedCount.INTAKE: True,
        ProtectedCount.DECISIONS: False,
        ProtectedCount.REFUSED: decisions is not None,
        ProtectedCount.WITHIN_TARGET: is_enough(decisions),
    }
    return {
        measure: _candidates_of(value)
        if value is not None
        else Interval(int(withheld_is_nonzero[measure]), UNBOUNDED)
        for measure, value in figures.items()
    }


def _candidates_of(value: int) -> Interval:
    return Interval(value - _ROUNDING_ERROR, value + _ROUNDING_ERROR) if value else Interval(0, 0)
