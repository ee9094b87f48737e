"""Checkpoints of the tree as signed notes (C2SP tlog-checkpoint and signed-note, Ed25519)."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from models.account.merkle import HASH_BYTES
from models.signatures import is_signed


class AccountError(Exception):
    """The account is not what was signed, or cannot be signed; the text says what to do."""


#: The name of the log in its checkpoints, and of the key that signs them.
ORIGIN = "gerbang/account"
_ED25519 = b"\x01"
_SIGNATURE = re.compile(rf"— {re.escape(ORIGIN)} ([A-Za-z0-9+/]+={{0,2}})")
_AT = "signed at "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of the tree, and when it was signed."""

    size: int
    root: bytes
    signed_at: datetime

    def text(self) -> str:
        """What is signed: the three lines of a checkpoint, and when."""
        root = base64.b64encode(self.root).decode()
        at = self.signed_at.astimezone(UTC).isoformat(timespec="seconds")
        return f"{ORIGIN}\n{self.size}\n{root}\n{_AT}{at}\n"


def signed_note(checkpoint: Checkpoint, public_key: bytes, signature: bytes) -> str:
    encoded = base64.b64encode(_key_hash(public_key) + signature).decode()
    return f"{checkpoint.text()}\n— {ORIGIN} {encoded}\n"


def read_note(note: str, public_keys: Mapping[str, bytes]) -> Checkpoint:
    """The checkpoint of a note that one of our keys signed.

    Raises AccountError if none of them did, or it is no checkpoint of ours.
    """
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    known = {_key_hash(key): key for key in public_keys.values()}
    for line in signatures.splitlines():
        if found := _SIGNATURE.fullmatch(line):
            decoded = decode_base64(found[1])
            if (key := known.get(decoded[:4])) and is_signed(key, text.encode(), decoded[4:]):
                return parse_checkpoint(text)
    raise AccountError("no key of this installation signed it")


def verifier_key(public_key: bytes) -> str:
    """A public key as verifiers of signed notes take it."""
    key = base64.b64encode(_ED25519 + public_key).decode()
    return f"{ORIGIN}+{_key_hash(public_key).hex()}+{key}"


def read_public_key(text: str) -> bytes:
    """A public key as `verifier_key` writes it, or its 32 bytes in hexadecimal or base64.

    Raises AccountError if it is none.
    """
    origin, _, of_verifiers = text.strip().partition("+")
    hash_, _, encoded = of_verifiers.partition("+")
    if origin == ORIGIN:
        decoded = decode_base64(encoded)
        key = decoded.removeprefix(_ED25519) if len(decoded) == 33 else b""
        if key and _key_hash(key).hex() == hash_:
            return key
    elif re.fullmatch(r"[0-9a-fA-F]{64}", text.strip()):
        return bytes.fromhex(text.strip())
    elif len(key := decode_base64(text.strip())) == 32:
        return key
    raise AccountError("that is no public key of an account, as `gerbang audit key` prints it")


def _key_hash(public_key: bytes) -> bytes:
    return sha256(ORIGIN.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def parse_checkpoint(text: str) -> Checkpoint:
    """What is signed, as it says: raises AccountError if it is no checkpoint of ours."""
    try:
        origin, size, root, at, end = text.split("\n")
        checkpoint = Checkpoint(
            int(size), decode_base64(root), datetime.fromisoformat(at.removeprefix(_AT))
        )
    except ValueError:
        raise AccountError("it is no checkpoint") from None
    if origin != ORIGIN or end or len(checkpoint.root) != HASH_BYTES:
        raise AccountError("it is no checkpoint of this account")
    return checkpoint


def decode_base64(value: str) -> bytes:
    """The bytes; none where it is no base64."""
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""
