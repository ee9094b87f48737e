"""The kinds of values that rows hold, and how each is read from PostgreSQL's binary format."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import partial
from struct import Struct
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    SmallInteger,
    String,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from gateway.execution.plan.values import NotPlannableError


class Kind(IntEnum):
    """The kind of a value, which decides how its cell is read and written."""

    TEXT = 0
    INSTANT = 1
    DATE = 2
    INT2 = 3
    INT4 = 4
    INT8 = 5
    BOOL = 6
    UUID = 7
    #: A list of texts, which only Python writes.
    TEXTS = 8


#: A subclass comes before its base: the first that fits counts.
_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (SmallInteger, Kind.INT2),
    (BigInteger, Kind.INT8),
    (Integer, Kind.INT4),
    (Boolean, Kind.BOOL),
    (DateTime, Kind.INSTANT),
    (Date, Kind.DATE),
    (Uuid, Kind.UUID),
    (String, Kind.TEXT),
)


def kind_of(type_: TypeEngine[Any]) -> Kind:
    """The kind of a column's values. Raises NotPlannableError for a type that has none."""
    if isinstance(type_, ARRAY) and isinstance(type_.item_type, String):
        return Kind.TEXTS
    for each, kind in _KINDS:
        if isinstance(type_, each):
            return kind
    raise NotPlannableError


class CellError(ValueError):
    """A cell does not hold what its kind says: the executor must answer."""


EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2000, 1, 1)
_INT2, _INT4, _INT8 = Struct("!h"), Struct("!i"), Struct("!q")


def _integer(layout: Struct, cell: bytes) -> int:
    if len(cell) != layout.size:
        raise CellError(f"{len(cell)} bytes of a number")
    return layout.unpack(cell)[0]


def _instant(cell: bytes) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=_integer(_INT8, cell))
    except OverflowError:
        raise CellError("an instant out of bounds") from None


def _date(cell: bytes) -> date:
    try:
        return FIRST_DAY + timedelta(days=_integer(_INT4, cell))
    except OverflowError:
        raise CellError("a date out of bounds") from None


def _bool(cell: bytes) -> bool:
    if cell not in (b"\0", b"\1"):
        raise CellError(f"{len(cell)} bytes of a boolean")
    return cell == b"\1"


def _uuid(cell: bytes) -> UUID:
    if len(cell) != 16:
        raise CellError(f"{len(cell)} bytes of a UUID")
    return UUID(bytes=cell)


def _text(cell: bytes) -> str:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        raise CellError("a text that is not UTF-8") from None


def _texts(cell: bytes) -> list[str | None]:
    """An array of one dimension, or an empty one."""
    dimensions, _, _, *rest = (
        _integer(_INT4, cell[place : place + 4]) for place in range(0, min(len(cell), 20), 4)
    )
    if dimensions == 0 and len(cell) == 12:
        return []
    if dimensions != 1 or len(rest) != 2:
        raise CellError("an array of several dimensions")
    texts: list[str | None] = []
    place = 20
    for _ in range(rest[0]):
        length = _integer(_INT4, cell[place : place + 4])
        place += 4
        end = place + max(length, 0)
        if end > len(cell):
            raise CellError("an array that is cut off")
        texts.append(None if length < 0 else _text(cell[place:end]))
        place = end
    if place != len(cell):
        raise CellError("an array with something behind it")
    return texts


#: The Python value of a cell. Raises CellError for a cell that holds no value of the kind.
DECODERS: Mapping[Kind, Callable[[bytes], Any]] = {
    Kind.TEXT: _text,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.INT2: partial(_integer, _INT2),
    Kind.INT4: partial(_integer, _INT4),
    Kind.INT8: partial(_integer, _INT8),
    Kind.BOOL: _bool,
    Kind.UUID: _uuid,
    Kind.TEXTS: _texts,
}
