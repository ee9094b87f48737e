"""The Merkle tree of RFC 6962: hashes of leaves, and the root over many of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the hashes of its whole subtrees, the largest first.

    One for each bit of the size, so that a tree of a billion leaves goes on from thirty hashes.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        if not self.hashes:
            return sha256(b"").digest()
        *larger, root = self.hashes
        for left in reversed(larger):
            root = sha256(b"\x01" + left + root).digest()
        return root

    def extend(self, leaves: Sequence[bytes]) -> "Frontier":
        """The edge after further leaves, given by their hashes, computed level by level."""
        levels = [level for level in range(self.size.bit_length()) if self.size >> level & 1]
        waiting = dict(zip(reversed(levels), self.hashes, strict=True))
        level, nodes = 0, leaves
        while nodes:
            if level in waiting:
                nodes = [waiting.pop(level), *nodes]
            if len(nodes) % 2:
                waiting[level] = nodes[-1]
            nodes = _parents(nodes)
            level += 1
        ordered = tuple(waiting[level] for level in sorted(waiting, reverse=True))
        return Frontier(self.size + len(leaves), ordered)


def _parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The hash over each pair; what is left over at the end is not in it."""
    pairs = iter(nodes)
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)
    ]
