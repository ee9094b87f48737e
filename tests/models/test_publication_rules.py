"""The rules of disclosure, for any counts at all."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.publication.audit import Candidate, CountSystem, audit
from models.publication.bounds import Bounds, Sum, Sums
from models.publication.disclosure import (
    FEWEST_CANDIDATES,
    ROUNDING,
    UNBOUNDED,
    Interval,
    ProtectedCount,
    is_near,
    is_small,
    protect,
    rate,
    reveal,
    round_to_step,
    two_digits,
)
from models.publication.sets import Cell, DimensionSet
from models.volumes import Period

COUNTS = st.integers(0, 400)
JANUARY = date(2025, 1, 1)


@st.composite
def cells(draw: st.DrawFn) -> tuple[dict[ProtectedCount, int], int]:
    """The counts of a cell, and how many were closed in it."""
    closed = draw(COUNTS)
    decisions = draw(st.integers(0, closed))
    counts = {
        ProtectedCount.INTAKE: draw(COUNTS),
        ProtectedCount.DECISIONS: decisions,
        ProtectedCount.REFUSED: draw(st.integers(0, decisions)),
        ProtectedCount.WITHIN_TARGET: draw(st.integers(0, decisions)),
    }
    return counts, closed


@given(cells(), st.booleans(), st.sets(st.sampled_from(ProtectedCount)))
def test_what_is_published_is_rounded_and_never_small(cell, known, withheld) -> None:
    counts, closed = cell
    for measure, value in protect(counts, closed, withheld, closed_is_known=known).items():
        if value is not None:
            assert value % ROUNDING == 0
            assert abs(value - counts[measure]) <= ROUNDING // 2
            assert counts[measure] == value == 0 or (counts[measure] >= 10 and value >= 15)


@given(cells(), st.booleans(), st.sets(st.sampled_from(ProtectedCount)))
def test_what_is_told_is_true_and_leaves_four_candidates(cell, known, withheld) -> None:
    counts, closed = cell
    figures = protect(counts, closed, withheld, closed_is_known=known)
    for measure, interval in reveal(figures).items():
        assert interval.low <= counts[measure] <= interval.high
        if counts[measure]:
            assert interval.candidates >= FEWEST_CANDIDATES


@given(st.integers(1, 400), st.data())
def test_who_knows_closures_is_left_with_four_candidates(closed: int, data) -> None:
    """Whoever knows how many were closed, and the rules, tells a withheld count no closer."""
    count = data.draw(st.integers(1, closed))
    hidden = [
        other
        for other in range(closed + 1)
        if other == 0 or is_small(other) or is_near(other, closed)
    ]
    same = [
        other
        for other in range(1, closed + 1)
        if round_to_step(other) == round_to_step(count) and other not in hidden
    ]
    left = hidden if count in hidden else same
    assert len(left) >= min(FEWEST_CANDIDATES, closed + 1)


@given(cells())
def test_rates_need_thirty_decisions_and_come_from_rounded_counts(cell) -> None:
    counts, closed = cell
    figures = protect(counts, closed, closed_is_known=False)
    value = rate(figures, ProtectedCount.REFUSED)
    if value is not None:
        assert counts[ProtectedCount.DECISIONS] >= 30
        assert value == figures[ProtectedCount.REFUSED] / figures[ProtectedCount.DECISIONS]


def test_percentiles_have_two_significant_digits() -> None:
    assert [two_digits(hours) for hours in (6.2549, 0.01234, 123.4, None)] == [
        6.3,
        0.012,
        120,
        None,
    ]


def test_what_would_say_ten_to_twelve_is_withheld() -> None:
    assert [count for count in range(30) if is_small(count)] == list(range(1, 13))


# Bounds and the audit ----------------------------------------------------------------------------


def test_a_sum_narrows_its_parts_and_they_narrow_it() -> None:
    sums = Sums([Sum(0, (1, 2), is_complete=True)])
    bounds = Bounds([Interval(48, 52), Interval(43, 47), Interval(1, UNBOUNDED)], sums)
    bounds.narrow(range(3))
    assert list(zip(bounds.low, bounds.high, strict=True)) == [(48, 52), (43, 47), (1, 9)]


@given(st.lists(st.integers(0, 60), min_size=2, max_size=5))
def test_the_audit_leaves_four_candidates_of_every_count(numbers: list[int]) -> None:
    """Visa types and their total, in one month."""
    cells = {
        Cell(DimensionSet.VISA_TYPE, Period.MONTH, JANUARY, (str(place),)): number
        for place, number in enumerate(numbers)
    }
    total = Cell(DimensionSet.NATIONAL, Period.MONTH, JANUARY, ())
    candidates = {
        cell: Candidate(
            {**dict.fromkeys(ProtectedCount, 0), ProtectedCount.INTAKE: number},
            closed=0,
            closed_is_known=False,
            measures=(ProtectedCount.INTAKE,),
        )
        for cell, number in {total: sum(numbers), **cells}.items()
    }
    system = CountSystem(candidates, {})
    (bounds,) = audit(system, [lambda cell, measure: Interval(0, UNBOUNDED)])
    for number, (cell, measure) in enumerate(system.figures):
        assert bounds.low[number] <= candidates[cell].counts[measure] <= bounds.high[number]
        if candidates[cell].counts[measure]:
            assert bounds.high[number] - bounds.low[number] + 1 >= FEWEST_CANDIDATES


@given(st.integers(0, 60), st.integers(-60, 60))
def test_two_editions_together_leave_four_candidates(count: int, change: int) -> None:
    """Whoever knows by how much a count was corrected tells it no closer, or reads the old one."""
    now = max(count + change, 0)
    first = _national(count)
    told_before = first.revealed[ProtectedCount.INTAKE].shift(now - count)
    second = _national(now)
    second.revealed_before, second.was_published = {ProtectedCount.INTAKE: told_before}, True
    cell = Cell(DimensionSet.NATIONAL, Period.MONTH, JANUARY, ())
    audit(CountSystem({cell: second}, {}), [lambda cell, measure: Interval(0, UNBOUNDED)])
    left = second.revealed[ProtectedCount.INTAKE]
    assert left.low <= now <= left.high
    if now and count:
        assert left.candidates >= FEWEST_CANDIDATES
    if second.is_kept:
        assert left == told_before


def _national(intake: int) -> Candidate:
    counts = {**dict.fromkeys(ProtectedCount, 0), ProtectedCount.INTAKE: intake}
    return Candidate(counts, closed=0, closed_is_known=False, measures=(ProtectedCount.INTAKE,))
