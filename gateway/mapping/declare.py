"""How a noun is declared: each field says once where its value comes from.

From these declarations follow the statements, the loaders, the filters and the orders; the way in
which operations run reads them and nothing else.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from gateway.mapping.ids import GlobalId

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]
Noun = TypeVar("Noun")

#: Under which Strawberry keeps, in the extensions of a type or field, what declared it.
DECLARATION = "strawberry-definition"

SOURCE = "source"


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """The value of one column, or of an expression over columns of the same row."""

    value: Expression
    is_filter: bool = False
    is_order: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Translated:
    """One of several columns, by the argument ``language``."""

    columns: Mapping[str, Expression]


@dataclass(frozen=True, eq=False, slots=True)
class ToOne:
    """The row of another noun whose ``remote`` column has the value of ``local`` here."""

    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    is_filter: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ToMany:
    """All rows of another noun whose ``remote`` column has the value of ``local`` here."""

    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    order: tuple[Expression, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ChangePosition:
    """The position of a change: the transaction that wrote it, and its id."""

    written_in: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[Any]


Source = Column | Translated | ToOne | ToMany | ChangePosition


@strawberry.interface(description="Anything with a global id, to be had again by `node`.")
class Node:
    """What has a global id."""

    @strawberry.field(description="Global id: opaque, unique over all types.")
    def id(self) -> strawberry.ID:
        key = self.__dict__[KEY]
        return strawberry.ID(GlobalId(type(self).__name__, str(key)).encode())


#: The label under which a row carries the key of its noun.
KEY = "_key"


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the rows of a noun are, and the column that tells one from another."""

    key: InstrumentedAttribute[Any]
    #: Whether each read of a row is logged; the key is then the applicant's.
    is_logged: bool


def noun(
    key: InstrumentedAttribute[Any], *, is_logged: bool = False
) -> Callable[[type[Noun]], type[Noun]]:
    """Declare a class as a type whose rows are stored; its docstring is the description."""

    def declare(cls: type[Noun]) -> type[Noun]:
        declared = strawberry.type(cls, description=inspect.cleandoc(cls.__doc__ or ""))
        declared.__stored__ = Storage(key, is_logged)  # type: ignore[attr-defined]
        return declared

    return declare


def column(
    value: Expression, description: str, *, filters: bool = False, orders: bool = False
) -> Any:
    """A field that is a column; clients may filter and order by it where that is said."""
    source = Column(value, is_filter=filters, is_order=orders)
    return strawberry.field(description=description, metadata={SOURCE: source})


def link(
    local: InstrumentedAttribute[Any],
    remote: InstrumentedAttribute[Any],
    description: str,
    *,
    filters: bool = False,
) -> Any:
    """A field that is a row of another noun; null where there is none, or none in reach."""
    source = ToOne(local, remote, is_filter=filters)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.loaders.one(source, root)

    return _field(resolve, source, description)


def links(
    local: InstrumentedAttribute[Any],
    remote: InstrumentedAttribute[Any],
    description: str,
    *,
    order: tuple[Expression, ...],
) -> Any:
    """A field that is all rows of another noun which belong to this one, as far as in reach."""
    source = ToMany(local, remote, order)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.loaders.many(source, root)

    return _field(resolve, source, description)


def position(
    written_in: InstrumentedAttribute[Any], id_: InstrumentedAttribute[Any], description: str
) -> Any:
    """A field that is the sealed position of a change."""
    source = ChangePosition(written_in, id_)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.position(source, root)

    return _field(resolve, source, description)


def _field(resolve: Callable[..., Any], source: Source, description: str) -> Any:
    return strawberry.field(resolver=resolve, description=description, metadata={SOURCE: source})
