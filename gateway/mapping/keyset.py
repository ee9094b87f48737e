"""Keyset paging: a list is ordered by one column, and by the key where rows could tie.

Nulls come last in ascending order, as in PostgreSQL's own indexes. A cursor is a place in such an
order, sealed so that clients can neither read nor forge one. `gateway.mapping.listing` makes the
statements.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from enum import Enum, auto
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Index,
    Label,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    tuple_,
)

from gateway.errors import ErrorCode, FieldError
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.declare import KEY, Column
from gateway.settings.keys import KeyRing

#: The values of the ordered column and of the key.
Place = tuple[Any, Any]

LARGEST_PAGE = 100
#: The label of the ordered column.
ORDER_LABEL = "_ordered_by"
_LONGEST_CURSOR = 600
_UNIQUE = (PrimaryKeyConstraint, UniqueConstraint)


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


def boundary_values(after: Place | None, before: Place | None, prefix: str = "") -> dict[str, Any]:
    """The parameters for the two bounds of a page; ``prefix`` tells those of several apart."""
    return {
        f"{prefix}{name}_{part}": value
        for name, place in (("after", after), ("before", before))
        if place is not None
        for part, value in zip(("value", "key"), place, strict=True)
    }


class Keyset:
    """One order of a noun's rows: by a column, and by the key where values stand in several."""

    def __init__(
        self, noun: DeclaredNoun, column: Any, *, descending: bool, within: Any = None
    ) -> None:
        """``within`` is the column of which all rows of a list have the same value, if any."""
        self.noun = noun
        self.name = f"{noun.name} {column.key} {'descending' if descending else 'ascending'}"
        self.column: Any = column
        self._key: Any = noun.key
        self._descending = descending
        #: Whether no two rows tie. Then the database must not sort by the key what an index of the
        #: column gives in order.
        self._is_unique = _is_unique(column, within)

    @classmethod
    def of_field(cls, noun: DeclaredNoun, field: str, *, descending: bool) -> "Keyset":
        """The order by a field, by its name in Python."""
        source = next(
            declared.source for declared in noun.fields.values() if declared.python_name == field
        )
        if not isinstance(source, Column):
            raise TypeError(f"{noun.name}.{field} is not a column")
        return cls(noun, source.value, descending=descending)

    @property
    def types(self) -> tuple[type, type]:
        return self.column.type.python_type, self._key.type.python_type

    def columns(self) -> Iterator[Label[Any]]:
        """The columns to select besides the key, to make a row's cursor."""
        yield self.column.label(ORDER_LABEL)

    def order_again(self, rows: FromClause, *, from_front: bool) -> list[ColumnElement[Any]]:
        """The order of rows that were selected with `columns` and are then merged."""
        return self._in_order(rows.c[ORDER_LABEL], rows.c[KEY], from_front=from_front)

    def order(self, *, from_front: bool) -> list[ColumnElement[Any]]:
        return self._in_order(self.column, self._key, from_front=from_front)

    def _in_order(self, column: Any, key: Any, *, from_front: bool) -> list[ColumnElement[Any]]:
        columns = (column,) if self._is_unique else (column, key)
        descending = self._descending is from_front
        return [each.desc() if descending else each.asc() for each in columns]

    def between(
        self, after: Boundary, before: Boundary, prefix: str = ""
    ) -> list[list[ColumnElement[bool]]]:
        """The conditions for the rows between two bounds, both excluded; see `boundary_values`.

        There are several where rows without a value lie in between: together they make the range.
        An index can be walked along each of them, but not along their disjunction.
        """
        ranges: list[list[ColumnElement[bool]]] = [[]]
        bounds = (("after", after, not self._descending), ("before", before, self._descending))
        for name, boundary, upwards in bounds:
            if boundary is not Boundary.NONE:
                parts = self._beyond(f"{prefix}{name}", boundary, upwards=upwards)
                ranges = [[*range_, part] for range_ in ranges for part in parts]
        return ranges

    def _beyond(self, name: str, boundary: Boundary, *, upwards: bool) -> list[ColumnElement[bool]]:
        value = bindparam(f"{name}_value", None, type_=self.column.type)
        key = bindparam(f"{name}_key", None, type_=self._key.type)
        without_value = self.column.is_(None)
        if boundary is Boundary.WITHOUT_VALUE:
            further = self._key > key if upwards else self._key < key
            same = and_(without_value, further)
            return [same] if upwards else [same, self.column.is_not(None)]
        row, cursor = tuple_(self.column, self._key), tuple_(value, key)
        if not upwards:
            return [row < cursor]
        return [row > cursor, without_value] if self._is_nullable else [row > cursor]

    @property
    def _is_nullable(self) -> bool:
        return bool(self.column.expression.nullable)


def _is_unique(column: Any, within: Any) -> bool:
    """Whether a column has no value twice, in rows that have the same value of another one."""
    of_list = {each.expression for each in (column, within) if each is not None}
    table: Table = column.expression.table
    unique = [index.columns for index in table.indexes if _is_unique_index(index)]
    unique += [one.columns for one in table.constraints if isinstance(one, _UNIQUE)]
    return not column.expression.nullable and any(of_list.issuperset(each) for each in unique)


def _is_unique_index(index: Index) -> bool:
    """Whether an index forbids two rows with the same values, whatever else they hold."""
    return index.unique and index.dialect_options["postgresql"]["where"] is None


class Cursors:
    """Encodes cursors with the first key; decodes those of any key.

    They are encrypted: a list may be ordered by a column that the viewer does not read, such as the
    sequence of events, in which a gap would tell of a hold. The same place has the same cursor.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._ciphers = [AESSIV(blake2b(key, person=b"gerbang cursor").digest()) for key in keys]

    def encode(self, order: str, values: Place) -> str:
        """The cursor of a row, from its values of the ordered column and of the key."""
        body = orjson.dumps(values, default=str)  # the driver's own kind of UUID
        return _text(self._ciphers[0].encrypt(body, [order.encode()]))

    def decode(self, cursor: str, keyset: Keyset) -> Place:
        """The values in a cursor of this order.

        Raises FieldError with INVALID_CURSOR for any other text.
        """
        body = self._body(cursor, keyset.name)
        if body is None:
            raise FieldError(
                ErrorCode.INVALID_CURSOR,
                "This cursor is not one of this list in this order. Use `startCursor` or"
                " `endCursor` of its last page, or start again without one.",
            )
        value, key = map(_parse_as, orjson.loads(body), keyset.types)
        return value, key

    def _body(self, cursor: str, order: str) -> bytes | None:
        if len(cursor) > _LONGEST_CURSOR:
            return None
        try:
            sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            return None
        if _text(sealed) != cursor:
            return None
        for cipher in self._ciphers:
            with suppress(InvalidTag, ValueError):  # a ValueError where it is too short
                return cipher.decrypt(sealed, [order.encode()])
        return None


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _parse_as(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value) if kind is UUID else value
