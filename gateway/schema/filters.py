"""What clients may filter and order a list by: made from the declarations of its noun."""

import enum
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from sqlalchemy import ARRAY, ColumnElement, any_, literal

from gateway.errors import ErrorCode, FieldError
from gateway.schema.declare import SOURCE, Column, Expression, Link
from gateway.schema.words import Direction

MOST_VALUES = 100

Value = TypeVar("Value")
Moment = TypeVar("Moment", date, datetime)


@strawberry.input(description="Narrows to values; both given, both must hold.")
class Filter(Generic[Value]):
    """A condition on a field of words."""

    eq: Value | None = strawberry.field(default=strawberry.UNSET, description="This value.")
    in_: list[Value] | None = strawberry.field(
        name="in",
        default=strawberry.UNSET,
        description=f"One of these values: at most {MOST_VALUES}.",
    )

    def condition(self, column: Expression) -> list[ColumnElement[bool]]:
        conditions = []
        if _is_given(self.eq):
            conditions.append(column == literal(self.eq, column.type))
        if _is_given(self.in_):
            values = list(self.in_ or ())
            if len(values) > MOST_VALUES:
                raise FieldError(
                    ErrorCode.INVALID_INPUT, f"`in` takes at most {MOST_VALUES} values."
                )
            conditions.append(column == any_(literal(values, ARRAY(column.type))))
        return conditions


@strawberry.input(name="Filter", description="Narrows to a span of time.")
class Span(Generic[Moment]):
    """A condition on a field of instants."""

    from_: Moment | None = strawberry.field(
        name="from", default=strawberry.UNSET, description="This one or later."
    )
    before: Moment | None = strawberry.field(
        default=strawberry.UNSET, description="Earlier than this one."
    )

    def condition(self, column: Expression) -> list[ColumnElement[bool]]:
        conditions = []
        if _is_given(self.from_):
            conditions.append(column >= literal(self.from_, column.type))
        if _is_given(self.before):
            conditions.append(column < literal(self.before, column.type))
        return conditions


@cache
def where_input(cls: type[Any]) -> type[Any] | None:
    """The input ``XWhere`` of a noun: a filter for each field that says it can be one."""
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

    def conditions(self: Any) -> list[ColumnElement[bool]]:
        given = ((getattr(self, name), column) for name, column in columns.items())
        return [
            one
            for filter_, column in given
            if _is_given(filter_)
            for one in filter_.condition(column)
        ]

    where = type(f"{cls.__name__}Where", (), {**members, "conditions": conditions})
    return strawberry.input(where, description="Narrows the list; all that is given must hold.")


def order_input(cls: type[Any]) -> type[Any] | None:
    """The input ``XOrder`` of a noun: one of the fields that say they can be one, and a way."""
    orders = {field.python_name: field for field in _fields(cls) if _is_order(field)}
    if not orders:
        return None
    words: Any = enum.Enum(f"{cls.__name__}OrderField", {name.upper(): name for name in orders})
    declared: Any = strawberry.enum(words, description="Fields that the list can be ordered by.")
    for value in declared.__strawberry_definition__.values:
        value.description = orders[value.value].description
    members = {
        "__annotations__": {"field": words, "direction": Direction},
        "field": strawberry.field(description="The field; equal rows follow in a fixed order."),
        "direction": strawberry.field(
            default=Direction.ASCENDING, description="Which end comes first."
        ),
        "columns": {name: _column(field) for name, field in orders.items()},
    }
    order = type(f"{cls.__name__}Order", (), members)
    return strawberry.input(order, description="The order of the list.")


def _fields(cls: type[Any]) -> list[Any]:
    return [field for field in cls.__strawberry_definition__.fields if SOURCE in field.metadata]


def _is_filter(field: Any) -> bool:
    source = field.metadata[SOURCE]
    return isinstance(source, Column | Link) and source.is_filter


def _is_order(field: Any) -> bool:
    source = field.metadata[SOURCE]
    return isinstance(source, Column) and source.is_order


def _column(field: Any) -> Expression:
    source = field.metadata[SOURCE]
    return source.local if isinstance(source, Link) else source.value


def _filter_of(field: Any, column: Expression) -> Any:
    """Codes filter links; a field's own type filters the rest."""
    if isinstance(field.metadata[SOURCE], Link):
        return Filter[str]
    kind = _plain(field.type)
    return Span[kind] if kind in (date, datetime) else Filter[kind]


def _plain(kind: Any) -> Any:
    """The Python type of a field, without its nullability and without Strawberry's wrappers."""
    inner = getattr(kind, "of_type", kind)
    return getattr(inner, "wrapped_cls", inner)


def _is_given(value: Any) -> bool:
    """Whether a condition is there. A null one is refused: to pass over it would widen the list.

    Raises FieldError with INVALID_INPUT.
    """
    if value is None:
        raise FieldError(
            ErrorCode.INVALID_INPUT,
            "A condition in `where` is null. Give it a value, or leave it out.",
        )
    return value is not strawberry.UNSET
