"""A cache within a limit on its weight."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class WeightedCache(Generic[Key, Value]):
    """Evicts the least recently used values once their total weight exceeds the limit.

    Python's garbage collector scans all cached objects in one pause: with a thousand documents of
    the largest size, each pause would last a second. Hence a limit on weight, not on number.
    """

    def __init__(self, most_weight: int) -> None:
        self._most_weight = most_weight
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        #: Of all values together.
        self.weight = 0

    def __contains__(self, key: Key) -> bool:
        return key in self._entries

    def get(self, key: Key) -> Value | None:
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key][0]

    def put(self, key: Key, value: Value, weight: int) -> None:
        """Add a value in place of another of its key, and evict what is beyond the limit."""
        if key in self._entries:
            self.weight -= self._entries.pop(key)[1]
        self._entries[key] = value, weight
        self.weight += weight
        while self.weight > self._most_weight:
            _, (_, freed) = self._entries.popitem(last=False)
            self.weight -= freed

    def grow(self, key: Key, value: Value, weight: int) -> None:
        """Note that a value has become heavier, if it is still cached."""
        found = self._entries.get(key)
        if found is not None and found[0] is value:
            self.put(key, value, found[1] + weight)
