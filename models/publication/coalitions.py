"""The coalitions against which a publication is audited: who may pool which knowledge."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.publication.audit import (
    Candidate,
    CountSystem,
    Figure,
    PriorKnowledge,
    audit,
    reveals_anything,
)
from models.publication.disclosure import (
    FEWEST_CANDIDATES,
    UNBOUNDED,
    Interval,
    ProtectedCount,
)
from models.publication.sets import (
    CENTRE_SETS,
    COUNTRY_SETS,
    Cell,
    DimensionSet,
    Place,
    national_counterparts,
    place_of,
)
from models.publication.source import TrueCounts
from models.vocabulary import Channel


class Block(NamedTuple):
    """Cells that are linked by sums: those of one partner in one country, or the national ones
    (no place), in one calendar year."""

    place: Place | None
    year: int


Candidates = dict[Cell, Candidate]


def audit_publication(candidates: Mapping[Cell, Candidate], truth: TrueCounts) -> None:
    """Withhold every figure that would reveal too much; recorded in the candidates."""
    blocks: defaultdict[Block, Candidates] = defaultdict(dict)
    for cell, candidate in candidates.items():
        blocks[Block(place_of(cell, truth.centres), cell.starts_on.year)][cell] = candidate
    changed_years = {
        block.year
        for block, cells in blocks.items()
        if any(candidate.is_new for candidate in cells.values())
    }
    for year in sorted(changed_years):
        _audit_year({b: cells for b, cells in blocks.items() if b.year == year}, truth)


def _audit_year(blocks: Mapping[Block, Candidates], truth: TrueCounts) -> None:
    """Audit each partner's country by itself, then the national figures given those results."""
    least: dict[Figure, int] = {}
    parts_of: dict[Figure, dict[Figure, Interval]] = defaultdict(dict)
    for block in sorted(block for block in blocks if block.place):
        for figure, left in _audit_place(blocks[block], truth).items():
            for national in national_counterparts(figure.cell):
                parts_of[Figure(national, figure.measure)][figure] = left
    for figure, parts in parts_of.items():
        by_partner: defaultdict[str, int] = defaultdict(int)
        for part, left in parts.items():
            by_partner[part.cell.codes[0]] += left.low
        least[figure] = max(by_partner.values())
    for block in blocks:
        if block.place is None:
            _audit_national(blocks[block], truth, least, parts_of)


def _audit_place(cells: Candidates, truth: TrueCounts) -> dict[Figure, Interval]:
    """Audit one partner in one country: its manager alone, and with the agent of each centre.

    Returns the narrowest interval of each figure that is a part of a national one.
    """
    if not reveals_anything(cells):
        return {}
    system = CountSystem(cells, truth.centres)
    centres = sorted({codes[0] for set_, _, _, codes in cells if set_ is DimensionSet.CENTRE})
    coalitions = [_manager(truth), *(_manager_with_agent(truth, centre) for centre in centres)]
    intervals: dict[Figure, Interval] = {}
    for bounds in audit(system, coalitions):
        for number, figure in enumerate(system.figures):
            if figure.cell.dimension_set not in COUNTRY_SETS:
                continue
            interval = Interval(bounds.low[number], bounds.high[number])
            intervals[figure] = interval.within(intervals.get(figure, interval))
    return intervals


def _manager(truth: TrueCounts) -> PriorKnowledge:
    """A manager, who knows closures (intake minus the change of work in progress): an upper bound
    of every outcome."""
    return lambda cell, measure: Interval(0, truth.closed_in(cell))


def _manager_with_agent(truth: TrueCounts, centre: str) -> PriorKnowledge:
    """A manager together with the agent of one centre, who knows all outcomes there."""

    def known(cell: Cell, measure: ProtectedCount) -> Interval:
        part = _at_centre(cell, centre)
        if part is None:
            return Interval(0, truth.closed_in(cell))
        count = truth.counts_of(part)[measure]
        return Interval(count, truth.closed_in(cell) - truth.closed_in(part) + count)

    return known


def _at_centre(cell: Cell, centre: str) -> Cell | None:
    """The part of a cell that a centre of its country took in."""
    match cell.dimension_set, cell.codes:
        case DimensionSet.COUNTRY, _:
            return cell._replace(dimension_set=DimensionSet.CENTRE, codes=(centre,))
        case DimensionSet.COUNTRY_CHANNEL, (_, _, Channel.PARTNER_CENTRE):
            return cell._replace(dimension_set=DimensionSet.CENTRE, codes=(centre,))
        case DimensionSet.COUNTRY_VISA_TYPE, (_, _, code):
            return cell._replace(dimension_set=DimensionSet.CENTRE_VISA_TYPE, codes=(centre, code))
        case _:
            is_there = cell.dimension_set in CENTRE_SETS and cell.codes[0] == centre
            return cell if is_there else None


def _audit_national(
    cells: Candidates,
    truth: TrueCounts,
    least: Mapping[Figure, int],
    parts: Mapping[Figure, Mapping[Figure, Interval]],
) -> None:
    """Audit the national figures: the public, together with any single manager or agent."""

    def known(cell: Cell, measure: ProtectedCount) -> Interval:
        at_least = truth.known_at_least.get(cell, {}).get(measure, 0)
        return Interval(max(at_least, least.get(Figure(cell, measure), 0)), UNBOUNDED)

    if not reveals_anything(cells):
        return
    system = CountSystem(cells, truth.centres)
    audit(system, [known])
    while _withhold_for_countries(system, known, parts, truth):
        audit(system, [known])


def _withhold_for_countries(
    system: CountSystem,
    known: PriorKnowledge,
    parts: Mapping[Figure, Mapping[Figure, Interval]],
    truth: TrueCounts,
) -> bool:
    """Withhold national figures that would reveal too much of a partner in one country."""
    bounds = system.bounds(known)
    most = {figure: bounds.high[number] for number, figure in enumerate(system.figures)}
    exposed = [
        number
        for number, figure in enumerate(system.figures)
        if any(
            _is_overexposed(truth, most[figure], *each) for each in _shares(parts.get(figure, {}))
        )
    ]
    return system.withhold_for_each(exposed)


def _shares(parts: Mapping[Figure, Interval]) -> Iterator[tuple[Figure, Interval, int]]:
    """Each country's figure and interval, and the lower bound of the partner's other countries."""
    least: defaultdict[str, int] = defaultdict(int)
    for figure, left in parts.items():
        least[figure.cell.codes[0]] += left.low
    for figure, left in parts.items():
        yield figure, left, least[figure.cell.codes[0]] - left.low


def _is_overexposed(
    truth: TrueCounts, most: int, figure: Figure, left: Interval, others_least: int
) -> bool:
    count = truth.counts_of(figure.cell)[figure.measure]
    closed = truth.closed_in(figure.cell)
    candidates = left.within(Interval(0, most - others_least)).candidates
    return count > 0 and candidates < min(FEWEST_CANDIDATES, closed + 1, left.candidates)
