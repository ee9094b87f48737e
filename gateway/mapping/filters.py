"""The `where` and `orderBy` inputs of connections, derived from the declarations of the noun."""

import enum
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum, auto
from functools import cache
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry
from sqlalchemy import ARRAY, ColumnElement, any_, literal
from sqlalchemy.types import TypeEngine

from gateway.errors import ErrorCode, FieldError
from gateway.mapping.declare import SOURCE, Column, Expression, ToOne
from gateway.mapping.enums import Direction
from gateway.strawberry_bridge import describe_values, fields_of, python_type

MOST_VALUES = 100

Value = TypeVar("Value")
Moment = TypeVar("Moment", date, datetime)


class Relation(Enum):
    """The comparison of a column with a value."""

    EQUALS = auto()
    IS_ONE_OF = auto()
    IS_FROM = auto()
    IS_BEFORE = auto()


class Condition(NamedTuple):
    """One comparison that a client filters by."""

    column: Expression
    relation: Relation
    value: Any

    @property
    def type(self) -> TypeEngine[Any]:
        """The type of the value."""
        kind = self.column.type
        return ARRAY(kind) if self.relation is Relation.IS_ONE_OF else kind

    def clause(self) -> ColumnElement[bool]:
        """The SQL condition, with the value bound."""
        return self.clause_for(literal(self.value, self.type))

    def clause_for(self, value: ColumnElement[Any]) -> ColumnElement[bool]:
        """The SQL condition for a value or parameter."""
        match self.relation:
            case Relation.EQUALS:
                return self.column == value
            case Relation.IS_ONE_OF:
                return self.column == any_(value)
            case Relation.IS_FROM:
                return self.column >= value
            case Relation.IS_BEFORE:
                return self.column < value


@strawberry.input(description="Narrows to values; both given, both must hold.")
class Filter(Generic[Value]):
    """A filter by equality."""

    eq: Value | None = strawberry.field(default=strawberry.UNSET, description="This value.")
    in_: list[Value] | None = strawberry.field(
        name="in",
        default=strawberry.UNSET,
        description=f"One of these values: at most {MOST_VALUES}.",
    )

    def conditions(self, column: Expression) -> Iterator[Condition]:
        if _is_given(self.eq):
            yield Condition(column, Relation.EQUALS, self.eq)
        if _is_given(self.in_):
            values = list(self.in_ or ())
            if len(values) > MOST_VALUES:
                raise FieldError(
                    ErrorCode.INVALID_INPUT, f"`in` takes at most {MOST_VALUES} values."
                )
            yield Condition(column, Relation.IS_ONE_OF, values)


@strawberry.input(name="Filter", description="Narrows to a span of time.")
class Span(Generic[Moment]):
    """A filter by a range of dates or instants."""

    from_: Moment | None = strawberry.field(
        name="from", default=strawberry.UNSET, description="This one or later."
    )
    before: Moment | None = strawberry.field(
        default=strawberry.UNSET, description="Earlier than this one."
    )

    def conditions(self, column: Expression) -> Iterator[Condition]:
        if _is_given(self.from_):
            yield Condition(column, Relation.IS_FROM, self.from_)
        if _is_given(self.before):
            yield Condition(column, Relation.IS_BEFORE, self.before)


@cache
def where_input(cls: type[Any]) -> type[Any] | None:
    """The input ``XWhere`` of a noun: a filter for each field declared with ``filters``."""
    filters = {field.python_name: field for field in _fields(cls) if _is_filter(field)}
    if not filters:
        return None
    columns = {name: _column(field) for name, field in filters.items()}
    members: dict[str, Any] = {
        "__annotations__": {
            name: Annotated[
                _filter_of(field, columns[name]) | None,
                strawberry.argument(description=field.description),
            ]
            for name, field in filters.items()
        }
    }
    members |= {
        name: strawberry.field(default=strawberry.UNSET, description=field.description)
        for name, field in filters.items()
    }

    def conditions(self: Any) -> list[Condition]:
        filters = ((getattr(self, name), column) for name, column in columns.items())
        return [
            condition
            for filter_, column in filters
            if _is_given(filter_)
            for condition in filter_.conditions(column)
        ]

    where = type(f"{cls.__name__}Where", (), {**members, "conditions": conditions})
    return strawberry.input(where, description="Narrows the list; all that is given must hold.")


def order_input(cls: type[Any]) -> type[Any] | None:
    """The input ``XOrder`` of a noun: a field declared with ``orders``, and a direction."""
    orders = {field.python_name: field for field in _fields(cls) if _is_order(field)}
    if not orders:
        return None
    names: Any = enum.Enum(f"{cls.__name__}OrderField", {name.upper(): name for name in orders})
    declared: Any = strawberry.enum(names, description="Fields that the list can be ordered by.")
    describe_values(declared, lambda value: orders[value.value].description)
    members = {
        "__annotations__": {"field": names, "direction": Direction},
        "field": strawberry.field(description="The field; equal rows follow in a fixed order."),
        "direction": strawberry.field(
            default=Direction.ASCENDING, description="Which end comes first."
        ),
        "columns": {name: _column(field) for name, field in orders.items()},
    }
    order = type(f"{cls.__name__}Order", (), members)
    return strawberry.input(order, description="The order of the list.")


def _fields(cls: type[Any]) -> list[Any]:
    return [field for field in fields_of(cls) if SOURCE in field.metadata]


def _is_filter(field: Any) -> bool:
    source = field.metadata[SOURCE]
    return isinstance(source, Column | ToOne) and source.is_filter


def _is_order(field: Any) -> bool:
    source = field.metadata[SOURCE]
    return isinstance(source, Column) and source.is_order


def _column(field: Any) -> Expression:
    source = field.metadata[SOURCE]
    return source.local if isinstance(source, ToOne) else source.value


def _filter_of(field: Any, column: Expression) -> Any:
    """The filter type of a field: links are filtered by code, other fields by their own type."""
    if isinstance(field.metadata[SOURCE], ToOne):
        return Filter[str]
    kind = python_type(field)
    return Span[kind] if kind in (date, datetime) else Filter[kind]


def _is_given(value: Any) -> bool:
    """Whether a filter is given. Null is refused: to ignore it would return more rows than meant.

    Raises FieldError with INVALID_INPUT.
    """
    if value is None:
        raise FieldError(
            ErrorCode.INVALID_INPUT,
            "A condition in `where` is null. Give it a value, or leave it out.",
        )
    return value is not strawberry.UNSET
