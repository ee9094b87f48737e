"""The Merkle tree of RFC 6962: hashes of leaves, their files in the folder outside, and the root
over many of them at once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

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

    def subtrees(self) -> Iterator[tuple[int, int, bytes]]:
        """Where each begins, how many leaves it has, and its hash."""
        begins = 0
        sizes = (1 << level for level in reversed(range(self.size.bit_length())))
        for size, hash_ in zip(
            (size for size in sizes if self.size & size), self.hashes, strict=True
        ):
            yield begins, size, hash_
            begins += size

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
            nodes = parents(nodes)
            level += 1
        ordered = tuple(waiting[level] for level in sorted(waiting, reverse=True))
        return Frontier(self.size + len(leaves), ordered)


def parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The hash over each pair; what is left over at the end is not in it."""
    pairs = iter(nodes)
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)
    ]


#: Of hashes that are in memory at once.
_WINDOW = 20_000


class LeafFile(NamedTuple):
    """A file of hashes, by its name: of the leaves from one on, up to a size of the tree."""

    size: int
    first: int
    file: Path


class _Piece(NamedTuple):
    """The part of a file that is read: its first and last leaf, and the offset of the first."""

    first: int
    end: int
    file: Path
    offset: int


class LeafFiles:
    """The hashes of all leaves from the first on, as far as no file is missing."""

    def __init__(self, files: Iterable[LeafFile], first: int = 0) -> None:
        """If a keeper died before it signed, the next one wrote the same hashes again; a file that
        was being written then may be shorter than its name says."""
        self._pieces: list[_Piece] = []
        self.first = self.end = first
        for size, begins, file in sorted(files):
            if begins > self.end:
                break
            end = min(size, begins + file.stat().st_size // HASH_BYTES)
            if end > self.end:
                offset = (self.end - begins) * HASH_BYTES
                self._pieces.append(_Piece(self.end, end, file, offset))
                self.end = end
        self._window_at, self._window = 0, b""

    def at(self, position: int) -> bytes:
        """The hash of a leaf; nothing where it is missing. Quick for one after another."""
        start = (position - self._window_at) * HASH_BYTES
        if not 0 <= start < len(self._window):
            self._window_at, self._window = position, self._read(position)
            start = 0
        return self._window[start : start + HASH_BYTES]

    def root(self, size: int) -> bytes:
        """That of the tree over the first so many leaves, or over as many as there are."""
        return self.root_of(0, size)

    def root_of(self, first: int, end: int) -> bytes:
        """That over the leaves from one on, up to one that is left out."""
        frontier = Frontier()
        for hashes in self.parts(end, first):
            starts = range(0, len(hashes), HASH_BYTES)
            frontier = frontier.extend([hashes[at : at + HASH_BYTES] for at in starts])
        return frontier.root()

    def parts(self, before: int | None = None, first: int | None = None) -> Iterator[bytes]:
        """The hashes one after another, some at a time, up to one that is left out."""
        position = self.first if first is None else first
        end = self.end if before is None else min(before, self.end)
        while position < end:
            hashes = self._read(position)[: (end - position) * HASH_BYTES]
            if not hashes:
                break
            yield hashes
            position += len(hashes) // HASH_BYTES

    def _read(self, position: int) -> bytes:
        at = bisect_right(self._pieces, position, key=lambda piece: piece.first) - 1
        if at < 0 or position >= self._pieces[at].end:
            return b""
        piece = self._pieces[at]
        with piece.file.open("rb") as opened:
            opened.seek(piece.offset + (position - piece.first) * HASH_BYTES)
            return opened.read(min(_WINDOW, piece.end - position) * HASH_BYTES)
