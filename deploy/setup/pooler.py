"""Brings PgBouncer for the tests of a pooler: Debian's packages, unpacked here and not installed.

A machine without apt goes without, and those tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POOLER = ROOT / ".tools" / "pooler"
#: apt, with folders of its own: it asks for no rights, and nothing of the machine is changed.
APT = (
    "apt-get", "--quiet", "--yes", "--option=Dir::State={0}/state", "--option=Dir::Cache={0}/cache",
    "--option=Dir::State::status=/var/lib/dpkg/status", "--option=Debug::NoLocking=1",
    "--option=APT::Sandbox::User=root",
    "--option=Acquire::http::Timeout=20", "--option=Acquire::https::Timeout=20",
)  # fmt: skip
SECONDS = 120


def main() -> None:
    if (POOLER / "pgbouncer").exists() or shutil.which("pgbouncer") or not shutil.which("apt-get"):
        return
    print("Unpacking Debian's PgBouncer", flush=True)
    with tempfile.TemporaryDirectory(prefix="gerbang-setup-") as scratch:
        try:
            unpack(Path(scratch))
        except (OSError, subprocess.SubprocessError) as error:
            print(f"The tests of a pooler will be skipped, PgBouncer cannot be had: {error}")


def unpack(scratch: Path) -> None:
    """The program and the libraries that this machine lacks, beside each other."""
    apt(scratch, "update")
    apt(scratch, "install", "--download-only", "--no-install-recommends", "pgbouncer")
    for package in (scratch / "cache" / "archives").glob("*.deb"):
        run("dpkg-deb", "--extract", str(package), str(scratch / "unpacked"))
    partial = POOLER.with_name("pooler.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for library in (scratch / "unpacked").glob("usr/lib/*/*.so.*"):
        shutil.copy(library, partial)
    shutil.copy(scratch / "unpacked" / "usr" / "sbin" / "pgbouncer", partial)
    shutil.rmtree(POOLER, ignore_errors=True)
    partial.rename(POOLER)


def apt(scratch: Path, *command: str) -> None:
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (scratch / folder).mkdir(parents=True, exist_ok=True)
    run(*(part.format(scratch) for part in APT), *command)


def run(*command: str) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=SECONDS)


if __name__ == "__main__":
    main()
