"""Brings Debian's PostgreSQL (TLS, ICU) for the tests of a real installation, not installed.

Its programs lie in ``.tools/debian-postgres/bin``, each started with the libraries that this
machine lacks; its version stands in ``.tools/debian-postgres/package``. A machine without apt goes
without, and those tests are skipped.
"""

from __future__ import annotations

import re
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = ROOT / ".tools" / "debian-postgres"
WANTED, PATTERN = 17, r"^postgresql-[0-9]+$"


def main() -> None:
    if (POSTGRES / "bin" / "postgres").exists():
        return
    debian.bring("Debian's PostgreSQL", POSTGRES, keep)


def keep(archive: debian.Archive) -> None:
    package = newest_that_suits(archive.names(PATTERN))
    tree = archive.unpack(package, package.replace("postgresql", "postgresql-client"))
    (tree / "package").write_text(f"{package}\n")
    programs = [str(each.relative_to(tree)) for each in tree.glob("usr/lib/postgresql/*/bin/*")]
    debian.keep_programs(tree, POSTGRES, programs)


def newest_that_suits(packages: list[str]) -> str:
    """Version 17, the oldest that Gerbang supports; else the newest, which is told."""
    majors = sorted(int(re.sub(r"\D", "", name)) for name in packages)
    if not majors or majors[-1] < WANTED:
        raise debian.UnavailableError(f"apt knows no PostgreSQL of version {WANTED} or newer")
    if WANTED not in majors:
        print(f"apt knows no PostgreSQL {WANTED}: taking {majors[-1]}")
    return f"postgresql-{WANTED if WANTED in majors else majors[-1]}"


if __name__ == "__main__":
    main()
