"""The servers of a run: the first worker to need one makes its data folder, the others copy it.

To make one takes half a second of the processor, to migrate a database in it two more; to copy
both takes a tenth. What is copied is as old as the run.
"""

import asyncio
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from models.database.connections import connected
from models.postgres import Server, running_postgres
from models.postgres.server import NOT_DURABLE

#: Of a folder of `running_postgres`; whatever else is there, it makes again.
COPIED = ("cluster", "password")

#: A migrated database that others are copied from.
TEMPLATE = "template_gerbang"

#: Nothing is tidied up behind a test's back, and passwords made here are hashed once: thousands of
#: connections would hash them 4,096 times each, at both ends.
QUICK = NOT_DURABLE | {"autovacuum": "off", "scram_iterations": "1"}

DISK = Path("/var/tmp")
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
_OURS = "gerbang-"

Fill = Callable[[Server], Coroutine[Any, Any, None]]


class Clusters:
    """Data folders that servers are started on, in a folder that the workers of a run share."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    def make(self, name: str, fill: Fill | None = None) -> Path:
        """The folder of a name, which one worker makes while the others wait."""
        made = self._shared / name
        with (self._shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                partial = self._shared / f"{name}.partial"
                with data_folder() as folder:
                    with running_postgres(folder, settings=QUICK) as server:
                        asyncio.run(hash_once(server.address("postgres")))
                        if fill is not None:
                            asyncio.run(fill(server))
                    copy_cluster(folder, partial)
                partial.rename(made)
        return made


async def hash_once(url: str, login: str = "") -> None:
    """Set the password of the login in a URL anew, by default that of the one who sets it, as the
    server hashes passwords now."""
    async with connected(url) as connection:
        of = urlsplit(login or url)
        password = unquote(of.password or "").replace("'", "''")
        await connection.execute(f"ALTER ROLE {of.username} PASSWORD '{password}'")


@contextmanager
def copied_postgres(made: Path) -> Iterator[Server]:
    """A server on a copy of a data folder, which is removed afterwards."""
    with data_folder() as folder:
        copy_cluster(made, folder)
        with running_postgres(folder, settings=QUICK) as server:
            yield server


@contextmanager
def data_folder(place: Path | None = None) -> Iterator[Path]:
    """A folder for the data of a server, which its account can reach, unlike those of pytest. It is
    in a place, or else where it costs the least."""
    around = Path(tempfile.mkdtemp(prefix=f"{_OURS}{os.getpid()}-", dir=place or _place()))
    around.chmod(0o711)
    try:
        yield around / "postgres"
    finally:
        shutil.rmtree(around)


@cache
def _place() -> Path:
    """Memory, where there is enough: a database is more than a thousand files, which a disk takes
    four times the processor to copy. What runs that were killed have left there is removed."""
    if not (_MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM):
        return DISK
    for left in _MEMORY.glob(f"{_OURS}*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            shutil.rmtree(left, ignore_errors=True)  # another worker removes it, too
    return _MEMORY


def copy_cluster(source: Path, target: Path) -> None:
    """With the owners of the files, which Python's own copying does not keep."""
    target.mkdir(mode=0o700)
    files = [source / name for name in COPIED]
    subprocess.run(["cp", "-a", *files, target], check=True)
