"""Keyset paging: a list is ordered by one column, then by the key, so no two rows tie.

Nulls come last in ascending order, as in PostgreSQL's own indexes. A cursor is a place in such an
order, signed so that clients cannot forge one. The statement of a page is prepared once for each
shape, and run with many values.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum, auto
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Integer, Label, and_, bindparam, or_, tuple_

from gateway.access.rows import select_reachable_in_role
from gateway.access.transactions.reading import PreparedStatement, prepare
from gateway.errors import ErrorCode, FieldError
from gateway.mapping.catalogue import Columns, DeclaredNoun
from gateway.mapping.declare import KEY, Column, Expression
from gateway.mapping.filters import Condition, Relation
from gateway.settings.keys import KeyRing
from models.vocabulary import Role

#: The values of the ordered column and of the key.
Place = tuple[Any, Any]

_ORDER_LABEL = "_ordered_by"
_LIMIT_PARAMETER = "most"
_SIGNATURE_BYTES = 16
_LONGEST_CURSOR = 600
_CACHED_STATEMENTS = 1_000
_REMEMBERED_CURSORS = 1_000


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
        self.types: tuple[type, type] = (self._column.type.python_type, self._key.type.python_type)

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


class Cursors:
    """Encodes cursors with the first key; decodes those of any key."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = [blake2b(key, person=b"gerbang cursor").digest() for key in keys]
        # A cursor is decoded when its argument is checked, and again when its page is read.
        self.decode = lru_cache(_REMEMBERED_CURSORS)(self._decode)

    def encode(self, order: str, values: tuple[Any, Any]) -> str:
        """The cursor of a row, from its values of the ordered column and of the key."""
        body = orjson.dumps([order, *values], default=str)  # the driver's own kind of UUID
        return _text(_signature(self._keys[0], body) + body)

    def _decode(self, cursor: str, order: str, types: tuple[type, type]) -> tuple[Any, Any]:
        """The values in a cursor of this order.

        Raises FieldError with INVALID_CURSOR for any other text.
        """
        body = self._body(cursor)
        if body is None or (parts := orjson.loads(body))[0] != order:
            raise FieldError(
                ErrorCode.INVALID_CURSOR,
                "This cursor is not one of this list in this order. Use `startCursor` or"
                " `endCursor` of its last page, or start again without one.",
            )
        values = [_parse_as(value, kind) for value, kind in zip(parts[1:], types, strict=True)]
        return values[0], values[1]

    def _body(self, cursor: str) -> bytes | None:
        if len(cursor) > _LONGEST_CURSOR:
            return None
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            return None
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        is_ours = any(hmac.compare_digest(signature, _signature(key, body)) for key in self._keys)
        return body if is_ours and _text(raw) == cursor else None


def _signature(key: bytes, body: bytes) -> bytes:
    return blake2b(body, key=key, digest_size=_SIGNATURE_BYTES).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _parse_as(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value) if kind is UUID else value


class ListQuery(NamedTuple):
    """The shape of a page's statement, without the values: its cache key."""

    noun: DeclaredNoun
    role: Role
    columns: Columns
    conditions: tuple[tuple[Expression, Relation], ...]
    keyset: Keyset
    after: Boundary
    before: Boundary
    from_front: bool


@lru_cache(_CACHED_STATEMENTS)
def prepare_listing(listing: ListQuery) -> PreparedStatement:
    """Prepare the statement for a page; the values and the limit are parameters."""
    conditions = (Condition(column, relation, None) for column, relation in listing.conditions)
    clauses = (
        condition.clause_for(bindparam(_parameter_name(number), None, type_=condition.type))
        for number, condition in enumerate(conditions)
    )
    keyset = listing.keyset
    rows = select_reachable_in_role(listing.noun.name, listing.role, *listing.columns)
    return prepare(
        rows.add_columns(*keyset.columns())
        .where(*clauses, *keyset.between(listing.after, listing.before))
        .order_by(*keyset.order(from_front=listing.from_front))
        .limit(bindparam(_LIMIT_PARAMETER, None, type_=Integer)),
        listing.role,
    )


def parameter_values(
    conditions: Sequence[Condition], after: Place | None, before: Place | None, limit: int
) -> dict[str, Any]:
    """The parameters of the statement, by name."""
    values = {
        _parameter_name(number): condition.value for number, condition in enumerate(conditions)
    }
    return {**values, **boundary_values(after, before), _LIMIT_PARAMETER: limit}


def _parameter_name(number: int) -> str:
    return f"value_{number}"
