"""The inputs `XWhere` and `XOrder` of lists, derived from the declarations of the noun."""

import enum
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

import strawberry
from sqlalchemy import Uuid

from gateway.mapping.declare import SOURCE, Column, Expression, ToOne
from gateway.mapping.enums import Direction
from gateway.mapping.filters import Filter, FilteredField, Span, TextFilter, Where, WordFilter
from gateway.mapping.scalars import CountryCode
from gateway.strawberry_bridge import describe_values, fields_of, python_type, to_camel_case
from models import Country


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
