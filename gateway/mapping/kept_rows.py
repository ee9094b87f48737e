"""Rows that are kept in memory, by all that decides them and within a number of bytes."""

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import orjson

#: Of all that a process keeps. A year by country takes about 150 KB.
MOST_BYTES = 48 * 1024 * 1024
#: Of rows that are weighed to estimate the size of all.
_WEIGHED = 16
#: What an entry takes besides its value.
_ENTRY_BYTES = 2_000

Rows = Sequence[tuple[Any, ...]]
Value = TypeVar("Value")


@dataclass(slots=True)
class _Entry(Generic[Value]):
    mark: Hashable
    value: Value
    size: int


class KeptValues(Generic[Value]):
    """Values by key. The least recently used ones go first.

    The key says what was asked, and by whom as far as it matters; the mark, of which data. A value
    is found only under the mark under which it was kept.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()

    @property
    def bytes(self) -> int:
        """About how much memory the values take."""
        return self._bytes

    def find(self, key: Hashable, mark: Hashable) -> Value | None:
        found = self._entries.get(key)
        if found is None or found.mark != mark:
            return None
        self._entries.move_to_end(key)
        return found.value

    def keep(self, key: Hashable, mark: Hashable, value: Value, size: int) -> None:
        """Keep a value of so many bytes in place of what was kept under another mark."""
        if key in self._entries:
            self._bytes -= self._entries.pop(key).size
        self._entries[key] = _Entry(mark, value, size + _ENTRY_BYTES)
        self._bytes += size + _ENTRY_BYTES
        self._evict()

    def grow(self, key: Hashable, value: Value, size: int) -> None:
        """Note that a value has become larger, if it is still kept."""
        entry = self._entries.get(key)
        if entry is not None and entry.value is value:
            entry.size += size
            self._bytes += size
            self._evict()

    def _evict(self) -> None:
        while self._bytes > self._most_bytes:
            _, evicted = self._entries.popitem(last=False)
            self._bytes -= evicted.size


def size_of(rows: Sequence[Iterable[Any]]) -> int:
    """About how many bytes rows of values take, from some of them."""
    if not rows:
        return 0
    some = rows[:: max(1, len(rows) // _WEIGHED)]
    weights = (sys.getsizeof(row) + sum(map(sys.getsizeof, row)) for row in some)
    return len(rows) * (8 + sum(weights) // len(some))


class KeptList(list[Any]):
    """A list that is the same for everybody who is given it: what a plan has rendered it to is kept
    with it."""

    def __init__(self, items: Iterable[Any], grow: Callable[[int], None]) -> None:
        """``grow`` is called with the number of bytes that are kept in addition."""
        super().__init__(items)
        self._grow = grow
        #: By what rendered them: the JSON of all items, and how many values it holds.
        self._rendered: WeakKeyDictionary[Any, tuple[orjson.Fragment, int]] = WeakKeyDictionary()

    def render(self, render: Callable[[Any, Any], Any], counter: Any) -> Any:
        """What all items are rendered to; from the second time on JSON that is written already."""
        found = self._rendered.get(render)
        if found is not None:
            counter.values += found[1]
            return found[0]
        values, references = counter.values, len(counter.references)
        items = [render(item, counter) for item in self]
        if len(counter.references) == references:  # else rows are still to be filled in
            text = orjson.dumps(items)
            self._rendered[render] = orjson.Fragment(text), counter.values - values
            self._grow(len(text))
        return items
