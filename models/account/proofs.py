"""Proofs of RFC 6962 that anybody verifies offline: that an entry is in a tree, and that a tree
continues another one.
"""

import base64
from collections.abc import Callable, Sequence
from hashlib import sha256

from models.account.merkle import HASH_BYTES, Frontier
from models.account.notes import AccountError, decode_base64

#: The hash over the leaves from one on, up to another that is left out.
RootOf = Callable[[int, int], bytes]
#: The first line of a proof in the format of C2SP tlog-proof.
_KIND = "c2sp.org/tlog-proof@v1"


def roots_after(frontier: Frontier, leaves: Sequence[bytes]) -> RootOf:
    """Of a tree that is known by its edge, and the leaves since: what a proof from there takes, and
    one of a leaf since."""

    def root(first: int, end: int) -> bytes:
        inside = [
            part
            for begins, size, part in frontier.subtrees()
            if first <= begins and begins + size <= end
        ]
        known = Frontier(max(0, min(end, frontier.size) - first), tuple(inside))
        since = leaves[max(0, first - frontier.size) : max(0, end - frontier.size)]
        return known.extend(since).root()

    return root


def prove_inclusion(index: int, size: int, root: RootOf) -> list[bytes]:
    """From the sibling of the leaf to a child of the root."""
    proof: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            proof.append(root(middle, end))
            end = middle
        else:
            proof.append(root(first, middle))
            first = middle
    return proof[::-1]


def prove_consistency(old: int, size: int, root: RootOf) -> list[bytes]:
    if not 0 < old < size:
        return []
    proof: list[bytes] = []
    first, end = 0, size
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            proof.append(root(middle, end))
            end = middle
        else:
            proof.append(root(first, middle))
            first = middle
    if first:  # otherwise it is the old tree, whose root is known
        proof.append(root(first, end))
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf has this place in the tree of that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, hash_ = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            hash_ = _node(part, hash_)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            hash_ = _node(hash_, part)
        place, last = place >> 1, last >> 1
    return last == 0 and hash_ == root


def is_continued(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether a tree continues an older one (RFC 9162, 2.1.4.2)."""
    if old == 0:
        return not proof
    if old >= size:
        return old == size and not proof and old_root == root
    parts = list(proof)
    if old & (old - 1) == 0:
        parts.insert(0, old_root)
    if not parts:
        return False
    place, last = old - 1, size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            before, after = _node(part, before), _node(part, after)
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            after = _node(after, part)
        place, last = place >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, root)


def write_proof(content: bytes, index: int, proof: Sequence[bytes], note: str) -> str:
    """A proof of inclusion (C2SP tlog-proof), with what the entry says."""
    extra = base64.b64encode(content).decode()
    return f"{_KIND}\nextra {extra}\nindex {index}\n{hash_lines(proof)}\n{note}"


def read_proof(text: str) -> tuple[bytes, int, list[bytes], str]:
    """What the entry says, its place, the hashes, and the checkpoint. Raises AccountError."""
    head, _, note = text.partition("\n\n")
    try:
        kind, extra, index, *hashes = head.split("\n")
        content = base64.b64decode(extra.removeprefix("extra "), validate=True)
        place = int(index.removeprefix("index "))
    except ValueError:
        raise AccountError("that is no proof") from None
    proof = [decode_base64(one) for one in hashes]
    if kind != _KIND or any(len(one) != HASH_BYTES for one in proof):
        raise AccountError("that is no proof")
    return content, place, proof, note


def hash_lines(hashes: Sequence[bytes]) -> str:
    return "".join(f"{base64.b64encode(one).decode()}\n" for one in hashes)


def _split(leaves: int) -> int:
    """The largest power of two below a number."""
    return 1 << (leaves - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
