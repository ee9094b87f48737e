"""Builds a schema for each role, without the fields that the role may not read.

Operations are validated *and* executed against it, so that field authorisation needs no checks of
its own, and introspection shows each role exactly what it can use.
"""

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    get_named_type,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_directive,
    validate_schema,
)

from gateway.access.fields import is_readable, readable_fields, reads_only_published
from gateway.mapping.catalogue import Catalogue
from gateway.policy import PURPOSES, QUEUES
from gateway.schema.mutations.mutation import codes_met_by, describe_mutation
from gateway.strawberry_bridge import copy_enum, is_one_of, share_schema
from models.vocabulary import Role


def role_schema(full: GraphQLSchema, catalogue: Catalogue, role: Role | None) -> GraphQLSchema:
    """The schema as a role sees it; the whole schema if there is no role, for documentation."""
    return _RoleView(full, _Visibility(catalogue, role)).schema()


class _Visibility:
    """Decides which members of a type a role sees."""

    def __init__(self, catalogue: Catalogue, role: Role | None) -> None:
        self._role = role
        self._catalogue = catalogue
        self._readable_fields = cache(readable_fields)

    def field(self, type_name: str, name: str) -> bool:
        return self._role is None or is_readable(type_name, name, self._role, self._readable_fields)

    def input_field(self, type_name: str, name: str) -> bool:
        """A role may filter by, or state an expected value of, only fields that it may read."""
        if name == "expectedStatus":
            return self.field("Application", "status")
        if name == "expectedStage":
            # A role that reads statuses states one as expected: a stage would say less.
            return self._role is None or (
                self.field("Application", "stage") and not self.field("Application", "status")
            )
        if type_name.endswith("VolumeFilter"):
            # The difference between two subsets of groups would reveal the rest.
            return name == "eq" or self._role is None or not reads_only_published(self._role)
        noun = type_name.removesuffix("Where")
        return noun not in self._catalogue.nouns or self.field(noun, name)

    def enum_value(self, type_name: str, value: Any) -> bool:
        """A role may order only by fields that it reads, and meets its own codes, steps, queues."""
        if self._role is not None and type_name == "MutationErrorCode":
            return value in self._codes
        if type_name == "Queue":
            return self._role is None or self._role in QUEUES[value]
        if type_name == "ApplicationStep":
            return self.field("Mutation", value)
        noun = self._catalogue.nouns.get(type_name.removesuffix("OrderField"))
        if noun is None or not type_name.endswith("OrderField"):
            return True
        ordering = {field.python_name: name for name, field in noun.fields.items()}
        return self.field(noun.name, ordering[value])

    @cached_property
    def _codes(self) -> frozenset[str]:
        return codes_met_by(cast(Role, self._role))

    def description(self, type_name: str, name: str, whole: str | None) -> str | None:
        """The description of a field: a mutation names the codes that the role can meet."""
        if self._role is None or type_name != "Mutation":
            return whole
        return describe_mutation(name, self._role)

    def directive(self, name: str) -> bool:
        return name != "purpose" or self._role is None or self._role in PURPOSES


class _RoleView:
    """Copies the visible members of a schema, with what Strawberry needs to execute it."""

    def __init__(self, full: GraphQLSchema, visibility: _Visibility) -> None:
        self._full = full
        self._visibility = visibility
        self._types = {
            name: type_ for name, type_ in full.type_map.items() if not is_introspection_type(type_)
        }
        self._members = {name: self._visible(type_) for name, type_ in self._types.items()}
        self._remove_empty_types()
        self._copies: dict[str, GraphQLNamedType] = {}

    def schema(self) -> GraphQLSchema:
        roots: dict[str, Any] = {
            kind.value: cast(GraphQLObjectType, self._copy_of(root.name))
            for kind in OperationType
            if (root := self._full.get_root_type(kind)) and root.name in self._types
        }
        view = GraphQLSchema(
            **roots,
            types=[self._copy_of(name) for name in sorted(self._reachable_types())],
            directives=[self._directive(directive) for directive in self._directives()],
            extensions=self._full.extensions,
        )
        share_schema(self._full, view)
        if errors := validate_schema(view):
            raise ValueError("; ".join(error.message for error in errors))
        return view

    def _visible(self, type_: GraphQLNamedType) -> dict[str, Any] | None:
        """The visible members of a type; None for a scalar, which has no members."""
        match type_:
            case GraphQLObjectType() | GraphQLInterfaceType():
                return {
                    n: f for n, f in type_.fields.items() if self._visibility.field(type_.name, n)
                }
            case GraphQLInputObjectType():
                return {
                    name: field
                    for name, field in type_.fields.items()
                    if self._visibility.input_field(type_.name, name)
                }
            case GraphQLEnumType():
                return {
                    name: value
                    for name, value in type_.values.items()
                    if self._visibility.enum_value(type_.name, value.value)
                }
            case _:
                return None

    def _remove_empty_types(self) -> None:
        """Remove types without members, and the members that use them, until none is left."""
        empty = self._empty_types()
        while empty:
            for name in empty:
                del self._types[name], self._members[name]
            for name, members in self._members.items():
                if members is not None and not isinstance(self._types[name], GraphQLEnumType):
                    self._members[name] = {n: m for n, m in members.items() if self._is_usable(m)}
            empty = self._empty_types()

    def _empty_types(self) -> list[str]:
        return [name for name in self._members if self._is_empty(name)]

    def _is_empty(self, name: str) -> bool:
        """Whether a type has no visible fields, or an input can no longer be given."""
        type_, members = self._types[name], self._members[name]
        if members is None:
            return False
        if isinstance(type_, GraphQLInputObjectType):
            required = {n for n, field in type_.fields.items() if is_required_input_field(field)}
            return not members or not required <= members.keys()
        return not members

    def _is_usable(self, member: GraphQLField | GraphQLInputField) -> bool:
        if not self._exists(member.type):
            return False
        arguments = getattr(member, "args", {}).values()
        return all(self._exists(one.type) for one in arguments if is_required_argument(one))

    def _exists(self, type_: Any) -> bool:
        return get_named_type(type_).name in self._types

    def _reachable_types(self) -> set[str]:
        """Types that an operation can use, including those that `node` may return."""
        reached: set[str] = set()
        roots = (self._full.get_root_type(kind) for kind in OperationType)
        pending = [root.name for root in roots if root and root.name in self._types]
        while pending:
            name = pending.pop()
            if name not in reached:
                reached.add(name)
                pending += self._types_used_by(name)
        return reached

    def _types_used_by(self, name: str) -> Iterator[str]:
        type_, members = self._types[name], self._members[name]
        if members is None or isinstance(type_, GraphQLEnumType):
            return
        for member in members.values():
            yield get_named_type(member.type).name
            for argument in getattr(member, "args", {}).values():
                if self._exists(argument.type):
                    yield get_named_type(argument.type).name
        if isinstance(type_, GraphQLInterfaceType):
            for possible in self._full.get_possible_types(type_):
                if possible.name in self._types:
                    yield possible.name

    def _copy_of(self, name: str) -> GraphQLNamedType:
        if name not in self._copies:
            self._copies[name] = self._make(self._types[name])
        return self._copies[name]

    def _reference(self, type_: Any) -> Any:
        match type_:
            case GraphQLNonNull():
                return GraphQLNonNull(self._reference(type_.of_type))
            case GraphQLList():
                return GraphQLList(self._reference(type_.of_type))
            case _:
                return self._copy_of(type_.name)

    def _make(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        members = self._members[type_.name]
        if members is None:
            return type_
        parts: dict[str, Any] = {**type_.to_kwargs()}
        match type_:
            case GraphQLObjectType() | GraphQLInterfaceType():
                parts["fields"] = lambda: {
                    n: self._field(type_.name, n, f) for n, f in members.items()
                }
                parts["interfaces"] = lambda: [
                    self._reference(one) for one in type_.interfaces if self._exists(one)
                ]
                return type(type_)(**parts)
            case GraphQLInputObjectType():
                parts["is_one_of"] = is_one_of(type_)
                parts["fields"] = lambda: {
                    n: self._with_type(GraphQLInputField, f) for n, f in members.items()
                }
                return GraphQLInputObjectType(**parts)
            case _:
                return copy_enum(cast(GraphQLEnumType, type_), members)

    def _field(self, owner: str, name: str, field: GraphQLField) -> GraphQLField:
        arguments = {
            name: self._with_type(GraphQLArgument, argument)
            for name, argument in field.args.items()
            if self._exists(argument.type)
        }
        description = self._visibility.description(owner, name, field.description)
        return self._with_type(GraphQLField, field, args=arguments, description=description)

    def _with_type(self, kind: Callable[..., Any], element: Any, **others: Any) -> Any:
        return kind(**{**element.to_kwargs(), "type_": self._reference(element.type), **others})

    def _directives(self) -> Iterator[GraphQLDirective]:
        return (one for one in self._full.directives if self._visibility.directive(one.name))

    def _directive(self, directive: GraphQLDirective) -> GraphQLDirective:
        if is_specified_directive(directive):
            return directive
        arguments = {
            name: self._with_type(GraphQLArgument, argument)
            for name, argument in directive.args.items()
        }
        parts: dict[str, Any] = {**directive.to_kwargs(), "args": arguments}
        return GraphQLDirective(**parts)
