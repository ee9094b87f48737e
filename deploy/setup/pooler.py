"""Brings PgBouncer for the tests of a pooler: Debian's package, unpacked here and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
POOLER = ROOT / ".tools" / "pooler"


def main() -> None:
    if (POOLER / "pgbouncer").exists() or shutil.which("pgbouncer"):
        return
    debian.bring("Debian's PgBouncer", POOLER, keep)


def keep(archive: debian.Archive) -> None:
    """The program and the libraries that this machine lacks, beside each other."""
    tree = archive.unpack("pgbouncer")
    debian.keep((*debian.libraries(tree), tree / "usr" / "sbin" / "pgbouncer"), POOLER)


if __name__ == "__main__":
    main()
