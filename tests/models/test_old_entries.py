"""What is old enough to be dropped: by the checkpoint that covers it, whatever its date says."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from models.account import CheckpointFolder, verify
from models.row_keys import new_key
from tests.accounts import drop, insert, past_triggers, read_five, sign
from tests.linking import KEYS
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

_LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


@pytest.fixture
async def undone(world: str, connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    yield connection
    await transaction.rollback()


async def test_what_is_dated_back_is_as_young_as_its_checkpoint(
    undone: asyncpg.Connection, tmp_path: Path
) -> None:
    at = datetime.now(UTC) - timedelta(days=4200)  # in a quarter of its own
    await read_five(undone, at=at)
    await sign(undone, tmp_path, now=at + timedelta(seconds=10))
    await read_five(undone, at=_LONG_AGO)
    lookup = await look_up(undone, _LONG_AGO)
    await sign(undone, tmp_path)
    assert await drop(undone, tmp_path, 3650) == 5
    assert await undone.fetchval("SELECT count(*) FROM person_lookup WHERE id = $1", lookup) == 1
    assert (await verify(undone, KEYS, CheckpointFolder(tmp_path))).findings == []


async def look_up(connection: asyncpg.Connection, at: datetime) -> UUID:
    """An entry of a table without partitions."""
    lookup = {"id": new_key(), "actor": "officer", "actor_role": "OFFICER", "purpose": "CASEWORK"}
    lookup |= {"case_reference": "AUPO-SECU-0003", "by": "PASSPORT", "found": 2, "trace_id": "0"}
    await insert(connection, "person_lookup", lookup | {"occurred_at": at})
    return lookup["id"]


async def test_what_was_dropped_is_older_than_the_latest_record_says(
    undone: asyncpg.Connection, tmp_path: Path
) -> None:
    for days in (4200, 3990):
        at = datetime.now(UTC) - timedelta(days=days)
        await look_up(undone, at)
        await sign(undone, tmp_path, now=at + timedelta(seconds=10))
    await sign(undone, tmp_path)
    for kept in (4100, 3650):
        await drop(undone, tmp_path, kept)
    report = await verify(undone, KEYS, CheckpointFolder(tmp_path))
    befores = await undone.fetch("SELECT before FROM account_drop ORDER BY before")
    assert len(befores) == 2
    assert (report.findings, report.dropped_before) == ([], befores[1]["before"])


async def test_a_lookup_for_a_case_stays_while_that_is_held(
    undone: asyncpg.Connection, tmp_path: Path
) -> None:
    """It names nobody, only the case for which somebody looked."""
    lookup = await look_up(undone, _LONG_AGO)
    await sign(undone, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    hold = {"id": new_key(), "application_id": application_id("AUPO-SECU-0003")}
    await insert(undone, "legal_hold", hold | {"reason": "A trial.", "held_by": "supervisor"})
    there = "SELECT count(*) FROM person_lookup WHERE id = $1"
    await drop(undone, tmp_path, 3650)
    assert await undone.fetchval(there, lookup) == 1
    ended = "released_by = 'other', released_at = now(), release_reason = 'Over.'"
    await undone.execute(f"UPDATE legal_hold SET {ended} WHERE id = $1", hold["id"])
    await drop(undone, tmp_path, 3650)
    assert await undone.fetchval(there, lookup) == 0


async def test_reads_of_somebody_stay_until_their_request_is_answered(
    undone: asyncpg.Connection, tmp_path: Path
) -> None:
    await read_five(undone, at=_LONG_AGO)
    await sign(undone, tmp_path, now=_LONG_AGO + timedelta(seconds=10))
    request = {"id": new_key(), "reference": "R1", "kind": "ACCESS", "lodged_role": "APPLICANT"}
    request |= {"applicant_id": applicant_id("Ruby Hale"), "lodged_by": "ruby"}
    await insert(undone, "data_request", request)
    assert await drop(undone, tmp_path, 3650) == 0
    await undone.execute(
        "UPDATE data_request SET outcome = 'REFUSED', reason = 'So.', answered_by = 'auditor',"
        " answered_at = clock_timestamp() WHERE id = $1",
        request["id"],
    )
    assert await drop(undone, tmp_path, 3650) == 5


async def test_no_record_lets_an_entry_go_before_the_days_are_over_that_it_is_kept(
    undone: asyncpg.Connection, tmp_path: Path
) -> None:
    young, *_ = await read_five(undone, at=datetime.now(UTC) - timedelta(days=364))
    await sign(undone, tmp_path)
    await undone.execute(
        "INSERT INTO account_drop (id, before, kept_days, firsts, lasts, public_key, signature)"
        " SELECT $1, $2, 365, '{0}', ARRAY[max(position)], '', '' FROM account_leaf",
        *(new_key(), _LONG_AGO),
    )
    for days, is_kept in ((364, True), (366, False)):
        at = datetime.now(UTC) - timedelta(days=days)
        await undone.execute("SELECT make_partition('access_event', $1)", at)
        async with past_triggers(undone):
            await undone.execute(
                "UPDATE access_event SET occurred_at = $2 WHERE id = $1", young, at
            )
        refused = pytest.raises(asyncpg.RestrictViolationError) if is_kept else nullcontext()
        with refused:
            async with undone.transaction():
                await undone.execute("DELETE FROM access_event WHERE id = $1", young)
