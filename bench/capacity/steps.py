"""A large installation that stays on the disk, and steps that are measured on it, each once: what
is finished is kept in a file, so that a run can be cut off and resumed."""

import ctypes
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any, NamedTuple

import click
import psutil

from bench.measuring import processor_clock
from bench.world import DURABLE, prepare, prepare_keys
from models.database.connections import connected
from models.key_service import LocalKeyService, create_key_file
from models.key_service.preparing import prepare_store
from models.postgres import Server, running_postgres

#: Room for a machine of its own; the rest is as the embedded server has it.
_SETTINGS = {
    "shared_buffers": "2GB", "maintenance_work_mem": "512MB", "max_locks_per_transaction": "512",
}  # fmt: skip
_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8"
_MB = 2**20
#: The folder of the account's checkpoints.
CHECKPOINTS = "checkpoints"

#: What a step found, by name: numbers and texts, as JSON has them.
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Installation:
    """What is measured: a database with its key store, and the files of keys and checkpoints."""

    server: Server
    folder: Path
    keys: LocalKeyService
    key_store: str
    #: Applications of the world, with everything that belongs to them.
    applications: int
    #: Applications in all, once rows without people and account are copied beside them.
    inflated: int

    @property
    def url(self) -> str:
        return self.server.address("bench")

    @property
    def checkpoints(self) -> Path:
        return self.folder / CHECKPOINTS

    @property
    def key_settings(self) -> Mapping[str, str]:
        """The settings by which a gateway reaches its keys."""
        file = self.folder / "keys.json"
        return {"GERBANG_KEY_SERVICE": f"file:{file}", "GERBANG_KEY_STORE": self.key_store}


class Step(NamedTuple):
    """Something that is done once, and measured."""

    name: str
    work: Callable[[Installation], Awaitable[Figures]]


@asynccontextmanager
async def installation(
    folder: Path, applications: int, inflated: int
) -> AsyncIterator[Installation]:
    """The installation of a folder that is there, which is made where nothing is in it. Its seal
    keys are those of today."""
    with running_postgres(folder / "postgres", settings=DURABLE | _SETTINGS) as server:
        url, key_file = server.url("bench"), folder / "keys.json"
        await prepare(url)
        if create_key_file(key_file):
            store = await prepare_keys(url)
        else:
            store = server.address("keys")
            await prepare_store(store, store)
        keys = LocalKeyService.open(key_file, store)
        yield Installation(server, folder, keys, store, applications, inflated)


class StepResults:
    """The figures of finished steps, in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, Figures] = (
            json.loads(file.read_text("utf-8")) if file.exists() else {}
        )

    def of(self, step: str) -> Figures | None:
        """The figures of a step; None if it is not finished."""
        return self._kept.get(step)

    def finish(self, step: str, figures: Figures) -> None:
        self._kept[step] = figures
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self._kept, indent=1), encoding="utf-8")


async def take(it: Installation, steps: Sequence[Step], results: StepResults) -> None:
    """Take the steps that are not finished, in their order."""
    for step in steps:
        if results.of(step.name) is None:
            click.echo(f"{step.name} ...", err=True)
            figures = await _measure(it, step)
            results.finish(step.name, figures)
            click.echo(f"{step.name}: {figures['seconds']:.1f} s", err=True)


async def _measure(it: Installation, step: Step) -> Figures:
    clock = await processor_clock(it.url)
    async with connected(it.url) as connection:
        before: Any = await connection.fetchval(_WRITTEN)
        with _watching_memory(it.server.pid) as memory:
            began, spent = perf_counter(), clock()
            found = await step.work(it)
            seconds, spent = perf_counter() - began, clock() - spent
        after: Any = await connection.fetchval(_WRITTEN)
    return {
        "seconds": seconds, "processor": spent, "own_mb": memory.own,
        "grown_mb": memory.own - memory.before,
        "server_mb": memory.server,
        "wal": after - before, **found,
    }  # fmt: skip


class _Memory:
    """The most that this process held, and the processes of a server beside what they share."""

    before = 0.0
    own = 0.0
    server = 0.0

    def look(self, own: psutil.Process, server: psutil.Process) -> None:
        self.own = max(self.own, own.memory_info().rss / _MB)
        held = 0.0
        for process in server.children():
            with suppress(psutil.Error):
                info = process.memory_info()
                held += (info.rss - getattr(info, "shared", 0)) / _MB
        self.server = max(self.server, held)


@contextmanager
def _watching_memory(server: int | None) -> Iterator[_Memory]:
    """Looks ten times a second; what earlier steps left is given back first."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    memory, stop = _Memory(), Event()
    processes = psutil.Process(), psutil.Process(server)

    def watch() -> None:
        while not stop.wait(0.1):
            memory.look(*processes)

    memory.look(*processes)
    memory.before = memory.own
    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        stop.set()
        watcher.join()


def percentiles(milliseconds: Sequence[float]) -> Figures:
    """The median and the 99th percentile."""
    ordered = sorted(milliseconds)
    return {
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
        "times": len(ordered),
    }
