"""Brings libfaketime for the tests over midnight: Debian's package, unpacked and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
CLOCK = ROOT / ".tools" / "clock"


def main() -> None:
    if CLOCK.exists() or not shutil.which("apt-get"):
        return
    print("Unpacking Debian's libfaketime", flush=True)
    try:
        with debian.archive() as archive:
            tree = archive.unpack("libfaketime")
            # The library alone: it is loaded into the programs of a test.
            debian.keep(tree.glob("usr/lib/*/faketime/*.so.*"), CLOCK)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"The tests over midnight will be skipped, libfaketime cannot be had: {error}")


if __name__ == "__main__":
    main()
