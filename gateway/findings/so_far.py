"""How many a month will end at, by what has come of it so far and by what was expected of it.

What comes is counts of a rate that is not known: before the month, as gamma distributed as the
range of the forecast is wide; after some days, narrowed by what came. What is still to come is then
spread by both, the rate and chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import log

from gateway.findings import special
from gateway.findings.expected import LEVEL, ExpectedRange

#: Weekdays look alike until so many of each are known.
LIKENESS = 10.0
#: How many times the variance of independent arrivals the arrivals of a day have at most: families
#: and groups come together.
MOST_TOGETHER = 10.0
#: The widest rate that is assumed without a forecast, as the standard deviation of its logarithm.
UNKNOWN = 1.0


@dataclass(frozen=True)
class Rhythm:
    """How arrivals come by weekday, and how far they come together."""

    #: From Monday on, as shares of the mean day.
    weekdays: tuple[float, ...] = (1.0,) * 7
    clumping: float = 1.0

    def elapsed(self, until: date) -> float:
        """The share of its month that is over at the end of a day."""
        first = until.replace(day=1)
        length = ((first + timedelta(days=31)).replace(day=1) - first).days
        weights = [self.weekdays[(first + timedelta(days=day)).weekday()] for day in range(length)]
        return sum(weights[: until.day]) / sum(weights)


def rhythm_of(days: Mapping[date, int]) -> Rhythm:
    """By the days of some weeks that are over; of none, all days are alike."""
    mean = sum(days.values()) / len(days) if days else 0.0
    if not mean:
        return Rhythm()
    by_weekday = [[n for day, n in days.items() if day.weekday() == each] for each in range(7)]
    weekdays = [(sum(each) + LIKENESS) / (len(each) * mean + LIKENESS) for each in by_weekday]
    usual = {day: mean * weekdays[day.weekday()] for day in days}
    off = sum((n - usual[day]) ** 2 / usual[day] for day, n in days.items() if usual[day])
    clumping = off / max(len(days) - 7, 1)
    return Rhythm(tuple(weekdays), min(max(clumping, 1.0), MOST_TOGETHER))


def month_end(
    received: int, elapsed: float, expected: ExpectedRange | None, clumping: float = 1.0
) -> ExpectedRange | None:
    """The range of the whole month, after a part of it; None where nothing tells of it."""
    if expected is None and not received:
        return None
    mean = max(expected.middle, 0.5) if expected else received / elapsed
    spread = UNKNOWN
    if expected and expected.low > 0:
        spread = max(log(expected.high / expected.low) / 2 / _z(), 0.01)
    shape = 1 / spread**2
    known, exposure = shape + received / clumping, shape / mean + elapsed / clumping
    left = 1 - elapsed
    rate = known / exposure
    still = rate * left
    variance = clumping * still + left**2 * known / exposure**2
    if still <= 0 or variance <= 0:
        return ExpectedRange(received, received, received)
    tail = (1 - LEVEL) / 2
    low, middle, high = (
        received + float(special.gammaincinv(still**2 / variance, share)) * variance / still
        for share in (tail, 0.5, 1 - tail)
    )
    return ExpectedRange(low, middle, high)


def _z() -> float:
    return float(special.ndtri((1 + LEVEL) / 2))
