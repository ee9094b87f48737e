"""A witness, on the machine of another organisation: it cosigns a checkpoint of a log that it knows
if that continues the one it cosigned last, of which alone it keeps a copy.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.account.cosignatures import Witness, cosign
from models.account.merkle import HASH_BYTES
from models.account.notes import ORIGIN, AccountError, Checkpoint, decode_base64, read_note
from models.account.proofs import is_continued

#: Of a tree of any size.
_LONGEST_PROOF = 63
#: What a checkpoint with its proof takes, at the very most.
MOST_BYTES = 16_384
_RAW = serialization.Encoding.Raw


class WitnessFolder:
    """The folder of a witness: its key, and the checkpoint that it cosigned last."""

    def __init__(self, path: Path, name: str) -> None:
        """Make the folder and the key where there are none."""
        self._path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            self._key = _read_key(path / "key")
        public = self._key.public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)
        self.witness = Witness(name, public)

    def add_checkpoint(
        self, body: bytes, log_keys: Mapping[str, bytes], now: float | None = None
    ) -> tuple[int, str]:
        """Answer a request of C2SP tlog-witness: the status, and a cosignature, the size that was
        cosigned last, or why not."""
        try:
            old, proof, note = _read_request(body)
        except ValueError:
            return 400, "that is no request of tlog-witness\n"
        if not note.startswith(f"{ORIGIN}\n"):
            return 404, "unknown log\n"
        try:
            checkpoint = read_note(note, log_keys)
        except AccountError:
            return 403, "no known key of the log signed it\n"
        if old > checkpoint.size:
            return 400, "the old tree is larger\n"
        with self._locked():
            return self._add(old, proof, checkpoint, int(now or time.time()))

    def _add(
        self, old: int, proof: list[bytes], checkpoint: Checkpoint, at: int
    ) -> tuple[int, str]:
        size, root = self._last()
        if old != size:
            return 409, f"{size}\n"
        if old == checkpoint.size and old and root != checkpoint.root:
            return 409, f"{size}\n"
        if not is_continued(old, checkpoint.size, proof, root, checkpoint.root):
            return 422, "the tree does not continue the one that was cosigned\n"
        line = cosign(self._key, self.witness, checkpoint.text(), at)
        _replace(self._path / "cosigned", f"{checkpoint.size}\n{checkpoint.root.hex()}\n")
        return 200, line

    def _last(self) -> tuple[int, bytes]:
        try:
            size, root = (self._path / "cosigned").read_text("ascii").split()
        except FileNotFoundError:
            return 0, b""
        return int(size), bytes.fromhex(root)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time, of all processes: what is compared is what is replaced."""
        with (self._path / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _read_request(body: bytes) -> tuple[int, list[bytes], str]:
    """Raises ValueError."""
    head, _, note = body.decode().partition("\n\n")
    first, *lines = head.split("\n")
    word, _, old = first.partition(" ")
    proof = [decode_base64(line) for line in lines]
    is_plain = old.isascii() and old.isdigit() and str(int(old)) == old
    if word != "old" or not is_plain or len(proof) > _LONGEST_PROOF:
        raise ValueError
    if any(len(one) != HASH_BYTES for one in proof):
        raise ValueError
    return int(old), proof, note


def _read_key(file: Path) -> Ed25519PrivateKey:
    if not file.exists():
        key = Ed25519PrivateKey.generate()
        raw = serialization.PrivateFormat.Raw
        _replace(file, key.private_bytes(_RAW, raw, serialization.NoEncryption()).hex())
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text("ascii")))
    except ValueError:
        raise AccountError(f"{file} is no key of a witness") from None


def _replace(file: Path, content: str) -> None:
    """It is on the disk before anybody hears of it."""
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
