"""What is done to keys is noted where they are, and stands in the account for auditors."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner

from gateway.cli.audit import audit
from gateway.cli.vault import vault
from models.account import AccountError
from models.account.findings import Tampering
from models.account.sources import SOURCES
from models.jobs.keys import carry_key_notes
from models.key_service import (
    KeyServiceError,
    KeyUse,
    LocalKeys,
    SocketKeys,
    create_key_file,
)
from models.key_service import operations as noted
from models.vocabulary import KeyOperationKind, KeyUsedFor
from tests.accounts import find_tampering, past_triggers, sign, swallowed
from tests.key_stores import open_keys, run_keys, store_of
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

LIST = """{ keyOperations(first: 50) {
    nodes { kind usedFor operator fromKey toKey keys reason }
} }"""
KNOWN = "SELECT kind, used_for FROM key_operation ORDER BY id"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: sockets have no other."""
    with TemporaryDirectory(prefix="gerbang-") as name:
        create_key_file(Path(name, "keys.json"))
        yield Path(name)


def _change_by_hand(file: Path, use: KeyUse) -> None:
    """As with an editor: what a command wrote beside the keys stays."""
    content = json.loads(file.read_text(encoding="utf-8"))
    content[use] = [{"id": "by-hand", "key": "00" * 32}]
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content), encoding="utf-8")
    new.replace(file)


async def _run(group, *command: str) -> None:
    done = await asyncio.to_thread(CliRunner().invoke, group, command)
    assert done.exit_code == 0, done.output


def test_the_words_of_the_key_service_are_those_of_the_account() -> None:
    assert {use.name for use in KeyUse} == {*KeyUsedFor}
    assert {*noted.OperationKind} < {*KeyOperationKind}


async def test_notes_that_are_not_written_are_carried_again(
    connection: asyncpg.Connection, folder: Path
) -> None:
    with run_keys(folder / "keys.json", folder / "socket"):
        keys = SocketKeys(folder / "socket")
        async with undone(connection):
            async with swallowed(connection, "key_operation"):
                with pytest.raises(AccountError, match="gerbang doctor"):
                    await carry_key_notes(keys, connection)
            assert await carry_key_notes(keys, connection) == len(KeyUse)


async def test_rotations_and_erasures_are_entries_that_auditors_read_and_nobody_rewrites(
    who,
    connection: asyncpg.Connection,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, signing = folder / "keys.json", folder / "signing"
    first = LocalKeys.from_file(file)
    monkeypatch.setenv("GERBANG_KEY_STORE", store_of(file))
    me = first.changed_by
    assert me
    with run_keys(file, folder / "socket", signing=signing):
        people, keeper = SocketKeys(folder / "socket"), SocketKeys(signing)
        subjects = [uuid4() for _ in range(3)]
        made = await people.make_data_keys(subjects)
        assert await carry_key_notes(keeper, connection) == len(KeyUse)  # what there was
        await _run(vault, "rotate", str(file))
        for verb in ("rotate", "retire"):
            await _run(audit, verb, "seals", str(file))
        assert await carry_key_notes(keeper, connection) == 4
        assert await carry_key_notes(keeper, connection) == 0
        await keeper.erase_data_keys(subjects[:2])
        await keeper.erase_data_keys(subjects[:2])  # which erases nobody more
        _change_by_hand(file, KeyUse.PERSON_INDEX)
        assert await carry_key_notes(keeper, connection) == 3
        # Gateways read nothing of it.
        with pytest.raises(KeyServiceError, match="ask the other one"):
            await people.key_operations()

    now = LocalKeys.from_file(file).accepted_ids()
    before = first.accepted_ids()

    def entry(kind: str, use: KeyUse | None, *rest: str | int | None) -> dict:
        names = ("operator", "fromKey", "toKey", "keys")
        nodes = {"kind": kind, "usedFor": use and use.name, "reason": None}
        return nodes | dict(zip(names, rest, strict=True))

    def ids_of(use: KeyUse) -> tuple[str, str]:
        return before[use][0], now[use][0]

    answer = await who["auditor"](LIST)
    nodes = answer.data["keyOperations"]["nodes"]
    assert sorted(nodes, key=str) == sorted(
        [
            *(entry("ADDED", use, me, None, before[use][0], 0) for use in before),
            entry("ADDED", KeyUse.DATA_KEY, me, *ids_of(KeyUse.DATA_KEY), 0),
            entry("RETIRED", KeyUse.DATA_KEY, me, *ids_of(KeyUse.DATA_KEY), 3),
            entry("ADDED", KeyUse.ACCESS_LOG, me, *ids_of(KeyUse.ACCESS_LOG), 0),
            entry("RETIRED", KeyUse.ACCESS_LOG, me, *ids_of(KeyUse.ACCESS_LOG), 0),
            entry("ERASED", None, None, None, None, 2),
            entry("ADDED", KeyUse.PERSON_INDEX, None, *ids_of(KeyUse.PERSON_INDEX), 0),
            entry("RETIRED", KeyUse.PERSON_INDEX, None, *ids_of(KeyUse.PERSON_INDEX), 0),
        ],
        key=str,
    )
    # No key, and nobody's.
    stored = str([tuple(row) for row in await connection.fetch("SELECT * FROM key_operation")])
    secrets = [key.hex() for keys in first.by_use.values() for key in keys.values()]
    for secret in (*secrets, *(key.hex() for key in made.values()), *map(str, subjects)):
        assert secret not in stored

    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    await sign(connection, tmp_path)
    assert await find_tampering(connection, tmp_path) == []
    for statement, kind, why in (
        ("UPDATE key_operation SET operator = 'somebody'", Tampering.CHANGED, "is not what it was"),
        ("UPDATE key_operation SET keys = 9", Tampering.CHANGED, "is not what it was"),
        ("DELETE FROM key_operation", Tampering.REMOVED, "is gone"),
    ):
        [key] = await connection.fetchrow(
            "SELECT id FROM key_operation WHERE used_for = 'DATA_KEY' AND kind = 'RETIRED'"
        )
        attempt = connection.transaction()
        await attempt.start()
        async with past_triggers(connection):
            await connection.execute(f"{statement} WHERE id = $1", key)
        found = await find_tampering(connection, tmp_path)
        assert found == [(kind, f"key_operation {key} {why}")]
        await attempt.rollback()
    # A database that was restored learns again what was done to keys.
    async with past_triggers(connection):
        await connection.execute("DELETE FROM key_operation")
    keys = open_keys(file)
    assert await carry_key_notes(keys, connection) == len(KeyUse) + 7
    assert len(await connection.fetch(KNOWN)) == len(KeyUse) + 7
    await transaction.rollback()


async def test_a_long_list_of_notes_is_carried_whole_and_in_order(
    connection: asyncpg.Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noted, "PAGE_SIZE", 3)
    keys = open_keys(folder / "keys.json")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("DELETE FROM key_operation")
    await keys.key_operations()
    for number in range(1, 5):
        await keys.erase_data_keys([UUID(int=10 * number + one) for one in range(number)])
    assert await carry_key_notes(keys, connection) == len(KeyUse) + 4
    counted = await connection.fetch("SELECT keys FROM key_operation WHERE keys > 0 ORDER BY id")
    assert [row[0] for row in counted] == [1, 2, 3, 4]
    noticed = await connection.fetch(
        "SELECT keys FROM account_outbox JOIN key_operation ON row_id = key_operation.id"
        " WHERE keys > 0 ORDER BY account_outbox.id"
    )
    assert noticed == counted
    await transaction.rollback()


async def test_an_entry_of_the_last_release_keeps_its_leaf(connection: asyncpg.Connection) -> None:
    """Columns that came later, and are null, change no hash."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "INSERT INTO key_operation (id, occurred_at, kind, subjects)"
        " VALUES ($1, '2026-01-01 00:00Z', 'SWEEP', $2)",
        UUID(int=1), [UUID(int=2)],
    )  # fmt: skip
    content = SOURCES["key_operation"].parts("entry")["kept"]
    answer = await connection.fetchval(
        f"SELECT {content} FROM key_operation AS entry WHERE id = $1", UUID(int=1)
    )
    assert answer == (
        f'{{"id":"{UUID(int=1)}","occurred_at":1767225600000000,"kind":"SWEEP",'
        f'"subjects":["{UUID(int=2)}"]}}'
    )
    await transaction.rollback()
