"""The audit of refusals: withholds what would let a withheld figure be computed from others.

A reader knows the decisions of each cell exactly. What is published of one cell then bounds others:
months add up to quarters and years, visa types to a country, countries to the whole country. The
adversary is any manager of a partner, who reads all figures of the partner's countries and those of
the public; more than any single manager reads. The audit computes the candidate interval of each
number of refusals, published or not, and withholds figures until each has at least four
candidates; or as many as it had before anything was published, if those were fewer.

What is withheld is chosen by its worth: months before all else, then finer groups before countries,
and years before quarters. A figure that was published before is never taken back.
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
    Place,
    national_counterpart,
    partner_of,
    wholes,
)

#: The sets and periods whose figures are worth the most, from the least.
_WORTH = {
    each: worth
    for worth, each in enumerate(
        (
            DimensionSet.COUNTRY_NATIONALITY,
            DimensionSet.CENTRE_VISA_TYPE,
            DimensionSet.COUNTRY_CHANNEL,
            DimensionSet.COUNTRY_VISA_TYPE,
            DimensionSet.CENTRE,
            DimensionSet.COUNTRY,
            DimensionSet.NATIONALITY,
            DimensionSet.VISA_TYPE,
            DimensionSet.NATIONAL,
        )
    )
}
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


def audit_refusals(candidates: Candidates, centres: Mapping[str, Place]) -> None:
    """Withhold every figure that would reveal too much; recorded in the candidates.

    The public's figures come first, then those of each partner beside them. Withholding one of the
    public's for a partner only widens what was audited before.
    """
    by_year: defaultdict[int, defaultdict[str | None, dict[Cell, Candidate]]]
    by_year = defaultdict(lambda: defaultdict(dict))
    for cell, candidate in candidates.items():
        by_year[cell.starts_on.year][partner_of(cell, centres)][cell] = candidate
    for year in sorted(by_year):
        blocks = by_year[year]
        national = blocks.pop(None, {})
        audit(RefusalSystem(national, {}, centres))
        for partner in sorted(each for each in blocks if each):
            audit(RefusalSystem(national, blocks[partner], centres))


class RefusalSystem:
    """The refusals of the public's cells and of a partner's, by number, and how they add up."""

    def __init__(self, national: Candidates, own: Candidates, centres: Mapping[str, Place]) -> None:
        self._candidates = {**national, **own}
        self.cells = list(self._candidates)
        self._number = {cell: number for number, cell in enumerate(self.cells)}
        self.prior = [Interval(0, each.decisions) for each in self._candidates.values()]
        self._sums = Sums([*self._divisions(centres), *self._shares(own)])

    def _divisions(self, centres: Mapping[str, Place]) -> Iterable[Sum]:
        parts: defaultdict[tuple[Cell, str, bool], list[int]] = defaultdict(list)
        for number, cell in enumerate(self.cells):
            for whole in wholes(cell, centres):
                parts[whole].append(number)
        for (whole, _, is_complete), numbers in parts.items():
            if whole in self._number:
                yield Sum(self._number[whole], tuple(numbers), is_complete)

    def _shares(self, own: Candidates) -> Iterable[Sum]:
        """National refusals are those of the partner's countries, and all others."""
        parts: defaultdict[Cell, list[int]] = defaultdict(list)
        for cell in own:
            national = national_counterpart(cell)
            if national and national in self._number:
                parts[national].append(self._number[cell])
        for national, numbers in parts.items():
            decisions = self._candidates[national].decisions
            of_others = decisions - sum(self.prior[number].high for number in numbers)
            others = len(self.prior)
            self.prior.append(Interval(0, max(0, of_others)))
            yield Sum(self._number[national], (*numbers, others), True)

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
        prior = self.prior[number]
        return prior.within(self._of(number).revealed_counts) if number < len(self.cells) else prior

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
        if number >= len(self.cells):
            return prior.candidates
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
            able = [each for each in layer | around if self._can_be_withheld(each)]
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

    def _can_be_withheld(self, number: int) -> bool:
        return number < len(self.cells) and self._of(number).can_be_withheld

    def _worth(self, number: int) -> tuple[int, ...]:
        if number >= len(self.cells):
            return (2,)
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
        able = [number for number in range(len(self.cells)) if self._can_be_withheld(number)]
        for number in able:
            self._of(number).is_withheld = True
        return bool(able)


def audit(system: RefusalSystem) -> Bounds:
    """Withhold figures until no number of refusals can be inferred too closely."""
    while True:
        bounds = system.bounds()
        exposed_numbers = system.exposed_numbers(bounds)
        if not exposed_numbers:
            return bounds
        if not (system.withhold_for_each(exposed_numbers, bounds) or system.withhold_all()):
            return bounds
