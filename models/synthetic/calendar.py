"""Time in the synthetic data: months, busy hours in WIB, and one outage."""

from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from models.instants import WIB

HOUR = 3600
DAY = 24 * HOUR

#: 1 January 1970 as `date` counts days, and how far WIB is ahead of UTC.
_DAY_ZERO = date(1970, 1, 1).toordinal()
_AHEAD = 7 * HOUR

#: Relative intake by weekday (from Monday) and by hour, in WIB (assumption).
WEEKDAYS = (1.10, 1.12, 1.10, 1.08, 1.02, 0.84, 0.74)
HOURS = (
    *(0.45, 0.35, 0.30, 0.28, 0.30, 0.42, 0.62, 0.85, 1.15, 1.40, 1.52, 1.50),
    *(1.32, 1.38, 1.48, 1.46, 1.40, 1.26, 1.20, 1.28, 1.32, 1.18, 0.90, 0.68),
)

#: Screening and decisions stopped for 100 hours from 20 June 2024, 04:00 WIB (published); here it
#: happens in the last June. Working off the backlog took five days (assumption).
OUTAGE_HOURS = 100
CATCH_UP_HOURS = 120


class Month(NamedTuple):
    """A calendar month, cut off at the end of the generated time."""

    first: date
    starts_at: int
    ends_at: int
    #: The share of the whole month.
    share: float


def months_until(until: datetime, count: int) -> list[Month]:
    """The last ``count`` calendar months in WIB before ``until``, where the last one ends."""
    last = (until - timedelta(seconds=1)).astimezone(WIB)
    numbers = range(last.year * 12 + last.month - count, last.year * 12 + last.month)
    return [_month(number, int(until.timestamp())) for number in numbers]


def _month(number: int, until: int) -> Month:
    first, following = (date(n // 12, n % 12 + 1, 1) for n in (number, number + 1))
    starts_at, ends_at = midnight(first), midnight(following)
    elapsed = min(ends_at, until) - starts_at
    return Month(first, starts_at, starts_at + elapsed, elapsed / (ends_at - starts_at))


def moments(month: Month, count: int, rng: Random) -> Iterator[int]:
    """``count`` random moments of a month in order, denser in busy hours."""
    hours = range(month.starts_at, month.ends_at, HOUR)
    monday = month.first.weekday()
    spans = [min(HOUR, month.ends_at - hour) for hour in hours]
    busy = list(
        accumulate(
            span * WEEKDAYS[(monday + n // 24) % 7] * HOURS[n % 24] for n, span in enumerate(spans)
        )
    )
    for point in sorted(rng.random() * busy[-1] for _ in range(count)):
        n = bisect(busy, point)
        since = busy[n - 1] if n else 0.0
        yield hours[n] + int((point - since) / (busy[n] - since) * spans[n])


class Outage(NamedTuple):
    """A time in which the directorate could not work, and the time until it had caught up."""

    starts_at: int
    ends_at: int
    caught_up_at: int

    def delay(self, moment: int) -> int:
        """Move a moment of work past the outage, preserving the order."""
        if not self.starts_at <= moment < self.caught_up_at:
            return moment
        done = (moment - self.starts_at) / (self.caught_up_at - self.starts_at)
        return self.ends_at + int(done * (self.caught_up_at - self.ends_at))


def last_outage(until: datetime) -> Outage:
    """The outage in the last June that ends, with the catching up, before ``until``."""
    year = until.astimezone(WIB).year
    starts = datetime(year, 6, 20, 4, tzinfo=WIB)
    if starts + timedelta(hours=OUTAGE_HOURS + CATCH_UP_HOURS) > until:
        starts = starts.replace(year=year - 1)
    starts_at = int(starts.timestamp())
    ends_at = starts_at + OUTAGE_HOURS * HOUR
    return Outage(starts_at, ends_at, ends_at + CATCH_UP_HOURS * HOUR)


@lru_cache(maxsize=64)
def instant(moment: int) -> datetime:
    """Convert a moment (seconds since 1970) to a datetime in UTC.

    The rows of an application repeat its moments, so the last ones are kept.
    """
    return datetime.fromtimestamp(moment, UTC)


def day_in_wib(moment: int) -> date:
    """The calendar day of a moment in WIB."""
    return date.fromordinal(_DAY_ZERO + (moment + _AHEAD) // DAY)


def start_of_day(day: date) -> datetime:
    """When a day begins in WIB."""
    return datetime(day.year, day.month, day.day, tzinfo=WIB)


def midnight(day: date) -> int:
    """The moment at which a day begins in WIB."""
    return int(start_of_day(day).timestamp())
