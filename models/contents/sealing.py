"""Seals the contents of documents part by part, with a key that follows from their person's."""

import hmac
import os
from base64 import b64decode, b64encode
from typing import NamedTuple
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: What is sealed, stored and opened at once: as much of a content as a process holds.
PART_BYTES = 1 << 20
_NONCE_BYTES = 12


class ForgedPartError(Exception):
    """A part of a content is not what was sealed there."""


class Content(NamedTuple):
    """A content: where it is, what it is, and its key."""

    id: UUID
    media_type: str
    size: int
    sha256: bytes
    key: bytes

    @property
    def parts(self) -> int:
        """How many parts it has."""
        return -(-self.size // PART_BYTES)

    def to_json(self) -> str:
        """As it is sealed for its person."""
        key, digest = b64encode(self.key).decode(), self.sha256.hex()
        return orjson.dumps([self.id.hex, self.media_type, self.size, digest, key]).decode()

    @classmethod
    def from_json(cls, text: str) -> "Content":
        """What `to_json` wrote."""
        id_, media_type, size, digest, key = orjson.loads(text)
        return cls(UUID(hex=id_), media_type, size, bytes.fromhex(digest), b64decode(key))

    def seal(self, number: int, part: bytes) -> bytes:
        """A part, sealed: it opens nowhere else."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, part, self._bound_to(number))

    def open(self, number: int, sealed: bytes) -> bytes:
        """What `seal` sealed. Raises ForgedPartError."""
        nonce, read = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, read, self._bound_to(number))
        except (InvalidTag, ValueError):  # a ValueError where it is too short
            raise ForgedPartError from None

    def _bound_to(self, number: int) -> bytes:
        what = f"{self.media_type}\0{self.size}\0{number}\0".encode()
        return b"gerbang document 1\0" + self.id.bytes + self.sha256 + what


def content_key(data_key: bytes, upload: UUID) -> bytes:
    """The key of a content, by the data key of its person: the same each time that the upload goes
    on, and gone with that."""
    return hmac.digest(data_key, b"gerbang document 1\0" + upload.bytes, "sha256")
