"""No Python file is longer than three screens, apart from the few that are read as one table."""

from collections.abc import Iterator

from checks.finding import Finding
from checks.sources import PACKAGES, Sources, python_files

MOST_LINES = 350
FOLDERS = (*PACKAGES, "bench", "checks", "deploy", "tests")
#: Files that may be longer, each with its reason.
LONGER = {
    "gateway/policy.py": "who reads and changes what, in one place",
    "tests/walls/field_rights.py": "a matrix that is written by hand, a line a field",
    "tests/walls/reach.py": "a matrix that is written by hand, a rule a role",
}


def check_lengths(sources: Sources) -> Iterator[Finding]:
    """Files that have grown too long, and exceptions that are not needed any more."""
    for folder in FOLDERS:
        for file in sorted(python_files(sources.root / folder)):
            length = file.read_text(encoding="utf-8").count("\n")
            is_longer = length > MOST_LINES
            may_be_longer = file.relative_to(sources.root).as_posix() in LONGER
            if is_longer and not may_be_longer:
                yield Finding(
                    file, length, f"has {length} lines, and a file has no more than {MOST_LINES}:"
                    " divide it by what it is about (checks/lengths.py lists the exceptions)",
                )  # fmt: skip
            elif may_be_longer and not is_longer:
                yield Finding(
                    file, length, f"has {length} lines, and needs to be no exception: remove it"
                    " from LONGER of checks/lengths.py",
                )  # fmt: skip
