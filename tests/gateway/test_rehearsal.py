"""`gerbang rehearse` on copies of the database and of the keys, of every pair of instants."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.cli.rehearse import rehearse
from models.account.notes import verifier_key
from models.database.connections import connected
from models.key_service import KeyUse, LocalKeys
from models.postgres import Server
from models.rights.key_comparison import RelativeAge
from models.rights.rehearsing import Rehearsal, read_report
from tests.conftest import copy_database
from tests.key_stores import administer, copy_keys, new_store
from tests.linking import key_store, keys_file
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

#: Who came between the first instant and the second, and who afterwards.
CAME = (["Wei Tan", "Ruby Hale"], ["Noah Finch", "Li Goh"])
ERASED = "Mia Lund"
OTHER = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
VERDICTS = {-1: RelativeAge.OLDER_KEYS, 0: RelativeAge.SAME, 1: RelativeAge.OLDER_DATABASE}


class Copies(NamedTuple):
    """A database that was restored, and a store of keys."""

    owner: asyncpg.Connection
    url: str
    store: str


@pytest.fixture
async def copies(server: Server, world_template: str) -> AsyncIterator[Copies]:
    url, store = await copy_database(server, world_template), new_store()
    copy_keys(key_store(), store)
    async with connected(url) as owner:
        people = [row[0] for row in await owner.fetch("SELECT id FROM applicant")]
        administer(store, "DELETE FROM data_key WHERE subject <> ALL ($1)", values=(people,))
        await owner.execute("SET session_replication_role = replica")
        yield Copies(owner, url, store)


def missing_at(instant: int) -> list[UUID]:
    return [applicant_id(name) for names in CAME[instant:] for name in names]


async def rehearsed(
    copies: Copies, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> tuple[int, Rehearsal]:
    report = folder / "report.json"
    for name, value in {
        "OWNER_URL": copies.url,
        "KEY_SERVICE": f"file:{keys_file()}",
        "KEY_STORE": copies.store,
    }.items():
        monkeypatch.setenv(f"GERBANG_{name}", value)
    done = await asyncio.to_thread(CliRunner().invoke, rehearse, ["--report", str(report)])
    [public] = (await LocalKeys.from_file(keys_file()).public_keys(KeyUse.CHECKPOINT)).values()
    signed = await asyncio.to_thread(report.read_bytes)
    rehearsal = read_report(signed, public)
    for forged, key in ((signed.replace(b'"people": ', b'"people": 1'), public), (signed, OTHER)):
        with pytest.raises(ValueError, match="no report that this key signed"):
            read_report(forged, key)
    checking = ["--check", str(report), "--public-key", verifier_key(public)]
    checked = await asyncio.to_thread(CliRunner().invoke, rehearse, checking)
    assert (checked.exit_code, checked.output) == (0, done.output)
    assert f"{len(rehearsal.lost)} are lost" in done.output
    return done.exit_code, rehearsal


@pytest.mark.parametrize("people_at", range(3))
@pytest.mark.parametrize("keys_at", range(3))
async def test_copies_of_every_pair_of_instants_are_repaired_or_name_the_lost(
    copies: Copies,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    keys_at: int,
    people_at: int,
) -> None:
    gone, cut = missing_at(people_at), missing_at(keys_at)
    for table in ("identity", "applicant"):
        column = "id" if table == "applicant" else "applicant_id"
        await copies.owner.execute(f"DELETE FROM {table} WHERE {column} = ANY ($1)", gone)
    administer(copies.store, "DELETE FROM data_key WHERE subject = ANY ($1)", values=(cut,))
    code, found = await rehearsed(copies, monkeypatch, tmp_path)
    lost = {*cut} - {*gone}
    assert {UUID(one) for one in found.lost} == lost
    assert code == bool(lost)
    assert found.verdict == VERDICTS[(keys_at > people_at) - (keys_at < people_at)]
    assert found.opened == found.people - len(lost)
    assert found.orphans == len({*gone} - {*cut})


async def test_who_was_erased_and_came_back_is_erased_again(
    copies: Copies, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The database is of before, and the keys are of after it."""
    person = applicant_id(ERASED)
    administer(copies.store, f"INSERT INTO erased_subject VALUES ('{person}', 1)")
    administer(copies.store, f"DELETE FROM data_key WHERE subject = '{person}'")
    code, found = await rehearsed(copies, monkeypatch, tmp_path)
    assert (code, found.erased_again, found.lost) == (0, 1, [])
    left = "SELECT count(*) FROM identity WHERE applicant_id = $1"
    assert await copies.owner.fetchval(left, person) == 0
