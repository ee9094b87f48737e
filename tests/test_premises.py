"""A property whose premise seldom holds is red, and so is one that states none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.premises import Premises, holds

#: Planted: properties of each kind, those that end in `_red` for the reason that they are named by.
PLANTED = """
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.premises import always, holds, premise

@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"

@given(st.integers())
@premise(even=0.1)
def test_holds_often(number):
    if holds("even", number % 2 == 0):
        assert number // 2 * 2 == number

@given(st.integers())
@always
def test_always(number): ...

@given(st.integers())
@premise(even=0.1)
def test_never_holds_red(number):
    if holds("even", number % 2 == 2):
        raise AssertionError

@pytest.mark.parametrize("share, is_reached", [(0.01, True), (0.9, False)])
@given(st.integers(0, 99))
@premise(small=0.5)
def test_holds_too_seldom_with_one_parameter(share, is_reached, number):
    holds("small", number < 60 or is_reached and number)
    if not is_reached:
        holds("unknown", False)

@given(st.integers())
def test_states_nothing_red(number): ...

@given(st.integers())
@premise(even=0.1)
def test_another_premise_red(number):
    holds("odd", number % 2)

@pytest.mark.anyio
@given(st.integers())
@premise(even=0.1)
async def test_a_coroutine(number):
    holds("even", number % 2 == 0)

@pytest.mark.anyio
@given(st.integers())
@premise(even=0.1, huge=0.9)
async def test_a_coroutine_red(number):
    holds("even", number % 2 == 0)

class Machine(RuleBasedStateMachine):
    @rule()
    def turn(self): ...

TestMachine_red = Machine.TestCase
"""


def test_properties_are_red_whose_premise_is_missing_or_seldom(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_planted.py").write_text(PLANTED)
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-rA", "--tb=short", "-p", "no:cacheprovider"),
            *("--disable-plugin-autoload", "-p", "anyio", "-p", "hypothesispytest"),
            *("-p", "tests.premises", "--strict-markers", "--rootdir", tmp_path, tmp_path),
        ],
        capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip
    summary = result.partition("short test summary info")[2].splitlines()
    ends = {
        line.split("::", 1)[1].split(" - ")[0]: line.split()[0] for line in summary if "::" in line
    }
    assert ends == {
        "test_holds_often": "PASSED",
        "test_always": "PASSED",
        "test_never_holds_red": "FAILED",
        "test_holds_too_seldom_with_one_parameter[0.01-True]": "PASSED",
        "test_holds_too_seldom_with_one_parameter[0.9-False]": "FAILED",
        "test_states_nothing_red": "ERROR",
        "test_another_premise_red": "FAILED",
        "test_a_coroutine": "PASSED",
        "test_a_coroutine_red": "FAILED",
        "TestMachine_red::runTest": "ERROR",
    }, result
    assert "state the premise of this property" in result
    assert "the property states no premise odd" in result
    assert "huge in 0, which must be at least 90.0%" in result


def test_a_loop_of_our_own_counts_its_examples() -> None:
    with Premises(even=0.5) as premises:
        for number in range(10):
            premises.begin_example()
            assert holds("even", number % 2 == 0) is (number % 2 == 0)
            holds("even", number % 2 == 0)  # twice in an example, and counted once
    assert str(premises) == "even: 5 of 10\n"


def count(examples: int, **least: float) -> None:
    with Premises(**least) as premises:
        for _ in range(examples):
            premises.begin_example()


@pytest.mark.parametrize("examples", [0, 10])
def test_a_loop_without_its_premise_is_red(examples: int) -> None:
    with pytest.raises(AssertionError, match=r"too few with: .*even in 0"):
        count(examples, even=0.1)


def test_an_error_is_not_hidden_by_a_premise() -> None:
    with pytest.raises(ZeroDivisionError), Premises(even=0.1):
        raise ZeroDivisionError
    assert holds("even", is_so=False) is False  # nothing counts any more
