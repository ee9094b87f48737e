"""Global ids: type name and key, encoded. They hold no personal data and no secret."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import NamedTuple
from uuid import UUID

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


def key_in(id_: str, type_name: str) -> UUID | None:
    """The UUID in the global id of a type; None for any other text."""
    global_id = decode(id_)
    if global_id is None or global_id.type_name != type_name:
        return None
    try:
        key = UUID(global_id.key)
    except ValueError:
        return None
    return key if str(key) == global_id.key else None
