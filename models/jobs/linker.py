"""The LINKER's work in the keeper and by command: links what is committed, indexes everybody anew,
and lets nobody wait for a person whom nobody can read."""

import asyncio
import time
from collections.abc import Iterable
from functools import partial
from uuid import UUID

import asyncpg

from models.account import AccountError
from models.database.connections import connect
from models.jobs.linking import index_people, link_cases, screen_bans
from models.jobs.look_ups import open_look_ups
from models.jobs.scheduler import Job, Jobs, keep_working
from models.jobs.visa_documents import issue_documents
from models.key_service import KeyService, KeyServiceError
from models.person.vault import UnreadableError, VaultError
from models.supervision.alert import raise_tampering

#: The channel on which PostgreSQL notifies that something committed is to be linked.
CHANNEL = "gerbang_unlinked"

_EVERY_SECONDS = 5.0
#: How long whom nobody can read is left aside.
_TRIED_AGAIN_AFTER_SECONDS = 60.0
_INDEXED_AT_ONCE = 1_000


async def keep_linking(
    keys: KeyService,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Link what is committed, as soon as PostgreSQL notifies of it, until ``stop`` is set."""
    job = (jobs or Jobs()).add(link_cases.__name__, every)
    work = partial(_link_when_notified, keys, url, stop, job)
    await keep_working(work, stop, job, after=(AccountError, KeyServiceError))


async def _link_when_notified(keys: KeyService, url: str, stop: asyncio.Event, job: Job) -> None:
    connection, notified = await connect(url), asyncio.Event()
    unreadable = _Unreadable()
    try:
        await connection.add_listener(CHANNEL, lambda *_: notified.set())
        while not stop.is_set():
            notified.clear()
            if not await job.record_pass(_link_and_screen(keys, connection, unreadable, job)):
                await _wait_until_notified_or_due(stop, notified, job.every)
    finally:
        await connection.close()


async def _link_and_screen(
    keys: KeyService, connection: asyncpg.Connection, unreadable: "_Unreadable", job: Job
) -> int:
    """Link a batch of cases, compare everybody with a batch of bans, and issue documents; return
    how many.

    Whom nobody can read is left aside: a case that is not linked is not granted, and nobody else
    waits for it.
    """
    done = 0
    for work in (link_cases, screen_bans, issue_documents, open_look_ups):
        try:
            done += await work(keys, connection, leaving=unreadable.now())
        except UnreadableError as error:
            job.note_failure(error)
            unreadable.add(error.subjects)
            if isinstance(error, VaultError):
                await raise_tampering(connection, error.tampered)
            done += len(error.subjects)  # the others of the batch are next
    return done


async def index_everybody(keys: KeyService, connection: asyncpg.Connection) -> frozenset[UUID]:
    """Index applicants whom the key that writes has not indexed; return those whom nobody can read,
    who are left as they are."""
    unreadable, last = frozenset[UUID](), UUID(int=0)
    while True:
        try:
            found = await index_people(keys, connection, last, _INDEXED_AT_ONCE, unreadable)
        except UnreadableError as error:
            unreadable |= error.subjects
            if isinstance(error, VaultError):
                await raise_tampering(connection, error.tampered)
            continue
        if found is None:
            return unreadable
        last = found


class _Unreadable:
    """Applicants and entries of the ban list that nobody could read, until each is tried again."""

    def __init__(self) -> None:
        self._until: dict[UUID, float] = {}

    def now(self) -> list[UUID]:
        now = time.monotonic()
        self._until = {subject: until for subject, until in self._until.items() if until > now}
        return list(self._until)

    def add(self, subjects: Iterable[UUID]) -> None:
        self._until |= dict.fromkeys(subjects, time.monotonic() + _TRIED_AGAIN_AFTER_SECONDS)


async def _wait_until_notified_or_due(
    stop: asyncio.Event, notified: asyncio.Event, seconds: float
) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (stop, notified)]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
