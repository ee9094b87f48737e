"""Why a figure changed: what each country, partner, visa type … brought to the change.

Contributions are exact: those of a total are whole numbers that add up to its change; those of a
rate are fractions of whole numbers, a part for what the rates themselves did and a part for how
the mix moved between groups, which together add up to the rate's change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

_ZERO = Fraction(0)


class Contribution(NamedTuple):
    """What one group brought to the change of a total."""

    key: str
    now: int
    before: int

    @property
    def change(self) -> int:
        """More or fewer than before."""
        return self.now - self.before


@dataclass(frozen=True)
class TotalChange:
    """A total in two periods, and its groups, the largest change first."""

    now: int
    before: int
    contributions: tuple[Contribution, ...]

    @property
    def change(self) -> int:
        """The sum of all contributions."""
        return self.now - self.before

    def find_leading(self, most: int) -> tuple[Contribution, ...]:
        """The groups that moved furthest in the direction of the total, at most so many."""
        sign = (self.change > 0) - (self.change < 0)
        same = [part for part in self.contributions if part.change * sign > 0]
        return tuple(same[:most])

    def find_opposing(self, most: int) -> tuple[Contribution, ...]:
        """The groups that moved furthest against it, at most so many."""
        sign = (self.change > 0) - (self.change < 0)
        against = [part for part in self.contributions if part.change * sign < 0]
        return tuple(against[:most])

    def remainder(self, shown: Iterable[Contribution]) -> int:
        """What all groups but these brought together."""
        return self.change - sum(part.change for part in shown)


def total_change(now: Mapping[str, int], before: Mapping[str, int]) -> TotalChange:
    """The contributions of all groups that either period has; one that is missing in a period
    counts as zero."""
    parts = [
        Contribution(key, now.get(key, 0), before.get(key, 0)) for key in now.keys() | before.keys()
    ]
    parts.sort(key=lambda part: (-abs(part.change), part.key))
    return TotalChange(sum(now.values()), sum(before.values()), tuple(parts))


class Share(NamedTuple):
    """A share as two counts: the decisions of a group, and how many of them were in target."""

    n: int
    cases: int

    def plus(self, other: "Share") -> "Share":
        """Both together."""
        return Share(self.n + other.n, self.cases + other.cases)

    def without(self, part: "Share") -> "Share":
        """The rest."""
        return Share(self.n - part.n, self.cases - part.cases)


class RateContribution(NamedTuple):
    """What one group brought to the change of a rate."""

    key: str
    #: By its own rate, at the mean of its shares in both periods.
    rate: Fraction
    #: By being a larger or smaller share of all, at its distance from the mean rate of all.
    mix: Fraction

    @property
    def change(self) -> Fraction:
        """Both."""
        return self.rate + self.mix


@dataclass(frozen=True)
class RateChange:
    """A rate in two periods, and its groups, the largest change first."""

    now: Fraction
    before: Fraction
    contributions: tuple[RateContribution, ...]

    @property
    def change(self) -> Fraction:
        """The sum of all contributions."""
        return self.now - self.before

    @property
    def rate(self) -> Fraction:
        """The part of the change that the groups' own rates brought."""
        return sum((part.rate for part in self.contributions), _ZERO)

    @property
    def mix(self) -> Fraction:
        """The part that the moving mix brought."""
        return sum((part.mix for part in self.contributions), _ZERO)


def rate_change(now: Mapping[str, Share], before: Mapping[str, Share]) -> RateChange | None:
    """How each group moved the rate; None where a period has no decisions, and so no rate.

    The symmetric (Bennet) decomposition: no period is the base, so the order does not matter. A
    group that one period lacks has no rate there; all that it brings is mix.
    """
    n_now = sum(share.n for share in now.values())
    n_before = sum(share.n for share in before.values())
    if not n_now or not n_before:
        return None
    rate_now = Fraction(sum(share.cases for share in now.values()), n_now)
    rate_before = Fraction(sum(share.cases for share in before.values()), n_before)
    middle = (rate_now + rate_before) / 2
    none = Share(0, 0)
    parts: list[RateContribution] = []
    for key in now.keys() | before.keys():
        here, there = now.get(key, none), before.get(key, none)
        if not here.n and not there.n:
            continue
        own_now = Fraction(here.cases, here.n) if here.n else Fraction(there.cases, there.n)
        own_before = Fraction(there.cases, there.n) if there.n else own_now
        weight_now, weight_before = Fraction(here.n, n_now), Fraction(there.n, n_before)
        parts.append(
            RateContribution(
                key,
                rate=(weight_now + weight_before) / 2 * (own_now - own_before),
                mix=(weight_now - weight_before) * ((own_now + own_before) / 2 - middle),
            )
        )
    parts.sort(key=lambda part: (-abs(part.change), part.key))
    return RateChange(rate_now, rate_before, tuple(parts))
