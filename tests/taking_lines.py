"""Takes a line out of a table for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def line_taken(table: dict[Any, Any], key: Any) -> Iterator[None]:
    """The table has no such line; afterwards it has it again, where it was. (What pytest deletes
    comes back at the end, and the pages that follow the order of the policy would change.)"""
    before = dict(table)
    del table[key]
    try:
        yield
    finally:
        table.clear()
        table.update(before)
