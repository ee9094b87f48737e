"""The audit of refusals: withholds what would let a withheld figure be computed from others.

What is published of one cell bounds others: months add up to quarters and years, visa types and
nationalities to the whole country. The adversary reads all editions, knows how many decisions there
were, and may also hold the exact figures of one partner and subtract them. The audit computes the
candidate interval of each number of refusals, published or not, and withholds figures until each
has at least four candidates; or as many as it had before anything was published, if those were
fewer.

What is withheld is chosen by its worth: months before all else, then finer groups, and years before
quarters. A figure that was published before is never taken back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.publication.disclosure import (
    ANYTHING,
    FEWEST_CANDIDATES,
    NOTHING,
    Interval,
    Refusals,
    protect_refusals,
)
from models.publication.propagation import Bounds, Sum, Sums
from models.publication.sets import (
    Cell,
    DimensionSet,
    Period,
    wholes,
)

#: The sets and periods whose figures are worth the most, from the least.
_WORTH = {DimensionSet.NATIONALITY: 0, DimensionSet.VISA_TYPE: 1, DimensionSet.NATIONAL: 2}
_WORTH_OF_PERIOD = {Period.MONTH: 0, Period.YEAR: 1, Period.QUARTER: 2}


@dataclass
class Candidate:
    """The decisions and refusals of a cell, and what all editions reveal of the refusals."""

    decisions: int
    refused: int
    #: So many decisions its readers know of: fewer where those are published rounded.
    decisions_known: int
    #: Whether this run may publish it.
    is_new: bool = True
    before: Refusals = NOTHING
    #: What earlier editions leave, for somebody who knows by how much the number was corrected.
    candidates_before: Interval = ANYTHING
    was_published: bool = False
    is_withheld: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether its last edition stands although its number was corrected."""
        return self.is_withheld and self.was_published

    @property
    def refusals(self) -> Refusals:
        """What is published of the refusals."""
        if not self.is_new or self.is_kept:
            return self.before
        if self.is_withheld:
            return NOTHING
        return protect_refusals(self.decisions_known, self.refused)

    @property
    def revealed_counts(self) -> Interval:
        if not self.is_new or self.is_kept:
            return self.candidates_before
        return self.candidates_before.within(self.refusals.candidates())

    @property
    def can_be_withheld(self) -> bool:
        return self.is_new and not self.is_withheld and self.refusals.is_anything


Candidates = Mapping[Cell, Candidate]


#: A partner's own part of each cell, which its people know: decisions and refusals.
Own = Mapping[Cell, tuple[int, int]]


def audit_refusals(candidates: Candidates, own: Mapping[str, Own]) -> None:
    """Withhold every figure that would reveal too much; recorded in the candidates.

    Withholding one for somebody who holds a partner's figures only widens what others know.
    """
    by_year: defaultdict[int, dict[Cell, Candidate]] = defaultdict(dict)
    for cell, candidate in candidates.items():
        by_year[cell.starts_on.year][cell] = candidate
    for year in sorted(by_year):
        for known in ({}, *(own[partner] for partner in sorted(own))):
            audit(RefusalSystem(by_year[year], known))


class RefusalSystem:
    """The refusals of some cells, by number, and how they add up, to who knows a part of each."""

    def __init__(self, candidates: Candidates, own: Own) -> None:
        self._candidates = candidates
        self.cells = list(candidates)
        self._number = {cell: number for number, cell in enumerate(self.cells)}
        self.prior = [_prior(each, *own.get(cell, (0, 0))) for cell, each in candidates.items()]
        self._sums = Sums(self._divisions())

    def _divisions(self) -> Iterable[Sum]:
        parts: defaultdict[tuple[Cell, str], list[int]] = defaultdict(list)
        for number, cell in enumerate(self.cells):
            for whole in wholes(cell):
                parts[whole].append(number)
        for (whole, _), numbers in parts.items():
            if whole in self._number:
                yield Sum(self._number[whole], tuple(numbers))

    def bounds(self) -> Bounds:
        """The interval of each number of refusals, for a reader of everything that is published."""
        bounds = Bounds(
            [self._published_interval(number) for number in range(len(self.prior))], self._sums
        )
        bounds.narrow(
            number
            for number in range(len(self.cells))
            if self._published_interval(number) != self.prior[number]
        )
        return bounds

    def _published_interval(self, number: int) -> Interval:
        """What is published of a number itself, within what was known before."""
        return self.prior[number].within(self._of(number).revealed_counts)

    def _of(self, number: int) -> Candidate:
        return self._candidates[self.cells[number]]

    def exposed_numbers(self, bounds: Bounds) -> list[int]:
        """The numbers that are left with too few candidates."""
        found: list[int] = []
        for number, prior in enumerate(self.prior):
            left = bounds.high[number] - bounds.low[number] + 1
            if left < FEWEST_CANDIDATES and left < self._candidates_before(number, prior):
                found.append(number)
        return found

    def _candidates_before(self, number: int, prior: Interval) -> int:
        return prior.within(self._of(number).candidates_before).candidates

    def withhold_for_each(self, exposed_numbers: Iterable[int], bounds: Bounds) -> bool:
        """Withhold a figure for each exposed number; return whether any could be withheld.

        Numbers near one that was just handled are skipped: the same may protect them already.
        """
        handled: set[int] = set()
        is_any = False
        for number in sorted(exposed_numbers, key=self._worth):
            if number not in handled:
                chosen = self._least_worth(number, bounds)
                if chosen is not None:
                    self._of(chosen).is_withheld = is_any = True
                handled |= self._near(number)
        return is_any

    def _near(self, number: int) -> set[int]:
        """A number, its neighbours and theirs."""
        neighbours = {number, *self._sums.neighbours(number)}
        return neighbours.union(*map(self._sums.neighbours, neighbours))

    def _least_worth(self, number: int, bounds: Bounds) -> int | None:
        """The figure of the least worth among the nearest ones that narrow a number."""
        layer, seen = {number}, {number}
        while layer:
            around = {
                other
                for each in layer
                for a_sum in self._narrowing_sums(each, bounds)
                for other in (a_sum.whole, *a_sum.parts)
            }
            able = [each for each in layer | around if self._of(each).can_be_withheld]
            if able:
                return min(able, key=self._worth)
            layer = around - seen
            seen |= around
        return None

    def _narrowing_sums(self, number: int, bounds: Bounds) -> Iterable[Sum]:
        """The sums that say more of a number than what is published of it."""
        published = self._published_interval(number)
        for index in self._sums.of[number]:
            a_sum = self._sums.all[index]
            implied = bounds.implied_interval(a_sum, number)
            if implied.low > published.low or implied.high < published.high:
                yield a_sum

    def _worth(self, number: int) -> tuple[int, ...]:
        cell = self.cells[number]
        return (
            int(cell.period is not Period.MONTH),
            _WORTH[cell.dimension_set],
            _WORTH_OF_PERIOD[cell.period],
            self._of(number).decisions,
            number,
        )

    def withhold_all(self) -> bool:
        """The last resort: withhold every new figure. Returns whether there was any."""
        able = [number for number in range(len(self.cells)) if self._of(number).can_be_withheld]
        for number in able:
            self._of(number).is_withheld = True
        return bool(able)


def _prior(candidate: Candidate, decisions: int, refused: int) -> Interval:
    """The refusals that are possible to who knows so many of the decisions and refusals."""
    return Interval(refused, refused + candidate.decisions - decisions)


def audit(system: RefusalSystem) -> Bounds:
    """Withhold figures until no number of refusals can be inferred too closely."""
    while True:
        bounds = system.bounds()
        exposed_numbers = system.exposed_numbers(bounds)
        if not exposed_numbers:
            return bounds
        if not (system.withhold_for_each(exposed_numbers, bounds) or system.withhold_all()):
            return bounds
