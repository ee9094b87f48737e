"""Pages of lists: their rows, their bounds, and the size that arguments ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import strawberry

from gateway.errors import ArgumentError
from gateway.mapping.arguments import Parsing
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.keyset import LARGEST_PAGE, Keyset
from gateway.mapping.scalars import Cursor
from gateway.strawberry_bridge import computed_field

#: Makes a cursor when it is asked for.
MakeCursor = Callable[[], str]


def _start_cursor(root: Any) -> Cursor | None:
    return Cursor(root.first()) if root.first else None


def _end_cursor(root: Any) -> Cursor | None:
    return Cursor(root.last()) if root.last else None


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether rows precede this page.")
    #: The cursors at its ends, sealed only where they are selected; none of an empty page.
    first: strawberry.Private[MakeCursor | None]
    last: strawberry.Private[MakeCursor | None]
    start_cursor: Cursor | None = computed_field(_start_cursor, "Cursor of the first row.")
    end_cursor: Cursor | None = computed_field(_end_cursor, "Cursor of the last row.")


@dataclass(frozen=True, slots=True)
class PageBounds:
    """Where a page lies in its list."""

    keyset: Keyset
    size: int
    from_front: bool
    has_after: bool
    has_before: bool

    def info(
        self, *, has_more: bool, first: MakeCursor | None, last: MakeCursor | None
    ) -> PageInfo:
        """``has_more`` says whether there was a row behind the page, in the order of reading."""
        return PageInfo(
            has_next_page=has_more if self.from_front else self.has_before,
            has_previous_page=self.has_after if self.from_front else has_more,
            first=first,
            last=last,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows from the driver, the function that makes their cursors, its page info."""

    noun: DeclaredNoun
    rows: Sequence[Any]
    cursor: Callable[[Any], str]
    info: PageInfo

    @property
    def records(self) -> list[Any]:
        """The rows as instances of their noun."""
        return [self.noun.record(row.labels, tuple(row)) for row in self.rows]


def make_page(
    noun: DeclaredNoun, rows: Sequence[Any], cursor: Callable[[Any], str], bounds: PageBounds
) -> Page:
    """A page from its rows and one row more, if there is one."""
    has_more = len(rows) > bounds.size
    rows = rows[: bounds.size]
    if not bounds.from_front:
        rows = rows[::-1]
    ends = (partial(cursor, rows[0]), partial(cursor, rows[-1])) if rows else (None, None)
    return Page(noun, rows, cursor, bounds.info(has_more=has_more, first=ends[0], last=ends[1]))


def parse_size(first: int | None, last: int | None) -> Parsing[int]:
    """How many rows a page has, from the front or from the back."""
    if first is None and last is None:
        yield ArgumentError(
            ("first",), f"Say how many rows: give `first` or `last`, from 1 to {LARGEST_PAGE}."
        )
    if first is not None and last is not None:
        yield ArgumentError(("last",), "Give either `first` or `last`, not both.")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= LARGEST_PAGE:
            yield ArgumentError(
                (name,), f"A page has from 1 to {LARGEST_PAGE} rows: give `{name}` such a number."
            )
    size = (last if first is None else first) or 0
    return size if 1 <= size <= LARGEST_PAGE else LARGEST_PAGE
