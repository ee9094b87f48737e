"""The disclosure audit: secondary suppression of figures before they are published.

Primary suppression (``disclosure.py``) protects each cell by itself. Readers can still combine
cells: a partner's manager knows the intake and closures of each country exactly, an agent knows
every outcome of one centre, and the national figures are public. For each such coalition the
audit computes the candidate interval of every count, and withholds further figures until each
nonzero count has at least four candidates. The exception is a count that a coalition could bound
more tightly before anything was published: no suppression can widen it again.

The choice of the figure to withhold is deterministic: the overexposed figure itself, if it is
new; otherwise the smallest new figure that shares a sum with it, and the first in grid order among
equals. A figure that was published before is never taken back.
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

#: The interval in which somebody knows a count to lie, before anything is published.
PriorKnowledge = Callable[[Cell, ProtectedCount], Interval]


class Figure(NamedTuple):
    """A protected count of a cell."""

    cell: Cell
    measure: ProtectedCount


@dataclass
class Candidate:
    """A cell of the grid: its true counts, and what all editions reveal of them."""

    counts: Counts
    closed: int
    closed_is_known: bool
    measures: tuple[ProtectedCount, ...]
    #: What earlier editions reveal, shifted to the counts as they are now.
    revealed_before: Mapping[ProtectedCount, Interval] = field(default_factory=dict)
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
    def revealed(self) -> Mapping[ProtectedCount, Interval]:
        """The candidate interval of each count, from all editions together."""
        before = {
            measure: self.revealed_before.get(measure, ANYTHING) for measure in ProtectedCount
        }
        if not self.is_new or self.is_kept:
            return before
        now = reveal(self.figures)
        return {measure: before[measure].within(now[measure]) for measure in ProtectedCount}

    @property
    def reveals_anything(self) -> bool:
        """Whether any nonzero figure is, or was, published."""
        return any(
            interval.low > 1 or 0 < interval.high < UNBOUNDED for interval in self.revealed.values()
        )

    def can_withhold(self, measure: ProtectedCount) -> bool:
        if not self.is_new or self.is_kept:
            return False
        return self.was_published or bool(self.figures[measure])

    def withhold(self, measure: ProtectedCount) -> None:
        """Withhold a figure; a cell that was published before keeps its old edition instead."""
        if self.was_published:
            self.is_kept = True
        else:
            self.withheld.add(measure)
        for cached in ("figures", "revealed"):
            self.__dict__.pop(cached, None)


Candidates = Mapping[Cell, Candidate]


class CountSystem:
    """The figures of some cells, the sums that link them, and the suppression within them."""

    def __init__(self, cells: Candidates, centres: Mapping[str, Place]) -> None:
        self._cells = cells
        self.figures = [Figure(cell, measure) for cell in cells for measure in cells[cell].measures]
        self._number = {figure: number for number, figure in enumerate(self.figures)}
        self._sums = Sums([*self._division_sums(centres), *self._outcome_sums()])
        self._prior: dict[PriorKnowledge, list[Interval]] = {}

    def _division_sums(self, centres: Mapping[str, Place]) -> Iterable[Sum]:
        parts: defaultdict[tuple[Figure, str, bool], list[int]] = defaultdict(list)
        for number, (cell, measure) in enumerate(self.figures):
            for whole in wholes(cell, centres):
                parts[Figure(whole.cell, measure), whole.division, whole.is_complete].append(number)
        for (whole, _, is_complete), numbers in parts.items():
            if whole in self._number:
                yield Sum(self._number[whole], tuple(numbers), is_complete)

    def _outcome_sums(self) -> Iterable[Sum]:
        """Refusals, and decisions within the target, are both a part of the decisions."""
        for number, (cell, measure) in enumerate(self.figures):
            if measure in (ProtectedCount.REFUSED, ProtectedCount.WITHIN_TARGET):
                yield Sum(self._number[Figure(cell, ProtectedCount.DECISIONS)], (number,), False)

    def bounds(self, known: PriorKnowledge) -> Bounds:
        """The interval of each count for a coalition that also reads the published figures."""
        revealed = [self._cells[cell].revealed[measure] for cell, measure in self.figures]
        prior = self._prior_intervals(known)
        bounds = Bounds(map(Interval.within, revealed, prior), self._sums)
        bounds.narrow(
            number
            for number, (low, high) in enumerate(revealed)
            if low > prior[number].low or high < prior[number].high
        )
        return bounds

    def _prior_intervals(self, known: PriorKnowledge) -> list[Interval]:
        if known not in self._prior:
            self._prior[known] = [known(cell, measure) for cell, measure in self.figures]
        return self._prior[known]

    def overexposed(self, known: PriorKnowledge, bounds: Bounds) -> list[int]:
        """The numbers of the counts that are left with too few candidates."""
        prior = self._prior_intervals(known)
        numbers: list[int] = []
        for number, (low, high) in enumerate(zip(bounds.low, bounds.high, strict=True)):
            candidates_left = high - low + 1
            if candidates_left >= FEWEST_CANDIDATES:
                continue
            cell, measure = self.figures[number]
            candidate = self._cells[cell]
            candidates_before = candidate.revealed_before.get(measure, ANYTHING).candidates
            if candidate.counts[measure] and candidates_left < min(
                prior[number].candidates, candidates_before
            ):
                numbers.append(number)
        return numbers

    def withhold_for_each(self, numbers: Iterable[int]) -> bool:
        """Withhold one figure for each overexposed count; return whether any could be withheld.

        A neighbour of a count that was just handled is skipped: the same suppression may already
        protect it.
        """
        handled: set[int] = set()
        is_any = False
        for number in sorted(numbers, key=self._by_size):
            if number not in handled:
                is_any = self._withhold_for(number) or is_any
                handled |= {number, *self._sums.neighbours(number)}
        return is_any

    def _by_size(self, number: int) -> tuple[int, Figure]:
        cell, measure = self.figures[number]
        return self._cells[cell].counts[measure], self.figures[number]

    def _withhold_for(self, number: int) -> bool:
        for chosen in (number, *sorted(self._sums.neighbours(number), key=self._by_size)):
            cell, measure = self.figures[chosen]
            if self._cells[cell].can_withhold(measure):
                self._cells[cell].withhold(measure)
                return True
        return False

    def withhold_all(self) -> bool:
        """The last resort: withhold every new figure. Returns whether there was any."""
        new_figures = [
            one for one in self.figures if self._cells[one.cell].can_withhold(one.measure)
        ]
        for cell, measure in new_figures:
            self._cells[cell].withhold(measure)
        return bool(new_figures)


def reveals_anything(cells: Candidates) -> bool:
    """Whether there is anything to audit."""
    return any(candidate.reveals_anything for candidate in cells.values())


def audit(system: CountSystem, coalitions: Iterable[PriorKnowledge]) -> list[Bounds]:
    """Withhold further figures until no coalition can narrow a count too far.

    Returns the final bounds, for each coalition in turn.
    """
    everyone = list(coalitions)
    while True:
        results = [_audit_one(system, known) for known in everyone]
        if not any(has_withheld for _, has_withheld in results):
            return [bounds for bounds, _ in results]


def _audit_one(system: CountSystem, known: PriorKnowledge) -> tuple[Bounds, bool]:
    """Withhold for one coalition; return its final bounds, and whether anything was withheld."""
    has_withheld = False
    while True:
        bounds = system.bounds(known)
        exposed = system.overexposed(known, bounds)
        if not (exposed and (system.withhold_for_each(exposed) or system.withhold_all())):
            return bounds, has_withheld
        has_withheld = True
