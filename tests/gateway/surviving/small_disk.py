"""A database on a disk of its own, small enough to be filled."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from models.database.connections import connect
from tests.clusters import TEMPLATE
from tests.gateway.surviving.databases import Database

_SIZE = "64m"


@dataclass(frozen=True)
class SmallDisk:
    """A small disk with a database on it; ``url`` is its address for the owner."""

    url: str

    @asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Not a page more can be written meanwhile."""
        owner = await connect(self.url)
        try:
            await owner.execute("CREATE TABLE filler (text text STORAGE PLAIN)")
            for rows in (500, 50, 5, 1):
                await _fill(owner, rows)
            yield
        finally:
            await owner.execute("DROP TABLE IF EXISTS filler")
            await owner.close()


async def _fill(owner: asyncpg.Connection, rows: int) -> None:
    while True:
        try:
            await owner.execute(
                "INSERT INTO filler SELECT repeat('x', 8000) FROM generate_series(1, $1)", rows
            )
        except asyncpg.DiskFullError:
            return


@asynccontextmanager
async def small_disk(database: Database) -> AsyncIterator[SmallDisk]:
    """A copy of the migrated database on a small disk. Skips where none can be made."""
    with _mounted(database.folder.stat().st_uid) as place:
        administrator = await connect(database.url("postgres"))
        try:
            await administrator.execute(f"CREATE TABLESPACE small LOCATION '{place}/space'")
            copy = f"CREATE DATABASE small TEMPLATE {TEMPLATE} TABLESPACE small"
            await administrator.execute(copy)
            yield SmallDisk(database.url("small"))
        finally:
            await administrator.execute("DROP DATABASE IF EXISTS small WITH (FORCE)")
            await administrator.execute("DROP TABLESPACE IF EXISTS small")
            await administrator.close()


@contextmanager
def _mounted(account: int) -> Iterator[Path]:
    """A small file system, with a folder in it for the account of the server."""
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("mounting a small file system takes root")
    place = Path(tempfile.mkdtemp(prefix="gerbang-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0711", "gerbang", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        place.rmdir()
        pytest.skip("mounting a small file system is not allowed here")
    try:
        (place / "space").mkdir()
        os.chown(place / "space", account, -1)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()
