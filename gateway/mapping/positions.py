"""Positions: places in the change feed, encrypted and authenticated.

A plain place would show how many changes everybody made. So a position, unlike a cursor, cannot be
read by clients, and two positions of the same place differ.
"""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from gateway.errors import ErrorCode, FieldError
from gateway.settings.keys import KeyRing
from models.jobs.forget_changes import FOLLOWED_HOURS

_NONCE_BYTES = 16
_LONGEST = 200


class Place(NamedTuple):
    """The place after a change: the transaction that wrote it, and its id."""

    written_in: int
    id: int


class Positions:
    """Encodes positions with the first key; decodes those of any key."""

    def __init__(self, keys: KeyRing) -> None:
        self._ciphers = [AESSIV(blake2b(key, person=b"gerbang position").digest()) for key in keys]

    def encode(self, stream: str, place: Place) -> str:
        """The position of a place in a stream of changes, stamped with the time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = orjson.dumps([int(time.time()), *place])
        sealed = self._ciphers[0].encrypt(plain, [stream.encode(), nonce])
        return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def decode(self, stream: str, position: str) -> Place:
        """The place of a position of this stream.

        Raises FieldError: INVALID_CURSOR for any other text, POSITION_TOO_OLD if changes after it
        may have been deleted.
        """
        plain = self._decrypt(stream, position)
        if plain is None:
            raise FieldError(
                ErrorCode.INVALID_CURSOR,
                "This is not a position in these changes. Use the `position` of the last one that"
                " you saw, or begin without `after`.",
            )
        written_at, written_in, id_ = orjson.loads(plain)
        if written_at < time.time() - FOLLOWED_HOURS * 3600:
            raise position_too_old()
        return Place(written_in, id_)

    def _decrypt(self, stream: str, position: str) -> bytes | None:
        if len(position) > _LONGEST:
            return None
        try:
            raw = urlsafe_b64decode(position + "=" * (-len(position) % 4))
        except ValueError:
            return None
        nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        for cipher in self._ciphers:
            with suppress(InvalidTag, ValueError):  # a ValueError where it is too short
                return cipher.decrypt(sealed, [stream.encode(), nonce])
        return None


def position_too_old() -> FieldError:
    return FieldError(
        ErrorCode.POSITION_TOO_OLD,
        f"Changes can be followed from a position of the last {FOLLOWED_HOURS} hours in this same"
        " database. Read again the data that you show, and begin without `after`.",
    )
