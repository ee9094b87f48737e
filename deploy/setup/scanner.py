"""Brings ClamAV's daemon for the tests of scanned documents: Debian's package, unpacked and not
installed.

It comes without signatures, which the tests write. A machine without apt goes without, and those
tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import debian

SCANNER = Path(__file__).resolve().parents[2] / ".tools" / "scanner"


def main() -> None:
    if not (SCANNER / "clamd").exists():
        debian.bring("Debian's ClamAV", SCANNER, keep)


def keep(archive: debian.Archive) -> None:
    """The daemon, its certificates of signatures, and the libraries that this machine lacks."""
    tree = archive.unpack("clamav-daemon")
    debian.keep((*debian.libraries(tree), tree / "usr/sbin/clamd"), SCANNER)


if __name__ == "__main__":
    main()
