"""The jobs of the account: where nothing happens, a checkpoint a minute says that the keeper is
there; letting entries of age go begins anew where its keys or its database were away."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import asyncpg
import pytest

from models.account import CheckpointFolder, find_of_age
from models.database.connections import connect
from models.jobs import account as jobs_of_account
from models.jobs.account import Sequencer, keep_dropping
from models.jobs.scheduler import Jobs
from models.key_service import SocketKeys
from tests.accounts import read_five, sign
from tests.key_stores import run_keys
from tests.linking import KEYS, keys_file
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

_READS = "SELECT count(*) FROM access_event"
_WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted)"
_LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


async def test_where_nothing_happens_a_checkpoint_is_signed_each_minute(
    world: str,
    connection: asyncpg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, signed = 1_000.0, list[float]()
    monkeypatch.setattr(jobs_of_account, "time", SimpleNamespace(monotonic=lambda: now))
    sequencer = Sequencer(KEYS, CheckpointFolder(tmp_path))
    async with undone(connection):
        for seconds in (0, 59, 1, 59):
            now += seconds
            await sequencer.sequence(connection)
            signed.append(sequencer._signed_at)
        assert signed == [1_000, 1_000, 1_060, 1_060]
        await read_five(connection)
        await sequencer.sequence(connection)
        assert sequencer._signed_at == 1_119


async def test_what_is_kept_for_so_many_days_is_of_age_once_they_are_over(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    noon = datetime.combine(datetime.now(UTC).date(), time(12), UTC)
    async with undone(connection):
        for days in (9, 8, 7):
            await read_five(connection)
            await sign(connection, tmp_path, now=noon - timedelta(days=days))
        for kept_days in (8, 7):
            of_age = await find_of_age(connection, KEYS, CheckpointFolder(tmp_path), kept_days)
            assert of_age
            assert of_age.signed_at == noon - timedelta(days=kept_days + 1)


async def test_deleting_entries_goes_on_when_the_key_service_answers_again(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    held, *_ = await read_five(connection, at=_LONG_AGO)
    await sign(connection, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    await read_five(connection)
    await sign(connection, tmp_path)
    stop, jobs, forgotten_before = asyncio.Event(), Jobs(), set[int]()

    class Noting(SocketKeys):
        async def forget_receipts(self, before: int) -> int:
            forgotten_before.add(before)
            return await super().forget_receipts(before)

    with TemporaryDirectory(prefix="gerbang-") as folder:
        socket = Path(folder, "socket")
        keeping = asyncio.create_task(
            keep_dropping(
                *(Noting(socket), CheckpointFolder(tmp_path), 3650, world, stop),
                every=0.01,
                jobs=jobs,
            )
        )
        async with asyncio.timeout(60):
            while not any(job.failures > 1 for job in jobs.all.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert await connection.fetchval(_READS) == 10
            other = await connect(world)
            with run_keys(keys_file(), socket):
                # Somebody who has locked an entry is waited for, and nothing goes meanwhile.
                async with other.transaction():
                    lock = "SELECT FROM access_event WHERE id = $1 FOR UPDATE"
                    await other.execute(lock, held)
                    while not await connection.fetchval(_WAITS):  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                    assert await connection.fetchval(_READS) == 10
                await other.close()
                while await connection.fetchval(_READS) > 5:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                stop.set()
                await keeping
    assert await connection.fetchval(_READS) == 5
    # Receipts go with them, up to the checkpoint that is of age.
    of_age = _LONG_AGO + timedelta(seconds=10)
    assert forgotten_before == {int(of_age.timestamp()) * 1000}
