"""All private and undocumented parts of Strawberry that we rely on: no other file knows any.

``tests/gateway/test_private_parts.py`` holds each against the installed release.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, cast

import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    SelectionSetNode,
)
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.utils.str_converters import to_camel_case

__all__ = [
    "CachedNames",
    "RootSelection",
    "computed_field",
    "copy_enum",
    "declaring_class",
    "describe_values",
    "fields_of",
    "first_node",
    "graphql_schema",
    "is_one_of",
    "metadata_of",
    "python_name",
    "python_type",
    "root_selection",
    "share_schema",
    "to_camel_case",
    "value_getter",
]

#: The release that this file was read against.
STRAWBERRY = "0.341.2"
#: The key in `extensions` of graphql-core's types and fields under which Strawberry keeps what it
#: made them from.
_DEFINITION = "strawberry-definition"


# --- Schemas -------------------------------------------------------------------------------------


def graphql_schema(declared: strawberry.Schema) -> GraphQLSchema:
    """The schema of graphql-core that Strawberry has built."""
    return declared._schema  # pyright: ignore[reportPrivateUsage]


def share_schema(full: GraphQLSchema, view: GraphQLSchema) -> None:
    """Let a part of a schema be executed like the whole: Strawberry's `Info` looks here."""
    view._strawberry_schema = full._strawberry_schema  # type: ignore[attr-defined]


class CachedNames(NameConverter):
    """Converts each name once: Strawberry converts those of all arguments on every request."""

    apply_naming_config = staticmethod(lru_cache(None)(to_camel_case))


# --- Operations ----------------------------------------------------------------------------------


class RootSelection(NamedTuple):
    """The selection of a root field, as written in the document."""

    sets: list[SelectionSetNode | None]
    fragments: Mapping[str, FragmentDefinitionNode]
    #: The coerced values of the variables.
    variables: Mapping[str, Any]


def root_selection(info: strawberry.Info) -> RootSelection:
    """Unlike Strawberry's `selected_fields`, this converts nothing, and keeps directives."""
    raw = info._raw_info  # pyright: ignore[reportPrivateUsage]
    sets = [node.selection_set for node in raw.field_nodes]
    return RootSelection(sets, raw.fragments, info.variable_values)


def first_node(info: strawberry.Info) -> FieldNode:
    """The field that is resolved, where the document selects it first."""
    return info._raw_info.field_nodes[0]  # pyright: ignore[reportPrivateUsage]


# --- From graphql-core's types back to their declarations ----------------------------------------


def declaring_class(type_: GraphQLNamedType) -> type[Any] | None:
    """The class from which an object type was made."""
    return getattr(type_.extensions.get(_DEFINITION), "origin", None)


def metadata_of(field: GraphQLField) -> Mapping[Any, Any]:
    """The `metadata` with which a field was declared."""
    return field.extensions[_DEFINITION].metadata


def python_name(field: GraphQLField) -> str:
    """The attribute that a field is in Python."""
    return field.extensions[_DEFINITION].python_name


def value_getter(field: GraphQLField) -> Callable[[Any], Any] | None:
    """How a field gets its value from its object alone; None if it needs more than that."""
    definition = field.extensions[_DEFINITION]
    if field.args or not definition.is_basic_field:
        return None
    if definition.base_resolver:
        return definition.base_resolver.wrapped_func
    return attrgetter(definition.python_name)


def is_one_of(type_: GraphQLInputObjectType) -> bool:
    """Whether an input takes exactly one of its fields."""
    return bool(getattr(type_.extensions.get(_DEFINITION), "is_one_of", type_.is_one_of))


def copy_enum(type_: GraphQLEnumType, values: Mapping[str, Any]) -> GraphQLEnumType:
    """The enum with some of its values; resolvers get members of the same Python enum."""
    parts: dict[str, Any] = {**type_.to_kwargs(), "values": values}
    return CustomGraphQLEnumType(enum=type_.extensions[_DEFINITION], **parts)


# --- Declarations --------------------------------------------------------------------------------


def fields_of(cls: type[Any]) -> list[Any]:
    """The declared fields of a class: each has python_name, description and metadata."""
    return cls.__strawberry_definition__.fields


def python_type(field: Any) -> Any:
    """The Python type of a declared field, without its nullability and Strawberry's wrappers."""
    inner = getattr(field.type, "of_type", field.type)
    return getattr(inner, "wrapped_cls", inner)


def describe_values(declared: Any, describe: Callable[[Any], str]) -> None:
    """Give each value of a declared enum a description; it has a `name` and a `value`."""
    for value in declared.__strawberry_definition__.values:
        value.description = describe(value)


class ComputedField(StrawberryField):
    """A field whose value is a plain function of its row.

    For a resolver, Strawberry prepares info, arguments and extensions at every call. In a table of
    volumes, which has thousands of such fields, that took as long as everything else together.
    """

    @property
    def is_basic_field(self) -> bool:
        return True

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        return cast(StrawberryResolver[Any], self.base_resolver)(source)


def computed_field(function: Callable[[Any], Any], description: str) -> Any:
    """A field whose value is a plain function of its row."""
    return ComputedField(description=description, base_resolver=StrawberryResolver(function))
