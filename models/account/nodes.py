"""Hashes over whole subtrees of the signed leaves: by them the proof of any leaf is made from a few
rows, however many leaves there are.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg

from models.account.findings import Report, Tampering
from models.account.merkle import HASH_BYTES, Frontier, parents
from models.account.notes import AccountError
from models.account.proofs import RootOf, prove_inclusion, write_proof
from models.account.signed_tree import SignedTree

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

_HEAD = "SELECT size, frontier FROM public.account_head"
_NODES = """
    SELECT place, hash FROM public.account_node WHERE level = $1 AND place >= $2 AND place < $3
"""
_BEYOND = """
    SELECT place FROM public.account_node WHERE level = $1 AND (place >= $2 OR place < 0)
    ORDER BY place LIMIT 1
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


async def compare_nodes(connection: asyncpg.Connection, signed: SignedTree, report: Report) -> None:
    """Compare what proofs are made of with the leaves that were signed: the nodes that are whole,
    and the edge of the tree. The first wrong one is named."""
    head = await connection.fetchrow(_HEAD)
    if head is None or head["size"] > signed.checkpoint.size:
        return  # nothing is proven yet; or the whole database is another one, which is told
    size: int = head["size"]
    levels = [_Level(connection, level, size >> LEVEL_BITS * level) for level in range(1, LEVELS)]
    for part in signed.hashes.parts(size):
        hashes = [part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES)]
        for level in levels:
            hashes = await level.compare(hashes)
    wrong = [level.first_wrong for level in levels if level.first_wrong is not None]
    for level in levels:
        wrong += await level.left_over()
    if wrong:
        report.add(Tampering.CHANGED, f"{wrong[0]} is not the hash over its signed leaves")
    edge, is_newest = tuple(head["frontier"]), size == signed.checkpoint.size
    root = signed.checkpoint.root if is_newest else signed.hashes.root(size)
    if len(edge) != size.bit_count() or Frontier(size, edge).root() != root:
        report.add(Tampering.CHANGED, "account_head has another edge of the tree than was signed")


class _Level:
    """The nodes of one level, compared with what is below them as it comes."""

    def __init__(self, connection: asyncpg.Connection, level: int, whole: int) -> None:
        self._connection = connection
        self._level = level
        self._whole = whole
        self._place = 0
        self._waiting: list[bytes] = []
        self.first_wrong: str | None = None

    async def compare(self, below: list[bytes]) -> list[bytes]:
        """Take the next hashes of the level below; return the nodes that they make whole."""
        waiting = self._waiting + below
        end = len(waiting) - len(waiting) % WIDTH
        nodes, self._waiting = waiting[:end], waiting[end:]
        for _ in range(LEVEL_BITS):
            nodes = parents(nodes)
        if nodes:
            first, self._place = self._place, self._place + len(nodes)
            rows = await self._connection.fetch(_NODES, self._level, first, self._place)
            stored = {row["place"]: row["hash"] for row in rows}
            for place, node in enumerate(nodes, first):
                if self.first_wrong is None and stored.get(place) != node:
                    self.first_wrong = self._name(place)
        return nodes

    async def left_over(self) -> list[str]:
        """The first node that is above no leaves yet, if there is one."""
        places = await self._connection.fetch(_BEYOND, self._level, self._whole)
        return [self._name(place) for (place,) in places]

    def _name(self, place: int) -> str:
        first = place << LEVEL_BITS * self._level
        return f"account_node level {self._level}, place {place} (of the leaves from {first:,} on)"


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
