"""Validates literals against their types, and reports errors without quoting the literal.

Replaces graphql-core's rule, whose messages quote the literal, which may be a name or a passport
number, and which checks a whole object again for each error in it.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    SKIP,
    GraphQLError,
    GraphQLInputObjectType,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableNode,
    VisitorAction,
    coerce_input_literal,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

from gateway.execution.expected import (
    DUPLICATE_FIELD,
    MISSING,
    NOT_ONE,
    NULL,
    UNKNOWN_FIELD,
    describe_expected,
)


class LiteralsOfCorrectType(ValuesOfCorrectTypeRule):
    """Literals must fit the types of their arguments, input fields and variables."""

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> VisitorAction:
        """Check an outermost literal up to its first error."""
        if input_type:
            for place, text in _mistakes(self._place(), node, input_type):
                self.report_error(GraphQLError(f"{place}: {text}" if place else text, node))
                break
        return SKIP

    def _place(self) -> str:
        argument = self.context.get_argument()
        if argument is None:
            return ""
        directive, parent = self.context.get_directive(), self.context.get_parent_type()
        field = self.context.get_field_def()
        if directive is not None:
            owner, arguments = f"@{directive.name}", directive.args
        else:
            assert field is not None
            name = next((n for n, f in getattr(parent, "fields", {}).items() if f is field), "")
            owner, arguments = f"{parent}.{name}", field.args
        name = next(name for name, one in arguments.items() if one is argument)
        return f"`{owner}({name}:)`"


def _mistakes(place: str, node: ValueNode, type_: Any) -> Iterator[tuple[str, str]]:
    """The errors in a literal, outermost first."""
    if isinstance(node, VariableNode):
        return
    if is_non_null_type(type_):
        type_ = type_.of_type
        if isinstance(node, NullValueNode):
            yield place, NULL
    if isinstance(node, NullValueNode):
        return
    if is_list_type(type_):
        for item in node.values if isinstance(node, ListValueNode) else (node,):
            yield from _mistakes(place, item, type_.of_type)
    elif is_input_object_type(type_) and isinstance(node, ObjectValueNode):
        yield from _mistakes_of_object(place, node, type_)
    elif is_input_object_type(type_) or coerce_input_literal(node, type_) is Undefined:
        yield place, describe_expected(type_)


def _mistakes_of_object(
    place: str, node: ObjectValueNode, type_: GraphQLInputObjectType
) -> Iterator[tuple[str, str]]:
    given = {field.name.value: field.value for field in node.fields}
    if not given.keys() <= type_.fields.keys():
        yield place, UNKNOWN_FIELD  # its name is the caller's, and may be anything
    if len(given) < len(node.fields):
        yield place, DUPLICATE_FIELD
    if type_.is_one_of and (
        len(given) != 1 or any(isinstance(value, NullValueNode) for value in given.values())
    ):
        yield place, NOT_ONE
    for name, field in type_.fields.items():
        if name in given:
            yield from _mistakes(f"{place} {name}", given[name], field.type)
        elif is_required_input_field(field):
            yield place, f"{name}: {MISSING}"
