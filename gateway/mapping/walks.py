"""Walks: which filters a list takes together, and in which order. Each is the walk of one index.

Anything else would read a table whole to answer one page, so it is refused before it is asked.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gateway.access.fields import readable_fields
from gateway.errors import ArgumentError
from gateway.strawberry_bridge import to_camel_case
from models.vocabulary import Role

#: How many walks an error names.
_NAMED = 3


class Walk(NamedTuple):
    """Filters that narrow a list together, and the field by which it is then ordered.

    A filter of that very field walks along the same index, and may always be added.
    """

    filters: frozenset[str]
    order: str

    def __str__(self) -> str:
        filters = ", ".join(to_camel_case(name) for name in sorted(self.filters))
        where = f"where: {{{filters}}}, " if filters else ""
        return f"`{where}orderBy: {self.order.upper()}`"


Walks = tuple[Walk, ...]


def along(order: str, *filters: str) -> Walks:
    """The walks in one order: each text names filters that are taken together, apart by blanks."""
    return tuple(Walk(frozenset(names.split()), order) for names in filters)


def mistakes_in_walk(
    walks: Walks, given: Iterable[str], order: str, type_name: str, role: Role
) -> Iterator[ArgumentError]:
    """What is wrong with the filters that are given, for a list of a type in an order.

    No fields are named but those that the role reads.
    """
    asked = Walk(frozenset(given) - {order}, order)
    if asked in walks:
        return
    readable = readable_fields(type_name, role)
    allowed = [walk for walk in walks if _names(walk) <= readable]
    nearest = sorted(allowed, key=lambda walk: _distance(asked, walk))[:_NAMED]
    yield ArgumentError(
        ("where",),
        f"This list has no such combination of filters and order: {asked}. Use one of these:"
        f" {', '.join(map(str, nearest))}. A filter of the field that `orderBy` names can always be"
        " added.",
    )


def _names(walk: Walk) -> set[str]:
    return {to_camel_case(name) for name in (*walk.filters, walk.order)}


def _distance(asked: Walk, walk: Walk) -> tuple[int, int]:
    """How many filters would have to be dropped, and what else would have to change."""
    lost = asked.filters - walk.filters - {walk.order}
    return len(lost), len(walk.filters - asked.filters) + (asked.order != walk.order)
