"""Rows that are kept in memory, by all that decides them and within a number of bytes."""

import sys
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

#: Of all rows that a process keeps. A year by country takes 60 KB.
MOST_BYTES = 48 * 1024 * 1024
#: Of rows that are weighed to estimate the size of all.
_WEIGHED = 16
#: What an entry takes besides its rows.
_ENTRY_BYTES = 2_000

Rows = Sequence[tuple[Any, ...]]


class _Kept(NamedTuple):
    mark: Hashable
    rows: Rows
    size: int


class KeptRows:
    """Rows by key. The least recently used ones go first.

    The key says what was asked, and by whom as far as it matters; the mark, of which data. Rows are
    found only under the mark under which they were read.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    @property
    def bytes(self) -> int:
        """About how much memory the rows take."""
        return self._bytes

    def find(self, key: Hashable, mark: Hashable) -> Rows | None:
        """The rows of a key, if they were read under the same mark."""
        found = self._kept.get(key)
        if found is None or found.mark != mark:
            return None
        self._kept.move_to_end(key)
        return found.rows

    def keep(self, key: Hashable, mark: Hashable, rows: Rows) -> None:
        """Keep rows in place of those that were read under another mark."""
        size = _ENTRY_BYTES + sys.getsizeof(key) + _size_of(rows)
        if key in self._kept:
            self._bytes -= self._kept.pop(key).size
        if size > self._most_bytes:
            return
        self._kept[key] = _Kept(mark, rows, size)
        self._bytes += size
        while self._bytes > self._most_bytes:
            _, evicted = self._kept.popitem(last=False)
            self._bytes -= evicted.size


def _size_of(rows: Rows) -> int:
    """About how many bytes rows take, from some of them."""
    if not rows:
        return 0
    some = rows[:: max(1, len(rows) // _WEIGHED)]
    weights = (sys.getsizeof(row) + sum(map(sys.getsizeof, row)) for row in some)
    return len(rows) * (8 + sum(weights) // len(some))
