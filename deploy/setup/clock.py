"""Brings libfaketime for the tests over midnight: Debian's package, unpacked and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pooler import ROOT, apt, run

CLOCK = ROOT / ".tools" / "clock"


def main() -> None:
    if CLOCK.exists() or not shutil.which("apt-get"):
        return
    print("Unpacking Debian's libfaketime", flush=True)
    with tempfile.TemporaryDirectory(prefix="gerbang-setup-") as scratch:
        try:
            unpack(Path(scratch))
        except (OSError, subprocess.SubprocessError) as error:
            print(f"The tests over midnight will be skipped, libfaketime cannot be had: {error}")


def unpack(scratch: Path) -> None:
    apt(scratch, "update")
    apt(scratch, "install", "--download-only", "--no-install-recommends", "libfaketime")
    for package in (scratch / "cache" / "archives").glob("*.deb"):
        run("dpkg-deb", "--extract", str(package), str(scratch / "unpacked"))
    partial = CLOCK.with_name("clock.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for library in (scratch / "unpacked").glob("usr/lib/*/faketime/*.so.*"):
        shutil.copy(library, partial)
    partial.rename(CLOCK)


if __name__ == "__main__":
    main()
