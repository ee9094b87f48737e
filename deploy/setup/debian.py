"""Debian's packages, unpacked into a folder and not installed: it takes no rights.

Nothing of the machine is changed. What the machine already has is not fetched again.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: apt, with lists and a cache of its own below a folder.
OPTIONS = (
    "--quiet", "--option=Dir::State={0}/state", "--option=Dir::Cache={0}/cache",
    "--option=Dir::State::status=/var/lib/dpkg/status", "--option=Debug::NoLocking=1",
    "--option=APT::Sandbox::User=root",
    "--option=Acquire::http::Timeout=20", "--option=Acquire::https::Timeout=20",
)  # fmt: skip
SECONDS = 120


class Archive:
    """What this machine's apt can fetch, asked once."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (scratch / folder).mkdir(parents=True)
        self._apt("apt-get", "update")

    def names(self, pattern: str) -> list[str]:
        """The packages whose name matches a regular expression."""
        lines = self._apt("apt-cache", "search", "--names-only", pattern).splitlines()
        return [line.split()[0] for line in lines if line.strip()]

    def unpack(self, *packages: str) -> Path:
        """The packages, and what they need beyond this machine, as one tree (``usr``, ``etc``)."""
        self._apt("apt-get", "install", "--yes", "--download-only", "--reinstall",
                  "--no-install-recommends", *packages)  # fmt: skip
        tree = self._scratch / "tree"
        for package in (self._scratch / "cache" / "archives").glob("*.deb"):
            _run("dpkg-deb", "--extract", str(package), str(tree))
        return tree

    def _apt(self, program: str, *command: str) -> str:
        return _run(program, *(part.format(self._scratch) for part in OPTIONS), *command)


@contextmanager
def archive() -> Iterator[Archive]:
    """Raises OSError or SubprocessError where apt cannot be asked."""
    if not shutil.which("apt-get"):
        raise OSError("this machine has no apt")
    with tempfile.TemporaryDirectory(prefix="gerbang-setup-") as scratch:
        yield Archive(Path(scratch))


def keep(files: Iterable[Path], folder: Path) -> None:
    """Copy files into a folder, which is there with all of them or not at all."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for file in files:
        shutil.copy(file, partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def libraries(tree: Path) -> list[Path]:
    """The shared libraries of an unpacked tree."""
    return sorted(tree.glob("usr/lib/*-linux-*/*.so*"))


def _run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS)
    return done.stdout
