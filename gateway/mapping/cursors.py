"""Cursors: a place in an ordered list, signed so that clients cannot forge one."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from gateway.errors import ErrorCode, FieldError
from gateway.settings.keys import KeyRing

_SIGNATURE_BYTES = 16
_LONGEST = 600


class Cursors:
    """Encodes cursors with the first key; decodes those of any key."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = [blake2b(key, person=b"gerbang cursor").digest() for key in keys]

    def encode(self, order: str, values: tuple[Any, Any]) -> str:
        """The cursor of a row, from its values of the ordered column and of the key."""
        body = orjson.dumps([order, *values], default=str)  # the driver's own kind of UUID
        return _text(_signature(self._keys[0], body) + body)

    def decode(self, cursor: str, order: str, types: tuple[type, type]) -> tuple[Any, Any]:
        """The values in a cursor of this order.

        Raises FieldError with INVALID_CURSOR for any other text.
        """
        body = self._body(cursor)
        if body is None or (parts := orjson.loads(body))[0] != order:
            raise FieldError(
                ErrorCode.INVALID_CURSOR,
                "This cursor is not one of this list in this order. Use `startCursor` or"
                " `endCursor` of its last page, or start again without one.",
            )
        values = [_parse_as(value, kind) for value, kind in zip(parts[1:], types, strict=True)]
        return values[0], values[1]

    def _body(self, cursor: str) -> bytes | None:
        if len(cursor) > _LONGEST:
            return None
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            return None
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        is_ours = any(hmac.compare_digest(signature, _signature(key, body)) for key in self._keys)
        return body if is_ours and _text(raw) == cursor else None


def _signature(key: bytes, body: bytes) -> bytes:
    return blake2b(body, key=key, digest_size=_SIGNATURE_BYTES).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _parse_as(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value) if kind is UUID else value
