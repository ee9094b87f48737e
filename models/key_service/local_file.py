"""The keys of a key service in a file, which its owner alone may read."""

import contextlib
import hmac
import json
import os
import pwd
import secrets
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.key_service.interface import Digest, KeyServiceError, KeyUse, Signature

_MOST_KEYS = 2
_KEY_BYTES = 32
#: Who wrote the file by a command of ours, and which keys it had then. An earlier release ignores
#: it.
_CHANGED = "changed"


class LocalKeys:
    """The keys of a file: for each use a list of ids and keys, the one that writes first."""

    def __init__(
        self, keys: Mapping[KeyUse, Mapping[str, bytes]], changed_by: str | None = None
    ) -> None:
        """``changed_by`` is the login of the person who wrote these keys by one of our commands."""
        self.by_use = keys
        self.changed_by = changed_by
        self._ciphers: dict[bytes, AESGCM] = {}

    @classmethod
    def from_file(cls, file: Path) -> "LocalKeys":
        """Raises KeyServiceError if others may read the file, or it is not a whole one of ours."""
        keys = cls._read(file)
        if lacking := [use for use in KeyUse if use not in keys.by_use]:
            raise KeyServiceError(
                f"the key file {file} has no key for {', '.join(lacking)}: run `gerbang init`"
            )
        return keys

    @classmethod
    def complete(cls, file: Path) -> bool:
        """Add a key for each use that came after the file was made; whether any did."""
        keys = cls._read(file).by_use
        if all(use in keys for use in KeyUse):
            return False
        cls({use: keys.get(use) or _new_key() for use in KeyUse}).write(file)
        return True

    @classmethod
    def _read(cls, file: Path) -> "LocalKeys":
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
            content = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise KeyServiceError(
                f"the key file {file} cannot be read ({type(error).__name__})"
            ) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyServiceError(
                f"others may read or write the key file {file}: run `chmod 600 {file}`"
            )
        try:
            return cls(_parse(content), _read_operator(content))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise KeyServiceError(
                f"the key file {file} is not as `gerbang init` writes it"
            ) from None

    def cipher(self, use: KeyUse, key_id: str | None = None) -> tuple[str, AESGCM]:
        """The cipher that wraps by the key of an id, and that id; without one, by the key that
        writes.

        Raises KeyServiceError for one that is not accepted.
        """
        keys = self.by_use[use]
        key_id = key_id or next(iter(keys))
        if key_id not in keys:
            raise KeyServiceError(f"the key {key_id} is missing in the file of keys")
        key = keys[key_id]
        return key_id, self._ciphers.get(key) or self._ciphers.setdefault(key, AESGCM(key))

    def accepted_ids(self) -> dict[KeyUse, list[str]]:
        """The ids of the keys for each use, the one that writes first."""
        return {use: [*keys] for use, keys in self.by_use.items()}

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return list(self.by_use[use])

    async def digests(self, use: KeyUse, messages: Sequence[bytes]) -> Sequence[Sequence[Digest]]:
        # Of each key set up once, whatever the number of messages.
        keys = [(id_, hmac.new(key, digestmod="sha256")) for id_, key in self.by_use[use].items()]
        return [[Digest(id_, _digest(key, message)) for id_, key in keys] for message in messages]

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        key = Ed25519PrivateKey.from_private_bytes(next(iter(self.by_use[use].values())))
        return Signature(key.public_key().public_bytes_raw(), key.sign(message))

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        return {
            id_: Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
            for id_, key in self.by_use[use].items()
        }

    def with_new_key(self, use: KeyUse) -> "LocalKeys":
        """With a new key that writes; the one that wrote so far is still accepted."""
        now = next(iter(self.by_use[use].items()))
        return LocalKeys({**self.by_use, use: {**_new_key(), now[0]: now[1]}})

    def with_one_key(self, use: KeyUse) -> "LocalKeys":
        """With the key alone that writes."""
        id_, key = next(iter(self.by_use[use].items()))
        return LocalKeys({**self.by_use, use: {id_: key}})

    def write(self, file: Path) -> None:
        """Write the file, for its owner alone; it is replaced as a whole, or not at all."""
        new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        content: dict[str, object] = {
            use: [{"id": id_, "key": key.hex()} for id_, key in keys.items()]
            for use, keys in self.by_use.items()
        }
        content[_CHANGED] = {"by": _login(), "to": self.accepted_ids()}
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(json.dumps(content, indent=2) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)


def create_key_file(file: Path) -> bool:
    """Make a file with a new key for each use; whether any was made: one that is there stays."""
    if file.exists():
        return LocalKeys.complete(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    LocalKeys({use: _new_key() for use in KeyUse}).write(file)
    return True


def _digest(key: hmac.HMAC, message: bytes) -> bytes:
    of_message = key.copy()
    of_message.update(message)
    return of_message.digest()


def _new_key() -> dict[str, bytes]:
    id_ = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4)}"
    return {id_: secrets.token_bytes(_KEY_BYTES)}


def _login() -> str:
    """The login of the person who runs this command, whatever user they have become since."""
    with contextlib.suppress(OSError):  # where there is no terminal
        return os.getlogin()
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())


def _read_operator(content: str) -> str | None:
    """Who wrote these keys; None where the file was changed by hand since."""
    read = json.loads(content)
    changed = read.get(_CHANGED)
    ids = {use: [one["id"] for one in read[use]] for use in KeyUse if use in read}
    return changed["by"] if changed and changed["to"] == ids else None


def _parse(content: str) -> dict[KeyUse, dict[str, bytes]]:
    read = json.loads(content)
    uses = [use for use in KeyUse if use in read or use is KeyUse.PERSON_INDEX]
    keys = {use: {one["id"]: bytes.fromhex(one["key"]) for one in read[use]} for use in uses}
    for of_use in keys.values():
        if not 1 <= len(of_use) <= _MOST_KEYS:
            raise ValueError("one key or two")
        if any(len(key) != _KEY_BYTES for key in of_use.values()):
            raise ValueError("keys of 32 bytes")
    return keys
