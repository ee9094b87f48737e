"""The zone in which the directorate's days begin: western Indonesian time (WIB)."""

from datetime import date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")


def wib_day(instant: datetime) -> date:
    """The calendar day in WIB of an instant; ``wib_day`` in the database."""
    return instant.astimezone(WIB).date()
