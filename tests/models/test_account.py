"""The account names what a superuser did to it: rows are written past every trigger here."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from gateway.cli.audit import audit
from models import PersonLookup
from models.account import (
    AccountError,
    CheckpointFolder,
    integrate,
    reset_sources,
    restart_account,
    seal_entries,
    sign_checkpoint,
    verify,
)
from models.account.findings import Tampering
from models.account.sources import SOURCES
from models.key_service import KeyUse
from models.row_keys import new_key
from tests.accounts import find_tampering, insert, newest_read, past_triggers, read_five, sign
from tests.key_stores import open_keys
from tests.linking import KEYS, copied_keys_file

pytestmark = pytest.mark.anyio

#: Of `account_head`, `account_leaf` and `access_event`, in an older state.
_STATE = ("account_head", "account_leaf", "access_event")


@pytest.fixture
async def account(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection; the world is integrated, and five reads that a gateway sealed."""
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    await read_five(connection)
    await sign(connection, tmp_path)
    yield connection
    await transaction.rollback()


def _empty(folder: Path) -> None:
    for file in folder.glob("*/*"):
        file.unlink()


async def test_all_that_is_in_the_account_is_as_it_was_signed(account, tmp_path: Path) -> None:
    assert await find_tampering(account, tmp_path) == []
    counted = dict(await account.fetch("SELECT source, count(*) FROM account_leaf GROUP BY source"))
    sources = "access_event application application_event assignment assignment_end bill decision"
    more = "bill_payment grant_rule_stop linker_read person_lookup reference_change screening"
    more += " screening_replay withheld_decision"
    assert counted.keys() == {*sources.split(), *more.split()}
    assert counted["access_event"] == 5
    # A suspension goes in steps: each is an entry, and the last one says what it is now.
    await account.execute(
        "INSERT INTO suspension (id, subject, reason, suspended_by) VALUES ($1, 'a', 'b', 'c')",
        new_key(),
    )
    await sign(account, tmp_path)
    await account.execute("UPDATE suspension SET confirmed_by = 'd', confirmed_at = now()")
    assert await sign(account, tmp_path) == 1
    assert await find_tampering(account, tmp_path) == []


async def test_a_changed_entry_is_named(account, tmp_path: Path) -> None:
    _, key = await newest_read(account)
    async with past_triggers(account):
        await account.execute("UPDATE access_event SET actor = 'other' WHERE id = $1", key)
    named = [(Tampering.CHANGED, f"access_event {key} is not what it was")]
    assert await find_tampering(account, tmp_path) == named


async def test_an_entry_that_is_changed_with_its_leaf_is_named(account, tmp_path: Path) -> None:
    position, key = await newest_read(account, 2)
    async with past_triggers(account):
        await account.execute("UPDATE access_event SET actor = 'other' WHERE id = $1", key)
        await account.execute(
            "UPDATE account_leaf SET hash = sha256('else') WHERE position = $1", position
        )
    named = [(Tampering.CHANGED, f"access_event {key} has another leaf than was signed")]
    assert await find_tampering(account, tmp_path) == named


async def test_a_removed_entry_is_named(account, tmp_path: Path) -> None:
    position, key = await newest_read(account, 1)
    async with past_triggers(account):
        await account.execute("DELETE FROM access_event WHERE id = $1", key)
    assert await find_tampering(account, tmp_path) == [
        (Tampering.REMOVED, f"access_event {key} is gone")
    ]
    await account.execute("DELETE FROM account_leaf WHERE position = $1", position)
    assert await find_tampering(account, tmp_path) == [
        (Tampering.REMOVED, "1 leaves of the account")
    ]


async def test_a_truncated_account_is_named_and_not_continued(account, tmp_path: Path) -> None:
    position, _ = await newest_read(account)
    size = await account.fetchval("SELECT size FROM account_head")
    await account.execute("DELETE FROM account_leaf WHERE position >= $1", position)
    assert (Tampering.CUT_OFF, f"{size:,} leaves were signed, {position:,} are there") in (
        await find_tampering(account, tmp_path)
    )
    await read_five(account)
    for gone_on in (integrate(account), sign_checkpoint(account, KEYS, CheckpointFolder(tmp_path))):
        with pytest.raises(AccountError, match="audit verify"):
            await gone_on


async def test_entries_in_another_order_are_named(account, tmp_path: Path) -> None:
    (one, first), (other, second) = await newest_read(account, 1), await newest_read(account, 3)
    for position, key in ((one, second), (other, first)):
        await account.execute(
            "UPDATE account_leaf SET row_id = $2, hash = (SELECT hash FROM account_leaf WHERE"
            " position = $3) WHERE position = $1",
            position, key, position,
        )  # fmt: skip
    hashes = dict(
        await account.fetch(
            "SELECT position, hash FROM account_leaf WHERE position IN ($1, $2)", one, other
        )
    )
    for position, from_ in ((one, other), (other, one)):
        await account.execute(
            "UPDATE account_leaf SET hash = $2 WHERE position = $1", position, hashes[from_]
        )
    found = await find_tampering(account, tmp_path)
    assert found == [
        (Tampering.REORDERED, f"access_event {key} has the place of another")
        for key in sorted((first, second))
    ]


async def test_an_entry_that_no_gateway_wrote_is_named(account, tmp_path: Path) -> None:
    unsealed, copied = new_key(), new_key()
    columns = (
        "occurred_at, applicant_id, actor, actor_role, actor_partner_code, actor_country_code,"
        " purpose, case_reference, fields, trace_id"
    )
    _, known = await newest_read(account)
    await account.execute(
        f"INSERT INTO access_event (id, {columns}) SELECT $2, {columns} FROM access_event"
        " WHERE id = $1",
        known, unsealed,
    )  # fmt: skip
    await account.execute(
        f"INSERT INTO access_event (id, {columns}, mac_key, mac)"
        f" SELECT $2, {columns}, mac_key, mac FROM access_event WHERE id = $1",
        known, copied,
    )  # fmt: skip
    await read_five(account)  # entries of a gateway come before it, and after it
    await sign(account, tmp_path)
    assert await find_tampering(account, tmp_path) == [
        (Tampering.FORGED, f"access_event {key} no gateway sealed")
        for key in sorted((unsealed, copied))
    ]


async def test_an_entry_that_was_written_past_the_triggers_is_named(
    account, tmp_path: Path
) -> None:
    async with past_triggers(account):
        [*_, last] = await read_five(account)
    found = await find_tampering(account, tmp_path)
    assert len(found) == 5
    assert found[-1] == (
        Tampering.UNRECORDED, f"access_event {last} was written past the account"
    )  # fmt: skip
    # A world that is loaded past the triggers says so, and is taken up.
    await reset_sources(account)
    await sign(account, tmp_path)
    assert await find_tampering(account, tmp_path) == []


async def test_a_rolled_back_database_is_named_and_not_continued(account, tmp_path: Path) -> None:
    for table in _STATE:
        await account.execute(f"CREATE TEMP TABLE old_{table} AS SELECT * FROM {table}")
    before = await account.fetchval("SELECT size FROM account_head")
    await read_five(account)
    await sign(account, tmp_path)
    async with past_triggers(account):
        for table in _STATE:
            await account.execute(f"DELETE FROM {table}")
            await account.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")
    assert await find_tampering(account, tmp_path) == [
        (Tampering.ROLLED_BACK, f"{before + 5:,} leaves were signed, {before:,} are there")
    ]
    await read_five(account)
    await integrate(account)
    with pytest.raises(AccountError, match="its tree is another"):
        await sign_checkpoint(account, KEYS, CheckpointFolder(tmp_path))


async def test_a_checkpoint_that_somebody_kept_tells_of_a_folder_that_was_replaced(
    account, tmp_path: Path
) -> None:
    await read_five(account)
    await sign(account, tmp_path)
    kept = tmp_path / "kept"
    newest = next(CheckpointFolder(tmp_path).newest_first())
    kept.write_bytes(newest.read_bytes())
    assert await find_tampering(account, tmp_path, checkpoint=kept) == []
    _empty(tmp_path)
    # Everything is written anew, with the key service's help: only the kept one knows.
    with pytest.raises(AccountError, match="audit begin"):
        await sign(account, tmp_path)
    await restart_account(account, CheckpointFolder(tmp_path))
    await account.execute("DELETE FROM account_leaf")
    async with past_triggers(account):
        await account.execute("DELETE FROM person_lookup")
    await reset_sources(account)
    size = await sign(account, tmp_path)
    assert await find_tampering(account, tmp_path) == []
    [(kind, what)] = await find_tampering(account, tmp_path, checkpoint=kept)
    assert kind is Tampering.ROLLED_BACK
    assert f"{size:,}" in what
    await read_five(account)
    await sign(account, tmp_path)
    [(kind, what)] = await find_tampering(account, tmp_path, checkpoint=kept)
    assert (kind, what.endswith("not those of the checkpoint that was kept")) == ("changed", True)
    with pytest.raises(AccountError, match="an empty folder"):
        await restart_account(account, CheckpointFolder(tmp_path))
    # What no key of ours signed is not believed.
    kept.write_text(kept.read_text().replace("signed at 2", "signed at 3"))
    with pytest.raises(AccountError, match="no key of this installation"):
        await find_tampering(account, tmp_path, checkpoint=kept)
    for file in CheckpointFolder(tmp_path).newest_first():
        file.write_text("nothing")
    with pytest.raises(AccountError, match="is believed"):
        await find_tampering(account, tmp_path)


async def test_a_keeper_that_died_between_folder_and_commit_goes_on(
    account, tmp_path: Path
) -> None:
    await read_five(account)
    head = await account.fetchrow("SELECT size, frontier, signed_at FROM account_head")
    await sign(account, tmp_path)
    await account.execute("UPDATE account_head SET size = $1, frontier = $2, signed_at = $3", *head)
    await read_five(account)
    assert await sign(account, tmp_path) == 5
    assert await find_tampering(account, tmp_path) == []


async def test_rows_from_before_an_instant_are_left_out(account, tmp_path: Path) -> None:
    _, key = await newest_read(account)
    async with past_triggers(account):
        await account.execute("UPDATE access_event SET actor = 'other' WHERE id = $1", key)
    assert await find_tampering(account, tmp_path, since=datetime.now(UTC)) == []


async def test_keys_of_the_account_are_rotated_and_both_are_accepted(
    account, tmp_path: Path
) -> None:
    file, folder = copied_keys_file(tmp_path), CheckpointFolder(tmp_path)
    keys = open_keys(file)

    def say(*command: str) -> Result:
        return CliRunner().invoke(audit, [*command, str(file)])

    for what in ("seals", "signatures"):
        assert say("rotate", what).exit_code == 0
        assert f"audit retire {what}" in say("rotate", what).output  # three are too many
    await read_five(account, keys)
    assert await sign(account, tmp_path, keys) == 5
    report = await verify(account, keys, folder)
    assert report.findings == []
    [new, old] = await keys.key_ids(KeyUse.ACCESS_LOG)
    assert report.sealed_by == {new: 5, old: 5}
    with pytest.raises(AccountError, match="no key of this installation signed"):
        folder.from_file(next(folder.newest_first()), await KEYS.public_keys(KeyUse.CHECKPOINT))

    # Retired, a key is of no use any more.
    assert say("retire", "signatures").exit_code == 0
    assert (await verify(account, keys, folder)).findings == []
    assert say("retire", "seals").exit_code == 0
    report = await verify(account, keys, folder)
    assert {one.kind for one in report.findings} == {Tampering.FORGED}
    assert (len(report.findings), report.sealed_by) == (5, {new: 5})


async def test_a_lookup_is_sealed_like_a_read(account, tmp_path: Path) -> None:
    row = {"id": new_key(), "actor": "officer", "actor_role": "OFFICER", "purpose": "CASEWORK"}
    row |= {"case_reference": "AUSY-PAID-0013", "by": "PASSPORT", "found": 2, "trace_id": "0"}
    ours, forged = await seal_entries(KEYS, PersonLookup, [row, row | {"id": new_key()}])
    for sealed in (ours, {**forged, "mac_key": "another"}):  # under the name of a key of nobody's
        await insert(account, "person_lookup", sealed)
    await account.execute("UPDATE account_source SET taken_up_at = now()")
    await sign(account, tmp_path)
    assert await find_tampering(account, tmp_path) == [
        (Tampering.FORGED, f"person_lookup {forged['id']} no gateway sealed")
    ]


#: Sources that nobody seals, and how a superuser has one say something else.
UNSEALED = {
    "decision": "internal_note = 'other'",
    "inquiry": "reason = 'other'",
    "reference_change": "proposed_at = proposed_at - interval '1 day'",
    "suspension": "reason = 'other'",
}


async def test_unsealed_entries_are_protected_from_the_next_checkpoint_on(
    account, tmp_path: Path
) -> None:
    """As SECURITY.md says: before it, a superuser changes a suspension; after it, nothing."""
    inquiry = {"id": new_key(), "reference": "INQ-ACCOUNT-01", "reason": "why", "minutes": 5}
    await insert(account, "inquiry", {**inquiry, "most_people": 5, "opened_by": "supervisor"})
    suspension = {"id": new_key(), "subject": "somebody", "reason": "why", "suspended_by": "c"}
    await insert(account, "suspension", suspension)
    async with past_triggers(account):
        await account.execute("UPDATE suspension SET reason = 'never said'")
    await sign(account, tmp_path)
    assert await find_tampering(account, tmp_path) == []

    for table, change in UNSEALED.items():
        key = await account.fetchval(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1")
        for statement, kind, why in (
            (f"UPDATE {table} SET {change}", Tampering.CHANGED, "is not what it was"),
            (f"DELETE FROM {table}", Tampering.REMOVED, "is gone"),
        ):
            attempt = account.transaction()
            await attempt.start()
            async with past_triggers(account):
                await account.execute(f"{statement} WHERE id = $1", key)
            assert await find_tampering(account, tmp_path) == [(kind, f"{table} {key} {why}")]
            await attempt.rollback()


def test_security_md_lists_what_seals_each_kind_of_entry() -> None:
    page = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    sentence = r"(each row of .*?), and the keeper (.*?): .*? Nobody seals those of (.*?), since"
    text = re.search(sentence, page)
    assert text
    sealed, kept, unsealed = (set(re.findall(r"`([a-z_]+)`", part)) for part in text.groups())
    assert sealed == {source.name for source in SOURCES.values() if source.is_sealed}
    assert kept == {"account_drop"}
    assert sealed | kept | unsealed == SOURCES.keys()
    assert set(UNSEALED) < unsealed
