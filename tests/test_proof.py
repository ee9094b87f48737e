"""`make proof` in parts: what is green is not run again, and no slow test is left out."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.proof import __main__ as proof
from tests.proof.parts import PARTS, Part
from tests.proof.record import Outcome, Record, code_of
from tests.proof.resuming import GreenTests

PROJECT = Path(__file__).resolve().parents[1]
GREEN = Part("green", "what works", arguments=("-c", "print('ran green')"))
RED = Part("red", "what does not", arguments=("-c", "raise SystemExit(1)"))


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "build" / "parts.json")


@pytest.fixture
def runs(capfd: pytest.CaptureFixture[str]) -> "Runs":
    return Runs(capfd)


class Runs:
    """How often the green part was run since the last look."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    @property
    def count(self) -> int:
        return len(re.findall("^ran green$", self._capture.readouterr().out, re.MULTILINE))


def test_every_test_that_takes_long_is_in_one_part() -> None:
    marked = {
        path.relative_to(PROJECT)
        for path in (PROJECT / "tests").rglob("test_*.py")
        if re.search(r"pytest\.mark\.proof\b(?!\")", path.read_text(encoding="utf-8"))
    }
    assert len(marked) > 20
    for path in marked:
        parts = [
            part.name for part in PARTS for test in part.tests if path.is_relative_to(Path(test))
        ]
        assert len(parts) == 1, f"{path} is in {parts or 'no part'}"


def test_every_part_names_tests_that_exist() -> None:
    assert len({part.name for part in PARTS}) == len(PARTS)
    for part in PARTS:
        assert bool(part.tests) != bool(part.arguments), part.name
        assert [test for test in part.tests if not (PROJECT / test).exists()] == []


def test_what_is_green_at_this_commit_is_not_run_again(record: Record, runs: Runs) -> None:
    assert proof.main([], (GREEN,), record) == 0
    assert runs.count == 1
    assert proof.main([], (GREEN,), record) == 0
    assert runs.count == 0
    assert proof.main(["--again"], (GREEN,), record) == 0
    assert runs.count == 1
    assert proof.main(["green"], (GREEN,), record) == 0
    assert runs.count == 1


def test_what_was_green_on_other_code_is_run_again(record: Record, runs: Runs) -> None:
    record.note("green", Outcome("123456789", "2026-01-01 00:00", 1, True))
    assert proof.main([], (GREEN,), record) == 0
    assert runs.count == 1


def test_a_part_that_fails_does_not_hold_up_the_others(record: Record, runs: Runs) -> None:
    assert proof.main([], (RED, GREEN), record) == 1
    assert runs.count == 1
    # It is tried again; what was green is not.
    assert proof.main([], (RED, GREEN), record) == 1
    assert runs.count == 0
    assert proof.main(["green"], (RED, GREEN), record) == 0


TESTS = """\
import pathlib
from pytest import fixture, mark, skip

pytestmark = mark.proof
BESIDE = pathlib.Path(__file__)


@fixture
def noted():
    with BESIDE.with_name("ran").open("a") as ran:
        yield ran
    assert not BESIDE.with_name("spoilt").exists()


def test_first(noted):
    noted.write("first ")


def test_second(noted):
    noted.write("second ")
    if BESIDE.with_name("stop").exists():
        raise KeyboardInterrupt


def test_third():
    if BESIDE.with_name("absent").exists():
        skip("what this machine lacks")
"""


def test_a_part_goes_on_where_it_was_as_long_as_the_code_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = proof\n")  # not our settings
    ran, green = tmp_path / "ran", tmp_path / "green" / "part.green.txt"
    part = Part("part", "what is tested", (str(tmp_path / "test_it.py"),))
    alone = ("-c", str(tmp_path / "pytest.ini"), "--disable-plugin-autoload", "-p", "timeout")

    def run(code: str) -> tuple[int, str]:
        ran.write_text("")
        command = (*part.command(green, code), *alone)
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
        return done.returncode, ran.read_text()

    (tmp_path / "stop").touch()
    assert run("one") == (2, "first second ")
    (tmp_path / "stop").rename(tmp_path / "spoilt")
    (tmp_path / "absent").touch()
    assert run("one") == (1, "second "), "what a fixture finds at its end is red"
    (tmp_path / "spoilt").unlink()
    assert run("one") == (1, "second "), "what is skipped shows nothing"
    (tmp_path / "absent").unlink()
    assert run("one") == (0, "")
    assert run("other") == (0, "first second ")
    assert GreenTests(green, "").read() == set(), "code that nobody knows is always other code"


def test_what_a_part_took_adds_up_until_the_code_changes(record: Record) -> None:
    record.note("part", Outcome("one", "2026-01-01 07:30", 100, False))
    with pytest.raises(KeyboardInterrupt), record.timed("part", "one"):
        raise KeyboardInterrupt
    known = record.read()["part"]
    assert (known.began_at, known.is_stopped) == ("2026-01-01 07:30", True)
    assert 100 <= known.seconds < 150
    assert "stopped" in proof.table((Part("part", "it"),), record, "one")
    with record.timed("part", "other") as run:
        run.is_green = True
    known = record.read()["part"]
    assert (known.is_green, known.is_stopped, known.seconds < 50) == (True, False, True)


def test_a_part_that_begins_anew_forgets_what_was_green(record: Record, runs: Runs) -> None:
    for arguments in (["green"], ["--again"], ["--again", "green"]):
        assert proof.main(["green"], (GREEN,), record) == 0
        record.green_tests("green").write_text("any\n")
        assert proof.main(arguments, (GREEN,), record) == 0
        assert not record.green_tests("green").exists()
        assert runs.count == 2


def test_the_list_shows_the_state_of_each_part_and_runs_none(
    record: Record, capfd: pytest.CaptureFixture[str]
) -> None:
    code = code_of(PROJECT)
    record.note("green", Outcome(code, "2026-01-01 07:30", 3_725, True))
    record.note("red", Outcome("123456789", "2026-01-02 07:30", 9, False))
    unknown = Part("unknown", "what nobody ran", arguments=("-c", "raise SystemExit(1)"))
    assert proof.main(["--list"], (GREEN, RED, unknown), record) == 0
    _, green, red, never = capfd.readouterr().out.splitlines()
    assert green.split() == f"green green 2026-01-01 07:30 62 min 05 {code} what works".split()
    assert red.split()[:6] == ["red", "red", "2026-01-02", "07:30", "9", "s"]
    assert "123456789 (other)" in red
    assert never.split()[:2] == ["unknown", "-"]


def test_other_arguments_are_passed_to_pytest(
    record: Record, capfd: pytest.CaptureFixture[str]
) -> None:
    passed_on = ["tests/test_proof.py", "-k", "every_part_names", "--collect-only", "-q"]
    assert proof.main(passed_on, (RED,), record) == 5  # which collects no test of the proof here
    assert "deselected" in capfd.readouterr().out
    assert record.read() == {}


def test_code_is_known_by_its_commit_and_what_was_changed_since(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *author, *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert code_of(tmp_path) == ""
    git("init", "-q")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-qm", "one")
    committed = code_of(tmp_path)
    assert re.fullmatch(r"[0-9a-f]{9}", committed)
    (tmp_path / "file").write_text("two")
    changed = code_of(tmp_path)
    (tmp_path / "new").write_text("three")
    assert re.fullmatch(rf"{committed}\+[0-9a-f]{{6}}", changed)
    assert len({committed, changed, code_of(tmp_path)}) == 3
