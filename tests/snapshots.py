"""Texts that are kept beside tests, each compared with what is made now.

``python -m tests.snapshots``, a part of ``make snapshots``, writes them anew: read the difference.
"""

import sys
from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path
from shutil import rmtree

import pytest

FOLDER = Path(__file__).parent
#: The folders, and the tests that write what is not there.
KEPT = {
    FOLDER / "limits": ["tests/test_limits.py"],
    FOLDER / "dashboard" / "snapshots": [
        *("tests/dashboard/test_volumes_drawn.py", "tests/dashboard/test_volumes_limits.py"),
        *("tests/dashboard/test_findings_drawn.py", "tests/dashboard/test_places_drawn.py"),
        "tests/dashboard/test_panels_drawn.py",
    ],
}


def assert_as_kept(file: Path, now: Iterable[str]) -> None:
    text = "\n".join(now) + "\n"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        raise AssertionError(f"{file} was written: look at it, and run the test again")
    kept = file.read_text(encoding="utf-8")
    if text != kept:
        difference = unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", n=1)
        lines = [f"{file} differs: is that meant? Then run `make snapshots`", *difference]
        raise AssertionError("\n".join(lines[:60]))


def write_anew() -> int:
    tests = [test for each in KEPT.values() for test in each]
    for folder in KEPT:
        rmtree(folder, ignore_errors=True)
    pytest.main(["-q", "--no-header", "--tb=no", "--no-summary", *tests])  # red: they write
    return pytest.main(["-q", "--no-header", *tests])


if __name__ == "__main__":
    sys.exit(write_anew())
