"""The audit before publishing: what everything that is seen together tells of each count.

Somebody who reads the published figures of a partner's countries also knows, exactly, how much
went in and was closed there; an agent knows every outcome of one centre; the figures of the whole
country are public. They may put it all together. The audit does the same, for each such
coalition, and withholds further figures until no count that is not nought is left with fewer than
four candidates, unless what they know exactly left it no more to begin with.

Which figure is withheld is a stated rule: the one that is told too much of, if it is new;
otherwise the smallest new one that stands in a sum with it, the first in the order of the grid
among equals. A figure that was published before is never taken back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from models.publication.bounds import Bounds, Sum, Sums
from models.publication.disclosure import (
    ANYTHING,
    FEWEST_CANDIDATES,
    UNBOUNDED,
    Counts,
    Interval,
    ProtectedCount,
    Published,
    protect,
    reveal,
)
from models.publication.sets import Cell, Place, wholes

#: What somebody knows exactly of a count, without any publication.
Known = Callable[[Cell, ProtectedCount], Interval]


class Figure(NamedTuple):
    """A protected count of a cell."""

    cell: Cell
    measure: ProtectedCount


@dataclass
class Candidate:
    """A cell of the grid: its true counts, what was told of them before, what is to be told now."""

    counts: Counts
    closed: int
    closed_is_known: bool
    measures: tuple[ProtectedCount, ...]
    #: What earlier editions told, of the counts as they are now.
    before: Mapping[ProtectedCount, Interval] = field(default_factory=dict)
    #: Whether this run may publish it.
    is_new: bool = True
    was_published: bool = False
    withheld: set[ProtectedCount] = field(default_factory=set)
    is_kept: bool = False

    @cached_property
    def figures(self) -> Published:
        return protect(
            self.counts, self.closed, self.withheld, closed_is_known=self.closed_is_known
        )

    @cached_property
    def tells(self) -> Mapping[ProtectedCount, Interval]:
        """What all editions together tell of each count."""
        before = {measure: self.before.get(measure, ANYTHING) for measure in ProtectedCount}
        if not self.is_new or self.is_kept:
            return before
        now = reveal(self.figures)
        return {measure: before[measure].within(now[measure]) for measure in ProtectedCount}

    @property
    def tells_something(self) -> bool:
        """Whether any figure is, or was, published that is not nought."""
        return any(
            interval.low > 1 or 0 < interval.high < UNBOUNDED for interval in self.tells.values()
        )

    def can_withhold(self, measure: ProtectedCount) -> bool:
        if not self.is_new or self.is_kept:
            return False
        return self.was_published or bool(self.figures[measure])

    def withhold(self, measure: ProtectedCount) -> None:
        """Publish less of it; what was published before stays as it was, all of it."""
        if self.was_published:
            self.is_kept = True
        else:
            self.withheld.add(measure)
        for made in ("figures", "tells"):
            self.__dict__.pop(made, None)


Candidates = Mapping[Cell, Candidate]


class System:
    """The sums among some cells, and what is told too much of in them."""

    def __init__(self, cells: Candidates, centres: Mapping[str, Place]) -> None:
        self._cells = cells
        self.figures = [Figure(cell, measure) for cell in cells for measure in cells[cell].measures]
        self._number = {figure: number for number, figure in enumerate(self.figures)}
        self._sums = Sums([*self._divisions(centres), *self._outcomes()])
        self._known: dict[Known, list[Interval]] = {}

    def _divisions(self, centres: Mapping[str, Place]) -> Iterable[Sum]:
        parts: defaultdict[tuple[Figure, str, bool], list[int]] = defaultdict(list)
        for number, (cell, measure) in enumerate(self.figures):
            for whole in wholes(cell, centres):
                parts[Figure(whole.cell, measure), whole.division, whole.is_complete].append(number)
        for (whole, _, is_complete), numbers in parts.items():
            if whole in self._number:
                yield Sum(self._number[whole], tuple(numbers), is_complete)

    def _outcomes(self) -> Iterable[Sum]:
        """Refused, and decided within the target, are decisions."""
        for number, (cell, measure) in enumerate(self.figures):
            if measure in (ProtectedCount.REFUSED, ProtectedCount.WITHIN_TARGET):
                yield Sum(self._number[Figure(cell, ProtectedCount.DECISIONS)], (number,), False)

    def bounds(self, known: Known) -> Bounds:
        """What is left of each count for somebody who knows so much, and reads the figures."""
        tells = [self._cells[cell].tells[measure] for cell, measure in self.figures]
        exactly = self._known_exactly(known)
        bounds = Bounds(map(Interval.within, tells, exactly), self._sums)
        bounds.narrow(
            number
            for number, (low, high) in enumerate(tells)
            if low > exactly[number].low or high < exactly[number].high
        )
        return bounds

    def _known_exactly(self, known: Known) -> list[Interval]:
        if known not in self._known:
            self._known[known] = [known(cell, measure) for cell, measure in self.figures]
        return self._known[known]

    def overexposed(self, known: Known, bounds: Bounds) -> list[int]:
        """The numbers of counts with too few candidates left."""
        exactly = self._known_exactly(known)
        found: list[int] = []
        for number, (low, high) in enumerate(zip(bounds.low, bounds.high, strict=True)):
            left = high - low + 1
            if left >= FEWEST_CANDIDATES:
                continue
            cell, measure = self.figures[number]
            candidate = self._cells[cell]
            was = candidate.before.get(measure, ANYTHING).candidates
            if candidate.counts[measure] and left < min(exactly[number].candidates, was):
                found.append(number)
        return found

    def withhold_for_each(self, numbers: Iterable[int]) -> bool:
        """Withhold a figure for each count that is told too much of; whether any could be.

        A count next to one that was just seen to waits: what was withheld may help it too.
        """
        seen_to: set[int] = set()
        is_any = False
        for number in sorted(numbers, key=self._size):
            if number not in seen_to:
                is_any = self._withhold_for(number) or is_any
                seen_to |= {number, *self._sums.neighbours(number)}
        return is_any

    def _size(self, number: int) -> tuple[int, Figure]:
        cell, measure = self.figures[number]
        return self._cells[cell].counts[measure], self.figures[number]

    def _withhold_for(self, number: int) -> bool:
        for chosen in (number, *sorted(self._sums.neighbours(number), key=self._size)):
            cell, measure = self.figures[chosen]
            if self._cells[cell].can_withhold(measure):
                self._cells[cell].withhold(measure)
                return True
        return False

    def withhold_all(self) -> bool:
        """Where nothing next to it can be withheld: every new figure; whether there was any."""
        able = [one for one in self.figures if self._cells[one.cell].can_withhold(one.measure)]
        for cell, measure in able:
            self._cells[cell].withhold(measure)
        return bool(able)


def tells_something(cells: Candidates) -> bool:
    """Whether there is anything to audit."""
    return any(candidate.tells_something for candidate in cells.values())


def audit(system: System, coalitions: Iterable[Known]) -> list[Bounds]:
    """Withhold further figures until none of the coalitions is told too much.

    What is left of each count in the end, for each of them.
    """
    everyone = list(coalitions)
    while True:
        settled = [_settle(system, known) for known in everyone]
        if not any(has_withheld for _, has_withheld in settled):
            return [bounds for bounds, _ in settled]


def _settle(system: System, known: Known) -> tuple[Bounds, bool]:
    """What is left when one coalition is told no more than it may; whether that took anything."""
    has_withheld = False
    while True:
        bounds = system.bounds(known)
        too_much = system.overexposed(known, bounds)
        if not (too_much and (system.withhold_for_each(too_much) or system.withhold_all())):
            return bounds, has_withheld
        has_withheld = True
