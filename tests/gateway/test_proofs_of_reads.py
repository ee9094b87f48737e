"""Whoever was read is given a proof of each read that they are told of, and verifies it offline;
whoever rewrites the log afterwards contradicts it. A proof tells neither by whom, nor for
which case.
"""

import asyncio
import json
import random
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer as Sealed
from models.account import AccountError, CheckpointFolder, verify
from models.account.nodes import note_nodes
from models.account.notes import verifier_key
from models.account.proofs import read_proof
from models.account.proving import read_entry
from models.key_service import KeyUse
from models.vocabulary import Role
from tests.accounts import past_triggers, sign
from tests.acting import act
from tests.commands import call_command
from tests.gateway.conftest import Viewer
from tests.linking import KEYS
from tests.running_demo import GERBANG

pytestmark = pytest.mark.anyio

CLOSED, OPEN = "AUSY-GRAN-0001", "AUSY-PAID-0013"
READ = """
    query ($case: String!) @purpose(code: %s, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { fullName } } }
    }
"""
MINE = """
    { myData { applicant { accessEvents(first: 50) { nodes {
        occurredAt actorRole purpose fields proof
    } } } } }
"""
_STATE = ("account_node", "account_head", "account_leaf", "account_source", "access_event")
_FUNCTION = "SELECT id FROM viewer.proofs_of_reads($1)"


@dataclass(frozen=True)
class Verified:
    """What `gerbang audit reads` printed, and its exit code."""

    code: int
    text: str


@dataclass(frozen=True)
class Person:
    """Ruby, two of whose reads are in the account: one is told at once, the other later."""

    viewer: Viewer
    folder: Path

    async def saves(self, name: str) -> Path:
        """The list of reads, as the page My data saves it."""
        file = self.folder / name
        file.write_text(json.dumps({"reads": await self.reads()}), encoding="utf-8")
        return file

    async def reads(self) -> list[dict[str, Any]]:
        answer = await self.viewer(MINE)
        assert answer.errors == [], answer.text
        listed: list[dict[str, Any]] = answer.data["myData"]["applicant"]["accessEvents"]["nodes"]
        return listed

    async def verifies(self, file: Path, *options: str) -> Verified:
        """By a command that knows nothing but the file and the public key."""
        done = await asyncio.to_thread(call_command, await self.command(file, *options), {})
        return Verified(done.returncode, done.stdout + done.stderr)

    async def command(self, file: Path, *options: str) -> list[object]:
        [public] = (await KEYS.public_keys(KeyUse.CHECKPOINT)).values()
        return ["audit", "reads", file, "--public-key", verifier_key(public), *options]


@pytest.fixture
async def person(who, connection: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Person]:
    for purpose, case in (("CASEWORK", CLOSED), ("SUPERVISION", OPEN)):
        answer = await who["supervisor"](READ % purpose, case=case)
        assert answer.data["application"]["applicant"]["identity"] is not None
    await sign(connection, tmp_path)
    yield Person(who["applicant"], tmp_path)
    async with past_triggers(connection):
        for table in _STATE:
            await connection.execute(f"DELETE FROM {table}")


async def read_for(connection: asyncpg.Connection, purpose: str) -> UUID:
    key: UUID = await connection.fetchval(
        "SELECT id FROM access_event WHERE purpose = $1 ORDER BY id LIMIT 1", purpose
    )
    return key


async def test_a_person_verifies_offline_who_read_them(person) -> None:
    [read] = await person.reads()
    command = [GERBANG, *await person.command(await person.saves("mine.json"))]
    process = await asyncio.to_thread(
        subprocess.run, command, env={}, capture_output=True, text=True
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert ", SUPERVISOR, CASEWORK: fullName: entry " in process.stdout
    assert "1 reads are in the account; 0 findings\n" in process.stdout
    other = await person.verifies(await person.saves("mine.json"), "--public-key", "ab" * 32)
    assert other.code == 0  # either key may have signed it
    # What the proof has says when, as what, why and what; nothing names the reader or the case.
    content, _, _, note = read_proof(read["proof"])
    assert "supervisor" not in content.decode()
    assert CLOSED not in content.decode()
    assert set(read_entry(read["proof"], await KEYS.public_keys(KeyUse.CHECKPOINT), ()).said) == {
        "id", "applicant_id", "actor_role", "purpose", "fields", "occurred_at",
    }  # fmt: skip
    assert note.startswith("gerbang/account\n")


async def test_what_a_list_says_otherwise_than_its_proof_is_false(person) -> None:
    [read] = await person.reads()
    for name, said in (
        ("purpose", "INTAKE"),
        ("actorRole", "OFFICER"),
        ("fields", ["email"]),
        ("occurredAt", "2026-01-01T00:00:00Z"),
        ("proof", read["proof"].replace("index ", "index 1")),
    ):
        file = person.folder / "changed.json"
        file.write_text(json.dumps({"reads": [{**read, name: said}]}), encoding="utf-8")
        assert (await person.verifies(file)).code == 1, name
    file.write_text(json.dumps({"reads": [read, read]}), encoding="utf-8")
    assert "that of another read, too" in (await person.verifies(file)).text


async def test_a_read_that_is_changed_in_the_database_has_no_true_proof(
    person, connection: asyncpg.Connection
) -> None:
    key = await read_for(connection, "CASEWORK")
    async with past_triggers(connection):
        await connection.execute(
            "UPDATE access_event SET actor_role = 'OFFICER' WHERE id = $1", key
        )
        changed = await person.verifies(await person.saves("changed.json"))
        await connection.execute(
            "UPDATE access_event SET actor_role = 'SUPERVISOR', actor = 'x' WHERE id = $1", key
        )
        by_another = await person.verifies(await person.saves("another.json"))
    for verified in (changed, by_another):
        assert verified.code == 1
        assert "the entry is not in the tree of the checkpoint" in verified.text


async def test_each_leaf_has_a_salt_of_its_own(person, connection: asyncpg.Connection) -> None:
    """Those of rows that were there before the account, too."""
    salts = [row["salt"] for row in await connection.fetch("SELECT salt FROM account_leaf")]
    assert len(salts) > 100
    assert len({*salts}) == len(salts)
    await connection.execute("UPDATE account_leaf SET salt = $1", bytes(16))
    assert "not in the tree" in (await person.verifies(await person.saves("salted.json"))).text


async def test_a_read_that_is_removed_is_proven_by_what_was_saved_before(
    person, connection: asyncpg.Connection
) -> None:
    before = await person.saves("before.json")
    key = await read_for(connection, "CASEWORK")
    async with past_triggers(connection):
        await connection.execute("DELETE FROM access_event WHERE id = $1", key)
    now = await person.saves("now.json")
    assert (await person.verifies(before)).code == 0
    verified = await person.verifies(now, "--earlier", str(before))
    assert verified.code == 1
    assert ", SUPERVISOR, CASEWORK: fullName is in the account (entry " in verified.text
    assert "and is not listed any more" in verified.text


async def test_a_read_without_its_leaf_is_missed(person, connection: asyncpg.Connection) -> None:
    """Of a later one there is a proof, under a checkpoint that would cover both."""
    [read] = await person.reads()
    file = person.folder / "without.json"
    older = {**read, "occurredAt": "2026-01-01T00:00:00Z", "proof": None}
    file.write_text(json.dumps({"reads": [read, older]}), encoding="utf-8")
    verified = await person.verifies(file)
    assert (verified.code, "has no proof" in verified.text) == (1, True)
    file.write_text(json.dumps({"reads": [read, {**read, "proof": None}]}), encoding="utf-8")
    assert (await person.verifies(file)).code == 0  # the next checkpoint covers it
    await connection.execute(
        "DELETE FROM account_leaf WHERE row_id = $1", await read_for(connection, "CASEWORK")
    )
    assert [one["proof"] for one in await person.reads()] == [None]


async def test_the_database_gives_proofs_of_ones_own_reads_once_they_are_told(
    person, connection: asyncpg.Connection
) -> None:
    """Whatever statement somebody injects."""
    told, later = [await read_for(connection, one) for one in ("CASEWORK", "SUPERVISION")]

    async def proven(viewer: Sealed) -> list[UUID]:
        async with connection.transaction():
            await act(connection, viewer)
            return [row["id"] for row in await connection.fetch(_FUNCTION, [told, later])]

    assert await proven(Sealed("applicant", Role.APPLICANT)) == [told]
    assert await proven(Sealed("applicant-2", Role.APPLICANT)) == []
    for role in (Role.OFFICER, Role.AUDITOR, Role.ANONYMOUS):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await proven(Sealed("applicant", role))


async def grow(connection: asyncpg.Connection, number: int) -> None:
    """Append leaves of nothing."""
    first = await connection.fetchval("SELECT max(position) + 1 FROM account_leaf")
    await connection.copy_records_to_table(
        "account_leaf",
        columns=("position", "source", "row_id", "hash", "salt"),
        records=[
            (first + at, "decision", UUID(int=at), random.randbytes(32), random.randbytes(16))
            for at in range(number)
        ],
    )


@pytest.mark.parametrize(("before", "after"), [(0, 0), (63, 1), (70, 4_100), (4_200, 70)])
async def test_proofs_are_true_wherever_a_read_stands(
    person, connection: asyncpg.Connection, before: int, after: int
) -> None:
    """In trees of several levels of nodes, which grew in steps."""

    await grow(connection, before)
    answer = await person.viewer("{ myData { applicant { identity { email } } } }")
    assert answer.errors == []
    await sign(connection, person.folder)
    await grow(connection, after)
    await sign(connection, person.folder)
    verified = await person.verifies(await person.saves("grown.json"))
    assert verified.code == 0, verified.text
    assert "2 reads are in the account; 0 findings\n" in verified.text
    assert "APPLICANT, OWN_DATA: email: entry " in verified.text


#: What somebody does to what proofs are made of, and what is named of it.
_WRONG = (
    ("UPDATE account_node SET hash = sha256(hash) WHERE level = 1 AND place >= 3",
     "account_node level 1, place 3 (of the leaves from 192 on)"),
    ("DELETE FROM account_node WHERE level = 1 AND place = 0",
     "account_node level 1, place 0 (of the leaves from 0 on)"),
    ("UPDATE account_node SET hash = sha256(hash) WHERE level = 2",
     "account_node level 2, place 0 (of the leaves from 0 on)"),
    ("INSERT INTO account_node SELECT 3, 7, hash FROM account_node LIMIT 1",
     "account_node level 3, place 7 (of the leaves from 1,835,008 on)"),
    ("UPDATE account_head SET frontier[1] = frontier[2]", "account_head has another edge"),
    ("UPDATE account_head SET frontier = frontier[2:]", "account_head has another edge"),
)  # fmt: skip


async def test_the_first_wrong_hash_of_which_proofs_are_made_is_named(
    person, connection: asyncpg.Connection
) -> None:
    """By it a proof would be false, though nothing that is told was changed."""
    await grow(connection, 4_100)
    await sign(connection, person.folder)

    async def named() -> list[str]:
        report = await verify(connection, KEYS, CheckpointFolder(person.folder))
        return [str(one) for one in report.findings if "decision" not in one.what]

    before = await named()
    assert "account_" not in " ".join(before)
    for table in ("account_node", "account_head"):
        await connection.execute(f"CREATE TEMPORARY TABLE kept_{table} AS TABLE {table}")
    for change, found in _WRONG:
        await connection.execute(change)
        [*others, wrong] = sorted(await named(), key=lambda one: "account_" in one)
        assert others == before
        assert wrong.startswith(f"changed: {found}")
        for table in ("account_node", "account_head"):
            await connection.execute(f"DELETE FROM {table}")
            await connection.execute(f"INSERT INTO {table} TABLE kept_{table}")
    for table in ("account_node", "account_head"):
        await connection.execute(f"DROP TABLE kept_{table}")


async def test_no_hash_is_made_of_leaves_that_are_missing(
    person, connection: asyncpg.Connection
) -> None:
    """Not of one, either: what it would prove is of other leaves."""
    await grow(connection, 200)
    await sign(connection, person.folder)
    size = await connection.fetchval("SELECT size FROM account_head")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("DELETE FROM account_node")
    await note_nodes(connection, size)
    await connection.execute("DELETE FROM account_node")
    await connection.execute("DELETE FROM account_leaf WHERE position = 70")
    with pytest.raises(AccountError, match="leaves of the account are missing"):
        await note_nodes(connection, size)
    await transaction.rollback()
