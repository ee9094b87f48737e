"""`make check` names a Python file that has grown too long, wherever it is."""

from pathlib import Path

import pytest

from checks.finding import show
from checks.lengths import FOLDERS, LONGER, MOST_LINES, check_lengths
from checks.sources import Sources


def _write(root: Path, file: str, lines: int) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n" * lines, encoding="utf-8")


def _findings(root: Path) -> list[str]:
    return [show(finding, root) for finding in check_lengths(Sources(root))]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_file_that_is_too_long_is_named_with_its_length(tmp_path: Path, folder: str) -> None:
    _write(tmp_path, f"{folder}/deep/inside.py", MOST_LINES)
    assert _findings(tmp_path) == []
    _write(tmp_path, f"{folder}/deep/inside.py", MOST_LINES + 1)
    (finding,) = _findings(tmp_path)
    assert finding.startswith(f"{folder}/deep/inside.py:351: has 351 lines, and a file has no more")


@pytest.mark.parametrize("file", LONGER)
def test_an_exception_may_be_longer_while_it_is(tmp_path: Path, file: str) -> None:
    _write(tmp_path, file, 2_000)
    assert _findings(tmp_path) == []
    _write(tmp_path, file, MOST_LINES)
    (finding,) = _findings(tmp_path)
    assert finding.startswith(f"{file}:350: has 350 lines, and needs to be no exception: remove it")
