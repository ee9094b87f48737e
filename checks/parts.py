"""`python -m checks.parts`: every part of `make check`, whatever the others find."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_PROGRAMS = Path(sys.executable).parent

Commands = Mapping[str, Sequence[str]]

#: The longest goes beside the others.
TYPES: Commands = {"types": ("basedpyright",)}
OTHERS: Commands = {
    "format": ("ruff", "format", "--check"),
    "lint": ("ruff", "check"),
    "what is half done": ("python", "-m", "checks"),
    "import contracts": ("lint-imports",),
    "generated files": ("gerbang", "snapshots", "--check"),
}


def run_parts(*lanes: Commands) -> list[str]:
    """Run the parts of each lane one after the other, and the lanes side by side.

    Prints what each part says when it has ended. Returns the names of those that failed.
    """
    with ThreadPoolExecutor(len(lanes)) as threads:
        return [name for failed in threads.map(_run_lane, lanes) for name in failed]


def _run_lane(parts: Commands) -> list[str]:
    return [name for name, command in parts.items() if not _passes(command)]


def _passes(command: Sequence[str]) -> bool:
    program, *arguments = command
    done = subprocess.run(
        [_PROGRAMS / program, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    return done.returncode == 0


def main() -> None:
    names = (*OTHERS, *TYPES)
    if failed := run_parts(OTHERS, TYPES):
        sys.exit(f"make check: {len(failed)} of {len(names)} failed: {', '.join(failed)}")
    sys.stdout.write(f"make check: {', '.join(names)}: all good\n")


if __name__ == "__main__":
    main()
