"""Debian's packages, unpacked into a folder and not installed: it takes no rights.

Nothing of the machine is changed. What the machine already has is not fetched again. Where a
machine cannot have a package, the reason is left beside its folder, for the tests to skip with.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
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
_STARTER = """#!/bin/sh
LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export LD_LIBRARY_PATH
{runs}
"""
_RUNS = 'exec "{program}" "$@"'


class UnavailableError(Exception):
    """This machine cannot have the package: it has no apt, or apt does not know it."""


class Archive:
    """What this machine's apt can fetch, asked once."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (scratch / folder).mkdir(parents=True)
        try:
            self._apt("apt-get", "update")
        except subprocess.SubprocessError as error:
            raise UnavailableError(f"apt reaches no archive: {error}") from error

    def names(self, pattern: str) -> list[str]:
        """The packages whose name matches a regular expression."""
        lines = self._apt("apt-cache", "search", "--names-only", pattern).splitlines()
        return [line.split()[0] for line in lines if line.strip()]

    def unpack(self, *packages: str) -> Path:
        """The packages, and what they need beyond this machine, as one tree (``usr``, ``etc``)."""
        for package in packages:
            if not self.names(f"^{package}$"):
                raise UnavailableError(f"apt reaches no archive that has {package}")
        self._apt("apt-get", "install", "--yes", "--download-only", "--reinstall",
                  "--no-install-recommends", *packages)  # fmt: skip
        tree = self._scratch / "tree"
        for package in (self._scratch / "cache" / "archives").glob("*.deb"):
            _run("dpkg-deb", "--extract", str(package), str(tree))
        return tree

    def _apt(self, program: str, *command: str) -> str:
        return _run(program, *(part.format(self._scratch) for part in OPTIONS), *command)


def bring(what: str, folder: Path, keep: Callable[[Archive], None]) -> None:
    """Unpack something, or say why the tests go without; in CI a failure ends the set-up."""
    reason = folder.with_name(f"{folder.name}.absent")
    print(f"Unpacking {what}", flush=True)
    try:
        with archive() as opened:
            keep(opened)
        reason.unlink(missing_ok=True)
    except UnavailableError as error:
        print(f"Some tests will be skipped, {what} cannot be had: {error}")
        reason.write_text(f"{error}\n")
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{what} could not be unpacked: {error}")
        if os.environ.get("CI"):
            sys.exit(1)


@contextmanager
def archive() -> Iterator[Archive]:
    """Raises UnavailableError where apt cannot be asked."""
    if not shutil.which("apt-get"):
        raise UnavailableError("this machine has no apt")
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


def keep_programs(tree: Path, folder: Path, programs: Iterable[str], runs: str = _RUNS) -> None:
    """Move an unpacked tree into a folder, with a starter in ``bin`` for each of some programs of
    it: they find their own files by relative paths, while libraries have to be named.

    ``runs`` is the last line of each starter; in it, {tree} is the folder and {program} its path.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.move(tree, partial)
    found = {str(folder / each.parent.relative_to(partial)) for each in libraries(partial)}
    (partial / "bin").mkdir()
    for program in programs:
        line = runs.format(tree=folder, program=folder / program)
        starter = partial / "bin" / Path(program).name
        starter.write_text(_STARTER.format(libraries=":".join(sorted(found)), runs=line))
        starter.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def libraries(tree: Path) -> list[Path]:
    """The shared libraries of an unpacked tree."""
    return sorted(tree.glob("usr/lib/*-linux-*/*.so*"))


def _run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS)
    return done.stdout
