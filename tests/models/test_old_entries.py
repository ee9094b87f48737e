"""What is old enough to be dropped: by the checkpoint that covers it, whatever its date says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from models.account import CheckpointFolder, verify
from models.account.old_entries import drop_of_age, find_of_age
from tests.accounts import read_five, sign
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

_READS = "SELECT count(*) FROM access_event"
_LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


async def drop(connection: asyncpg.Connection, folder: Path, kept_days: int) -> int:
    """Let what is of age go; return how many reads went."""
    before = await connection.fetchval(_READS)
    of_age = await find_of_age(connection, KEYS, CheckpointFolder(folder), kept_days)
    assert of_age
    place: int | None = 0
    while place is not None:
        place = await drop_of_age(connection, KEYS, of_age, kept_days, place)
    await sign(connection, folder)
    return before - await connection.fetchval(_READS)


@pytest.fixture
async def undone(world: str, connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    yield connection
    await transaction.rollback()


async def test_what_is_dated_back_is_as_young_as_its_checkpoint(
    undone: asyncpg.Connection, tmp_path: Path
) -> None:
    for days in (4000, 3990):
        at = datetime.now(UTC) - timedelta(days=days)
        await read_five(undone, at=at)
        await sign(undone, tmp_path, now=at + timedelta(seconds=10))
    await read_five(undone, at=_LONG_AGO)
    await sign(undone, tmp_path)
    assert [await drop(undone, tmp_path, kept) for kept in (3995, 3650)] == [5, 5]
    # What was dropped is older than the later one of both.
    report = await verify(undone, KEYS, CheckpointFolder(tmp_path))
    newest = await undone.fetchval("SELECT max(before) FROM account_drop")
    assert (report.findings, report.dropped_before) == ([], newest)
