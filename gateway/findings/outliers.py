"""Who needs attention: rates outside the limits that chance and usual differences explain.

A funnel compares places with each other: limits around one rate, by number of decisions. They
are widened for overdispersion, since places differ by more than chance without anything being
wrong: the additive form of D. J. Spiegelhalter, "Funnel plots for comparing institutional
performance", Statistics in Medicine 24 (2005), with a beta distribution of the rates, so that the
tails are exact for few decisions as well. A control chart compares a place with its own past.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, sqrt
from typing import NamedTuple

import numpy as np

from gateway.findings import special
from gateway.findings.chance import Model, Range, likely_spread
from gateway.findings.rates import Interval, wilson

#: The shares of places that lie within the limits if only chance is at work.
WARNING, ALARM = 0.95, 0.998
#: How many months a month is compared with, at most and at least.
PAST_MONTHS, ENOUGH_MONTHS = 12, 6
#: The spread of a few months underestimates the true one, so the limits are wider, as Student's
#: are.
FEW_MONTHS = 4
#: Of all that is named as standing out, so much may be there by chance, on average.
FALSE_DISCOVERIES = 0.1
#: So many standard deviations are never beyond limits of 99.8 %.
GLANCE = 2.0
#: The lines of a funnel run through points of so many times the decisions of the one before.
STEP = 1.25


class Count(NamedTuple):
    """A number of cases among a number of decisions, at a place or in a month."""

    key: str
    n: int
    cases: int

    @property
    def rate(self) -> float:
        """Cases by decisions."""
        return self.cases / self.n if self.n else 0.0


@dataclass(frozen=True)
class Point:
    """A count with its limits and what they say of it."""

    count: Count
    model: Model
    warning: Range
    alarm: Range

    @property
    def interval(self) -> Interval:
        """The interval in which the rate behind the count lies."""
        return wilson(self.count.cases, self.count.n)

    @property
    def excess(self) -> float:
        """How many cases there are beyond those at the rate of all."""
        return self.count.cases - self.count.n * self.model.rate

    @property
    def is_outside(self) -> bool:
        """Beyond the limits of 95 %."""
        return not self.warning.has(self.count.cases)

    @property
    def is_alarming(self) -> bool:
        """Beyond the limits of 99.8 %."""
        return not self.alarm.has(self.count.cases)

    @property
    def is_high(self) -> bool:
        """Above the limits of 95 %."""
        return self.count.cases > self.warning.high


class Limits(NamedTuple):
    """The limits at a number of decisions, as rates: where a funnel's lines run."""

    n: int
    low_alarm: float
    low_warning: float
    high_warning: float
    high_alarm: float


@dataclass(frozen=True)
class Funnel:
    """Places around one rate."""

    model: Model
    points: tuple[Point, ...]

    @property
    def outside(self) -> tuple[Point, ...]:
        """The places beyond the limits of 95 %, where most cases are too many or too few first."""
        found = [point for point in self.points if point.is_outside]
        return tuple(sorted(found, key=lambda point: -abs(point.excess)))

    def limits(self) -> list[Limits]:
        """The lines of the funnel, from the fewest decisions of a place to the most."""
        if not self.points:
            return []
        numbers = [point.count.n for point in self.points]
        low, high = min(numbers), max(numbers)
        parts = ceil(log(high / low, STEP))
        along = {round(low * (high / low) ** (part / max(parts, 1))) for part in range(parts + 1)}
        return [limits_at(self.model, n) for n in sorted(along)]


def funnel(counts: Sequence[Count], rate: float | None = None) -> Funnel:
    """Each place compared with the rate of all places, or with another known rate."""
    counted = [count for count in counts if count.n]
    n = np.array([count.n for count in counted], dtype=np.float64)
    cases = np.array([count.cases for count in counted], dtype=np.float64)
    if rate is None:
        rate = float(cases.sum() / n.sum()) if counted else 0.0
    model = Model(rate, likely_spread(n, cases, rate))
    return Funnel(model, tuple(_point(count, model) for count in counted))


def control_chart(months: Sequence[Count]) -> tuple[Point, ...]:
    """Each month compared with the twelve before it, without those that raised an alarm.

    The limits hold what chance does to the month, what the months before differed by, and how
    far they can tell the rate.
    """
    points: list[Point] = []
    past: list[Count] = []
    for month in months:
        is_judged = len(past) >= ENOUGH_MONTHS and month.n > 0
        point = _point(month, _own_model(past[-PAST_MONTHS:])) if is_judged else None
        if point:
            points.append(point)
        if month.n and not (point and point.is_alarming):
            past.append(month)
    return tuple(points)


def sudden_month(months: Sequence[Count]) -> Point | None:
    """The last month, if it is beyond the limits of 99.8 % of its own past.

    Most months of most places are as usual at a glance: those need no limits.
    """
    *before, last = months or [Count("", 0, 0)]
    past = [month for month in before if month.n]
    if len(past) < ENOUGH_MONTHS or not last.n:
        return None
    # Without the worst month, which may be an outage that hides all that follows.
    usual = sorted(past, key=lambda month: month.rate)[:-1]
    n, cases = sum(month.n for month in usual), sum(month.cases for month in usual)
    expected = last.n * cases / n
    if abs(last.cases - expected) < GLANCE * np.sqrt(expected + 1):
        return None
    point = control_chart(months)[-1]
    return point if point.is_alarming else None


def _own_model(past: Sequence[Count]) -> Model:
    n = np.array([month.n for month in past], dtype=np.float64)
    cases = np.array([month.cases for month in past], dtype=np.float64)
    # Half a case is added, so that after months without cases the next one is not an alarm at once.
    rate = float((cases.sum() + 0.5) / (n.sum() + 1))
    own = likely_spread(n, cases, rate) * (1 + FEW_MONTHS / len(past))
    unsure = (1 - rate) / (rate * (n.sum() + 1))
    return Model(rate, float(np.sqrt(own**2 + unsure)))


def _point(count: Count, model: Model) -> Point:
    return Point(count, model, model.range(count.n, WARNING), model.range(count.n, ALARM))


def limits_at(model: Model, n: int) -> Limits:
    """The limits at one number of decisions."""
    warning, alarm = model.range(n, WARNING), model.range(n, ALARM)
    edges = (alarm.lower, warning.lower, warning.upper, alarm.upper)
    return Limits(n, *(min(edge / n, 1.0) for edge in edges))


#: As much of 99.8 % lies on each side.
UPPER_TAIL = 0.999
#: The narrowest range, in logarithms, even if the known months happened to be alike.
LEAST_SPREAD = 0.05


def standing_out(chances: Sequence[float]) -> set[int]:
    """Which of these stand out, by their place, given how likely chance alone makes each of them.

    The rule of Benjamini and Hochberg: of many that are looked at, some are far off by chance, and
    none of those is named where chance alone would bring as many.
    """
    ordered = sorted(range(len(chances)), key=lambda at: chances[at])
    most = max(
        (
            rank
            for rank, at in enumerate(ordered, 1)
            if chances[at] <= FALSE_DISCOVERIES * rank / len(chances)
        ),
        default=0,
    )
    return set(ordered[:most])


def duration_chance(past: Sequence[float], last: float) -> float:
    """How likely a duration at least so long is after these, taken as lognormal."""
    mean, spread, known = _logs(past)
    return float(1 - special.stdtr(known - 1, (log(last) - mean) / spread))


def _logs(past: Sequence[float]) -> tuple[float, float, int]:
    """Of the next duration: the mean and spread of its logarithm, and by how many months."""
    logs = [log(hours) for hours in past if hours > 0][-PAST_MONTHS:]
    mean = sum(logs) / len(logs)
    variance = sum((each - mean) ** 2 for each in logs) / (len(logs) - 1)
    return mean, max(sqrt(variance), LEAST_SPREAD) * sqrt(1 + 1 / len(logs)), len(logs)


def usual_range(past: Sequence[float]) -> Interval | None:
    """The 99.8 % prediction range of the next of these durations, taken as lognormal.

    None where fewer months are known than limits need.
    """
    if sum(hours > 0 for hours in past) < ENOUGH_MONTHS:
        return None
    mean, spread, known = _logs(past)
    half = float(special.stdtrit(known - 1, UPPER_TAIL)) * spread
    return Interval(exp(mean - half), exp(mean + half))
