"""What a machine lacks fails in CI, unless setting up said why; by hand it is skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import machine, suite

ROOT = Path(__file__).resolve().parents[1]
TEST = """
from tests.machine import needs

@needs("tool", is_here=False, absent="no tool")
def test_with_it():
    pass
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "TOOLS", tmp_path)
    return tmp_path


def _marker(monkeypatch: pytest.MonkeyPatch, ci: str) -> tuple[str, str]:
    """The marker of a test that needs what is not here, and its reason."""
    monkeypatch.setenv("CI", ci)
    mark = machine.needs("tool", is_here=False, absent="no tool").mark
    return mark.name, mark.kwargs["reason"] if mark.kwargs else mark.args[0]


def test_by_hand_it_is_skipped(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _marker(monkeypatch, "") == ("skipif", "no tool")


def test_in_ci_it_is_missing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, reason = _marker(monkeypatch, "true")
    assert (name, reason.partition(",")[0]) == (machine.MISSING, "no tool")


def test_in_ci_the_reason_of_the_set_up_is_that_to_skip_with(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools / "tool.absent").write_text("this machine has no apt\n")
    assert _marker(monkeypatch, "true") == ("skipif", "no tool: this machine has no apt")


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 error"), ("", "1 skipped")])
def test_the_summary_says_what_is_missing(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "test_it.py").write_text(TEST)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", tmp_path / "test_it.py"],
        env={"CI": ci, "PATH": "/usr/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert outcome in result.stdout
    assert "no tool" in result.stdout.partition("short test summary")[2]


def test_the_files_that_begin_first_exist() -> None:
    assert [file for file in suite.LONGEST if not (ROOT / file).exists()] == []
