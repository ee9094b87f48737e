"""A temporary PostgreSQL for a test run or a measurement."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from models.postgres.server import Server, running_postgres

# The data is thrown away, so durability is not needed.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def temporary_postgres(
    *, binaries: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server on a fresh data folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-"))
    folder.chmod(0o711)  # when we are root, the server's account passes through
    try:
        with running_postgres(
            folder / "postgres", binaries=binaries, settings=NOT_DURABLE | dict(settings or {})
        ) as server:
            yield server
    finally:
        shutil.rmtree(folder)
