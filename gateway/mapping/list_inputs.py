"""The inputs `XWhere` and `XOrder` of lists, derived from the declarations of the noun."""

import enum
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, NamedTuple

import strawberry
from sqlalchemy import Uuid

from gateway.mapping.arguments import Parsing
from gateway.mapping.declare import SOURCE, Column, Expression, ToOne
from gateway.mapping.enums import Direction
from gateway.mapping.filters import (
    Condition,
    Filter,
    Span,
    TextFilter,
    WordFilter,
    conditions_of,
    given_filters,
    mistakes_in_filters,
)
from gateway.mapping.ids import key_in
from gateway.mapping.scalars import CountryCode
from gateway.strawberry_bridge import describe_values, fields_of, python_type, to_camel_case
from models import Country


class FilteredField(NamedTuple):
    """What a field of `where` narrows: a column, and its words if they are a closed list."""

    #: The name of the field in Python.
    name: str
    column: Expression
    words: type[StrEnum] | None
    #: The type whose global ids it takes, if it does.
    of_ids: str | None = None

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The comparisons with the keys that global ids name: an id of anything else names none."""
        type_name = self.of_ids
        if type_name is None:
            return given
        keys: dict[str, Callable[[Any], Any]] = {
            "eq": lambda id_: key_in(id_, type_name),
            "in": lambda ids: [key_in(id_, type_name) for id_ in ids],
        }
        return {name: keys[name](value) if name in keys else value for name, value in given.items()}


class Where:
    """The members of each `where`, beside its filters."""

    #: By the name of the field in the API.
    filtered_fields: dict[str, FilteredField]


def parse_where(where: type[Where] | None, values: Any) -> Parsing[list[Condition]]:
    """The conditions of a ``where``, from its coerced values."""
    if where is None or not values:
        return []
    given = given_filters(values)
    yield from mistakes_in_filters(given)
    return [
        condition
        for name, comparisons in given.items()
        for filtered in (where.filtered_fields[name],)
        for condition in conditions_of(
            filtered.values(comparisons), filtered.column, filtered.words
        )
    ]


@cache
def where_input(cls: type[Any]) -> type[Where] | None:
    """The input ``XWhere`` of a noun: a filter for each field declared with ``filters``."""
    filters = {field.python_name: field for field in _fields(cls) if _is_filter(field)}
    if not filters:
        return None
    filtered_fields = {
        name: FilteredField(name, _column(field), _words(field), _of_ids(field))
        for name, field in filters.items()
    }
    members: dict[str, Any] = {
        "__annotations__": {
            name: Annotated[
                _filter_of(field) | None,
                strawberry.argument(description=field.description),
            ]
            for name, field in filters.items()
        }
    }
    members |= {
        name: strawberry.field(default=strawberry.UNSET, description=field.description)
        for name, field in filters.items()
    }
    members["filtered_fields"] = {
        to_camel_case(name): each for name, each in filtered_fields.items()
    }
    where = type(f"{cls.__name__}Where", (Where,), members)
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


def _words(field: Any) -> type[StrEnum] | None:
    kind = python_type(field)
    return kind if isinstance(kind, type) and issubclass(kind, StrEnum) else None


def _of_ids(field: Any) -> str | None:
    """The type to which a link leads that is filtered by id: what it leads to has no code."""
    source = field.metadata[SOURCE]
    if isinstance(source, ToOne) and isinstance(source.remote.type, Uuid):
        name: str = source.remote.class_.__name__
        return name
    return None


def _filter_of(field: Any) -> Any:
    """The filter type of a field: links are filtered by code or id, others by their own type."""
    source = field.metadata[SOURCE]
    if isinstance(source, ToOne):
        code: Any = CountryCode if source.remote is Country.code else str
        code = strawberry.ID if _of_ids(field) else code
        return Filter[code]
    kind = python_type(field)
    if kind in (date, datetime):
        return Span[kind]
    if source.has_prefix:
        return TextFilter
    return WordFilter[kind] if _words(field) else Filter[kind]
