"""A least-recently-used cache with a limit on the total weight."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class WeightedCache(Generic[Key, Value]):
    """Evicts the least recently used values once their total weight exceeds the limit.

    Python's garbage collector scans all cached objects in one pause. With a thousand documents of
    the largest size, each pause would last a second; hence the limit on weight, not number.
    """

    def __init__(self, most_weight: int) -> None:
        self._most_weight = most_weight
        self._weight = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def get(self, key: Key) -> Value | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def keep(self, key: Key, value: Value, weight: int) -> None:
        """Add a value, and evict the least recently used ones beyond the limit."""
        self._kept[key] = value, weight
        self._weight += weight
        while self._weight > self._most_weight:
            _, (_, freed) = self._kept.popitem(last=False)
            self._weight -= freed
