"""What sums tell of their parts, and parts of their sums: intervals narrowed to a fixpoint."""

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import NamedTuple

from models.publication.disclosure import Interval


class Sum(NamedTuple):
    """A whole and its parts, by number; others may belong to it unless it is complete."""

    whole: int
    parts: tuple[int, ...]
    is_complete: bool


class Sums:
    """All sums among some counts, and in which of them each count stands."""

    def __init__(self, sums: Iterable[Sum]) -> None:
        self.all = list(sums)
        self.of: defaultdict[int, list[int]] = defaultdict(list)
        for number, (whole, parts, _) in enumerate(self.all):
            for count in (whole, *parts):
                self.of[count].append(number)

    def neighbours(self, count: int) -> set[int]:
        """The counts that stand in a sum with one."""
        sums = (self.all[number] for number in self.of[count])
        return {other for whole, parts, _ in sums for other in (whole, *parts)} - {count}


class Bounds:
    """The intervals of some counts that sums tie together."""

    def __init__(self, intervals: Iterable[Interval], sums: Sums) -> None:
        self.low, self.high = (list(bounds) for bounds in zip(*intervals, strict=True))
        self._sums = sums

    def narrow(self, told: Iterable[int]) -> None:
        """Narrow every interval as far as single sums tell, again and again until none tells more.

        It begins with the sums of the counts of which something was told. Bounds only move
        inwards and are whole numbers, so it ends.
        """
        waiting = deque(dict.fromkeys(number for count in told for number in self._sums.of[count]))
        is_waiting = set(waiting)
        while waiting:
            number = waiting.popleft()
            is_waiting.remove(number)
            for count in self._narrow_by(self._sums.all[number]):
                for other in self._sums.of[count]:
                    if other not in is_waiting:
                        is_waiting.add(other)
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
