"""Keys that can be rotated while everything runs."""

from gateway.settings import readers

#: One key, or two while they are rotated: the first signs, and each is accepted.
KeyRing = tuple[bytes, ...]

#: What the meaning of every such setting ends with.
ROTATION = (
    "64 hexadecimal digits, or two such keys with a comma between: the first signs, both are "
    "accepted (rotation: `old,new`, then `new,old`, then `new`)"
)
_MOST = 2


def key_ring(given: str) -> KeyRing:
    """Keys with commas between."""
    keys = tuple(readers.key(part.strip()) for part in given.split(","))
    if len(keys) > _MOST:
        raise ValueError("expected at most two keys, with a comma between")
    if len(set(keys)) < len(keys):
        raise ValueError("expected two different keys")
    return keys
