"""Hashes over whole subtrees of the signed leaves: by them the proof of any leaf is made from a few
rows, however many leaves there are.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg

from models.account.merkle import HASH_BYTES, Frontier
from models.account.notes import AccountError
from models.account.proofs import RootOf, prove_inclusion, write_proof

#: A node is over 64 of the level below; leaves are at level 0.
LEVEL_BITS = 6
WIDTH = 1 << LEVEL_BITS
#: More than a tree ever has.
LEVELS = 7
#: So many nodes at once.
_PART = 1_000
_KNOWN = "SELECT coalesce(max(place) + 1, 0) FROM account_node WHERE level = $1"
_LEAVES = """
    SELECT hash FROM account_leaf WHERE position >= $1 AND position < $2 ORDER BY position
"""
_BELOW = """
    SELECT hash FROM account_node
    WHERE level = $3 AND place >= $1 AND place < $2 ORDER BY place
"""


async def note_nodes(connection: asyncpg.Connection, size: int) -> None:
    """Note what is whole below a tree of this size, and not noted yet.

    Raises AccountError if leaves are missing.
    """
    whole = size
    for level in range(1, LEVELS):
        whole >>= LEVEL_BITS
        known: int = await connection.fetchval(_KNOWN, level) or 0
        for first in range(known, whole, _PART):
            end = min(first + _PART, whole)
            places = first << LEVEL_BITS, end << LEVEL_BITS
            below = (
                await connection.fetch(_LEAVES, *places)
                if level == 1
                else await connection.fetch(_BELOW, *places, level - 1)
            )
            if len(below) != (end - first) << LEVEL_BITS:
                raise AccountError("leaves of the account are missing: run `gerbang audit verify`")
            hashes = [row["hash"] for row in below]
            await connection.copy_records_to_table(
                "account_node",
                columns=("level", "place", "hash"),
                records=[
                    (level, first + at // WIDTH, _root(hashes[at : at + WIDTH]))
                    for at in range(0, len(hashes), WIDTH)
                ],
            )


def prove_by_nodes(row: Any) -> str:
    """The proof of an entry, of a row of `viewer.proofs_of_reads`."""
    frontier = Frontier(row.size, tuple(row.frontier))
    root_of = _root_by_nodes(frontier, row.place, row.hashes)
    hashes = prove_inclusion(row.place, row.size, root_of)
    return write_proof(row.content, row.place, hashes, row.note)


def _root_by_nodes(frontier: Frontier, index: int, levels: Sequence[bytes]) -> RootOf:
    """Of each level, the hashes below the node that is above a leaf; and the edge of the tree."""

    def root(first: int, end: int) -> bytes:
        edge = [
            (size, part)
            for begins, size, part in frontier.subtrees()
            if first <= begins and begins + size <= end
        ]
        if sum(size for size, _ in edge) == end - first:
            return Frontier(end - first, tuple(part for _, part in edge)).root()
        level = ((end - first).bit_length() - 1) // LEVEL_BITS
        shift = level * LEVEL_BITS
        before = index >> shift + LEVEL_BITS << LEVEL_BITS
        parts = [levels[level][at : at + HASH_BYTES]
                 for at in range(((first >> shift) - before) * HASH_BYTES,
                                 ((end >> shift) - before) * HASH_BYTES, HASH_BYTES)]  # fmt: skip
        return _root(parts)

    return root


def _root(hashes: Sequence[bytes]) -> bytes:
    return Frontier().extend(hashes).root()
