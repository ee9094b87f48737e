"""Keyset paging: a list is ordered by one column, then by the key, so no two rows tie.

Nulls come last in ascending order, as in PostgreSQL's own indexes.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Label, and_, bindparam, or_, tuple_

from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.declare import KEY, Column

Place = tuple[Any, Any]

_ORDER_LABEL = "_ordered_by"


class Boundary(Enum):
    """Whether a page is bounded by a cursor, and whether the cursor's value is null."""

    NONE = auto()
    WITH_VALUE = auto()
    WITHOUT_VALUE = auto()

    @classmethod
    def at(cls, place: Place | None) -> "Boundary":
        if place is None:
            return cls.NONE
        return cls.WITHOUT_VALUE if place[0] is None else cls.WITH_VALUE


def boundary_values(after: Place | None, before: Place | None) -> dict[str, Any]:
    """The parameters for the two bounds of a page."""
    return {
        f"{name}_{part}": value
        for name, place in (("after", after), ("before", before))
        if place is not None
        for part, value in zip(("value", "key"), place, strict=True)
    }


class Keyset:
    """One order of a noun's connection."""

    def __init__(self, noun: DeclaredNoun, field: str, *, descending: bool) -> None:
        source = next(
            declared.source for declared in noun.fields.values() if declared.python_name == field
        )
        if not isinstance(source, Column):
            raise TypeError(f"{noun.name}.{field} is not a column")
        self.name = f"{noun.name} {field} {'descending' if descending else 'ascending'}"
        self._column: Any = source.value
        self._key: Any = noun.key
        self._descending = descending

    @property
    def types(self) -> tuple[type, type]:
        return self._column.type.python_type, self._key.type.python_type

    def columns(self) -> Iterator[Label[Any]]:
        """The columns to select besides the key, to make a row's cursor."""
        yield self._column.label(_ORDER_LABEL)

    def place(self, row: Mapping[str, Any]) -> Place:
        return row[_ORDER_LABEL], row[KEY]

    def order(self, *, from_front: bool) -> list[ColumnElement[Any]]:
        columns = (self._column,) if self._column is self._key else (self._column, self._key)
        descending = self._descending is from_front
        return [column.desc() if descending else column.asc() for column in columns]

    def between(self, after: Boundary, before: Boundary) -> Iterator[ColumnElement[bool]]:
        """Conditions for the rows between two bounds, both excluded; see `boundary_values`."""
        if after is not Boundary.NONE:
            yield self._beyond("after", after, upwards=not self._descending)
        if before is not Boundary.NONE:
            yield self._beyond("before", before, upwards=self._descending)

    def _beyond(self, name: str, boundary: Boundary, *, upwards: bool) -> ColumnElement[bool]:
        value = bindparam(f"{name}_value", None, type_=self._column.type)
        key = bindparam(f"{name}_key", None, type_=self._key.type)
        if boundary is Boundary.WITHOUT_VALUE:
            further = self._key > key if upwards else self._key < key
            same = and_(self._column.is_(None), further)
            return same if upwards else or_(same, self._column.is_not(None))
        row, cursor = tuple_(self._column, self._key), tuple_(value, key)
        if not upwards:
            return row < cursor
        return or_(row > cursor, self._column.is_(None)) if self._is_nullable else row > cursor

    @property
    def _is_nullable(self) -> bool:
        return bool(self._column.expression.nullable)
