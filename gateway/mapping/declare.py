"""How a noun is declared over tables: each field names the column or link it comes from.

Statements, loaders, filters and orders are all derived from these declarations.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import strawberry
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from gateway.mapping.ids import GlobalId

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]
Noun = TypeVar("Noun")

#: The key under which a field keeps its source in `metadata`.
SOURCE = "source"
#: What is said of a position in the change feed.
POSITION = (
    "Where this lies: for `after`, so that nothing is missed and nothing sent twice."
    " It is in `extensions` of the payload too."
)


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """The value of one column, or of an expression over columns of the same row."""

    value: Expression
    is_filter: bool = False
    is_order: bool = False
    #: Whether a filter by it takes the beginning of a text.
    has_prefix: bool = False
    #: The words by which lists are counted apart.
    words: type[StrEnum] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class MoneyColumn:
    """A sum of money, of a column that holds whole rupiah."""

    rupiah: Expression


@dataclass(frozen=True, eq=False, slots=True)
class TranslatedColumn:
    """One column per language; the argument ``language`` chooses."""

    columns: Mapping[str, Expression]


@dataclass(frozen=True, eq=False, slots=True)
class ToOne:
    """A link to at most one row of another noun: its ``remote`` equals this row's ``local``."""

    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    is_filter: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ToMany:
    """A link to all rows of another noun whose ``remote`` equals this row's ``local``."""

    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    order: tuple[Expression, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ToPages:
    """A link to many rows of another noun, read a page at a time in the order of a column."""

    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    order: InstrumentedAttribute[Any]
    newest_first: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class RuledValue:
    """A column of a row beside this one, whose ``remote`` equals this row's ``local``.

    The policy has separate row rules for it, under the name of a type that is not in the schema:
    out of their reach the value is null. Lists cannot be filtered or ordered by it.
    """

    #: The type and the field of the policy.
    coordinate: tuple[str, str]
    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    value: InstrumentedAttribute[Any]


@dataclass(frozen=True, eq=False, slots=True)
class ChangePosition:
    """The position of a change: the transaction that wrote it, and its id."""

    written_in: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Beside:
    """A column of the one row of another type whose ``remote`` equals this row's ``local``, as far
    as the row rules of that type let the viewer read it."""

    local: InstrumentedAttribute[Any]
    remote: InstrumentedAttribute[Any]
    value: InstrumentedAttribute[Any]
    #: Whether, of several such rows, it is the one that the stated purpose names by the value.
    is_named: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Fact:
    """A value that a derived field looks at, for roles that read the field of this coordinate."""

    label: str
    value: Expression | Beside
    coordinate: tuple[str, str]


@dataclass(frozen=True, eq=False, slots=True)
class DerivedField:
    """A function of what the role reads of the row, and of facts that no field of it shows."""

    resolve: Callable[..., Any]
    #: The names in Python of the fields that it looks at.
    fields: tuple[str, ...]
    facts: tuple[Fact, ...]


Source = (
    Column
    | MoneyColumn
    | TranslatedColumn
    | ToOne
    | ToMany
    | ToPages
    | RuledValue
    | ChangePosition
    | DerivedField
)


@strawberry.interface(description="Anything with a global id, to be had again by `node`.")
class Node:
    """An object with a global id, by the Relay specification."""

    @strawberry.field(description="Global id: opaque, unique over all types.")
    def id(self) -> strawberry.ID:
        key = self.__dict__[KEY]
        return strawberry.ID(GlobalId(type(self).__name__, str(key)).encode())


#: The label under which a row carries the key of its noun.
KEY = "_key"
#: The key under which a field of a payload keeps in `metadata` which type it answers with.
CHANGED_TYPE = "changed"
#: The key under which a field of a value that is no row keeps which rows it names.
NAMED_ROWS = "named"


@dataclass(frozen=True, slots=True)
class NamedRows:
    """Rows of a type whose keys are in an attribute of the value: one or none, or a list."""

    type_name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Storage:
    """The primary key of a noun's table, and whether its reads are logged."""

    key: InstrumentedAttribute[Any]
    #: Whether each read of a row goes to the access log; the key is then the applicant's id.
    is_logged: bool


def noun(
    key: InstrumentedAttribute[Any], *, is_logged: bool = False
) -> Callable[[type[Noun]], type[Noun]]:
    """Declare a class as a GraphQL type over a table; its docstring is the description."""

    def declare(cls: type[Noun]) -> type[Noun]:
        declared = strawberry.type(cls, description=inspect.cleandoc(cls.__doc__ or ""))
        declared.__stored__ = Storage(key, is_logged)  # type: ignore[attr-defined]
        return declared

    return declare


def column(
    value: Expression,
    description: str,
    *,
    filters: bool = False,
    orders: bool = False,
    prefixes: bool = False,
    facets: type[StrEnum] | None = None,
    deprecated: str | None = None,
) -> Any:
    """A field read from a column.

    ``filters`` and ``orders`` let clients filter and order by it, ``prefixes`` filter by how it
    begins, and ``facets`` count the rows with each word of a closed list. ``deprecated`` says what
    to use instead and until when it works: "Use `…` until 2027-06-30."
    """
    source = Column(value, is_filter=filters, is_order=orders, has_prefix=prefixes, words=facets)
    return strawberry.field(
        description=description, metadata={SOURCE: source}, deprecation_reason=deprecated
    )


def ruled_value(
    coordinate: tuple[str, str],
    local: InstrumentedAttribute[Any],
    remote: InstrumentedAttribute[Any],
    value: InstrumentedAttribute[Any],
    description: str,
) -> Any:
    """A field with the value of a row that has row rules of its own: null out of their reach.

    Whose values a viewer was shown is noted.
    """
    source = RuledValue(coordinate, local, remote, value)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.disclose(source, root, info.python_name)

    return _field(resolve, source, description)


def link(
    local: InstrumentedAttribute[Any],
    remote: InstrumentedAttribute[Any],
    description: str,
    *,
    filters: bool = False,
    deprecated: str | None = None,
) -> Any:
    """A field that links to one row; null if there is none, or none that the viewer may read."""
    source = ToOne(local, remote, is_filter=filters)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.loaders.one(source, root)

    return _field(resolve, source, description, deprecated)


def links(
    local: InstrumentedAttribute[Any],
    remote: InstrumentedAttribute[Any],
    description: str,
    *,
    order: tuple[Expression, ...],
    deprecated: str | None = None,
) -> Any:
    """A field that links to a few rows, all returned at once: those that the viewer may read."""
    source = ToMany(local, remote, order)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.loaders.many(source, root)

    return _field(resolve, source, description, deprecated)


def position(written_in: InstrumentedAttribute[Any], id_: InstrumentedAttribute[Any]) -> Any:
    """A field with the sealed position of a change in the change feed."""
    source = ChangePosition(written_in, id_)

    def resolve(root: Any, info: strawberry.Info) -> Any:
        return info.context.position(type(root).__name__, source, root)

    return _field(resolve, source, POSITION)


def derived_field(
    resolve: Callable[..., Any], description: str, *facts: Fact, fields: tuple[str, ...]
) -> Any:
    """A field that is a function of the row as the role reads it; it reads no further row.

    ``fields`` are those that it looks at, by their names in Python.
    """
    return _field(resolve, DerivedField(resolve, fields, facts), description)


def _field(
    resolve: Callable[..., Any], source: Source, description: str, deprecated: str | None = None
) -> Any:
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={SOURCE: source},
        deprecation_reason=deprecated,
    )
