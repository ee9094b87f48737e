"""Lengths of the introspection lists, taken from the role's own schema."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
)

#: The list that holds each type once.
ALL_TYPES = "__Schema.types"
#: The type whose fields can lead back to itself.
TYPE = "__Type"

Lengths = Mapping[str, Fraction]


@lru_cache
def lengths(view: GraphQLSchema) -> Lengths:
    """The greatest length of each list, by schema coordinate."""
    return _lengths(view, lambda numbers: Fraction(max(numbers, default=0)))


@lru_cache
def average_lengths(view: GraphQLSchema) -> Lengths:
    """The average length over all types: exact where each type is selected once."""
    return _lengths(view, lambda numbers: Fraction(sum(numbers), len(numbers) or 1))


def _lengths(view: GraphQLSchema, of: Callable[[Sequence[int]], Fraction]) -> Lengths:
    types = list(view.type_map.values())
    fields = [_fields(one) for one in types]
    return {
        ALL_TYPES: Fraction(len(types)),
        "__Schema.directives": Fraction(len(view.directives)),
        "__Type.fields": of(list(map(len, fields))),
        "__Type.inputFields": of(
            [len(one.fields) if isinstance(one, GraphQLInputObjectType) else 0 for one in types]
        ),
        "__Type.enumValues": of(
            [len(one.values) if isinstance(one, GraphQLEnumType) else 0 for one in types]
        ),
        "__Type.interfaces": of([len(_interfaces(one)) for one in types]),
        "__Type.possibleTypes": of(
            [
                len(view.get_possible_types(one)) if isinstance(one, GraphQLInterfaceType) else 0
                for one in types
            ]
        ),
        "__Field.args": of([len(field.args) for named in fields for field in named.values()]),
        "__Directive.args": Fraction(max(len(one.args) for one in view.directives)),
    }


def _fields(type_: GraphQLNamedType) -> Mapping[str, GraphQLField]:
    return type_.fields if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else {}


def _interfaces(type_: GraphQLNamedType) -> Sequence[GraphQLInterfaceType]:
    return type_.interfaces if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else ()
