"""A database of one test's own, which it may stop, kill and start again at the same address."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from models.postgres.server import NOT_DURABLE, SETTINGS, Server, start
from tests.clusters import TEMPLATE, copy_cluster, data_folder
from tests.free_ports import free_port

#: Plants a table without any partition, as if nobody had made them, and undoes it.
UNPARTITIONED = ("CREATE TABLE away (at date) PARTITION BY RANGE (at)", "DROP TABLE away")


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
