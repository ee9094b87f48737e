"""Rules for the names, descriptions and shapes of the schema.

They are those of graphql-eslint that fit, on graphql-core: so `make check` needs neither npm nor
Node, and takes a tenth of a second for them.
"""

import re
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
    is_non_null_type,
    is_specified_directive,
    is_specified_scalar_type,
)

#: A coordinate, and what is wrong with it.
Complaint = tuple[str, str]

_PASCAL, _CAMEL, _UPPER = "[A-Z][A-Za-z0-9]*", "[a-z][A-Za-z0-9]*", "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"
#: Notes about the kind of a value, of which its type tells already.
_HUNGARIAN = re.compile(r"(str|int|arr|obj|bool|enum)[A-Z]\w*|\w+(List|Array|Object|String|Enum)")
_TYPE_ENDINGS = re.compile(r"\w+(Type|Enum|Object|Interface|Scalar)")
#: Names that end in a word of the domain.
_OF_THE_DOMAIN = frozenset({"VisaType", "workList"})
#: Inputs are of a mutation, an item of one, a filter, an order, or a way to look something up.
_INPUT_ENDINGS = re.compile(r"\w+(Input|Item|Where|Filter|Order|By|Reference)")
_ROOTS = ("Query", "Mutation", "Subscription")
_PAGING = {"first": "Int", "after": None, "last": "Int", "before": None}
_PAGE_INFO = {"hasNextPage", "hasPreviousPage", "startCursor", "endCursor"}
_REPLACEMENT = re.compile(r"^Use `[^`]+`")


def lint(schema: GraphQLSchema) -> Iterator[Complaint]:
    """Every complaint about a schema."""
    for name, type_ in sorted(schema.type_map.items()):
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield from _names_and_descriptions(name, type_)
        if isinstance(type_, GraphQLInputObjectType) and not _INPUT_ENDINGS.fullmatch(name):
            yield name, "is an input: end its name in Input, Where, Order or By"
        if isinstance(type_, GraphQLObjectType):
            yield from _paged_shapes(name, type_)
    yield from _mutations(schema)
    yield from _directives(schema)
    yield from _deprecations(schema)


def _names_and_descriptions(name: str, type_: GraphQLNamedType) -> Iterator[Complaint]:
    if not type_.description:
        yield name, "has no description"
    if not re.fullmatch(_PASCAL, name):
        yield name, "is a type: write it in PascalCase"
    elif _TYPE_ENDINGS.fullmatch(name) and name not in _OF_THE_DOMAIN:
        yield name, "says in its name what kind of type it is: leave that out"
    pattern = _UPPER if isinstance(type_, GraphQLEnumType) else _CAMEL
    for member, element in _members(type_):
        at = f"{name}.{member}"
        if not element.description:
            yield at, "has no description"
        if not re.fullmatch(pattern, member):
            yield at, f"is not written as {'ALL_CAPS' if pattern is _UPPER else 'camelCase'}"
        elif pattern is _CAMEL and _HUNGARIAN.fullmatch(member) and member not in _OF_THE_DOMAIN:
            yield at, "says in its name what its type tells already: leave that out"
        if member.lower().startswith(name.lower()) and name not in _ROOTS:
            yield at, "repeats the name of its type"
        for argument, value in getattr(element, "args", {}).items():
            if not re.fullmatch(_CAMEL, argument):
                yield f"{at}({argument}:)", "is not written as camelCase"
            if not value.description and argument not in _PAGING:
                yield f"{at}({argument}:)", "has no description"
        if name in ("Query", "Subscription") and re.match(
            r"(get|find|list|query|subscribe)[A-Z]", member
        ):
            yield at, "begins with a verb: name what it returns"
        yield from _paging(at, element)


def _paging(at: str, field: Any) -> Iterator[Complaint]:
    """A field that returns a connection pages forward or backward, as Relay's clients do."""
    arguments = getattr(field, "args", None)
    if arguments is None or not get_named_type(field.type).name.endswith("Connection"):
        return
    if not ({"first", "after"} <= arguments.keys() or {"last", "before"} <= arguments.keys()):
        yield at, "returns a connection: take first and after, or last and before"
    for name, kind in _PAGING.items():
        if name in arguments:
            named = get_nullable_type(arguments[name].type)
            if kind and str(named) != kind:
                yield f"{at}({name}:)", f"is {named}: make it {kind}"
            elif not isinstance(named, GraphQLScalarType):
                yield f"{at}({name}:)", f"is {named}: make it a scalar"


def _paged_shapes(name: str, type_: GraphQLObjectType) -> Iterator[Complaint]:
    """The types of a page have the shape that clients of Relay expect."""
    if name.endswith("Connection"):
        yield from _connection(name, type_)
    elif name.endswith("Edge"):
        yield from _edge(name, type_)
    elif name == "PageInfo":
        for missing in sorted(_PAGE_INFO - type_.fields.keys()):
            yield name, f"has no {missing}, which clients of Relay read"


def _connection(name: str, type_: GraphQLObjectType) -> Iterator[Complaint]:
    edges, info = type_.fields.get("edges"), type_.fields.get("pageInfo")
    if edges is None or not is_list_type(get_nullable_type(edges.type)):
        yield name, "has no list of edges"
    elif not get_named_type(edges.type).name.endswith("Edge"):
        yield f"{name}.edges", "does not hold edges"
    if info is None or str(info.type) != "PageInfo!":
        yield name, "has no pageInfo: PageInfo!"


def _edge(name: str, type_: GraphQLObjectType) -> Iterator[Complaint]:
    cursor, node = type_.fields.get("cursor"), type_.fields.get("node")
    if node is None or is_list_type(get_nullable_type(node.type)):
        yield name, "has no node, or a list of them"
    if cursor is None or not is_non_null_type(cursor.type):
        yield name, "has no cursor that is always there"


def _mutations(schema: GraphQLSchema) -> Iterator[Complaint]:
    """A mutation takes one input, and returns a payload that tells what went wrong."""
    for name, field in (schema.mutation_type.fields if schema.mutation_type else {}).items():
        at, payload = f"Mutation.{name}", get_named_type(field.type)
        if list(field.args) != ["input"] or not is_non_null_type(field.args["input"].type):
            yield at, "takes other arguments than one input that is required"
        if not payload.name.endswith("Payload"):
            yield at, f"returns {payload.name}: end its name in Payload"
        elif isinstance(payload, GraphQLObjectType) and "errors" not in payload.fields:
            yield payload.name, "has no errors"


def _directives(schema: GraphQLSchema) -> Iterator[Complaint]:
    for directive in schema.directives:
        if not is_specified_directive(directive) and not directive.description:
            yield f"@{directive.name}", "has no description"


def _deprecations(schema: GraphQLSchema) -> Iterator[Complaint]:
    """What is deprecated says until when it works, and what to use instead."""
    from gateway.schema_changes import deprecations, until_date

    for coordinate, reason in deprecations(schema):
        if until_date(reason) is None:
            yield coordinate, "is deprecated without a date: say `until YYYY-MM-DD` in the reason"
        if not _REPLACEMENT.match(reason):
            yield coordinate, "is deprecated without a replacement: begin the reason with Use `…`"


def _members(type_: GraphQLNamedType) -> Iterator[tuple[str, Any]]:
    yield from (getattr(type_, "fields", None) or getattr(type_, "values", None) or {}).items()
