"""Calendar periods in western Indonesian time, and what they are compared with."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
#: A trend has at least these, so that it ends with the month that it began with.
TREND_MONTHS = 13
MONTHS_OF_A_YEAR = 12
MONTHS_OF_A_QUARTER = 3
#: The gateway answers for ten years at most.
MOST_MONTHS = 120

#: What a period can be compared with: the same months a year before, or as many just before.
YEAR_BEFORE, PREVIOUS = "year", "previous"
COMPARISONS = (YEAR_BEFORE, PREVIOUS)


def today() -> date:
    """The day in WIB."""
    return datetime.now(WIB).date()


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both inclusive; it begins with a month."""

    from_on: date
    to_on: date

    @property
    def months(self) -> int:
        """The calendar months that it touches."""
        years = self.to_on.year - self.from_on.year
        return years * 12 + self.to_on.month - self.from_on.month + 1

    @property
    def has_whole_months(self) -> bool:
        return self.to_on == month_end(self.to_on)

    @property
    def previous(self) -> "Period":
        """As many months before; a month that is not over is compared up to the same day."""
        return self._earlier(self.months)

    @property
    def year_before(self) -> "Period":
        """The same months of the year before."""
        return self._earlier(MONTHS_OF_A_YEAR)

    def before(self, comparison: str) -> "Period":
        """The earlier period that the visitor compares with."""
        return self.previous if comparison == PREVIOUS else self.year_before

    @property
    def trend_from_on(self) -> date:
        """A trend begins early enough to show the seasons."""
        return min(self.from_on, month_start(self.to_on, 1 - TREND_MONTHS))

    @property
    def recent_from_on(self) -> date:
        """What a small line beside a name shows."""
        return month_start(self.to_on, 1 - TREND_MONTHS)

    @property
    def known_from_on(self) -> date:
        """The first day from which months are read to see whether the data reach back far
        enough."""
        trend = month_start(self.trend_from_on, -MONTHS_OF_A_YEAR)
        earliest = min(trend, self.previous.from_on, self.year_before.from_on)
        return max(earliest, month_start(self.to_on, 1 - MOST_MONTHS))

    def _earlier(self, months: int) -> "Period":
        to_on = month_start(self.to_on, -months)
        last = month_end(to_on)
        if not self.has_whole_months:
            last = to_on.replace(day=min(self.to_on.day, last.day))
        return Period(month_start(self.from_on, -months), last)


def last_month(now: date) -> Period:
    """The last calendar month that is over."""
    return last_months(1, now)


def last_months(count: int, now: date) -> Period:
    """The last months that are over: their figures no longer grow."""
    return Period(month_start(now, -count), month_start(now) - timedelta(days=1))


def last_quarters(count: int, now: date) -> Period:
    """The last calendar quarters that are over."""
    first_day = month_start(now, -((now.month - 1) % MONTHS_OF_A_QUARTER))
    return Period(month_start(first_day, -MONTHS_OF_A_QUARTER * count), first_day - timedelta(1))


def last_quarter(now: date) -> Period:
    return last_quarters(1, now)


def last_years(count: int, now: date) -> Period:
    """The last calendar years that are over."""
    return Period(date(now.year - count, 1, 1), date(now.year - 1, 12, 31))


def last_year(now: date) -> Period:
    return last_years(1, now)


def this_year(now: date) -> Period:
    """The year to date."""
    return Period(date(now.year, 1, 1), now)


def this_month(now: date) -> Period:
    return Period(month_start(now), now)


def period_between(first: date, last: date, now: date) -> Period:
    """From the month of one day to the month of another, whichever comes first."""
    earlier, later = sorted((min(first, now), min(last, now)))
    return Period(month_start(earlier), min(month_end(later), now))


def month_start(day: date, shift: int = 0) -> date:
    """The first day of a day's month, or of the month so many (``shift``) after it."""
    number = day.year * 12 + day.month - 1 + shift
    return date(number // 12, number % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
