"""Texts that are kept beside tests, each compared with what is made now.

To let something be different, delete its file and run its test, which writes it anew and is red
once. Then read the difference.
"""

from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path


def assert_as_kept(file: Path, lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        raise AssertionError(f"{file} was written: look at it, and run the test again")
    kept = file.read_text(encoding="utf-8")
    if text != kept:
        difference = unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", n=1)
        raise AssertionError("\n".join([str(file), *difference][:60]))
