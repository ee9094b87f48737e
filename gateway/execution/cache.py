"""Keeps what was used last, up to a weight in all."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class WeightedCache(Generic[Key, Value]):
    """A cache that is bounded by what its values weigh, not by their number.

    What it keeps, Python's collector of cycles looks through again and again, in one go. A
    thousand documents of the largest size would hold the process up for a second each time.
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
        """Keep a new value in the place of those that were not used for longest."""
        self._kept[key] = value, weight
        self._weight += weight
        while self._weight > self._most_weight:
            _, (_, freed) = self._kept.popitem(last=False)
            self._weight -= freed
