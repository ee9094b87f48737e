"""What a figure rests on: whether it can be ranked, and in which order."""

import pytest

from dashboard.model.intervals import (
    Z_OF_MANY,
    has_enough,
    interval,
    rank_rows,
    stands_out,
    surely_least,
    surely_most,
)
from dashboard.model.measures import INTAKE, REFUSAL_RATE, TURNAROUND_P50
from dashboard.model.rows import Line, Reading


def wilson(cases: float, n: int) -> tuple[float, float]:
    """Wilson's interval, by another way than the code's: the roots of its quadratic equation."""
    z2, share = 1.959963984540054**2, cases / n
    a, b, c = 1 + z2 / n, -(2 * share + z2 / n), share * share
    root = max(b * b - 4 * a * c, 0) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@pytest.mark.parametrize(
    ("reading", "is_enough"),
    [
        (Reading(0.1, whole=30), True),
        (Reading(0.1, whole=29), False),
        (Reading(0.1), False),
        (Reading(None, whole=500), False),
    ],
)
def test_a_rate_rests_on_thirty_cases(reading: Reading, is_enough: bool) -> None:
    assert has_enough(REFUSAL_RATE, reading) == has_enough(TURNAROUND_P50, reading) == is_enough
    assert has_enough(INTAKE, reading)


def test_only_shares_of_something_have_an_interval() -> None:
    assert interval(REFUSAL_RATE, Reading(0.1, whole=50)) == pytest.approx(wilson(5, 50))
    for share in (0.0, 1.0):
        found = interval(REFUSAL_RATE, Reading(share, whole=50))
        assert found == pytest.approx(wilson(share * 50, 50), abs=1e-12)
    for reading in (
        Reading(1.01, whole=50),
        Reading(-0.01, whole=50),
        Reading(0.1),
        Reading(0.1, whole=0),
        Reading(None, whole=50),
    ):
        assert interval(REFUSAL_RATE, reading) is None
        assert surely_least(REFUSAL_RATE, reading) == (reading.value or 0)
        assert surely_most(REFUSAL_RATE, reading) == (reading.value or 0)
    assert interval(TURNAROUND_P50, Reading(0.1, whole=50)) is None


def test_what_stands_out_is_beyond_the_whole_and_not_at_it() -> None:
    reading = Reading(0.1, whole=50)
    bounds = interval(REFUSAL_RATE, reading, Z_OF_MANY)
    assert bounds
    assert not stands_out(REFUSAL_RATE, reading, bounds[0], upwards=True)
    assert stands_out(REFUSAL_RATE, reading, bounds[0] - 1e-9, upwards=True)
    assert not stands_out(REFUSAL_RATE, reading, bounds[1], upwards=False)
    assert stands_out(REFUSAL_RATE, reading, bounds[1] + 1e-9, upwards=False)
    assert not stands_out(REFUSAL_RATE, Reading(None), -1, upwards=True)


@pytest.mark.parametrize(
    ("falls", "names"), [(True, "B C A, E D F, G H"), (False, "A B C, E D F, G H")]
)
def test_rows_rank_by_what_is_sure_then_by_how_many_then_by_name(falls: bool, names: str) -> None:
    readings = {
        "H": Reading(None), "G": Reading(None, whole=500),
        "F": Reading(0.9, whole=5), "D": Reading(0.1, whole=9), "E": Reading(0.9, whole=29),
        "C": Reading(0.2, whole=400), "B": Reading(0.2, whole=400), "A": Reading(0.1, whole=400),
    }  # fmt: skip
    lines = [Line({REFUSAL_RATE.id: each}, name=name) for name, each in readings.items()]
    ranked = [line.name for line in rank_rows(lines, REFUSAL_RATE, falls=falls)]
    assert ranked == names.replace(",", "").split()
    alike = [Line({REFUSAL_RATE.id: Reading(0.9, whole=9)}, name=name) for name in "YX"]
    assert [line.name for line in rank_rows(alike, REFUSAL_RATE, falls=falls)] == ["X", "Y"]
