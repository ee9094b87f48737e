"""What sums tell of their parts, and parts of their sums: intervals narrowed to a fixpoint."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from models.publication.disclosure import Interval


class Sum(NamedTuple):
    """A whole and its parts, by number; others may belong to it unless it is complete."""

    whole: int
    parts: tuple[int, ...]
    is_complete: bool


class Bounds:
    """The intervals of some counts that sums tie together."""

    def __init__(self, intervals: Sequence[Interval], sums: Sequence[Sum]) -> None:
        self.low = [interval.low for interval in intervals]
        self.high = [interval.high for interval in intervals]
        self._sums = sums
        self._of: list[list[int]] = [[] for _ in intervals]
        for number, (whole, parts, _) in enumerate(sums):
            for count in (whole, *parts):
                self._of[count].append(number)

    def narrow(self) -> None:
        """Narrow every interval as far as single sums tell, again and again until none tells more.

        Bounds only move inwards and are whole numbers, so this ends.
        """
        waiting = deque(range(len(self._sums)))
        is_waiting = [True] * len(self._sums)
        while waiting:
            number = waiting.popleft()
            is_waiting[number] = False
            for count in self._narrow_by(self._sums[number]):
                for other in self._of[count]:
                    if not is_waiting[other]:
                        is_waiting[other] = True
                        waiting.append(other)

    def _narrow_by(self, one: Sum) -> list[int]:
        """Narrow the intervals of one sum; which counts got narrower."""
        low, high = self.low, self.high
        least = most = 0
        for part in one.parts:
            least += low[part]
            most += high[part]
        narrower = self._hold(one.whole, least, most if one.is_complete else None)
        whole_low, whole_high = low[one.whole], high[one.whole]
        if whole_high - least >= most and (not one.is_complete or whole_low <= least):
            return narrower
        for part in one.parts:
            others_most = most - high[part]
            at_least = whole_low - others_most if one.is_complete else 0
            narrower += self._hold(part, at_least, whole_high - (least - low[part]))
        return narrower

    def _hold(self, count: int, low: int, high: int | None) -> list[int]:
        narrower = False
        if low > self.low[count]:
            self.low[count], narrower = low, True
        if high is not None and high < self.high[count]:
            self.high[count], narrower = high, True
        return [count] if narrower else []
