"""Brings Valkey for the tests of shared sessions: Debian's package, unpacked and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
VALKEY = ROOT / ".tools" / "valkey"


def main() -> None:
    if (VALKEY / "valkey-server").exists() or shutil.which("valkey-server"):
        return
    debian.bring("Debian's Valkey", VALKEY, keep)


def keep(archive: debian.Archive) -> None:
    """The server and the libraries that this machine lacks, beside each other."""
    tree = archive.unpack("valkey-server", "valkey-tools")
    server = tree / "usr" / "bin" / "valkey-server"
    debian.keep((*debian.libraries(tree), server), VALKEY)


if __name__ == "__main__":
    main()
