"""A clock that can be moved for PostgreSQL and other programs, where libfaketime is."""

import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.postgres import Server
from models.postgres.binaries import find_binaries
from models.postgres.server import NOT_DURABLE, running_postgres
from tests.machine import needs

#: Where `make proof` unpacks Debian's, and where its package puts it.
_FOLDERS = (
    Path(__file__).resolve().parents[2] / ".tools" / "clock",
    *Path("/usr/lib").glob("*/faketime"),
)
LIBRARY = next((it / "libfaketimeMT.so.1" for it in _FOLDERS if it.is_dir()), None)
ABSENT = "libfaketime is not installed here (Debian: apt-get install faketime)"
with_moved_clock = needs("clock", is_here=LIBRARY is not None, absent=ABSENT)


@dataclass
class Clock:
    """The clock of the programs that are started in its environment; it is right at first."""

    folder: Path
    ahead_seconds: float = 0

    def __post_init__(self) -> None:
        shutil.copy(str(LIBRARY), self.folder)
        self.move(0)

    def move(self, seconds: float) -> None:
        """Let it be so far ahead; waiting takes as long as ever."""
        self.ahead_seconds = seconds
        fresh = self.folder / "clock.new"
        fresh.write_text(f"{seconds:+.3f}\n")
        fresh.chmod(0o644)
        fresh.rename(self.folder / "clock")

    def now(self) -> float:
        return time.time() + self.ahead_seconds

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.folder / Path(str(LIBRARY)).name),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@contextmanager
def clock() -> Iterator[Clock]:
    folder = Path(tempfile.mkdtemp(prefix="gerbang-"))
    folder.chmod(0o711)  # when we are root, the server's account passes through
    try:
        yield Clock(folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgres_by(moved: Clock) -> Iterator[Server]:
    """A server that lives by a clock: our launcher hands no environment on, so a script does."""
    programs = find_binaries().copy_to(moved.folder)
    program = programs.folder / "postgres"
    program.rename(program.with_name("postgres.real"))
    exported = (f"export {name}={shlex.quote(it)}" for name, it in moved.environment.items())
    run = f'exec {shlex.quote(str(program))}.real "$@"'
    program.write_text("\n".join(("#!/bin/sh", *exported, run, "")))
    program.chmod(0o755)
    with running_postgres(
        moved.folder / "data" / "postgres", binaries=programs.folder, settings=NOT_DURABLE
    ) as server:
        yield server


@contextmanager
def started_by(moved: Clock) -> Iterator[None]:
    """Whatever is started meanwhile lives by the clock."""
    before = dict(os.environ)
    os.environ.update(moved.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
