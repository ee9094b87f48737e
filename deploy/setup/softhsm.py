"""Brings SoftHSM for the tests of keys in a token: Debian's package, unpacked and not installed.

Its library and its tool lie in ``.tools/softhsm``. A machine without apt goes without, and those
tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import debian

SOFTHSM = Path(__file__).resolve().parents[2] / ".tools" / "softhsm"


def main() -> None:
    if not (SOFTHSM / "libsofthsm2.so").exists():
        debian.bring("Debian's SoftHSM", SOFTHSM, keep)


def keep(archive: debian.Archive) -> None:
    """The module, the tool that makes tokens, and the libraries that this machine lacks."""
    tree = archive.unpack("softhsm2")
    module = tree / "usr/lib/softhsm/libsofthsm2.so"
    debian.keep((*debian.libraries(tree), module, tree / "usr/bin/softhsm2-util"), SOFTHSM)


if __name__ == "__main__":
    main()
