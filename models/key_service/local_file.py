"""The file of the keys of a key service, which its owner alone may read.

Either the keys stand in it, or a token is named by which alone it is opened.
"""

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
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.key_service.interface import Digest, KeyServiceError, KeyUse, LookUp, Signature
from models.key_service.security_modules import FileModule, FileSigner, Key, Signer, Token

_MOST_KEYS = 2
_SALT_BYTES = 16
_IN_FILE = FileModule()
#: Who wrote the file by a command of ours, and which keys it had then. An earlier release ignores
#: it.
_CHANGED = "changed"
#: Which token has new keys, and which of its keys are to be destroyed.
_TOKEN, _RETIRED = "token", "retired"
#: What an entry has of its key: all of it, or what the token makes it from.
_WHOLE, _SEALED = "key", "sealed"
#: A key, by its use and its id.
_Name = tuple[KeyUse, str]


class LocalKeys:
    """The keys of a file: for each use a list of ids and keys, the one that writes first."""

    def __init__(
        self,
        keys: Mapping[KeyUse, Mapping[str, Key]],
        changed_by: str | None = None,
        kept: Mapping[_Name, Mapping[str, str]] | None = None,
        token: str | None = None,
        retired: Sequence[_Name] = (),
    ) -> None:
        """``changed_by`` is the login of the person who wrote these keys by one of our commands,
        ``kept`` what the file has of each key, ``token`` the address of the token in
        which new keys are made, ``retired`` those that it is to destroy."""
        self.by_use = keys
        self.changed_by = changed_by
        self._kept, self._token, self._retired = kept or {}, token, retired
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
        keys = cls._read(file)
        lacking = [use for use in KeyUse if use not in keys.by_use]
        for use in lacking:
            keys = keys.with_new_key(use)
        if lacking:
            keys.write(file)
        return bool(lacking)

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
            return cls._parse(json.loads(content))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise KeyServiceError(
                f"the key file {file} is not as `gerbang init` writes it"
            ) from None

    @classmethod
    def _parse(cls, read: Mapping[str, Any]) -> "LocalKeys":
        token: str | None = read.get(_TOKEN)
        keys: dict[KeyUse, dict[str, Key]] = {}
        kept: dict[_Name, Mapping[str, str]] = {}
        for use in KeyUse:
            if use not in read and use is not KeyUse.PERSON_INDEX:
                continue
            keys[use] = {}
            for entry in read[use]:
                [(kept_as, value)] = [one for one in entry.items() if one[0] != "id"]
                module = _IN_FILE if kept_as == _WHOLE else Token(token or "")
                keys[use][entry["id"]] = module.open(use, entry["id"], value)
                kept[use, entry["id"]] = {kept_as: value}
            if not 1 <= len(keys[use]) <= _MOST_KEYS:
                raise ValueError("one key or two")
        retired = [(KeyUse(use), id_) for use, id_ in read.get(_RETIRED, ())]
        return cls(keys, _read_operator(read), kept, token, retired)

    def cipher(self, use: KeyUse, key_id: str | None = None) -> tuple[str, AESGCM]:
        """The cipher that wraps by the key of an id, and that id; without one, by the key that
        writes.

        Raises KeyServiceError for one that is not accepted.
        """
        keys = self.by_use[use]
        key_id = key_id or next(iter(keys))
        if key_id not in keys:
            raise KeyServiceError(f"the key {key_id} is missing in the file of keys")
        key = _secret(keys[key_id])
        return key_id, self._ciphers.get(key) or self._ciphers.setdefault(key, AESGCM(key))

    def accepted_ids(self) -> dict[KeyUse, list[str]]:
        """The ids of the keys for each use, the one that writes first."""
        return {use: [*keys] for use, keys in self.by_use.items()}

    async def key_ids(self, use: KeyUse) -> Sequence[str]:
        return list(self.by_use[use])

    async def digests(self, use: KeyUse, messages: Sequence[bytes]) -> Sequence[Sequence[Digest]]:
        # Of each key set up once, whatever the number of messages.
        keys = [
            (id_, hmac.new(_secret(key), digestmod="sha256"))
            for id_, key in self.by_use[use].items()
        ]
        return [[Digest(id_, _digest(key, message)) for id_, key in keys] for message in messages]

    async def look_up(self, message: bytes) -> LookUp:
        [digests] = await self.digests(KeyUse.PERSON_INDEX, [message])
        key_id, key = next(iter(self.by_use[KeyUse.LOOK_UP].items()))
        salt = secrets.token_bytes(_SALT_BYTES)
        value = hmac.digest(_secret(key), salt + message, "sha256")
        return LookUp(digests, Digest(key_id, salt + value))

    def is_sought(self, messages: Sequence[bytes], digest: Digest) -> bool:
        """Whether a look-up was for one of these messages: of a key that was retired, none is."""
        if (found := self.by_use[KeyUse.LOOK_UP].get(digest.key_id)) is None:
            return False
        key = _secret(found)
        salt, value = digest.value[:_SALT_BYTES], digest.value[_SALT_BYTES:]
        made = (hmac.digest(key, salt + message, "sha256") for message in messages)
        return any(hmac.compare_digest(value, one) for one in made)

    async def sign(self, use: KeyUse, message: bytes) -> Signature:
        return await _signer(next(iter(self.by_use[use].values()))).sign(message)

    async def public_keys(self, use: KeyUse) -> Mapping[str, bytes]:
        return {id_: _signer(key).public_key for id_, key in self.by_use[use].items()}

    def with_new_key(self, use: KeyUse) -> "LocalKeys":
        """With a new key that writes; the one that wrote so far is still accepted."""
        id_ = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(4)}"
        module, kept_as = (
            (Token(self._token), _SEALED) if self._token is not None else (_IN_FILE, _WHOLE)
        )
        key, kept = module.make(use, id_)
        accepted = {id_: key, **dict([*self.by_use.get(use, {}).items()][:1])}
        return self._replace(
            {**self.by_use, use: accepted}, {**self._kept, (use, id_): {kept_as: kept}}
        )

    def with_one_key(self, use: KeyUse) -> "LocalKeys":
        """With the key alone that writes."""
        (id_, key), *others = self.by_use[use].items()
        retired = [(use, other) for other, _ in others if self._is_sealed(use, other)]
        return self._replace({**self.by_use, use: {id_: key}}, retired=[*self._retired, *retired])

    def with_token(self, address: str) -> "LocalKeys":
        """The same, with a token in which new keys are made. Raises KeyServiceError if it cannot
        be used."""
        Token(address).require()
        return LocalKeys(self.by_use, self.changed_by, self._kept, address, self._retired)

    def uses_in_file(self) -> list[KeyUse]:
        """Of which uses a key stands in the file as it is."""
        return [
            use
            for use, keys in self.by_use.items()
            if not all(self._is_sealed(use, id_) for id_ in keys)
        ]

    def destroy_retired(self, file: Path) -> None:
        """Have the token destroy what was retired, once nothing needs it any more; then whoever has
        an older copy of the file opens nothing by it. Raises KeyServiceError."""
        if self._token and self._retired:
            for name in self._retired:
                Token(self._token).destroy(*name)
            self._replace(self.by_use, retired=[]).write(file)

    def _is_sealed(self, use: KeyUse, key_id: str) -> bool:
        return _SEALED in self._kept.get((use, key_id), {})

    def _replace(
        self,
        keys: Mapping[KeyUse, Mapping[str, Key]],
        kept: Mapping[_Name, Mapping[str, str]] | None = None,
        retired: Sequence[_Name] | None = None,
    ) -> "LocalKeys":
        left = self._retired if retired is None else retired
        return LocalKeys(keys, None, kept or self._kept, self._token, left)

    def write(self, file: Path) -> None:
        """Write the file, for its owner alone; it is replaced as a whole, or not at all."""
        new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        content: dict[str, object] = {
            use: [
                {"id": id_, **(self._kept.get((use, id_)) or {_WHOLE: _secret(key).hex()})}
                for id_, key in keys.items()
            ]
            for use, keys in self.by_use.items()
        }
        if self._token is not None:
            content[_TOKEN], content[_RETIRED] = self._token, [*self._retired]
        content[_CHANGED] = {"by": _login(), "to": self.accepted_ids()}
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(json.dumps(content, indent=2) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)


def create_key_file(file: Path, token: str | None = None) -> bool:
    """Make a file with a new key for each use; whether any was made: one that is there stays.

    ``token`` is the address of a token that keeps them. Raises KeyServiceError.
    """
    if file.exists():
        return LocalKeys.complete(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    keys = LocalKeys({}, token=token)
    for use in KeyUse:
        keys = keys.with_new_key(use)
    keys.write(file)
    return True


def _digest(key: hmac.HMAC, message: bytes) -> bytes:
    of_message = key.copy()
    of_message.update(message)
    return of_message.digest()


def _secret(key: Key) -> bytes:
    assert isinstance(key, bytes)
    return key


def _signer(key: Key) -> Signer:
    return FileSigner(key) if isinstance(key, bytes) else key


def _login() -> str:
    """The login of the person who runs this command, whatever user they have become since."""
    with contextlib.suppress(OSError):  # where there is no terminal
        return os.getlogin()
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())


def _read_operator(read: Mapping[str, Any]) -> str | None:
    """Who wrote these keys; None where the file was changed by hand since."""
    changed = read.get(_CHANGED)
    ids = {use: [one["id"] for one in read[use]] for use in KeyUse if use in read}
    return changed["by"] if changed and changed["to"] == ids else None
