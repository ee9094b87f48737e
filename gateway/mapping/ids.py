"""Global ids: a type and a key, opaque to clients. They hold no personal data and no secret."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import NamedTuple

_LONGEST = 120


class GlobalId(NamedTuple):
    """What a global id names."""

    type_name: str
    key: str

    def encode(self) -> str:
        return urlsafe_b64encode(f"{self.type_name}:{self.key}".encode()).decode().rstrip("=")


def decode(text: str) -> GlobalId | None:
    """What the id names; None for one that this gateway never gave out."""
    if len(text) > _LONGEST:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (Error, ValueError):
        return None
    type_name, colon, key = raw.partition(":")
    named = GlobalId(type_name, key)
    return named if colon and named.encode() == text else None
