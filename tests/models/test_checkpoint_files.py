"""What stands beside the folder of a day that is over: each signature of its last checkpoint."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.account import CheckpointFolder
from models.account.merkle import Frontier, leaf_hash
from models.account.notes import Checkpoint, signed_note

LEAVES = [leaf_hash(bytes([number])) for number in range(3)]
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]


def note_of(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    public = key.public_key().public_bytes_raw()
    return signed_note(checkpoint, public, key.sign(checkpoint.text().encode()))


def test_a_checkpoint_that_two_keys_signed_is_kept_with_both(tmp_path: Path) -> None:
    folder, root = CheckpointFolder(tmp_path), Frontier().extend(LEAVES).root()
    last = Checkpoint(3, root, datetime(2026, 3, 1, 10, tzinfo=UTC))
    folder.write_leaves(last, 0, b"".join(LEAVES))
    folder.write(last, note_of(last, KEYS[0]))
    folder.write_again(last, note_of(last, KEYS[1]))
    assert folder.keep_days(datetime(2026, 3, 2, 2, tzinfo=UTC)) == 1
    beside = sorted(file.name.partition("_")[2] for file in tmp_path.iterdir() if file.is_file())
    signed = [name for name in beside if name.endswith(".checkpoint")]
    assert (len(beside), len(signed)) == (3, 2)
    assert all(name.startswith("000000000003-100000") for name in signed)
    for key in KEYS:
        public = {"one": key.public_key().public_bytes_raw()}
        assert [*folder.last_of_days(public)] == [last]


def test_what_an_instant_covers_was_signed_by_it(tmp_path: Path) -> None:
    folder, root = CheckpointFolder(tmp_path), Frontier().extend(LEAVES).root()
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    folder.write(only := Checkpoint(3, root, at), note_of(only, KEYS[0]))
    public = {"one": KEYS[0].public_key().public_bytes_raw()}
    assert folder.newest_by(at, public) == only
    assert folder.newest_by(at - timedelta(microseconds=1), public) is None


def test_where_nothing_came_there_is_no_file_of_hashes(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path)
    last = Checkpoint(3, Frontier().extend(LEAVES).root(), datetime(2026, 3, 2, tzinfo=UTC))
    folder.write_leaves(last, 3, b"")
    assert [*tmp_path.rglob("*.leaves")] == []
