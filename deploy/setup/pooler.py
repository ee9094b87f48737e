"""Brings PgBouncer for the tests of a pooler: Debian's package, unpacked here and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
POOLER = ROOT / ".tools" / "pooler"


def main() -> None:
    if (POOLER / "pgbouncer").exists() or shutil.which("pgbouncer"):
        return
    print("Unpacking Debian's PgBouncer", flush=True)
    try:
        with debian.archive() as archive:
            tree = archive.unpack("pgbouncer")
            # With the libraries that this machine lacks, all in one folder.
            debian.keep((*debian.libraries(tree), tree / "usr" / "sbin" / "pgbouncer"), POOLER)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"The tests of a pooler will be skipped, PgBouncer cannot be had: {error}")


if __name__ == "__main__":
    main()
