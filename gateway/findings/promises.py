"""Whether the promised share of decisions is made within the target: yes, no, or too few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.findings.contributions import Share
from gateway.findings.rates import Interval, wilson

#: No decisions at all.
NONE = Share(0, 0)
#: The fewest decisions for which a share is compared with a promise.
ENOUGH = 30


class Verdict(StrEnum):
    """The answer to: are we meeting the target?"""

    MET = "met"
    MISSED = "missed"
    TOO_FEW = "too_few"
    NO_PROMISE = "no_promise"


@dataclass(frozen=True)
class Target:
    """One visa type: what was decided in target, what is promised, and the months before."""

    key: str
    now: Share
    before: Share
    promised: float | None
    months: tuple[Share, ...] = ()
    #: What was decided on the days of named events.
    in_events: Share = NONE

    @property
    def without_events(self) -> "Target":
        """The same without what was decided on the days of named events."""
        return replace(self, now=self.now.without(self.in_events))

    @property
    def share(self) -> float | None:
        """The share of decisions in target, where there are any."""
        return self.now.cases / self.now.n if self.now.n else None

    @property
    def verdict(self) -> Verdict:
        """The share itself is compared with the promise, without its interval: a promise is about
        what was done."""
        if self.promised is None:
            return Verdict.NO_PROMISE
        if self.share is None or self.now.n < ENOUGH:
            return Verdict.TOO_FEW
        return Verdict.MET if self.share >= self.promised else Verdict.MISSED

    @property
    def interval(self) -> Interval:
        """The interval in which the rate behind the share lies."""
        return wilson(self.now.cases, self.now.n)

    @property
    def change(self) -> float | None:
        """Against the same period a year before, where both have enough decisions."""
        if self.share is None or min(self.now.n, self.before.n) < ENOUGH:
            return None
        return self.share - self.before.cases / self.before.n

    @property
    def months_met(self) -> tuple[bool | None, ...]:
        """Month by month, whether the promise was kept; None where too little was decided."""
        promised = self.promised
        return tuple(
            None if promised is None or month.n < ENOUGH else month.cases / month.n >= promised
            for month in self.months
        )


def targets(
    now: Mapping[str, Share],
    before: Mapping[str, Share],
    promised: Mapping[str, float],
    months: Mapping[str, Sequence[Share]],
    in_events: Mapping[str | None, Share] = {},
) -> tuple[Target, ...]:
    """One for each visa type that was decided on, the most decisions first."""
    found = [
        Target(
            key,
            share,
            before.get(key, NONE),
            promised.get(key),
            tuple(months.get(key, ())),
            in_events.get(key, NONE),
        )
        for key, share in now.items()
        if share.n
    ]
    return tuple(sorted(found, key=lambda target: (-target.now.n, target.key)))
