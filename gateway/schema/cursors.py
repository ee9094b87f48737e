"""Cursors: a place in an ordered list, signed so that only this gateway can make one."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from gateway.errors import ErrorCode, FieldError

_SIGNATURE_BYTES = 16
_LONGEST = 600


class Cursors:
    """Writes and reads cursors with one key, the same on every replica."""

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key, person=b"gerbang cursor").digest()

    def write(self, order: str, values: tuple[Any, Any]) -> str:
        """A cursor for the row with these values of the order and of its tie-breaker."""
        body = orjson.dumps([order, *values], default=str)  # the driver's own kind of UUID
        return _text(self._signature(body) + body)

    def read(self, cursor: str, order: str, types: tuple[type, type]) -> tuple[Any, Any]:
        """The values in a cursor of this very order.

        Raises FieldError with INVALID_CURSOR for any other text.
        """
        body = self._body(cursor)
        if body is None or (parts := orjson.loads(body))[0] != order:
            raise FieldError(
                ErrorCode.INVALID_CURSOR,
                "This cursor is not one of this list in this order. Use `startCursor` or"
                " `endCursor` of its last page, or start again without one.",
            )
        values = [_typed(value, kind) for value, kind in zip(parts[1:], types, strict=True)]
        return values[0], values[1]

    def _body(self, cursor: str) -> bytes | None:
        if len(cursor) > _LONGEST:
            return None
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            return None
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        is_ours = hmac.compare_digest(signature, self._signature(body))
        return body if is_ours and _text(raw) == cursor else None

    def _signature(self, body: bytes) -> bytes:
        return blake2b(body, key=self._key, digest_size=_SIGNATURE_BYTES).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _typed(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value) if kind is UUID else value
