"""The tool that plants faults: which it finds, how it plants them, and what it keeps of them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation.__main__ import find_survivors, sample
from tests.mutation.areas import AREAS, NOT_PLANTED, Area
from tests.mutation.copies import Run, copied
from tests.mutation.covering import Way, statement_lines
from tests.mutation.faults import Fault, Kind, find_faults
from tests.mutation.judging import Judge
from tests.mutation.order import Order
from tests.mutation.results import ACCEPTED, Results, read_accepted

PROJECT = Path(__file__).resolve().parents[1]
judges = pytest.mark.skipif(sys.version_info < (3, 12), reason="it knows no line that runs")

PYTHON = '''\
"""A docstring = 1 WHERE a = b."""

LIMIT: int = 3


@cache(True)
def lapse(é: str, days: int = 7) -> bool:
    """Nothing of this is code: a == b."""
    # Nor of this: a == b
    if é and (days) <= LIMIT or not ready(days + 1):
        raise ValueError("too many")
    note(days)
    return days is not None and "é" in é
'''
SQL = '''\
STATEMENT = f"""
    UPDATE assignment SET ended_at = now() FROM {table}
    WHERE application_id = closed.id AND ended_at IS NULL
"""
'''


def changes(source: str, path: str = "some.py") -> list[str]:
    return [fault.change for fault in find_faults(path, source)]


def test_faults_of_python_are_those_of_its_code() -> None:
    assert changes(PYTHON) == [
        "3 → 2",
        "3 → 4",
        "7 → 6",
        "7 → 8",
        "and → or",
        "<= → <",
        "<= → >=",
        "or → and",
        "not → nothing",
        "+ → -",
        "1 → 2",
        'raise ValueError("too many") → pass',
        "note(days) → pass",
        "is not → is",
        "and → or",
        "in → not in",
    ]


def test_each_fault_of_python_is_another_program() -> None:
    faults = find_faults("some.py", PYTHON)
    programs = {fault.plant(PYTHON) for fault in faults}
    assert len(programs) == len(faults)
    for program in programs:
        compile(program, "some.py", "exec")


SEMANTIC = """\
def take(queue, first, last, now):
    late = queue.where(Case.due_at < now).order_by(func.least(first, last))
    os.umask(0o117)
    size = min(len(late), 100)
    newest = max(one.at for one in late)
    return Response(late, first, self.last, {"Cache-Control": "no-store"}, [(b"x", b"DENY")])
"""


def of_kind(kind: Kind) -> list[str]:
    return [one.change for one in find_faults("some.py", SEMANTIC) if one.kind is kind]


def test_comparisons_are_inverted_and_their_boundaries_moved() -> None:
    assert of_kind(Kind.INVERSION) == ["< → >"]
    assert of_kind(Kind.COMPARISON) == ["< → <="]
    assert of_kind(Kind.NUMBER) == ["100 → 101", "100 → 99"]


def test_limits_are_dropped() -> None:
    assert of_kind(Kind.LIMIT) == [
        "func.least(first, last) → (first)",
        "func.least(first, last) → (last)",
        "min(len(late), 100) → (100)",
        "min(len(late), 100) → (len(late))",
        "max → min",
    ]


def test_modes_of_files_let_others_in() -> None:
    assert of_kind(Kind.FILE_MODE) == ["0o117 → 0o111"]
    assert [one.change for one in find_faults("some.py", "file.chmod(0o600)")] == [
        "file.chmod(0o600) → pass",
        "0o600 → 0o606",
    ]


def test_protecting_headers_are_left_out() -> None:
    assert of_kind(Kind.HEADER) == ['"no-store" → ""', 'b"DENY" → b""']


def test_neighbouring_arguments_are_swapped() -> None:
    assert of_kind(Kind.SWAP) == [
        "first, last → last, first",
        "late, first → first, late",
        "first, self.last → self.last, first",
    ]


def test_each_semantic_fault_is_another_program() -> None:
    faults = find_faults("some.py", SEMANTIC)
    programs = {fault.plant(SEMANTIC) for fault in faults}
    assert len(programs) == len(faults)
    for program in programs:
        compile(program, "some.py", "exec")


def test_a_sample_has_faults_of_each_kind() -> None:
    faults = find_faults("some.py", SEMANTIC)
    kinds = {one.kind for one in faults}
    assert {one.kind for one in sample(faults, len(kinds), 1)} == kinds
    assert len(sample(faults, 1_000, 1)) == len(faults)
    assert sample(faults, 5, 1) == sample(faults, 9, 1)[:5] != sample(faults, 5, 2)


def test_each_file_of_the_product_is_in_an_area_or_left_out_for_a_reason() -> None:
    in_areas = {path for area in AREAS for path in area.sources(PROJECT)}
    for pattern in NOT_PLANTED:
        left_out = {path for path in PROJECT.glob(pattern) if path.suffix == ".py"}
        assert left_out, pattern
        assert not left_out & in_areas, pattern
        in_areas |= left_out
    product = {
        path
        for part in ("gateway", "models", "dashboard")
        for path in (PROJECT / part).rglob("*.py")
        if path.name != "__init__.py" and find_faults(path.name, path.read_text("utf-8"))
    }
    assert sorted(map(str, product - in_areas)) == []


def test_conditions_of_sql_in_strings_are_found() -> None:
    """The fault that ended everybody's assignments is among them."""
    faults = find_faults("some.py", SQL)
    assert [fault.change for fault in faults] == [
        "= → <>",
        "= → <>",
        "AND → OR",
        "IS NULL → IS NOT NULL",
    ]
    assert "application_id <> closed.id" in faults[1].plant(SQL)


def test_a_file_of_sql_has_faults_but_not_its_comments() -> None:
    assert changes("-- a = b\nSELECT a = b;", "some.sql") == ["= → <>"]


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_an_area_has_faults_and_tests(area: Area) -> None:
    assert len(area.faults(PROJECT)) > 100
    assert [test for test in area.tests if not (PROJECT / test).is_file()] == []


def test_what_is_accepted_could_still_be_planted_and_has_a_reason() -> None:
    faults = [fault for area in AREAS for fault in area.faults(PROJECT)]
    for accepted in read_accepted(ACCEPTED):
        assert any(accepted.is_of(fault) for fault in faults), accepted
        assert len(accepted.reason) > 20, accepted


# --- A project of its own -----------------------------------------------------------------------

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


@judges
def test_a_fault_is_found_or_survives_and_the_project_stays_as_it_is(project: Path) -> None:
    area, outcomes = Area("toy", ("product.py",), ("test_product.py",)), {}
    with copied(project) as copy, Judge.of(copy, area) as judge:
        for fault in area.faults(project):
            outcomes[fault.change] = judge.judge(fault)
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
    area = Area("toy", ("product.py",), ("test_product.py",))
    with copied(project) as copy, Judge.of(copy, area) as judge:
        found = {fault.change: judge.judge(fault).outcome for fault in area.faults(project)}
    assert found == {"3 → 2": "red", "3 → 4": "red", "0 → 1": "red"}


@judges
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
    area = Area("toy", ("product.py",), ("test_product.py",))
    with copied(project) as copy, Judge.of(copy, area) as judge:
        found = {fault.change: judge.judge(fault).outcome for fault in area.faults(project)}
    assert found == {
        "numbers.append(1) → pass": "red", "1 → 2": "green", "> → >=": "green", "> → <": "red",
        "0 → 1": "red",
    }  # fmt: skip


@judges
def test_survivors_are_found_once_and_kept(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    area = Area("toy", ("product.py",), ("test_product.py",))
    faults, folder = area.faults(project), tmp_path_factory.mktemp("results")
    with copied(project) as copy:
        found = [*find_survivors(copy, area, faults, Results(folder, area, project))]
        assert [fault.change for fault in found] == ["< → <=", "7 → 8"]
        (copy.root / "test_product.py").unlink()  # what is known needs no test
        assert [*find_survivors(copy, area, faults, Results(folder, area, project))] == found


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
            found = judge.covering.tests(fault, COVERED)
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
    (project / "test_product.py").write_text(
        "import time\n\n\ndef test_it():\n    time.sleep(60)\n"
    )
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
