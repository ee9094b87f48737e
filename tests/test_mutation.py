"""The tool that plants faults: which it finds, how it plants them, and what it keeps of them."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation.__main__ import find_survivors, sample
from tests.mutation.areas import AREAS, NOT_PLANTED, Area
from tests.mutation.copies import Run, copied
from tests.mutation.covering import Covering, statement_lines
from tests.mutation.faults import Kind, find_faults
from tests.mutation.order import Order
from tests.mutation.results import ACCEPTED, Results, read_accepted

PROJECT = Path(__file__).resolve().parents[1]

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


def test_a_fault_is_found_or_survives_and_the_project_stays_as_it_is(project: Path) -> None:
    area = Area("toy", ("product.py",), ("test_product.py",))
    outcomes, order = {}, Order()
    with copied(project) as copy:
        assert copy.test(area.tests, 60).is_green
        for fault in area.faults(project):
            with copy.planted(fault):
                run = copy.test(area.tests, 60)
                outcomes[fault.change] = run.outcome
                order.learn(fault, run)
                assert (project / "product.py").read_text() == MODULE
        assert (copy.root / "product.py").read_text() == MODULE
    # What is so on the seventh day itself, no test says.
    assert outcomes == {
        "not → nothing": "red", "< → <=": "green", "< → >": "red", "7 → 8": "green",
        "7 → 6": "red",
    }  # fmt: skip
    assert order.sort(fault, ["test_nothing.py", *area.tests])[0] == "test_product.py"


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
    order, (fault, other, *_) = Order(), area.faults(project)
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


def test_the_tests_that_run_a_statement_are_known(project: Path) -> None:
    (project / "product.py").write_text(COVERED)
    (project / "test_product.py").write_text(
        "import pytest\nfrom product import is_due\n\n\n"
        "@pytest.mark.parametrize('days', [3, 4])\n"
        "def test_due(days):\n    assert is_due(days)\n\n\n"
        "def test_early():\n    assert not is_due(1)\n"
    )
    area = Area("toy", ("product.py",), ("test_product.py",))
    with copied(project) as copy:
        covering = Covering.of(copy, area.tests)
        found = {fault.change: covering.tests(fault) for fault in area.faults(project)}
    both = ["test_product.py::test_due", "test_product.py::test_early"]
    assert (
        found
        == {
            "3 → 2": [],  # runs at import
            "3 → 4": [],
            "< → <=": both[:1],  # the last of its kind: that of `days < 7`
            "< → >": both[:1],
            "False → True": both[1:],
            "7 → 6": both[:1],
            "7 → 8": both[:1],
            "> → <": [],  # run by no test
            "> → >=": [],
            "9 → 10": [],
            "9 → 8": [],
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


def test_outcomes_are_kept_until_the_file_or_its_tests_change(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    area = Area("toy", ("product.py",), ("test_product.py",))
    folder = tmp_path_factory.mktemp("results")
    fault, other = area.faults(project)[:2]
    Results(folder, area, project).note(fault, "red")
    kept = Results(folder, area, project)
    assert (kept.outcome(fault), kept.outcome(other)) == ("red", None)
    for changed in ("test_product.py", "product.py"):
        path = project / changed
        before = path.read_text()
        path.write_text(before + "\n# changed\n")
        assert Results(folder, area, project).outcome(fault) is None, changed
        path.write_text(before)
