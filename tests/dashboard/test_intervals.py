"""What a figure rests on: whether it can be ranked, and in which order."""

import pytest

from dashboard.model.intervals import (
    has_enough,
    rank_rows,
    stands_out,
    surely_least,
    surely_most,
)
from dashboard.model.measures import INTAKE, REFUSAL_RATE, TURNAROUND_P50
from dashboard.model.rows import Line, Reading, reading_of


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


def test_an_interval_is_the_gateways_and_without_one_a_value_is_sure() -> None:
    ends = {"low": 0.04, "high": 0.21, "lowOfMany": 0.02, "highOfMany": 0.3}
    reading = reading_of({"value": 0.1, "denominator": 50, **ends})
    assert (surely_least(reading), surely_most(reading)) == (0.04, 0.21)
    assert reading.interval_of_many == (0.02, 0.3)
    for value, ends in ((1.01, {"low": None, "high": None}), (None, {}), (0.1, {})):
        reading = reading_of({"value": value, "denominator": 50, **ends})
        assert surely_least(reading) == surely_most(reading) == (value or 0)


def test_what_stands_out_is_beyond_the_whole_and_not_at_it() -> None:
    reading = Reading(0.1, 50, interval=(0.04, 0.21), interval_of_many=(0.02, 0.3))
    for whole, upwards, stands in (
        (0.02, True, False), (0.02 - 1e-9, True, True), (0.03, True, False),
        (0.3, False, False), (0.3 + 1e-9, False, True), (0.25, False, False),
    ):  # fmt: skip
        assert stands_out(reading, whole, upwards=upwards) is stands
    assert not stands_out(Reading(0.1, 50), -1, upwards=True)


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
