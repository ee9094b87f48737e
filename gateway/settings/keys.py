"""Keys that can be rotated without downtime."""

from gateway.settings import readers

#: One key, or two during a rotation: the first one signs, both are accepted.
KeyRing = tuple[bytes, ...]

#: The end of every such setting's description.
ROTATION = (
    "64 hexadecimal digits, or two such keys with a comma between: the first signs, both are "
    "accepted (rotation: `old,new`, then `new,old`, then `new`)"
)
_MOST_KEYS = 2


def key_ring(value: str) -> KeyRing:
    """Parse keys separated by commas."""
    keys = tuple(readers.key(part.strip()) for part in value.split(","))
    if len(keys) > _MOST_KEYS:
        raise ValueError("expected at most two keys, with a comma between")
    if len(set(keys)) < len(keys):
        raise ValueError("expected two different keys")
    return keys
