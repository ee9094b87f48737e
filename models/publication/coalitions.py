"""Who is assumed to put together what: the coalitions under which a publication is audited."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.publication.audit import Candidate, Figure, Known, System, audit, tells_something
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
    """Cells that sums tie together: those of one partner in one country, or of the whole country,
    in one calendar year."""

    place: Place | None
    year: int


Candidates = dict[Cell, Candidate]


def audit_publication(candidates: Mapping[Cell, Candidate], truth: TrueCounts) -> None:
    """Withhold whatever would tell too much; the candidates remember what."""
    blocks: defaultdict[Block, Candidates] = defaultdict(dict)
    for cell, candidate in candidates.items():
        blocks[Block(place_of(cell, truth.centres), cell.starts_on.year)][cell] = candidate
    touched = {
        block.year
        for block, cells in blocks.items()
        if any(candidate.is_new for candidate in cells.values())
    }
    for year in sorted(touched):
        _audit_year({b: cells for b, cells in blocks.items() if b.year == year}, truth)


def _audit_year(blocks: Mapping[Block, Candidates], truth: TrueCounts) -> None:
    """First each country by itself, then the whole country with what the countries tell of it."""
    least: dict[Figure, int] = {}
    most_of: dict[Figure, dict[Figure, Interval]] = defaultdict(dict)
    for block in sorted(block for block in blocks if block.place):
        for figure, left in _audit_place(blocks[block], truth).items():
            for national in national_counterparts(figure.cell):
                most_of[Figure(national, figure.measure)][figure] = left
    for figure, parts in most_of.items():
        by_partner: defaultdict[str, int] = defaultdict(int)
        for part, left in parts.items():
            by_partner[part.cell.codes[0]] += left.low
        least[figure] = max(by_partner.values())
    for block in blocks:
        if block.place is None:
            _audit_national(blocks[block], truth, least, most_of)


def _audit_place(cells: Candidates, truth: TrueCounts) -> dict[Figure, Interval]:
    """One partner in one country: its manager alone, and with the agent of each centre.

    What is left of the figures that the whole country's contain.
    """
    if not tells_something(cells):
        return {}
    system = System(cells, truth.centres)
    centres = sorted({codes[0] for set_, _, _, codes in cells if set_ is DimensionSet.CENTRE})
    coalitions = [_manager(truth), *(_with_agent(truth, centre) for centre in centres)]
    left: dict[Figure, Interval] = {}
    for bounds in audit(system, coalitions):
        for number, figure in enumerate(system.figures):
            if figure.cell.dimension_set not in COUNTRY_SETS:
                continue
            told = Interval(bounds.low[number], bounds.high[number])
            left[figure] = told.within(left.get(figure, told))
    return left


def _manager(truth: TrueCounts) -> Known:
    """Whoever knows intake and work in progress knows closures; no outcome is more than those."""
    return lambda cell, measure: Interval(0, truth.closed_in(cell))


def _with_agent(truth: TrueCounts, centre: str) -> Known:
    """A manager together with an agent, who knows every outcome of one centre."""

    def known(cell: Cell, measure: ProtectedCount) -> Interval:
        part = _at_centre(cell, centre)
        if part is None:
            return Interval(0, truth.closed_in(cell))
        count = truth.counts_of(part)[measure]
        return Interval(count, truth.closed_in(cell) - truth.closed_in(part) + count)

    return known


def _at_centre(cell: Cell, centre: str) -> Cell | None:
    """The part of a cell that was taken at a centre of its country."""
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
    """The whole country: the public, together with what single managers and agents know."""

    def known(cell: Cell, measure: ProtectedCount) -> Interval:
        at_least = truth.known_at_least.get(cell, {}).get(measure, 0)
        return Interval(max(at_least, least.get(Figure(cell, measure), 0)), UNBOUNDED)

    if not tells_something(cells):
        return
    system = System(cells, truth.centres)
    audit(system, [known])
    while _withheld_for_countries(system, known, parts, truth):
        audit(system, [known])


def _withheld_for_countries(
    system: System,
    known: Known,
    parts: Mapping[Figure, Mapping[Figure, Interval]],
    truth: TrueCounts,
) -> bool:
    """Withhold what of the whole country would tell too much of one country of a partner."""
    bounds = system.bounds(known)
    most = {figure: bounds.high[number] for number, figure in enumerate(system.figures)}
    too_much = [
        number
        for number, figure in enumerate(system.figures)
        if any(_is_too_much(truth, most[figure], *each) for each in _shares(parts.get(figure, {})))
    ]
    return system.withhold_for_each(too_much)


def _shares(parts: Mapping[Figure, Interval]) -> Iterator[tuple[Figure, Interval, int]]:
    """Each country's figure, and the least that the others of the partner have."""
    least: defaultdict[str, int] = defaultdict(int)
    for figure, left in parts.items():
        least[figure.cell.codes[0]] += left.low
    for figure, left in parts.items():
        yield figure, left, least[figure.cell.codes[0]] - left.low


def _is_too_much(
    truth: TrueCounts, most: int, figure: Figure, left: Interval, others_least: int
) -> bool:
    count = truth.counts_of(figure.cell)[figure.measure]
    closed = truth.closed_in(figure.cell)
    now = left.within(Interval(0, most - others_least)).candidates
    return count > 0 and now < min(FEWEST_CANDIDATES, closed + 1, left.candidates)
