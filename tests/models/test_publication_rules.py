"""The rules of disclosure, for any counts at all."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.publication.audit import Candidate, CountSystem, audit, withhold_exposed
from models.publication.disclosure import (
    FEWEST_CANDIDATES,
    FEWEST_DECISIONS,
    ROUNDING,
    UNBOUNDED,
    Interval,
    protect_count,
    protect_refusals,
    two_digits,
)
from models.publication.propagation import Bounds, ContradictionError, Sum, Sums
from models.publication.sets import DIRECT, Cell, DimensionSet, first_day_of, periods_over
from models.volumes import Period
from tests.premises import always, holds, premise

DECISIONS = st.integers(0, 3_000) | st.integers(0, 20)
JANUARY = date(2025, 1, 1)


@st.composite
def cells(draw: st.DrawFn) -> tuple[int, int]:
    """The decisions of a cell, and how many of them were refusals."""
    decisions = draw(DECISIONS)
    few = draw(st.sampled_from([9, 15, 60, decisions]))
    return decisions, draw(st.integers(0, min(decisions, few)))


# What is published of a cell ---------------------------------------------------------------------


@given(cells())
@premise(too_few=0.02, below=0.02, rounded=0.05)
def test_refusals_of_a_hundred_decisions_are_published_as_a_bound_or_rounded(cell) -> None:
    decisions, refused = cell
    found = protect_refusals(decisions, refused)
    if holds("too_few", decisions < 100):
        assert not found.is_anything
    elif holds("below", refused < 10):
        assert found[:2] == (None, 10)
    else:
        holds("rounded")
        assert found.below is None
        assert found.rounded % ROUNDING == 0
        assert abs(found.rounded - refused) <= 2 or (
            refused in (10, 11, 12) and found.rounded == 15
        )


@given(cells())
@premise(published=0.1)
def test_a_published_figure_is_true_and_leaves_four_numbers(cell) -> None:
    decisions, refused = cell
    found = protect_refusals(decisions, refused)
    holds("published", found.is_anything)
    left = found.candidates
    assert left.low <= refused <= left.high
    assert left.candidates >= FEWEST_CANDIDATES
    published_alike = [
        other
        for other in range(max(0, refused - 20), min(decisions, refused + 20) + 1)
        if protect_refusals(decisions, other) == protect_refusals(decisions, refused)
    ]
    assert all(left.low <= other <= left.high for other in published_alike)


@given(st.integers(100, 100_000), st.integers(0, 9))
@always
def test_a_bound_is_true_and_as_tight_as_a_tenth_of_a_percent_allows(decisions, refused) -> None:
    bound = protect_refusals(decisions, refused).rate_below(decisions)
    assert refused / decisions < bound
    assert 10 / decisions <= bound < 10 / decisions + 0.001


def test_ten_of_seven_hundred_and_fifty_is_below_one_point_four_percent() -> None:
    assert protect_refusals(750, 4).rate_below(750) == 0.014


@given(DECISIONS)
@premise(withheld=0.02, rounded=0.2)
def test_a_count_of_the_public_is_rounded_or_withheld(count: int) -> None:
    found = protect_count(count)
    left = found.candidates
    assert left.low <= count <= left.high
    assert left.candidates >= FEWEST_CANDIDATES
    if holds("withheld", found.rounded is None):
        assert count < 10
    else:
        holds("rounded")
        assert found.rounded % ROUNDING == 0
        assert abs(found.rounded - count) <= 2 or (count in (10, 11, 12) and found.rounded == 15)


def test_a_period_is_published_from_the_day_after_its_last() -> None:
    assert [*periods_over(date(2025, 1, 20), date(2025, 1, 31))] == []
    assert [*periods_over(date(2025, 1, 20), date(2025, 2, 1))] == [(Period.MONTH, JANUARY)]
    months = [(Period.MONTH, date(2025, month, 1)) for month in (1, 2, 3)]
    assert [*periods_over(date(2025, 1, 20), date(2025, 3, 31))] == months[:2]
    assert [*periods_over(date(2025, 1, 20), date(2025, 4, 1))] == [
        *months, (Period.QUARTER, JANUARY),
    ]  # fmt: skip


def test_percentiles_have_two_significant_digits() -> None:
    assert [two_digits(hours) for hours in (6.2549, 0.01234, 123.4, None)] == [
        6.3,
        0.012,
        120,
        None,
    ]


# Bounds and the audit ----------------------------------------------------------------------------


def test_a_sum_narrows_its_parts_and_they_narrow_it() -> None:
    sums = Sums([Sum(0, (1, 2))])
    bounds = Bounds([Interval(48, 52), Interval(43, 47), Interval(1, UNBOUNDED)], sums)
    bounds.narrow(range(3))
    assert list(zip(bounds.low, bounds.high, strict=True)) == [(48, 52), (43, 47), (1, 9)]
    assert bounds.implied_interval(sums.all[0], 2) == (1, 9)
    assert bounds.implied_interval(sums.all[0], 0) == (44, 56)


def test_what_one_sum_says_narrows_the_sums_beyond_it() -> None:
    sums = Sums([Sum(0, (1, 2)), Sum(2, (3, 4)), Sum(5, (4, 6))])
    exactly = [Interval(count, count) for count in (10, 4)]
    bounds = Bounds([*exactly, *[Interval(0, 99)] * 5], sums)
    bounds.low[3] = bounds.high[3] = 1
    bounds.low[6] = 7
    bounds.narrow([0])
    assert bounds.low == [10, 4, 6, 1, 5, 12, 7]
    assert bounds.high == [10, 4, 6, 1, 5, 99, 94]


def test_parts_that_are_more_than_their_whole_stop_the_audit() -> None:
    sums = Sums([Sum(0, (1, 2))])
    bounds = Bounds([Interval(0, 5), Interval(4, 9), Interval(2, 3)], sums)
    with pytest.raises(ContradictionError):
        bounds.narrow(range(3))


def candidate(decisions: int, refused: int) -> Candidate:
    """The refusals of a cell."""
    return Candidate(refused, protect_refusals(decisions, refused), most=decisions)


def a_cell(*visa_type: str, period: Period = Period.QUARTER, month: int = 1) -> Cell:
    return Cell(
        DimensionSet.VISA_TYPE if visa_type else DimensionSet.NATIONAL,
        period,
        first_day_of(period, date(2025, month, 1)),
        visa_type,
    )


def quarter_of(numbers: dict[tuple[int, str], tuple[int, int]]) -> dict[Cell, Candidate]:
    """Decisions by month and visa type, and everything that these add up to."""
    found: dict[Cell, Candidate] = {}
    for (month, visa_type), (decisions, refused) in numbers.items():
        for period, types in product((Period.MONTH, Period.QUARTER), ((visa_type,), ())):
            cell = a_cell(*types, period=period, month=month)
            was = found.get(cell, candidate(0, 0))
            found[cell] = candidate(was.most + decisions, was.count + refused)
    return found


REFUSALS = st.tuples(st.integers(0, 400), st.integers(0, 45)).map(lambda cell: (max(cell), cell[1]))


#: Of three such months, told as 15 each, and their quarter, told as 30, each follows.
TELLING = st.just((400, 10))


@given(
    st.fixed_dictionaries(
        {
            (month, visa_type): REFUSALS | TELLING
            for month in (1, 2, 3)
            for visa_type in ("B1", "C1", "D1")
        }
    )
)
@premise(withheld=0.4)
def test_the_audit_leaves_four_numbers_of_refusals_in_every_cell(numbers) -> None:
    cells = quarter_of(numbers)
    system = CountSystem(cells, {})
    bounds = withhold_exposed(system)
    holds("withheld", any(each.is_withheld for each in cells.values()))
    for number, cell in enumerate(system.cells):
        assert bounds.low[number] <= cells[cell].count <= bounds.high[number]
        left = bounds.high[number] - bounds.low[number] + 1
        assert left >= min(FEWEST_CANDIDATES, cells[cell].most + 1)


#: What one partner decided, and what the others did: so few at times that it tells of them.
LARGE = st.tuples(st.integers(FEWEST_DECISIONS, 400), st.integers(0, 45))
FEW = st.integers(1, 3).flatmap(lambda number: st.tuples(st.just(number), st.integers(0, number)))


@settings(max_examples=400)
@given(st.lists(st.tuples(LARGE, FEW | REFUSALS), min_size=1, max_size=3))
@premise(withheld=0.05)
def test_who_holds_the_figures_of_a_partner_learns_no_number_of_the_others(parts) -> None:
    """By visa type and for the whole country: the adversary subtracts the own part of each."""
    cells, own = dict[Cell, Candidate](), dict[Cell, tuple[int, int]]()
    for number, (ours, theirs) in enumerate(parts):
        for cell in (a_cell(f"T{number}"), a_cell()):
            was, mine = cells.get(cell, candidate(0, 0)), own.get(cell, (0, 0))
            own[cell] = (mine[0] + ours[0], mine[1] + ours[1])
            cells[cell] = candidate(was.most + ours[0] + theirs[0], was.count + ours[1] + theirs[1])
    known_to_nusa = {
        cell: Interval(refused, refused + cells[cell].most - decisions)
        for cell, (decisions, refused) in own.items()
    }
    audit(cells, [known_to_nusa])
    holds("withheld", any(each.is_withheld for each in cells.values()))
    for known in ({}, known_to_nusa):
        system = CountSystem(cells, known)
        bounds = system.bounds()
        for number, prior in enumerate(system.prior):
            assert bounds.low[number] <= cells[system.cells[number]].count <= bounds.high[number]
            left = bounds.high[number] - bounds.low[number] + 1
            assert left >= min(FEWEST_CANDIDATES, prior.candidates)


COUNTS = st.integers(0, 12) | st.integers(0, 400)


@settings(max_examples=400)
@given(st.lists(st.tuples(COUNTS, COUNTS, st.integers(0, 3) | COUNTS), min_size=1, max_size=4))
@premise(withheld=0.05, two_partners=0.1)
def test_the_audit_of_counts_leaves_four_numbers_to_everybody_and_to_each_partner(places) -> None:
    """Countries of one region, direct applications beside it: in the first, two partners work."""
    cells, known = dict[Cell, Candidate](), dict[Cell, Interval]()
    region = sum(
        ours + (theirs if place == 0 else 0) for place, (ours, theirs, _) in enumerate(places)
    )
    own_region, direct = sum(ours for ours, _, _ in places), places[0][2]
    for place, (ours, theirs, _) in enumerate(places):
        several = holds("two_partners", place == 0 and theirs > 0)
        country = a_place("OCEANIA", f"P{place}")
        cells[country] = counted(ours + (theirs if several else 0), is_withheld=several)
        known[country] = Interval(ours, UNBOUNDED if several else ours)
    cells[a_place("OCEANIA")] = counted(region)
    cells[a_place(DIRECT)] = counted(direct)
    cells[a_cell()] = counted(region + direct)
    known |= {a_place("OCEANIA"): Interval(own_region, UNBOUNDED)}
    known |= {a_cell(): Interval(own_region, UNBOUNDED)}
    began_withheld = sum(each.is_withheld for each in cells.values())
    audit(cells, [known])
    holds("withheld", sum(each.is_withheld for each in cells.values()) > began_withheld)
    for reader in ({}, known):
        system = CountSystem(cells, reader)
        bounds = system.bounds()
        for number, prior in enumerate(system.prior):
            count = cells[system.cells[number]].count
            assert bounds.low[number] <= count <= bounds.high[number]
            left = bounds.high[number] - bounds.low[number] + 1
            assert left >= min(FEWEST_CANDIDATES, prior.candidates)


def counted(count: int, *, is_withheld: bool = False) -> Candidate:
    return Candidate(count, protect_count(count), is_withheld=is_withheld)


def a_place(*codes: str) -> Cell:
    dimension_set = DimensionSet.REGION if len(codes) == 1 else DimensionSet.COUNTRY
    return Cell(dimension_set, Period.QUARTER, JANUARY, codes)


def test_the_audit_withholds_months_rather_than_the_quarter() -> None:
    """Three months of about 15, and a quarter of about 30: together they would reveal each."""
    few = {(month, "B1"): (400, 10) for month in (1, 2, 3)}
    cells = quarter_of(few | {(month, "C1"): (400, 103) for month in (1, 2, 3)})
    audit(cells, [])
    assert cells[a_cell("B1")].published.rounded == 30
    withheld = [cell for cell, each in cells.items() if each.is_withheld]
    assert withheld
    assert {(cell.period, cell.codes) for cell in withheld} == {(Period.MONTH, ("B1",))}


def test_the_audit_withholds_the_year_rather_than_a_quarter() -> None:
    """Four quarters of about 15, and a year of about 40: together they would reveal each."""
    quarters = {a_cell("B1", month=month): candidate(400, 10) for month in (1, 4, 7, 10)}
    year = a_cell("B1", period=Period.YEAR)
    cells = {**quarters, year: candidate(1_600, 40)}
    audit(cells, [])
    assert [cell for cell, each in cells.items() if each.is_withheld] == [year]
    # It has no edition that could stand.
    assert not cells[year].is_kept
    cells[year].before = protect_refusals(1_600, 50)
    assert cells[year].is_kept
    assert cells[year].published.rounded == 50


def test_without_the_audit_a_quarter_reveals_its_months() -> None:
    cells = quarter_of({(month, "B1"): (400, 10) for month in (1, 2, 3)})
    system = CountSystem(cells, {})
    assert system.exposed_numbers(system.bounds())


def test_the_audit_ends_where_earlier_editions_reveal_too_much() -> None:
    """What was published is never taken back, so there is nothing to withhold."""
    cells = quarter_of({(month, "B1"): (400, 10) for month in (1, 2, 3)})
    for each in cells.values():
        each.before, each.is_new = each.published, False
        each.candidates_before = each.before.candidates
    system = CountSystem(cells, {})
    assert system.exposed_numbers(withhold_exposed(system))
    assert not any(each.is_withheld for each in cells.values())


def test_the_number_of_decisions_does_not_reveal_that_all_were_refused() -> None:
    cells = {a_cell(): candidate(FEWEST_DECISIONS, FEWEST_DECISIONS)}
    audit(cells, [])
    assert not cells[a_cell()].published.is_anything


@given(st.integers(0, 60), st.integers(-60, 60) | st.integers(-6, 6))
@premise(kept=0.02, published_again=0.02)
def test_two_editions_together_leave_four_numbers(count: int, change: int) -> None:
    """Whoever knows the size of a correction narrows it no further, or reads the old figure."""
    now = max(count + change, 0)
    first = candidate(500, count)
    published_before = first.revealed.shift(now - count)
    second = candidate(500, now)
    second.before, second.candidates_before = first.published, published_before
    withhold_exposed(CountSystem({a_cell(): second}, {}))
    assert second.revealed.low <= now <= second.revealed.high
    # A correction that somebody knows of leaves fewer by itself, whatever is published afterwards.
    left_anyway = Interval(0, 500).within(published_before).candidates
    assert second.revealed.candidates >= min(FEWEST_CANDIDATES, left_anyway)
    holds("published_again", not second.is_kept)
    if holds("kept", second.is_kept):
        assert second.published == first.published
        assert second.revealed == published_before
