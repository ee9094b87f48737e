"""PgBouncer in transaction mode before the test database, where the machine can have it."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from tests.free_ports import free_port
from tests.machine import needs, ordinary_user

#: Where `make test` unpacks Debian's, with the libraries that the machine lacks.
_UNPACKED = Path(__file__).resolve().parents[2] / ".tools" / "pooler"
PROGRAM = shutil.which(
    "pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:{_UNPACKED}"
)
ABSENT = "PgBouncer is not installed here (Debian: apt-get install pgbouncer)"
with_pgbouncer = needs("pooler", is_here=PROGRAM is not None, absent=ABSENT)
_PATIENCE_SECONDS = 10.0


@contextmanager
def pgbouncer(url: str, *, size: int, prepared_statements: int) -> Iterator[str]:
    """The address of a pooler with so many connections to a database."""
    address, port = make_url(url), free_port()
    folder = Path(tempfile.mkdtemp(prefix="gerbang-pooler-"))
    (folder / "users").write_text(f'"{address.username}" "{address.password}"\n')
    (folder / "ini").write_text(
        f"""
        [databases]
        * = host={address.host} port={address.port}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = {folder}/users
        pool_mode = transaction
        default_pool_size = {size}
        max_prepared_statements = {prepared_statements}
        max_client_conn = 200
        """
    )
    for part in (str(PROGRAM), *_UNPACKED.glob("*.so.*")):
        shutil.copy(part, folder)
    process = _start(folder)
    try:
        yield address.set(port=port).render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    """As nobody in particular where we are root, which PgBouncer refuses to be.

    Nobody may not look into folders of ours, so that all that is needed lies in this one.
    """
    account = ordinary_user()
    for path in (folder, *folder.iterdir()) if account else ():
        os.chown(path, account["user"], account["group"])
    return subprocess.Popen(
        [folder / "pgbouncer", "-q", folder / "ini"],
        cwd="/",
        env={**os.environ, "LD_LIBRARY_PATH": str(folder)},
        **account,
    )


async def answers(url: str) -> None:
    """Wait until the pooler lets somebody in."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection = await asyncpg.connect(url, statement_cache_size=0)
        except OSError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return
