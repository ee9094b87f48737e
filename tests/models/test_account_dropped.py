"""Old entries go and their leaves stay: what a superuser does to such an account is named, too."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from click.testing import CliRunner

from gateway.cli.audit import audit
from models.account import (
    CheckpointFolder,
    find_of_age,
    reset_sources,
    restart_account,
    verify,
)
from models.account.drop_records import Drop, DroppedLeaves, runs_of
from models.account.findings import Tampering
from models.jobs.account import Sequencer
from models.key_service import KeyService, KeyUse
from models.row_keys import new_key
from tests.accounts import drop as drop_all
from tests.accounts import find_tampering, newest_read, past_triggers, read_five, sign
from tests.key_stores import open_keys
from tests.linking import KEYS, copied_keys_file
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

KEPT_DAYS = 3650
LONG_AGO = datetime.now(UTC) - timedelta(days=4000)


@pytest.fixture
async def account(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> AsyncIterator[asyncpg.Connection]:
    """As a superuser: five reads of ten years ago, which were let go, and five of today."""
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    await read_five(connection, at=LONG_AGO)
    await sign(connection, tmp_path, now=LONG_AGO + timedelta(seconds=10))
    await read_five(connection)
    await sign(connection, tmp_path)
    yield connection
    await transaction.rollback()


async def drop(
    account: asyncpg.Connection, folder: Path, limit: int = 1_000, keys: KeyService = KEYS
) -> int:
    return await drop_all(account, folder, KEPT_DAYS, keys, limit)


async def leaf_of_old(account: asyncpg.Connection) -> tuple[int, UUID]:
    return await newest_read(account, 7)


async def test_old_entries_are_deleted_with_a_record_and_their_leaves_stay(
    account, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    oldest, *_ = sorted(CheckpointFolder(tmp_path).newest_first())
    shutil.copy(oldest, kept)
    leaves = await account.fetchval("SELECT count(*) FROM account_leaf")
    assert await drop(account, tmp_path, limit=7) == 5
    assert await drop(account, tmp_path) == 0  # as if killed and begun anew: nothing goes twice

    records = await account.fetch("SELECT * FROM account_drop ORDER BY id")
    assert sum(Drop.from_row(record).entries for record in records) == 5
    assert {record["id"].version for record in records} == {7}
    assert [record["dropped_at"] for record in records] == sorted(
        record["dropped_at"] for record in records
    )
    assert await account.fetchval("SELECT count(*) FROM account_leaf") == leaves + len(records)
    for options in ({}, {"checkpoint": kept}, {"since": datetime.now(UTC)}):
        report = await verify(account, KEYS, CheckpointFolder(tmp_path), **options)
        assert report.findings == []
        if "since" not in options:
            assert report.dropped == 5
        assert report.dropped_before == records[0]["before"]
    # The old checkpoint covers none of today's, which all are there.
    assert await account.fetchval("SELECT count(*) FROM access_event") == 5


async def test_entries_about_a_held_file_and_about_who_asks_stay(account, tmp_path: Path) -> None:
    for keeps, lets_go in (
        ("INSERT INTO legal_hold (id, application_id, reason, held_by) SELECT $1, id, 'x', 'x'"
         " FROM application WHERE applicant_id = $2 LIMIT 1",
         "UPDATE legal_hold SET released_by = 'x', released_at = now(), release_reason = 'x'"),
        ("INSERT INTO data_request (id, reference, kind, applicant_id, lodged_by, lodged_role)"
         " VALUES ($1, 'DSR-TEST-0001', 'ACCESS', $2, 'auditor', 'AUDITOR')",
         "UPDATE data_request SET outcome = 'REFUSED', reason = 'x', answered_by = 'auditor',"
         " answered_at = clock_timestamp()"),
    ):  # fmt: skip
        async with past_triggers(account):
            await account.execute(keeps, new_key(), applicant_id("Ruby Hale"))
        assert await drop(account, tmp_path) == 0
        async with past_triggers(account):
            await account.execute(lets_go)
    assert await drop(account, tmp_path) == 5


async def test_nobody_deletes_an_entry_without_a_record_or_before_its_age(account) -> None:
    """Not the keeper either, by mistake: whoever turns triggers off is found out."""
    _, young = await newest_read(account)
    _, old = await leaf_of_old(account)
    for key in (young, old):
        with pytest.raises(asyncpg.RestrictViolationError, match="not of age"):
            async with account.transaction():
                await account.execute("DELETE FROM access_event WHERE id = $1", key)
    with pytest.raises(asyncpg.CheckViolationError):
        async with account.transaction():
            await account.execute(
                "INSERT INTO account_drop VALUES ($1, now(), now() - interval '300 days', 365,"
                " '{0}', '{9}', '', '')",
                new_key(),
            )


async def change_entry(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    _, key = await newest_read(account)
    await account.execute("UPDATE access_event SET actor = 'other' WHERE id = $1", key)
    return Tampering.CHANGED, f"access_event {key} is not what it was"


async def change_leaf_of_deleted(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    position, key = await leaf_of_old(account)
    await account.execute(
        "UPDATE account_leaf SET hash = sha256('else') WHERE position = $1", position
    )
    return Tampering.CHANGED, f"access_event {key} has another leaf than was signed"


async def remove_young(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    _, key = await newest_read(account)
    await account.execute("DELETE FROM access_event WHERE id = $1", key)
    return Tampering.REMOVED, f"access_event {key} is gone"


async def remove_leaf_of_deleted(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    position, _ = await leaf_of_old(account)
    await account.execute("DELETE FROM account_leaf WHERE position = $1", position)
    return Tampering.REMOVED, "1 leaves of the account"


async def cut_off_end(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    size = await account.fetchval("SELECT size FROM account_head")
    position, _ = await newest_read(account)
    await account.execute("DELETE FROM account_leaf WHERE position >= $1", position)
    return Tampering.CUT_OFF, f"{size:,} leaves were signed, {position:,} are there"


async def reorder_leaves(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    """Two of those that went."""
    (one, key), (other, _) = await newest_read(account, 6), await newest_read(account, 8)
    await account.execute(
        "UPDATE account_leaf AS leaf SET row_id = twin.row_id, hash = twin.hash"
        " FROM account_leaf AS twin WHERE leaf.position IN ($1, $2)"
        " AND twin.position = $1::bigint + $2::bigint - leaf.position",
        *(one, other),
    )
    return Tampering.REORDERED, f"access_event {key} has the place of another"


async def forge_entry(account: asyncpg.Connection, folder: Path) -> tuple[Tampering, str]:
    """A read of today that no gateway wrote, beside those that went."""
    columns = (
        "occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code,"
        " purpose, case_reference, fields, trace_id, mac_key, mac"
    )
    (_, known), copied = await newest_read(account), new_key()
    await account.execute("SET session_replication_role = DEFAULT")
    await account.execute(
        f"INSERT INTO access_event (id, {columns}) SELECT $2, {columns} FROM access_event"
        " WHERE id = $1",
        *(known, copied),
    )
    await sign(account, folder)
    return Tampering.FORGED, f"access_event {copied} no gateway sealed"


async def forge_record(account: asyncpg.Connection, folder: Path) -> tuple[Tampering, str]:
    """A record that no keeper signed lets a read of today go, which is missed by name as well."""
    position, _ = await newest_read(account)
    record = await copy_record(account, folder, position, b"\0" * 64)
    return Tampering.FORGED, f"account_drop {record} no keeper signed"


async def drop_early(account: asyncpg.Connection, folder: Path) -> tuple[Tampering, str]:
    """With the key of the keeper itself: the checkpoints outside say how old the read is."""
    position, _ = await newest_read(account)
    record = await copy_record(account, folder, position, None)
    before = await account.fetchval("SELECT before FROM account_drop WHERE id = $1", record)
    why = f"though it was signed after {before:%Y-%m-%d %H:%M:%S} UTC"
    return Tampering.DROPPED_EARLY, f"1 entries of account_drop {record} {why}"


async def drop_decision(account: asyncpg.Connection, folder: Path) -> tuple[Tampering, str]:
    """With the key of the keeper itself: decisions are never dropped, whatever a record says."""
    leaf = "SELECT position, row_id FROM account_leaf WHERE source = 'decision' LIMIT 1"
    position, key = await account.fetchrow(leaf)
    await copy_record(account, folder, position, None)
    await account.execute("DELETE FROM decision WHERE id = $1", key)
    return Tampering.REMOVED, f"decision {key} is gone"


async def copy_record(
    account: asyncpg.Connection, folder: Path, position: int, signature: bytes | None
) -> UUID:
    """The record, once more, for one more leaf, whose row goes: signed, or not."""
    row = await account.fetchrow("SELECT * FROM account_drop LIMIT 1")
    one = replace(Drop.from_row(row), id=new_key(), firsts=(position,), lasts=(position,))
    if signature is None:
        signature = (await KEYS.sign(KeyUse.CHECKPOINT, one.text().encode())).value
    await account.execute("SET session_replication_role = DEFAULT")
    await account.execute(
        "INSERT INTO account_drop (id, before, kept_days, firsts, lasts, public_key, signature)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *(one.id, one.before, one.kept_days, one.firsts, one.lasts, row["public_key"], signature),
    )
    await account.execute("SET session_replication_role = replica")
    await account.execute(
        "DELETE FROM access_event USING account_leaf"
        " WHERE position = $1 AND row_id = access_event.id",
        position,
    )
    await sign(account, folder)
    return one.id


async def change_record(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    """A record that is stretched to what it never let go."""
    id_ = await account.fetchval("SELECT id FROM account_drop LIMIT 1")
    await account.execute("UPDATE account_drop SET lasts[1] = 1000000 WHERE id = $1", id_)
    return Tampering.CHANGED, f"account_drop {id_} is not what it was"


async def write_past_account(account: asyncpg.Connection, _: Path) -> tuple[Tampering, str]:
    [*_, last] = await read_five(account)
    return Tampering.UNRECORDED, f"access_event {last} was written past the account"


async def roll_back(account: asyncpg.Connection, folder: Path) -> tuple[Tampering, str]:
    for table in ("account_head", "account_leaf", "access_event"):
        await account.execute(f"CREATE TEMP TABLE old_{table} AS SELECT * FROM {table}")
    before = await account.fetchval("SELECT size FROM account_head")
    await account.execute("SET session_replication_role = DEFAULT")
    await read_five(account)
    await sign(account, folder)
    await account.execute("SET session_replication_role = replica")
    for table in ("account_head", "account_leaf", "access_event"):
        await account.execute(f"DELETE FROM {table}")
        await account.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")
    return Tampering.ROLLED_BACK, f"{before + 5:,} leaves were signed, {before:,} are there"


Tamper = Callable[[asyncpg.Connection, Path], Awaitable[tuple[Tampering, str]]]
#: Beside the one that is named: what follows from it is named as well.
WAYS: tuple[tuple[Tamper, int], ...] = (
    (change_entry, 0),
    (change_leaf_of_deleted, 0),
    (remove_young, 0),
    (remove_leaf_of_deleted, 0),
    (cut_off_end, 7),
    (reorder_leaves, 1),
    (forge_entry, 0),
    (forge_record, 1),
    (drop_early, 0),
    (drop_decision, 0),
    (change_record, 5),
    (write_past_account, 4),
    (roll_back, 0),
)


async def test_tampering_beside_deleted_entries_is_named(account, tmp_path: Path) -> None:
    await drop(account, tmp_path)
    for number, (tamper, besides) in enumerate(WAYS):
        folder = tmp_path.with_name(f"{tmp_path.name}-{number}")
        shutil.copytree(tmp_path, folder)
        attempt = account.transaction()
        await attempt.start()
        async with past_triggers(account):
            named = await tamper(account, folder)
        found = await find_tampering(account, folder)
        assert named in found, (tamper.__name__, named, found)
        assert len(found) == 1 + besides, (tamper.__name__, found)
        await attempt.rollback()
    assert await find_tampering(account, tmp_path) == []


async def test_an_old_entry_deleted_without_a_keeper_is_named(account, tmp_path: Path) -> None:
    _, key = await leaf_of_old(account)
    async with past_triggers(account):
        await account.execute("DELETE FROM access_event WHERE id = $1", key)
    assert await drop(account, tmp_path) == 4
    assert await find_tampering(account, tmp_path) == [
        (Tampering.REMOVED, f"access_event {key} is gone")
    ]


async def test_records_outlive_a_rotation_of_the_key_and_a_new_folder(
    account, tmp_path: Path
) -> None:
    keys, folder = open_keys(file := copied_keys_file(tmp_path)), CheckpointFolder(tmp_path)
    assert await drop(account, tmp_path, keys=keys) == 5
    sequencer = Sequencer(keys, folder)
    await sequencer.sequence(account)
    for command in ("rotate", "retire"):
        assert CliRunner().invoke(audit, [command, "signatures", str(file)]).exit_code == 0
        # The next pass signs the record anew, and a checkpoint after it: the old key may go.
        await sequencer.sequence(account)
        report = await verify(account, keys, folder)
        assert (report.findings, report.dropped) == ([], 5), command
        # The new key, too, shows how old the leaves of ten years ago are.
        of_age = await find_of_age(account, keys, folder, KEPT_DAYS)
        assert of_age
        assert of_age.signed_at < LONG_AGO + timedelta(minutes=1)

    # After a restored backup the account begins in another folder, which knows no ages.
    other = tmp_path / "other"
    await restart_account(account, CheckpointFolder(other))
    await reset_sources(account)
    await sign(account, other, keys)
    report = await verify(account, keys, CheckpointFolder(other))
    assert (report.findings, report.dropped) == ([], 5)


def test_runs_are_those_of_the_positions() -> None:
    positions = [0, 1, 2, 5, 8, 9]
    firsts, lasts = runs_of(positions)
    assert (firsts, lasts) == ([0, 5, 8], [2, 5, 9])
    one = Drop(new_key(), LONG_AGO, KEPT_DAYS, tuple(firsts), tuple(lasts))
    dropped = DroppedLeaves.from_drops([one, replace(one, firsts=(12,), lasts=(12,))])
    assert [at for at in range(14) if at in dropped] == [*positions, 12]
    assert one.entries == len(positions)
