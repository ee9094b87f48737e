"""Global ids: type name and key, encoded. They hold no personal data and no secret."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import NamedTuple

_LONGEST = 120


class GlobalId(NamedTuple):
    """A decoded global id."""

    type_name: str
    key: str

    def encode(self) -> str:
        return urlsafe_b64encode(f"{self.type_name}:{self.key}".encode()).decode().rstrip("=")


def decode(text: str) -> GlobalId | None:
    """Decode a global id; None if it is malformed."""
    if len(text) > _LONGEST:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (Error, ValueError):
        return None
    type_name, colon, key = raw.partition(":")
    global_id = GlobalId(type_name, key)
    return global_id if colon and global_id.encode() == text else None
