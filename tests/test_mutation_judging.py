"""The tool that plants faults, on a project of its own: how it judges them, and what it keeps."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation.__main__ import find_open
from tests.mutation.areas import Area
from tests.mutation.copies import Run, copied
from tests.mutation.covering import Way, statement_lines
from tests.mutation.faults import Fault
from tests.mutation.judging import Judge
from tests.mutation.order import Order
from tests.mutation.results import Results

judges = pytest.mark.skipif(sys.version_info < (3, 12), reason="it knows no line that runs")

MODULE = """\
def is_due(days: int) -> bool:
    return not days < 7
"""
TEST = """\
from product import is_due


def test_due() -> None:
    assert (is_due(6), is_due(8)) == (False, True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "product.py").write_text(MODULE)
    (tmp_path / "test_product.py").write_text(TEST)
    # Else pytest would load, and rewrite, whatever is installed.
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --disable-plugin-autoload\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def judge_all(project: Path, *tests: str) -> dict[str, Run]:
    """By change, how the tests ended with each fault of the product."""
    area = Area("toy", ("product*.py",), tests or ("test_product.py",))
    with copied(project) as copy, Judge.of(copy, area) as judge:
        return {fault.change: judge.judge(fault) for fault in area.faults(project)}


def outcomes_of(runs: dict[str, Run]) -> dict[str, str]:
    return {change: run.outcome for change, run in runs.items()}


@judges
def test_a_fault_is_found_or_survives_and_the_project_stays_as_it_is(project: Path) -> None:
    area = Area("toy", ("product.py",), ("test_product.py",))
    with copied(project) as copy, Judge.of(copy, area) as judge:
        outcomes = {fault.change: judge.judge(fault) for fault in area.faults(project)}
        assert (copy.root / "product.py").read_text() == MODULE
        assert (project / "product.py").read_text() == MODULE
    found_by = {change: run.found_by for change, run in outcomes.items()}
    # What is so on the seventh day itself, no test says.
    due = "test_product.py::test_due"
    assert found_by == {
        "not → nothing": due, "< → <=": "", "< → >": due, "7 → 8": "", "7 → 6": due,
    }  # fmt: skip
    assert {run.outcome for run in outcomes.values()} == {"red", "green"}


@judges
@pytest.mark.proof
def test_what_runs_at_import_is_imported_anew(project: Path) -> None:
    """So is what reached a test by a default, or by another name, before it was forked."""
    (project / "product.py").write_text(
        "def days(least: int = 7) -> int:\n    return least\n\n\n"
        "def weeks() -> int:\n    return 2\n\n\nFORTNIGHT = weeks()\n"
    )
    (project / "test_product.py").write_text(
        "from product import FORTNIGHT, days, weeks\n\n\n"
        "def test_days():\n    assert (days(), FORTNIGHT) == (7, 2)\n\n\n"
        "def test_weeks():\n    assert weeks() == 2\n"
    )
    area = Area("toy", ("product.py",), ("test_product.py",))
    with copied(project) as copy, Judge.of(copy, area) as judge:
        source = (copy.root / "product.py").read_text()
        for fault in area.faults(project):
            assert judge.judge(fault).outcome == "red", fault
            if fault.old == "2":
                assert judge.covering.way(fault, source) is Way.ANEW


@judges
@pytest.mark.proof
def test_who_holds_a_function_already_has_the_fault(project: Path) -> None:
    (project / "product.py").write_text(
        "from functools import wraps\n\n\ndef loudly(function):\n    @wraps(function)\n"
        "    def wrapper():\n        return f'{function()}!'\n    return wrapper\n\n\n"
        "@loudly\ndef number():\n    return [sum(one for one in range(3)) for _ in 'a'][0]\n"
    )
    (project / "test_product.py").write_text(
        "from product import number as known\n\nHELD = [known]\n\n\n"
        "def test_number():\n    assert HELD[0]() == '3!'\n"
    )
    assert outcomes_of(judge_all(project)) == {"3 → 2": "red", "3 → 4": "red", "0 → 1": "red"}


@judges
@pytest.mark.proof
def test_a_test_that_needs_the_others_of_its_file_is_run_with_them(project: Path) -> None:
    (project / "product.py").write_text(
        "def add(numbers):\n    numbers.append(1)\n\n\n"
        "def total(numbers):\n    return sum(numbers) > 0\n"
    )
    (project / "test_product.py").write_text(
        "from product import add, total\n\nNUMBERS = []\n\n\n"
        "def test_add():\n    add(NUMBERS)\n    assert len(NUMBERS) == 1\n\n\n"
        "def test_total():\n    assert total(NUMBERS)\n"
    )
    assert outcomes_of(judge_all(project)) == {
        "numbers.append(1) → pass": "red", "1 → 2": "green", "> → >=": "green", "> → <": "red",
        "0 → 1": "red",
    }  # fmt: skip


PARTLY_RED = """\
import os
from product import is_due

RUNS = os.path.dirname(__file__) + "/runs"


def test_early() -> None:
    assert not is_due(6)


def test_late() -> None:
    with open(RUNS, "a") as runs:
        runs.write("-")
    assert is_due(8)
    assert len(open(RUNS).read()) == 1, "red each time but the first"
"""


@judges
@pytest.mark.parametrize("is_green_once", [pytest.param(True, marks=pytest.mark.proof), False])
def test_what_a_test_might_find_that_is_red_without_a_fault_is_not_judged(
    project: Path, is_green_once: bool
) -> None:
    """Of a test that was never green, nobody knows what it would run: it might find any."""
    (project / "product.py").write_text(MODULE + "\n\ndef is_long(days):\n    return days > 9\n")
    (project / "test_long.py").write_text(
        "from product import is_long\n\n\ndef test_long():\n    assert is_long(365)\n"
    )
    runs = "1" if is_green_once else "0"
    (project / "test_product.py").write_text(PARTLY_RED.replace("== 1", f"== {runs}"))
    judged = judge_all(project, "test_product.py", "test_long.py")
    not_judged = "red without the fault: test_product.py::test_late"
    early, long = "test_product.py::test_early", "test_long.py::test_long"
    assert {change: run.found_by or run.output for change, run in judged.items()} == {
        "not → nothing": early,
        "< → >": early,
        "< → <=": not_judged,
        "7 → 8": not_judged,
        "7 → 6": early,
        "> → <": long,
        **dict.fromkeys(("> → >=", "9 → 10", "9 → 8"), "" if is_green_once else not_judged),
    }
    assert {run.outcome for run in judged.values() if run.output == not_judged} == {"not judged"}


@judges
@pytest.mark.proof
def test_what_ends_or_is_red_without_the_fault_too_finds_nothing(project: Path) -> None:
    """A process that ends, and a test that is red only where all is imported anew."""
    (project / "product.py").write_text("DAYS = 7\n\n\ndef days():\n    return DAYS\n")
    (project / "product_of_weeks.py").write_text("def weeks():\n    return 1\n")
    (project / "test_days.py").write_text(
        "import sys\nfrom product import days\n\n\n"
        "def test_days():\n    assert days() and 'tests.mutation.recording' in sys.modules\n"
    )
    (project / "test_weeks.py").write_text(
        "import os\nfrom product_of_weeks import weeks\n\nRUNS = __file__ + '.runs'\n\n\n"
        "def test_weeks():\n    if weeks() and os.path.exists(RUNS):\n        os._exit(1)\n"
        "    open(RUNS, 'w').close()\n"
    )
    judged = judge_all(project, "test_days.py", "test_weeks.py")
    days, weeks = (f"red without the fault: test_{a}.py::test_{a}" for a in ("days", "weeks"))
    of_days = {change: Run("not judged", days) for change in ("7 → 6", "7 → 8")}
    assert judged == {**of_days, "1 → 2": Run("not judged", weeks)}


@judges
@pytest.mark.proof
def test_processes_that_a_test_starts_without_an_environment_have_the_fault(project: Path) -> None:
    (project / "test_product.py").write_text(
        "import subprocess, sys\n\n\ndef test_due():\n"
        "    asked = 'import product; print(product.is_due(6), product.is_due(8))'\n"
        "    command = [sys.executable, '-I', '-c', asked]\n"
        "    asked = subprocess.check_output(command, cwd='/', env={}, text=True)\n"
        "    assert asked.split() == ['False', 'True']\n"
    )
    assert outcomes_of(judge_all(project)) == {
        "not → nothing": "red", "< → <=": "green", "< → >": "red", "7 → 8": "green", "7 → 6": "red",
    }  # fmt: skip


@judges
@pytest.mark.proof
def test_tests_that_share_what_another_made_look_for_its_faults_too(project: Path) -> None:
    """By a fixture of their file, or by a cache, whichever file was first."""
    (project / "product.py").write_text(
        "from functools import cache\n\n\n@cache\ndef days():\n    return 7\n\n\n"
        "def weeks():\n    return 1\n"
    )
    (project / "test_first.py").write_text(
        "from product import days\n\n\ndef test_days():\n    assert days()\n"
    )
    (project / "test_product.py").write_text(
        "import pytest\nfrom product import days, weeks\n\n\n"
        "@pytest.fixture(scope='module')\ndef made():\n    return weeks()\n\n\n"
        "def test_made(made):\n    assert made\n\n\ndef test_weeks(made):\n    assert made == 1\n"
        "\n\ndef test_days():\n    assert days() == 7\n"
    )
    runs = judge_all(project, "test_first.py", "test_product.py")
    by_days, by_weeks = "test_product.py::test_days", "test_product.py::test_weeks"
    assert {change: run.found_by for change, run in runs.items()} == {
        "7 → 6": by_days, "7 → 8": by_days, "1 → 2": by_weeks
    }  # fmt: skip


@judges
@pytest.mark.proof
def test_survivors_are_found_once_and_kept(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    area = Area("toy", ("product.py",), ("test_product.py",))
    faults, folder = area.faults(project), tmp_path_factory.mktemp("results")
    with copied(project) as copy:
        found = [*find_open(copy, area, faults, Results(folder, area, project))]
        changes = [(fault.change, is_judged) for fault, is_judged in found]
        assert changes == [("< → <=", True), ("7 → 8", True)]
        (copy.root / "test_product.py").unlink()  # what is known needs no test
        assert [*find_open(copy, area, faults, Results(folder, area, project))] == found


@pytest.mark.proof
def test_the_test_that_found_a_fault_is_the_first_to_look_for_the_next(project: Path) -> None:
    area = Area("toy", ("product.py",), ("test_nothing.py", "test_product.py"))
    order, (fault, other, *_) = Order(dict.fromkeys(area.tests, 1)), area.faults(project)
    assert order.sort(fault, area.tests) == ["test_nothing.py", "test_product.py"]
    order.learn(fault, Run("red", "1 failed\nFAILED test_product.py::test_due - no"))
    assert order.sort(other, area.tests) == ["test_product.py", "test_nothing.py"]
    elsewhere = replace(other, path="elsewhere.py")
    order.learn(elsewhere, Run("red", "ERROR test_nothing.py::test_nothing - no"))
    order.learn(elsewhere, Run("red", "FAILED test_nothing.py::test_nothing - no"))
    assert order.sort(other, area.tests)[0] == "test_product.py"
    assert order.sort(elsewhere, area.tests)[0] == "test_nothing.py"


COVERED = """\
LIMIT = 3


def is_due(days: int) -> bool:
    if (
        days
        < LIMIT
    ):
        return False
    return days < 7


def is_late(days: int) -> bool:
    return days > 9
"""


@judges
def test_the_tests_that_run_a_statement_are_known(project: Path) -> None:
    (project / "product.py").write_text(COVERED)
    (project / "test_product.py").write_text(
        "import pytest\nfrom product import is_due\n\n\n"
        "@pytest.mark.parametrize('days', [3, 4])\n"
        "def test_due(days):\n    assert is_due(days)\n\n\n"
        "def test_early():\n    assert not is_due(1)\n"
    )
    area = Area("toy", ("product.py",), ("test_product.py",))
    with copied(project) as copy, Judge.of(copy, area) as judge:

        def tests(fault: Fault) -> list[str]:
            way = judge.covering.way(fault, COVERED)
            found = judge.covering.tests(fault, COVERED, way)
            return [test.removeprefix("test_product.py::") for test in found]

        found = {fault.change: tests(fault) for fault in area.faults(project)}
    due, everything = ["test_due[3]", "test_due[4]"], ["test_due[3]", "test_due[4]", "test_early"]
    assert (
        found
        == {
            "3 → 2": everything,  # runs at import
            "3 → 4": everything,
            "< → <=": due,  # the last of its kind: that of `days < 7`
            "< → >": due,
            "False → True": everything[2:],
            "7 → 6": due,
            "7 → 8": due,
            "> → <": everything,  # run by no test
            "> → >=": everything,
            "9 → 10": everything,
            "9 → 8": everything,
        }
    )


def test_a_statement_ends_where_its_body_begins() -> None:
    lines = {number: [*statement_lines(COVERED, number)] for number in (1, 5, 7, 9, 13)}
    assert lines == {1: [1], 5: [5, 6, 7, 8], 7: [5, 6, 7, 8], 9: [9], 13: [13]}


def test_a_run_that_does_not_end_is_ended(project: Path) -> None:
    (project / "test_product.py").write_text("import time\ndef test_it(): time.sleep(60)\n")
    with copied(project) as copy:
        assert copy.test(("test_product.py",), 2).outcome == "hangs"


def test_outcomes_are_kept_until_what_led_to_them_changes(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (project / "test_other.py").write_text("")
    area = Area("toy", ("product.py",), ("test_product.py", "test_other.py"))
    folder = tmp_path_factory.mktemp("results")
    found, other, survivor = area.faults(project)[:3]
    results = Results(folder, area, project)
    results.note(found, Run("red", "FAILED test_product.py::test_due - no"))
    results.note(survivor, Run("green", ""))

    def outcomes(changed: str = "") -> list[str | None]:
        path = project / (changed or "pytest.ini")
        before = path.read_text()
        path.write_text(before + "\n# changed\n")
        kept = Results(folder, area, project)
        known = [kept.outcome(fault) for fault in (found, other, survivor)]
        path.write_text(before)
        return known

    assert outcomes() == ["red", None, "green"]
    assert outcomes("test_other.py") == ["red", None, None]
    assert outcomes("test_product.py") == outcomes("product.py") == [None, None, None]
