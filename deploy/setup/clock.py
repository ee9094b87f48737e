"""Brings libfaketime for the tests over midnight: Debian's package, unpacked and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
CLOCK = ROOT / ".tools" / "clock"


def main() -> None:
    if CLOCK.exists():
        return
    debian.bring("Debian's libfaketime", CLOCK, keep)


def keep(archive: debian.Archive) -> None:
    """The library alone: it is loaded into the programs of a test."""
    tree = archive.unpack("libfaketime")
    debian.keep(tree.glob("usr/lib/*/faketime/*.so.*"), CLOCK)


if __name__ == "__main__":
    main()
