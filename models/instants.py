"""Instants as texts, as clients and logs read them, and as days in the directorate's zone, western
Indonesian time (WIB).
"""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

WIB = timezone(timedelta(hours=7), "WIB")


def wib_day(instant: datetime) -> date:
    """The calendar day in WIB of an instant; ``wib_day`` in the database."""
    return instant.astimezone(WIB).date()


def instant_text(seconds: float) -> str:
    """An instant, given in seconds since 1970, to the millisecond: `2025-01-31T08:00:00.250Z`."""
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{_second_text(whole)}.{milliseconds:03}Z"


@lru_cache(16)
def _second_text(second: int) -> str:
    """Nearly all instants are of the last second or the one before: it is written once."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
