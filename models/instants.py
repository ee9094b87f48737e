"""Instants as texts, as clients and logs read them."""

from datetime import UTC, datetime
from functools import lru_cache


def instant_text(seconds: float) -> str:
    """An instant, given in seconds since 1970, to the millisecond: `2025-01-31T08:00:00.250Z`."""
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{_second_text(whole)}.{milliseconds:03}Z"


@lru_cache(16)
def _second_text(second: int) -> str:
    """Nearly all instants are of the last second or the one before: it is written once."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
