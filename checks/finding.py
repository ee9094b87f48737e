"""What a check has found: where, and what is to be done."""

from pathlib import Path
from typing import NamedTuple


class Finding(NamedTuple):
    """Something unfinished: the place where it belongs, and a sentence."""

    file: Path
    line: int
    sentence: str


class LookupFailedError(Exception):
    """A check looks for a name of the code that is not there any more, or there twice."""


def show(finding: Finding, root: Path) -> str:
    file = finding.file.relative_to(root) if finding.file.is_relative_to(root) else finding.file
    return f"{file}:{finding.line}: {finding.sentence}"
