"""A database of one test's own, which it may stop, kill and start again at the same address, and
its replica."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from models.database.connections import connect
from models.postgres.server import NOT_DURABLE, SETTINGS, Server, start
from tests.clusters import TEMPLATE, copy_cluster, data_folder
from tests.free_ports import free_port

#: Plants a table without any partition, as if nobody had made them, and undoes it.
UNPARTITIONED = ("CREATE TABLE away (at date) PARTITION BY RANGE (at)", "DROP TABLE away")
_FOLLOWS = "SELECT pg_last_wal_replay_lsn() >= $1 AND EXISTS (TABLE pg_stat_wal_receiver)"
#: Changes something, and leaves it as it is.
WRITES = "COMMENT ON SCHEMA public IS 'written to'"


@dataclass
class Database:
    """A PostgreSQL that keeps its folder and its port."""

    folder: Path
    port: int
    settings: Mapping[str, str]
    _server: Server | None = None

    def start(self) -> None:
        settings = SETTINGS | dict(self.settings)
        self._server = start(self.folder, None, self.port, settings, attach=False)

    def stop(self) -> None:
        """In order: clients are notified and disconnected."""
        if self._server:
            self._server.stop()

    def kill(self, *others: int) -> None:
        """At once, with other processes of it: no client is notified."""
        assert self._server
        assert self._server.pid
        for pid in (self._server.pid, *others):
            with suppress(ProcessLookupError):  # has just ended by itself
                os.kill(pid, signal.SIGKILL)
        self._server.stop()

    def url(self, name: str = TEMPLATE) -> str:
        assert self._server
        return self._server.url(name)


@contextmanager
def own_database(made: Path, settings: Mapping[str, str] = NOT_DURABLE) -> Iterator[Database]:
    """On a copy of a data folder, such as `migrated_folder`, whose template it then is."""
    with data_folder() as folder:
        copy_cluster(made, folder)
        database = Database(folder, free_port(), settings)
        try:
            database.start()
            yield database
        finally:
            database.stop()


@asynccontextmanager
async def replica_of(primary: Database) -> AsyncIterator[Database]:
    """A copy that follows; the primary is stopped for as long as the copy takes."""
    login = urlsplit(primary.url())
    folder = primary.folder.with_name("replica")
    follows = f"host=127.0.0.1 port={primary.port} user={login.username} password={login.password}"
    primary.stop()
    _copy(primary, folder.name)
    primary.start()
    replica = Database(folder, free_port(), {"primary_conninfo": follows})
    replica.start()
    try:
        yield replica
    finally:
        replica.stop()
        shutil.rmtree(folder)


async def until_it_follows(primary: Database, replica: Database) -> None:
    """Until the replica has replayed a change of this moment. A server by itself writes records
    without a commit, and sends half of one until the next flush: only a commit has a time."""
    writer, administrator = await connect(primary.url()), await connect(replica.url())
    try:
        await writer.execute(f"SET synchronous_commit TO on; {WRITES}")
        written = await writer.fetchval("SELECT pg_current_wal_flush_lsn()")
        async with asyncio.timeout(20):
            while not await administrator.fetchval(_FOLLOWS, written):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    finally:
        await writer.close()
        await administrator.close()


def _copy(primary: Database, name: str) -> None:
    copy = primary.folder.with_name(name)
    subprocess.run(["cp", "-a", str(primary.folder), str(copy)], check=True)
    # A copy of any of its files belongs to the account of the server; the signal's name is enough.
    (data,) = [path.parent for path in copy.rglob("PG_VERSION") if (path.parent / "base").is_dir()]
    subprocess.run(["cp", "-a", str(data / "PG_VERSION"), str(data / "standby.signal")], check=True)
