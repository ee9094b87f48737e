"""Witnesses cosign the account on other machines: nobody shows another tree, even with the key that
signs checkpoints. Proofs are verified by whoever holds the keys alone."""

import base64
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from random import Random

import asyncpg
import pytest

from models.account import (
    AccountError,
    CheckpointFolder,
    integrate,
    reset_sources,
    restart_account,
    sign_checkpoint,
    verify,
)
from models.account.cosignatures import Witness
from models.account.findings import Tampering
from models.account.merkle import Frontier, leaf_hash
from models.account.notes import Checkpoint, signed_note, verifier_key
from models.account.proofs import (
    hash_lines,
    is_continued,
    is_included,
    prove_consistency,
    prove_inclusion,
    roots_after,
)
from models.account.proving import check_entry, check_since, prove_entry, prove_since
from models.account.witness import WitnessFolder
from models.key_service import KeyUse
from models.row_keys import new_key
from tests.accounts import past_triggers, read_five
from tests.commands import call_command
from tests.free_ports import free_port
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

GERBANG = Path(sys.executable).with_name("gerbang")
LEAVES = [leaf_hash(str(number).encode()) for number in range(41)]
NAME = "witness.example.org"


def root(first: int, end: int) -> bytes:
    return Frontier().extend(LEAVES[first:end]).root()


def test_every_proof_of_inclusion_proves_its_leaf_and_no_other() -> None:
    for size, index in ((n, place) for n in range(1, 40) for place in range(n)):
        proof = prove_inclusion(index, size, root)
        assert is_included(LEAVES[index], index, size, proof, root(0, size))
        for leaf, place in ((index + 1, index), (index, size)):
            assert not is_included(LEAVES[leaf], place, size, proof, root(0, size))
        for other in (proof[1:], proof[:-1], [*proof, LEAVES[0]]):
            said = is_included(LEAVES[index], index, size, other, root(0, size))
            assert said is (other == proof)
    # The root of a smaller tree is none of a larger one.
    assert not is_included(LEAVES[0], 0, 9, prove_inclusion(0, 8, root), root(0, 8))


def test_every_proof_of_consistency_proves_its_trees_and_no_other() -> None:
    for old, size in ((old, size) for old, size in product(range(1, 40), repeat=2) if old <= size):
        proof = prove_consistency(old, size, root)
        # From the edge of the old tree and the leaves since, the same.
        after = roots_after(Frontier().extend(LEAVES[:old]), LEAVES[old:size])
        assert prove_consistency(old, size, after) == proof
        for index in range(old, size):
            assert prove_inclusion(index, size, after) == prove_inclusion(index, size, root)
        assert is_continued(old, size, proof, root(0, old), root(0, size))
        assert not is_continued(old, size, proof, root(0, old), root(1, size + 1))
        if old < size:
            assert not is_continued(old, size, proof, root(1, old + 1), root(0, size))
            assert not is_continued(old, size, proof[1:], root(0, old), root(0, size))
    assert not is_continued(4, 9, prove_consistency(4, 8, root), root(0, 4), root(0, 8))


async def _note(size: int, of: Callable[[int, int], bytes] = root) -> str:
    [key] = (await KEYS.public_keys(KeyUse.CHECKPOINT)).values()
    checkpoint = Checkpoint(size, of(0, size), datetime.now(UTC).replace(microsecond=0))
    signature = await KEYS.sign(KeyUse.CHECKPOINT, checkpoint.text().encode())
    return signed_note(checkpoint, key, signature.value)


def _request(old: int, proof: list[bytes], note: str) -> bytes:
    return f"old {old}\n{hash_lines(proof)}\n{note}".encode()


async def test_a_witness_cosigns_what_continues_and_nothing_else(tmp_path: Path) -> None:
    folder, keys = WitnessFolder(tmp_path, NAME), await KEYS.public_keys(KeyUse.CHECKPOINT)

    def ask(old: int, proof: list[bytes], note: str) -> tuple[int, str]:
        return folder.add_checkpoint(_request(old, proof, note), keys)

    five, nine = await _note(5), await _note(9)
    fork = await _note(9, lambda first, end: root(first + 1, end + 1))
    status, line = ask(0, [], five)
    assert status == 200
    assert folder.witness.has_cosigned(five + line)
    assert not folder.witness.has_cosigned(nine + line)
    assert not Witness("other", folder.witness.public_key).has_cosigned(five + line)
    # The one that it cosigned last must be continued, by whatever key it is signed.
    proof = prove_consistency(5, 9, root)
    assert ask(0, [], nine) == (409, "5\n")
    assert ask(4, prove_consistency(4, 9, root), nine) == (409, "5\n")
    assert ask(5, proof, fork)[0] == 422
    assert ask(5, [], nine)[0] == 422
    assert ask(9, [], five)[0] == 400
    assert ask(5, proof, nine)[0] == 200
    # It is the same after a restart: the state is on the disk.
    folder = WitnessFolder(tmp_path, NAME)
    assert ask(5, [], five) == (409, "9\n")
    assert ask(9, [], fork) == (409, "9\n")
    status, line = ask(9, [], nine)
    assert (status, folder.witness.has_cosigned(nine + line)) == (200, True)
    # Others are not its business.
    assert ask(9, [], nine.replace("gerbang/account", "other/log"))[0] == 404
    assert ask(9, [], nine.replace("signed at 2", "signed at 3"))[0] == 403
    assert folder.add_checkpoint(_request(9, [], nine), {"other": bytes(range(32))})[0] == 403
    rng = Random(1)
    for body in (b"", b"old -1\n\n", b"old 01\n\n", b"\xff", _request(9, proof * 30, nine)):
        assert folder.add_checkpoint(body, keys)[0] == 400
    whole = _request(9, proof, nine)
    for _ in range(200):  # whatever arrives, it answers, and what is wrong is not cosigned
        at = rng.randrange(len(whole))
        mangled = whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :]
        assert folder.add_checkpoint(mangled, keys)[0] in (200, 400, 403, 404, 409, 422)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


@contextmanager
def _serving(folder: Path, log_key: str) -> Iterator[Witness]:
    """`gerbang witness`, as another organisation runs it."""
    named = call_command(["witness", "key", folder, "--name", NAME], {})
    assert named.returncode == 0, named.stderr
    port = free_port()
    serve = [GERBANG, "witness", "serve", folder, "--name", NAME, "--log-key", log_key]
    with subprocess.Popen([*serve, "--port", str(port)]) as process:
        try:
            while process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            yield Witness.read(f"http://127.0.0.1:{port} {named.stdout}")
        finally:
            process.terminate()


@pytest.fixture
async def witness(tmp_path: Path) -> AsyncIterator[Witness]:
    [key] = (await KEYS.public_keys(KeyUse.CHECKPOINT)).values()
    with _serving(tmp_path / "witness", verifier_key(key)) as served:
        yield served


@pytest.fixture
async def account(world: str, connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, in a transaction that is rolled back."""
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    yield connection
    await transaction.rollback()


async def _sign(account: asyncpg.Connection, folder: Path, *witnesses: Witness) -> None:
    """One pass of a keeper, after five reads."""
    await read_five(account)
    while await integrate(account):
        pass
    await sign_checkpoint(account, KEYS, CheckpointFolder(folder), witnesses=witnesses)


async def _found(
    account: asyncpg.Connection, folder: Path, *witnesses: Witness
) -> list[tuple[Tampering, str]]:
    report = await verify(account, KEYS, CheckpointFolder(folder), witnesses=witnesses)
    return [(one.kind, one.what) for one in report.findings]


_SINCE = "SELECT uncosigned_since FROM account_head"


async def test_a_checkpoint_without_its_witness_is_red_until_it_cosigns(
    account, witness, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    for _ in range(3):
        await _sign(account, outside, witness)
        assert await account.fetchval(_SINCE) is None
        assert await _found(account, outside, witness) == []
    away = Witness(witness.name, witness.public_key, f"http://127.0.0.1:{free_port()}")
    other = Witness("other.example.org", bytes(range(32)))
    await _sign(account, outside, away)
    size = await account.fetchval("SELECT size FROM account_head")
    red = [(Tampering.UNCOSIGNED, f"{NAME} did not cosign {size:,} leaves")]
    assert await _found(account, outside, away) == red
    since = await account.fetchval(_SINCE)
    await _sign(account, outside, away)
    assert await account.fetchval(_SINCE) == since is not None
    # It is there again, and takes up what it missed; of several each has to cosign.
    for asked, is_red in (((witness,), False), ((witness, other), True)):
        await _sign(account, outside, *asked)
        assert (await account.fetchval(_SINCE) is not None) is is_red
        assert await _found(account, outside, witness) == []
    [(kind, what)] = await _found(account, outside, witness, other)
    assert (kind, what.split()[0]) == (Tampering.UNCOSIGNED, "other.example.org")


async def test_another_tree_is_found_though_its_key_is_the_right_one(
    account, witness, tmp_path: Path
) -> None:
    """With the stolen signing key and a folder that was rebuilt, nobody has kept a checkpoint."""
    outside, rebuilt = tmp_path / "outside", tmp_path / "rebuilt"
    await _sign(account, outside, witness)
    async with past_triggers(account):  # an entry that no gateway seals
        await account.execute("UPDATE decision SET internal_note = 'other'")
    await restart_account(account, CheckpointFolder(rebuilt))
    await account.execute("DELETE FROM account_leaf")
    await reset_sources(account)
    await _sign(account, rebuilt, witness)
    assert await _found(account, rebuilt) == []  # as it looks without witnesses
    kinds = [kind for kind, _ in await _found(account, rebuilt, witness)]
    assert kinds == [Tampering.UNCOSIGNED]


async def test_an_older_state_is_found_though_it_was_cosigned(
    account, witness, tmp_path: Path
) -> None:
    """Database and folder are as they were once: only the witness knows of more."""
    outside, kept = tmp_path / "outside", tmp_path / "kept"
    await _sign(account, outside, witness)
    shutil.copytree(outside, kept)
    size = await account.fetchval("SELECT size FROM account_head")
    later = account.transaction()
    await later.start()
    await _sign(account, outside, witness)
    await later.rollback()
    offline = Witness(witness.name, witness.public_key)
    assert await _found(account, kept, offline) == []
    assert await _found(account, kept, witness) == [
        (
            Tampering.ROLLED_BACK,
            f"{NAME} cosigned {size + 5:,} leaves, the newest checkpoint of the folder has"
            f" {size:,}",
        )
    ]


async def test_anybody_verifies_proofs_offline(account, witness, tmp_path: Path) -> None:
    outside = CheckpointFolder(tmp_path / "outside")
    await _sign(account, outside.path, witness)
    kept = tmp_path / "kept"
    kept.write_bytes(next(outside.newest_first()).read_bytes())
    await _sign(account, outside.path, witness)
    [public] = (await KEYS.public_keys(KeyUse.CHECKPOINT)).values()
    key = verifier_key(public)
    for name in ("access_event", "bill_payment"):
        row = await account.fetchval(
            "SELECT row_id FROM account_leaf WHERE source = $1 ORDER BY position DESC LIMIT 1", name
        )
        proof = tmp_path / f"{name}.tlog-proof"
        proof.write_text(await prove_entry(account, outside, name, row), encoding="utf-8")
        believed = _check(proof, "--public-key", key, "--witness", witness.verifier_key())
        assert believed.returncode == 0, believed.stdout
        assert believed.stdout.startswith("entry ")
    assert _check(proof, "--public-key", bytes(range(32)).hex()).returncode == 1
    other = Witness("other.example.org", bytes(range(32))).verifier_key()
    both = ("--witness", witness.verifier_key(), "--witness", other)
    assert "did not cosign" in _check(proof, "--public-key", key, *both).stdout
    text = proof.read_text(encoding="utf-8")
    extra = base64.b64encode(b'{"id":"another"}').decode()
    proof.write_text(re.sub(r"(?m)^extra .*$", f"extra {extra}", text), encoding="utf-8")
    assert "not in the tree" in _check(proof, "--public-key", key).stdout
    with pytest.raises(AccountError, match="no entry"):
        await prove_entry(account, outside, "alert", new_key())
    since = tmp_path / "since"
    since.write_text(prove_since(outside, kept), encoding="utf-8")
    options = ("--public-key", key, "--checkpoint", str(kept))
    assert _check(since, *options).returncode == 0
    lines = since.read_text(encoding="utf-8").split("\n")
    since.write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")
    assert "does not continue" in _check(since, *options).stdout


async def test_a_proof_is_of_the_present_content_of_what_a_checkpoint_covers(
    account, tmp_path: Path
) -> None:
    outside, hold = CheckpointFolder(tmp_path / "outside"), new_key()
    await account.execute(
        "INSERT INTO legal_hold (id, application_id, reason, held_by)"
        " SELECT $1, id, 'A trial.', 'supervisor' FROM application LIMIT 1",
        hold,
    )
    await _sign(account, outside.path)
    await account.execute(
        "UPDATE legal_hold SET released_by = 'other', released_at = now(), release_reason = 'Over.'"
    )
    await _sign(account, outside.path)
    public = await KEYS.public_keys(KeyUse.CHECKPOINT)
    proof = await prove_entry(account, outside, "legal_hold", hold)
    assert "Over." in check_entry(proof, public, ())
    size = next(outside.last_of_days(public)).size
    await read_five(account)  # the leaves after those that are covered
    while await integrate(account):
        pass
    at = "SELECT row_id FROM account_leaf WHERE position = $1"
    key = await account.fetchval(at, size)
    with pytest.raises(AccountError, match="is signed yet"):
        await prove_entry(account, outside, "access_event", key)
    key = await account.fetchval(at, size - 1)
    proof = await prove_entry(account, outside, "access_event", key)
    assert check_entry(proof, public, ()).startswith("entry ")


async def test_a_proof_of_continuation_has_whole_hashes(account, tmp_path: Path) -> None:
    outside, kept = CheckpointFolder(tmp_path / "outside"), tmp_path / "kept"
    await _sign(account, outside.path)
    kept.write_bytes(next(outside.newest_first()).read_bytes())
    await _sign(account, outside.path)
    public = await KEYS.public_keys(KeyUse.CHECKPOINT)
    proof = prove_since(outside, kept)
    assert "are the first of" in check_since(proof, kept, public, ())
    old, first, *rest = proof.split("\n")
    longer = base64.b64encode(base64.b64decode(first) + b"x").decode()
    with pytest.raises(AccountError, match="does not continue"):
        check_since("\n".join([old, longer, *rest]), kept, public, ())


def _check(proof: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """As somebody who has nothing but the proof and the keys."""
    done = call_command(["audit", "check", proof, *options], {})
    done.stdout += done.stderr
    return done
