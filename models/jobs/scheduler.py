"""Runs jobs repeatedly until stopped, and tracks their health."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

from models.database.connections import CONNECTION_ERRORS, connected
from models.logs import PLACE, facts

log = logging.getLogger(__name__)

#: Does one batch of a job and returns the number of rows; 0 if nothing is left to do.
Batch = Callable[[asyncpg.Connection], Awaitable[int]]

#: A job counts as stalled if it has not succeeded for this long plus this many intervals.
_PATIENCE_SECONDS = 120.0
_PASSES_MISSED = 3


@dataclass(slots=True)
class Job:
    """The state of one job. Instants are seconds since 1970."""

    name: str
    #: How often a pass is due, seconds.
    every: float
    patience: float = _PATIENCE_SECONDS
    added_at: float = field(default_factory=time.time)
    succeeded_at: float | None = None
    passes: int = 0
    failures: int = 0
    #: Total over all passes.
    rows: int = 0
    #: The duration of the last pass.
    seconds: float = 0.0

    async def record_pass(self, work: Awaitable[int]) -> int:
        """Run and record one pass; return its rows. Exceptions propagate."""
        began = time.monotonic()
        rows = await work
        self.seconds = time.monotonic() - began
        self.passes += 1
        self.rows += rows
        self.succeeded_at = time.time()
        if rows:
            milliseconds = round(self.seconds * 1000, 1)
            log.info("keeper pass", extra=facts(job=self.name, rows=rows, ms=milliseconds))
        return rows

    def note_nothing_due(self) -> None:
        """Record a check that found nothing due."""
        self.succeeded_at = time.time()

    def note_failure(self, error: Exception) -> None:
        self.failures += 1
        # The type only: the message may contain personal data of a row.
        extra = {PLACE: self.name}  # a job that fails too is no repetition
        log.warning("%s is not done: %s", self.name, type(error).__name__, extra=extra)

    @property
    def late_after(self) -> float:
        """How many seconds after its last success it counts as stalled."""
        return self.patience + _PASSES_MISSED * self.every

    def is_stalled(self, now: float) -> bool:
        """Whether its last success is too long ago."""
        return now - (self.succeeded_at or self.added_at) > self.late_after


class Jobs:
    """The jobs of a process."""

    def __init__(self) -> None:
        self.all: dict[str, Job] = {}

    def add(self, name: str, every: float, patience: float = _PATIENCE_SECONDS) -> Job:
        return self.all.setdefault(name, Job(name, every, patience))

    def stalled_jobs(self) -> list[str]:
        """The names of stalled jobs."""
        now = time.time()
        return [job.name for job in self.all.values() if job.is_stalled(now)]


async def run_repeatedly(
    batch: Batch, url: str, stop: asyncio.Event, every: float, jobs: Jobs | None = None
) -> None:
    """Run batches until ``stop`` is set; after a connection error pause and reconnect."""
    job = (jobs or Jobs()).add(batch.__name__, every)
    await keep_working(lambda: run_on_one_connection(batch, url, stop, job), stop, job)


async def keep_working(
    work: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    job: Job,
    after: tuple[type[Exception], ...] = (),
    again: float | None = None,
) -> None:
    """Do work that goes on until ``stop`` is set.

    After an error of its connection, or one of those given, pause and start again: after the time
    between two passes, or after ``again`` seconds.
    """
    while not stop.is_set():
        try:
            await work()
        except (*CONNECTION_ERRORS, *after) as error:
            job.note_failure(error)
            await pause(stop, job.every if again is None else again)


async def run_on_one_connection(batch: Batch, url: str, stop: asyncio.Event, job: Job) -> None:
    """Run batches until ``stop`` is set, with a pause where nothing is left to do."""
    async with connected(url) as connection:
        while not stop.is_set():
            if not await job.record_pass(batch(connection)):
                await pause(stop, job.every)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
