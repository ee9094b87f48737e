"""The keeper's work on the account: it integrates what was committed, signs a checkpoint of it, and
drops entries that are old enough.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Protocol

import asyncpg

from models.account import (
    AccountError,
    CheckpointFolder,
    HeldMeanwhileError,
    drop_of_age,
    drop_partition,
    find_of_age,
    integrate,
    partitions_of_age,
    renew_signatures,
    sign_checkpoint,
)
from models.account.cosignatures import Witness
from models.account.notes import Checkpoint
from models.database.connections import CONNECTION_ERRORS, connected
from models.database.locking import LockedError
from models.jobs.scheduler import Job, Jobs, keep_working, pause
from models.key_service import KeyService, KeyServiceError, KeyUse, ListsReceipts

log = logging.getLogger(__name__)

#: What is committed is signed within this time.
SIGNED_EVERY_SECONDS = 10.0
#: Where nothing happens, a checkpoint a minute still says that the keeper is there.
_IDLE_SECONDS = 60.0
_KEPT_EVERY_SECONDS = 3_600.0


class Sequencer:
    """Integrates and signs, one pass after another."""

    def __init__(
        self, keys: KeyService, folder: CheckpointFolder, witnesses: Sequence[Witness] = ()
    ) -> None:
        self._keys = keys
        self._witnesses = witnesses
        self._folder = folder
        self._signed_at = float("-inf")
        self._kept_at = float("-inf")
        #: Those that were accepted in the last pass.
        self._public_keys: list[bytes] = []

    async def sequence(self, connection: asyncpg.Connection) -> int:
        """Integrate all that is committed, and sign it; return how many entries that were.

        Raises AccountError if the account is not what was signed: nothing is signed any more then,
        until somebody has looked.
        """
        entries = 0
        while batch := await integrate(connection):
            entries += batch
        entries += await self._renew_signatures(connection)
        if entries or time.monotonic() - self._signed_at >= _IDLE_SECONDS:
            await sign_checkpoint(connection, self._keys, self._folder, witnesses=self._witnesses)
            self._signed_at = time.monotonic()
        await self._keep_days()
        return entries

    async def _keep_days(self) -> None:
        """Once an hour: what was signed on a day that is over goes into files of that day."""
        if time.monotonic() - self._kept_at >= _KEPT_EVERY_SECONDS:
            self._kept_at = time.monotonic()
            await asyncio.to_thread(self._folder.keep_days)

    async def _renew_signatures(self, connection: asyncpg.Connection) -> int:
        """Sign old records again after a rotation, before its first checkpoint: then the old key
        may go."""
        public = list((await self._keys.public_keys(KeyUse.CHECKPOINT)).values())
        if public == self._public_keys:
            return 0
        renewed = await renew_signatures(connection, self._keys, self._folder)
        self._public_keys = public
        return await integrate(connection) if renewed else 0


async def keep_account(
    keys: KeyService,
    folder: CheckpointFolder,
    witnesses: Sequence[Witness],
    url: str,
    stop: asyncio.Event,
    every: float = SIGNED_EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Integrate and sign until ``stop`` is set; report a failure and try again."""
    job = (jobs or Jobs()).add(Sequencer.sequence.__name__, every)
    sequencer = Sequencer(keys, folder, witnesses)
    while not stop.is_set():
        try:
            await _sequence_repeatedly(sequencer, url, stop, job)
        except AccountError as error:  # which holds no personal data
            log.error("%s", error)
            job.note_failure(error)
        except (KeyServiceError, *CONNECTION_ERRORS) as error:
            job.note_failure(error)
        await pause(stop, every)


async def _sequence_repeatedly(
    sequencer: Sequencer, url: str, stop: asyncio.Event, job: Job
) -> None:
    async with connected(url) as connection:
        while not stop.is_set():
            await job.record_pass(sequencer.sequence(connection))
            await pause(stop, job.every)


#: All leaves are walked over once a night. An entry that was on hold is dropped by a later walk.
_EVERY_SECONDS = 86_400.0
_AGAIN_SECONDS = 30.0


class _KeysWithReceipts(KeyService, ListsReceipts, Protocol):
    """A key service that keeps receipts."""


async def keep_dropping(
    keys: _KeysWithReceipts,
    folder: CheckpointFolder,
    kept_days: int,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Drop entries of age, and the receipts of those, until ``stop`` is set; report a failure and
    try again."""
    job = (jobs or Jobs()).add(drop_of_age.__name__, every)

    async def work() -> None:
        async with connected(url) as connection:
            await _walk(connection, keys, folder, kept_days, stop, job)
        await pause(stop, every)

    again = min(every, _AGAIN_SECONDS)
    await keep_working(
        work, stop, job, after=(KeyServiceError, LockedError, HeldMeanwhileError), again=again
    )


async def _walk(
    connection: asyncpg.Connection,
    keys: _KeysWithReceipts,
    folder: CheckpointFolder,
    kept_days: int,
    stop: asyncio.Event,
    job: Job,
) -> None:
    if of_age := await find_of_age(connection, keys, folder, kept_days):
        await _drop(connection, keys, of_age, kept_days, stop, job)
    job.note_nothing_due()


async def _drop(
    connection: asyncpg.Connection,
    keys: _KeysWithReceipts,
    of_age: Checkpoint,
    kept_days: int,
    stop: asyncio.Event,
    job: Job,
) -> None:
    place: int | None = 0
    while place is not None and not stop.is_set():
        place = await drop_of_age(connection, keys, of_age, kept_days, place)
        job.note_nothing_due()
    for partition in await partitions_of_age(connection, kept_days):
        if not stop.is_set():
            await drop_partition(connection, keys, of_age, kept_days, partition)
            job.note_nothing_due()
    before = int(of_age.signed_at.timestamp() * 1000)
    while place is None and not stop.is_set() and await keys.forget_receipts(before):
        job.note_nothing_due()
