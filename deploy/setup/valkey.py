"""Brings Valkey for the tests of shared sessions: Debian's package, unpacked and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
VALKEY = ROOT / ".tools" / "valkey"


def main() -> None:
    if (VALKEY / "valkey-server").exists() or shutil.which("valkey-server"):
        return
    print("Unpacking Debian's Valkey", flush=True)
    try:
        with debian.archive() as archive:
            keep(archive.unpack("valkey-server", "valkey-tools"))
    except (OSError, subprocess.SubprocessError) as error:
        print(f"The tests of shared sessions will be skipped, Valkey cannot be had: {error}")


def keep(tree: Path) -> None:
    """The server and the libraries that this machine lacks, beside each other."""
    partial = VALKEY.with_name("valkey.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    server = (tree / "usr" / "bin" / "valkey-server").resolve()
    shutil.copy(server, partial / "valkey-server")
    for library in debian.libraries(tree):
        shutil.copy(library, partial)
    shutil.rmtree(VALKEY, ignore_errors=True)
    partial.rename(VALKEY)


if __name__ == "__main__":
    main()
