"""Makes the keys of rows: UUIDs of version 7, which sort by the time at which they were made.

New rows are then side by side in an index, and a large table can be partitioned by its key.
"""

import secrets
import threading
import time
from uuid import UUID

#: A key has 48 bits of milliseconds, 12 of their fractions, and 62 of chance (RFC 9562, 6.2,
#: method 3), besides version and variant.
_FRACTIONS = 1 << 12
_CHANCE = 62
_LOW = (1 << _CHANCE) - 1

_lock = threading.Lock()
_last = 0


def new_key() -> UUID:
    """A key for a new row: greater than all that this process made before."""
    global _last
    now = time.time_ns() * _FRACTIONS // 1_000_000
    with _lock:
        _last = max(now, _last + 1)
        ticks = _last
    milliseconds, fraction = divmod(ticks, _FRACTIONS)
    return key_at(milliseconds, fraction << _CHANCE | secrets.randbits(_CHANCE))


def key_at(milliseconds: int, bits: int) -> UUID:
    """The key of an instant, in milliseconds since 1970, and of 74 bits that distinguish it from
    others.

    The same arguments give the same key: for worlds that can be made again from a seed.
    """
    return UUID(int=key_number(milliseconds, bits))


def key_number(milliseconds: int, bits: int) -> int:
    """The same key as a number of 128 bits, for those who make a great many."""
    high, low = bits >> _CHANCE, bits & _LOW
    return milliseconds << 80 | 7 << 76 | high << 64 | 2 << _CHANCE | low
