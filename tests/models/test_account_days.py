"""The files of a day that is over: all its hashes in one, and nobody lists its folder again."""

import base64
import os
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_IMODE

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.account import CheckpointFolder, renew_signatures, verify
from models.account.drop_records import Drop, find_early
from models.account.findings import Tampering
from models.account.merkle import LeafFile, LeafFiles, leaf_hash
from models.account.notes import AccountError, Checkpoint, read_note, signed_note
from models.account.sources import SOURCES
from models.key_service import KeyUse, LocalKeys, LocalKeyService
from models.key_service.store import KeyStore
from models.row_keys import new_key
from tests.accounts import find_tampering, insert, past_triggers, read_five, sign
from tests.linking import KEYS, key_store, keys_file

pytestmark = pytest.mark.anyio

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def three_days(
    world: str, connection: asyncpg.Connection, tmp_path: Path
) -> AsyncIterator[asyncpg.Connection]:
    """Reads on three days, signed a few times on each; a transaction that is rolled back."""
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    for hours in (0, 1, 24, 24.5, 25, 48, 49):
        await read_five(connection)
        await sign(connection, tmp_path, now=_NOON + timedelta(hours=hours))
    yield connection
    await transaction.rollback()


def hashes(folder: Path) -> bytes:
    return b"".join(CheckpointFolder(folder).leaves().parts())


def find_files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def empty_folders(folder: Path, last: str) -> None:
    """The folders of days that are over have nothing in them."""
    for file in folder.glob("*/*"):
        if file.parent.name < last:
            file.unlink()


async def test_a_day_that_is_over_is_read_from_its_own_files(three_days, tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    before, size = hashes(tmp_path), folder.leaves().end
    assert len(before) == 32 * size
    # So soon after midnight, somebody may still write into the folder of the day before.
    assert folder.keep_days(datetime(2026, 3, 3, 0, 59, tzinfo=UTC)) == 1
    assert folder.keep_days(datetime(2026, 3, 3, 1, 0, tzinfo=UTC)) == 1
    assert folder.keep_days(datetime(2026, 3, 3, 1, 0, tzinfo=UTC)) == 0
    assert [file.name.split("_")[0] for file in find_files(tmp_path, "*_*")] == [
        *["2026-03-01"] * 2, *["2026-03-02"] * 2,
    ]  # fmt: skip
    public = await KEYS.public_keys(KeyUse.CHECKPOINT)
    days = [*folder.last_of_days(public)]
    assert [day.signed_at for day in days] == [
        _NOON + timedelta(hours=hours) for hours in (49, 25, 1)
    ]

    assert await find_tampering(three_days, tmp_path) == []
    empty_folders(tmp_path, last="2026-03-03")
    assert hashes(tmp_path) == before
    assert [*folder.last_of_days(public)] == days
    assert await find_tampering(three_days, tmp_path) == []
    # The keeper goes on.
    await read_five(three_days)
    assert await sign(three_days, tmp_path, now=_NOON + timedelta(days=3)) == 5
    assert await find_tampering(three_days, tmp_path) == []


async def test_of_the_day_itself_no_checkpoint_says_what_is_older(
    three_days, tmp_path: Path
) -> None:
    folder, public = CheckpointFolder(tmp_path), await KEYS.public_keys(KeyUse.CHECKPOINT)
    for hours, newest in ((24, 1), (35.9, 1), (36, 25)):  # midnight is twelve hours after noon
        before = _NOON + timedelta(hours=hours)
        days = folder.last_of_days(public, before=before)
        assert next(days).signed_at == _NOON + timedelta(hours=newest)


async def test_nobody_but_its_writer_writes_into_the_folder(three_days, tmp_path: Path) -> None:
    before, mask = {*find_files(tmp_path, "*/*")}, os.umask(0)
    try:
        await read_five(three_days)
        await sign(three_days, tmp_path)
    finally:
        os.umask(mask)
    files = {*find_files(tmp_path, "*/*")} - before
    assert [S_IMODE(file.stat().st_mode) for file in files] == [0o644] * 2


@pytest.mark.parametrize(
    ("hours", "found"),
    [(-1, 7), (0, 6), (0.5, 6), (1, 5), (24.4, 4), (24.6, 3), (25, 2), (36, 2), (48.5, 1), (49, 0)],
)
async def test_rows_that_were_signed_since_an_instant_are_verified(
    three_days, tmp_path: Path, hours: float, found: int
) -> None:
    """From the last checkpoint before it on, be that of the same day or of another."""
    leaves = await three_days.fetch(
        "SELECT row_id FROM account_leaf WHERE source = 'access_event' ORDER BY position"
    )
    changed = [row["row_id"] for row in leaves][::5]  # one of each signature's
    assert len(changed) == 7
    async with past_triggers(three_days):
        await three_days.execute(
            "UPDATE access_event SET actor = 'other' WHERE id = ANY ($1)", changed
        )
    named = await find_tampering(three_days, tmp_path, since=_NOON + timedelta(hours=hours))
    assert named == [
        (Tampering.CHANGED, f"access_event {key} is not what it was")
        for key in sorted(changed[7 - found :])
    ]


async def test_a_file_of_a_day_that_is_another_is_not_believed(three_days, tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    folder.keep_days()
    [kept] = find_files(tmp_path, "2026-03-01_*.leaves")
    kept.write_bytes(bytes(len(kept.read_bytes())))
    [note] = find_files(tmp_path, "2026-03-01_*.checkpoint")
    note.write_text("nothing")
    # The folder of the day still has what was signed.
    assert await find_tampering(three_days, tmp_path) == []
    assert len([*folder.last_of_days(await KEYS.public_keys(KeyUse.CHECKPOINT))]) == 3
    empty_folders(tmp_path, last="2026-03-02")
    report = await verify(three_days, KEYS, folder)
    assert report.findings[0].kind is Tampering.FORGED
    assert "are not those of the checkpoint" in report.findings[0].what


async def test_a_keeper_that_was_killed_over_the_files_of_a_day_writes_them_anew(
    three_days, tmp_path: Path
) -> None:
    folder = CheckpointFolder(tmp_path)
    before = hashes(tmp_path)
    *_, last = find_files(tmp_path / "2026-03-01", "*.leaves")
    size = int(last.name.split("-")[1])
    # Some of the hashes, and no checkpoint yet.
    cut = tmp_path / f"2026-03-01_{0:012}-{size:012}-000000.leaves"
    cut.write_bytes(before[:64])
    assert hashes(tmp_path) == before
    assert folder.keep_days() == 3
    empty_folders(tmp_path, last="2026-03-04")
    assert hashes(tmp_path) == before


def test_hashes_are_read_as_far_as_each_file_has_them(tmp_path: Path) -> None:
    hashes = [bytes([number]) * 32 for number in range(12)]

    def leaves(*files: tuple[int, int, int]) -> LeafFiles:
        """Of files, each with its first leaf, its size and how many hashes it has."""
        found = list[LeafFile]()
        for first, size, number in files:
            file = tmp_path / f"{first}-{size}"
            file.write_bytes(b"".join(hashes[first : first + number]))
            found.append(LeafFile(size, first, file))
        return LeafFiles(found)

    # One that was being written is shorter than its name says; the next one has the rest.
    found = leaves((0, 5, 3), (3, 8, 5))
    assert (found.end, [found.at(at) for at in range(9)]) == (8, [*hashes[:8], b""])
    # What is behind the size of a name is not of the file.
    longer = leaves((0, 5, 12))
    assert (longer.at(4), longer.at(0), longer.at(5)) == (hashes[4], hashes[0], b"")
    assert b"".join(longer.parts()) == b"".join(hashes[:5])
    assert leaves((0, 5, 3), (4, 8, 4)).end == 3
    assert [len(part) for part in leaves((0, 5, 5), (5, 8, 3)).parts(7, 1)] == [4 * 32, 2 * 32]


async def test_a_day_with_a_gap_keeps_its_folder(three_days, tmp_path: Path) -> None:
    [_, second, _] = find_files(tmp_path / "2026-03-02", "*.leaves")
    second.unlink()
    assert CheckpointFolder(tmp_path).keep_days() == 2
    assert {file.name[:10] for file in find_files(tmp_path, "*_*")} == {"2026-03-01", "2026-03-03"}


async def test_a_day_that_is_over_is_signed_anew_after_a_rotation(
    three_days, tmp_path: Path
) -> None:
    folder = CheckpointFolder(tmp_path)
    folder.keep_days()
    empty_folders(tmp_path, last="2026-03-03")
    rotated = LocalKeys.from_file(keys_file()).with_new_key(KeyUse.CHECKPOINT)
    store = KeyStore(key_store())
    both = LocalKeyService(rotated, store)
    before = {*find_files(tmp_path, "**/*.checkpoint")}
    await renew_signatures(three_days, both, folder)
    for file in {*find_files(tmp_path, "**/*.checkpoint")} - before:
        if "2026-03-01" in str(file):  # as if it was killed before it came to that day
            file.unlink()
    await renew_signatures(three_days, both, folder)
    empty_folders(tmp_path, last="2026-03-03")
    settled = await LocalKeyService(rotated.with_one_key(KeyUse.CHECKPOINT), store).public_keys(
        KeyUse.CHECKPOINT
    )
    assert [day.signed_at for day in folder.last_of_days(settled)] == [
        _NOON + timedelta(hours=hours) for hours in (49, 25, 1)
    ]


async def test_a_kept_checkpoint_of_one_leaf_more_tells_of_a_folder_that_went_back(
    three_days, tmp_path: Path
) -> None:
    await three_days.execute(
        "INSERT INTO suspension (id, subject, reason, suspended_by) VALUES ($1, 'a', 'b', 'c')",
        new_key(),
    )
    assert await sign(three_days, tmp_path) == 1
    newest = next(CheckpointFolder(tmp_path).newest_first())
    kept = newest.rename(tmp_path / "kept")
    [(kind, _)] = await find_tampering(three_days, tmp_path, checkpoint=kept)
    assert kind is Tampering.ROLLED_BACK


@pytest.mark.parametrize(
    ("written_at", "last", "why"),
    [
        (20, 9, None),  # covered on the day on which they are of age, and not a day before
        (19, 9, "before 365 days were over"),
        (20, 10, "though it was signed after 2026-03-01 12:00:00 UTC"),
        (9, 10, None),  # from before all that is known
        (10, 9, "before 365 days were over"),
    ],
)
def test_entries_are_dropped_early_to_the_day_and_to_the_leaf(
    written_at: int, last: int, why: str | None
) -> None:
    begun = datetime(2026, 3, 1, 12, tzinfo=UTC)
    days = [
        Checkpoint(size, bytes(32), begun + timedelta(days=after))
        for size, after in ((10, 0), (20, 364), (30, 365))
    ]
    drop = Drop(new_key(), begun, 365, (0,), (last,))
    assert find_early(drop, written_at, days) == why
    # Less than a year is too early, whatever the checkpoints say.
    less = replace(drop, kept_days=364)
    assert find_early(less, 20, days) == find_early(less, 9, []) == "after 364 days"


async def test_the_last_checkpoint_of_a_day_is_found_behind_seven_others(
    three_days, tmp_path: Path
) -> None:
    """Those that were signed again by keys that are not accepted any more."""
    folder, public = CheckpointFolder(tmp_path), await KEYS.public_keys(KeyUse.CHECKPOINT)
    days = list(folder.last_of_days(public))
    day = tmp_path / f"{days[0].signed_at:%Y-%m-%d}"
    for number in range(7):
        (day / f"999999999999-23595{number}.checkpoint").write_text("of another key")
    assert list(folder.last_of_days(public)) == days
    (day / "999999999999-235958.checkpoint").write_text("of another key")
    assert list(folder.last_of_days(public)) == days[1:]


def test_a_record_is_signed_by_a_known_key_or_by_none() -> None:
    drop = Drop(new_key(), _NOON, 3650, (1,), (2,))
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(drop.text().encode())
    assert drop.is_signed(public, signature, [public])
    assert not drop.is_signed(public, signature, [bytes(32)])
    assert not replace(drop, kept_days=3651).is_signed(public, signature, [public])
    assert not drop.is_signed(public, bytes(64), [public])


@pytest.mark.parametrize(
    ("replaced", "by", "why"),
    [
        ("gerbang/account", "gerbang/other", "no checkpoint of this account"),
        (base64.b64encode(bytes(32)).decode(), "AAAA", "no checkpoint of this account"),
        ("signed at", "signed about", "no checkpoint"),
        ("\n10\n", "\nten\n", "no checkpoint"),
        ("signed at", "more\nsigned at", "no checkpoint"),
    ],
)
async def test_what_our_key_signed_is_no_checkpoint_unless_it_is_written_as_one(
    replaced: str, by: str, why: str
) -> None:
    public = await KEYS.public_keys(KeyUse.CHECKPOINT)
    text = Checkpoint(10, bytes(32), _NOON).text()
    for said in (text, text.replace(replaced, by, 1)):
        signed = await KEYS.sign(KeyUse.CHECKPOINT, said.encode())
        whole = signed_note(Checkpoint(10, bytes(32), _NOON), signed.public_key, signed.value)
        note = whole.replace(text, said, 1)
        if said == text:
            assert read_note(note, public) == Checkpoint(10, bytes(32), _NOON)
    with pytest.raises(AccountError, match=why):
        read_note(note, public)


async def test_a_file_outside_is_written_once(three_days, tmp_path: Path) -> None:
    """The same again, within the second, is there already; anything else is refused."""
    folder = CheckpointFolder(tmp_path)
    [*_, day] = folder.last_of_days(await KEYS.public_keys(KeyUse.CHECKPOINT))
    before = {file: file.read_bytes() for file in find_files(tmp_path, "*/*")}
    note = next(file for file in before if file.name.startswith(f"{day.size:012}-")).read_text()
    folder.write(day, note)
    with pytest.raises(AccountError, match="FileExistsError"):
        folder.write(day, f"{note}\n")
    assert {file: file.read_bytes() for file in find_files(tmp_path, "*/*")} == before


async def test_a_record_that_was_changed_with_its_leaf_is_judged_by_what_was_signed(
    three_days, tmp_path: Path
) -> None:
    """Whoever reads the report learns before when all that went was written, whichever record was
    the last: a keeper that keeps entries longer than the one before writes an earlier day."""
    newest = _NOON - timedelta(days=4000)
    for before in (newest, newest - timedelta(days=9)):
        drop = Drop(new_key(), before, 3650, (0,), (0,))
        signed = await KEYS.sign(KeyUse.CHECKPOINT, drop.text().encode())
        by = {"public_key": signed.public_key, "signature": signed.value}
        await insert(three_days, "account_drop", {**asdict(drop), **by})
    await sign(three_days, tmp_path)
    assert (await verify(three_days, KEYS, CheckpointFolder(tmp_path))).dropped_before == newest
    content = SOURCES["account_drop"].content("entry")
    async with past_triggers(three_days):
        await three_days.execute("UPDATE account_drop SET lasts[1] = 9 WHERE id = $1", drop.id)
        [changed] = await three_days.fetchrow(
            f"SELECT {content} FROM account_drop AS entry"
            " JOIN account_leaf AS leaf ON row_id = entry.id WHERE entry.id = $1",
            drop.id,
        )
        await three_days.execute(
            "UPDATE account_leaf SET hash = $2 WHERE row_id = $1",
            *(drop.id, leaf_hash(changed)),
        )
    report = await verify(three_days, KEYS, CheckpointFolder(tmp_path))
    assert [one.what for one in report.findings if str(drop.id) in one.what] == [
        f"account_drop {drop.id} has another leaf than was signed"
    ]
