"""The audit: withholds what would let a withheld number be computed from others.

What is published of one cell bounds others: months add up to quarters and years; visa types,
nationalities and regions to the whole country, and countries to their region. The adversary reads
all editions, and may also hold the exact figures of one partner and subtract them. For each count,
published or not, the audit computes the interval of the numbers that remain possible, and withholds
figures until there are at least four; or as many as before anything was published, if those were
fewer. Refusals come last: there are no more of them than decisions, as far as those are known.

What is withheld is chosen by its worth: groups before the whole country, months before all else,
then finer groups, and years before quarters. A figure that was published before is never taken
back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.publication.disclosure import (
    ANYTHING,
    FEWEST_CANDIDATES,
    NOTHING,
    UNBOUNDED,
    Interval,
    Protected,
)
from models.publication.propagation import Bounds, Sum, Sums
from models.publication.sets import Cell, DimensionSet, Period, wholes

#: The sets and periods whose figures are worth the most, from the least.
_WORTH = {
    each: worth
    for worth, each in enumerate(
        (
            DimensionSet.NATIONALITY,
            DimensionSet.COUNTRY,
            DimensionSet.VISA_TYPE,
            DimensionSet.REGION,
            DimensionSet.NATIONAL,
        )
    )
}
_WORTH_OF_PERIOD = {Period.MONTH: 0, Period.YEAR: 1, Period.QUARTER: 2}


@dataclass
class Candidate:
    """A count of a cell, what this run would publish of it, and what all editions reveal."""

    count: int
    protected: Protected
    #: The most that it can be, as far as everybody knows.
    most: int = UNBOUNDED
    #: Whether this run may publish it.
    is_new: bool = True
    before: Protected = NOTHING
    #: What earlier editions leave, for somebody who knows by how much the number was corrected.
    candidates_before: Interval = ANYTHING
    is_withheld: bool = False
    #: Whether it may be inferred where it is nought: that nobody came is no secret.
    nought_is_no_secret: bool = False
    #: Whether some reader can infer that it is nought, so that it counts as known to all.
    is_known_nought: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether its last edition stands although its number was corrected."""
        return self.is_withheld and self.before.is_anything

    @property
    def published(self) -> Protected:
        """What is published of it."""
        if not self.is_new or self.is_kept:
            return self.before
        return NOTHING if self.is_withheld else self.protected

    @property
    def revealed(self) -> Interval:
        """The numbers that all editions of it leave."""
        if not self.is_new or self.is_kept:
            return self.candidates_before
        return self.candidates_before.within(self.published.candidates)

    @property
    def can_be_withheld(self) -> bool:
        return self.is_new and not self.is_withheld and self.published.is_anything


Candidates = Mapping[Cell, Candidate]
#: What somebody knows of the counts of cells before anything is published.
Known = Mapping[Cell, Interval]


def audit(candidates: Candidates, readers: Sequence[Known]) -> None:
    """Withhold every figure that would reveal too much; recorded in the candidates.

    The readers are everybody, and those who know more: withholding a figure for one of them only
    widens what the others know.
    """
    for of_year in _by_year(candidates):
        for known in ({}, *readers):
            withhold_exposed(CountSystem(of_year, known))


def infer(candidates: Candidates, known: Known) -> Known:
    """What a reader infers of each count from everything that is published."""
    found: dict[Cell, Interval] = {}
    for of_year in _by_year(candidates):
        system = CountSystem(of_year, known)
        bounds = system.bounds()
        found |= zip(system.cells, map(Interval, bounds.low, bounds.high), strict=True)
    return found


def _by_year(candidates: Candidates) -> list[Candidates]:
    """Nothing adds up across years."""
    found: defaultdict[int, dict[Cell, Candidate]] = defaultdict(dict)
    for cell, candidate in candidates.items():
        found[cell.starts_on.year][cell] = candidate
    return [found[year] for year in sorted(found)]


class CountSystem:
    """The counts of some cells, by number, and how they add up, to a reader who knows some."""

    def __init__(self, candidates: Candidates, known: Known) -> None:
        self._candidates = candidates
        self.cells = list(candidates)
        self._number = {cell: number for number, cell in enumerate(self.cells)}
        self._sums = Sums(self._divisions())
        self.prior = self._known_before(known)

    def _known_before(self, known: Known) -> list[Interval]:
        """What the reader knows of each count before anything is published, sums included."""
        bounds = Bounds(
            [known.get(cell, Interval(0, each.most)) for cell, each in self._candidates.items()],
            self._sums,
        )
        bounds.narrow(range(len(self.cells)))
        return [Interval(*ends) for ends in zip(bounds.low, bounds.high, strict=True)]

    def _divisions(self) -> Iterable[Sum]:
        parts: defaultdict[tuple[Cell, str], list[int]] = defaultdict(list)
        for number, cell in enumerate(self.cells):
            for whole in wholes(cell):
                parts[whole].append(number)
        for (whole, _), numbers in parts.items():
            if whole in self._number:
                yield Sum(self._number[whole], tuple(numbers))

    def bounds(self) -> Bounds:
        """The interval of each count, for a reader of everything that is published."""
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
        """What is published of a count itself, within what was known before.

        To somebody who knows a part of it, a count that is withheld for being small looks like one
        that is withheld because they know it.
        """
        candidate = self._of(number)
        if candidate.is_known_nought:
            return Interval(0, 0)
        looks_small = not candidate.published.is_anything and self.prior[number].low > 0
        return self.prior[number].within(ANYTHING if looks_small else candidate.revealed)

    def _of(self, number: int) -> Candidate:
        return self._candidates[self.cells[number]]

    def exposed_numbers(self, bounds: Bounds) -> list[int]:
        """The counts that are left with too few candidates."""
        found: list[int] = []
        for number, prior in enumerate(self.prior):
            left = bounds.high[number] - bounds.low[number] + 1
            is_narrow = left < FEWEST_CANDIDATES and not self._of(number).is_known_nought
            if is_narrow and left < self._candidates_before(number, prior):
                found.append(number)
        return found

    def _candidates_before(self, number: int, prior: Interval) -> int:
        return prior.within(self._of(number).candidates_before).candidates

    def withhold_for_each(self, exposed_numbers: Iterable[int], bounds: Bounds) -> bool:
        """Withhold a figure for each exposed count; return whether anything changed by it.

        Counts near one that was just handled are skipped: the same may protect them already.
        Nothing is withheld for a nought that is no secret: from then on it counts as known.
        """
        handled: set[int] = set()
        hopeless: set[int] = set()
        is_any = False
        for number in sorted(exposed_numbers, key=self._worth):
            if self._of(number).nought_is_no_secret and self._of(number).count == 0:
                self._of(number).is_known_nought = is_any = True
            elif number not in handled and number not in hopeless:
                chosen = self._least_worth(number, bounds, hopeless)
                if chosen is not None:
                    self._of(chosen).is_withheld = is_any = True
                    handled |= self._near(number)
        return is_any

    def _near(self, number: int) -> set[int]:
        """A count, its neighbours and theirs."""
        neighbours = {number, *self._sums.neighbours(number)}
        return neighbours.union(*map(self._sums.neighbours, neighbours))

    def _least_worth(self, number: int, bounds: Bounds, hopeless: set[int]) -> int | None:
        """The figure of the least worth among the nearest ones that bound a count.

        Where a count is told too closely by its own figure, no other matters. Where nothing around
        it can be withheld, that is so for all that was looked through, which are noted as hopeless.
        """
        told = self._published_interval(number).candidates
        if told < FEWEST_CANDIDATES and self._of(number).can_be_withheld:
            return number
        layer, seen = {number}, {number}
        while layer:
            around = {
                other
                for each in layer
                for a_sum in self._binding_sums(each, bounds)
                for other in (a_sum.whole, *a_sum.parts)
            }
            able = [each for each in layer | around if self._of(each).can_be_withheld]
            if able:
                return min(able, key=self._worth)
            layer = around - seen - hopeless
            seen |= around
        hopeless |= seen
        return None

    def _binding_sums(self, number: int, bounds: Bounds) -> Iterable[Sum]:
        """The sums that set an end of what is known of a count, where that is none of its own.

        A sum that says less than another is none of them: what it says matters to nobody.
        """
        published = self._published_interval(number)
        low, high = bounds.low[number], bounds.high[number]
        for index in self._sums.of[number]:
            a_sum = self._sums.all[index]
            implied = bounds.implied_interval(a_sum, number)
            if published.low < low == implied.low or published.high > high == implied.high:
                yield a_sum

    def _worth(self, number: int) -> tuple[int, ...]:
        cell = self.cells[number]
        return (
            int(cell.dimension_set is DimensionSet.NATIONAL),
            int(cell.period is not Period.MONTH),
            _WORTH[cell.dimension_set],
            _WORTH_OF_PERIOD[cell.period],
            self._of(number).count,
            number,
        )


def withhold_exposed(system: CountSystem) -> Bounds:
    """Withhold figures until no count can be inferred too closely.

    Where nothing is left that could be withheld, earlier editions tell it.
    """
    bounds = system.bounds()
    while system.withhold_for_each(system.exposed_numbers(bounds), bounds):
        bounds = system.bounds()
    return bounds
