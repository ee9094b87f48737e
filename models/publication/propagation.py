"""Interval propagation: sums bound their parts and parts their sums, until a fixpoint."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from models.publication.disclosure import Interval


class ContradictionError(Exception):
    """Counts that cannot be: what should add up does not."""


class Sum(NamedTuple):
    """A whole and its parts, by number."""

    whole: int
    parts: tuple[int, ...]


class Sums:
    """All sums among some counts, and an index of the sums that contain each count."""

    def __init__(self, sums: Iterable[Sum]) -> None:
        self.all = list(sums)
        self.of: defaultdict[int, list[int]] = defaultdict(list)
        for number, (whole, parts) in enumerate(self.all):
            for count in (whole, *parts):
                self.of[count].append(number)

    def neighbours(self, count: int) -> set[int]:
        """The other counts that share a sum with a count."""
        sums = (self.all[number] for number in self.of[count])
        return {other for whole, parts in sums for other in (whole, *parts)} - {count}


class Bounds:
    """The candidate intervals of counts that are linked by sums."""

    def __init__(self, intervals: Sequence[Interval], sums: Sums) -> None:
        self.low = [interval.low for interval in intervals]
        self.high = [interval.high for interval in intervals]
        self._sums = sums

    def narrow(self, changed: Iterable[int]) -> None:
        """Apply one sum at a time until no sum narrows an interval any further.

        Starts with the sums of the ``changed`` counts. Terminates, because bounds are whole
        numbers and only move inwards. Raises ContradictionError if they pass each other.
        """
        waiting = deque(
            dict.fromkeys(number for count in changed for number in self._sums.of[count])
        )
        is_waiting = set(waiting)
        while waiting:
            number = waiting.popleft()
            is_waiting.remove(number)
            for count in self._narrow_by(self._sums.all[number]):
                for other in self._sums.of[count]:
                    if other not in is_waiting:
                        is_waiting.add(other)
                        waiting.append(other)

    def implied_interval(self, a_sum: Sum, count: int) -> Interval:
        """What a sum says of one of its counts, given the bounds of the others."""
        least = sum(self.low[part] for part in a_sum.parts)
        most = sum(self.high[part] for part in a_sum.parts)
        if count == a_sum.whole:
            return Interval(least, most)
        at_least = self.low[a_sum.whole] - (most - self.high[count])
        return Interval(at_least, self.high[a_sum.whole] - (least - self.low[count]))

    def _narrow_by(self, a_sum: Sum) -> list[int]:
        """Narrow the intervals of one sum; return the counts whose interval changed."""
        low, high = self.low, self.high
        least = most = 0
        for part in a_sum.parts:
            least += low[part]
            most += high[part]
        changed = self._clip(a_sum.whole, least, most)
        whole_low, whole_high = low[a_sum.whole], high[a_sum.whole]
        if whole_high - least >= most and whole_low <= least:
            return changed
        for part in a_sum.parts:
            others_most = most - high[part]
            changed += self._clip(part, whole_low - others_most, whole_high - (least - low[part]))
        return changed

    def _clip(self, count: int, low: int, high: int) -> list[int]:
        is_changed = False
        if low > self.low[count]:
            self.low[count], is_changed = low, True
        if high < self.high[count]:
            self.high[count], is_changed = high, True
        if self.low[count] > self.high[count]:
            raise ContradictionError
        return [count] if is_changed else []
