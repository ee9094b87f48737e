"""Evaluates arguments from literals, variables and defaults, before coercion."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

#: How many digits of an integer are parsed: no size has more.
_DIGITS = 10


class Arguments:
    """Evaluates arguments of one operation with the variables of one request."""

    def __init__(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._defaults = {
            one.variable.name.value: one.default_value
            for one in operation.variable_definitions or ()
        }

    def of(self, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field that have a value."""
        given = {one.name.value: one.value for one in node.arguments or ()}
        return {name: self.value(value) for name, value in given.items() if self._is_given(value)}

    def value(self, node: ValueNode | None) -> Any:
        """The value as in JSON, with enum values as strings."""
        match node:
            case VariableNode(name=name):
                if name.value in self._variables:
                    return self._variables[name.value]
                return self.value(self._defaults.get(name.value))
            case IntValueNode(value=digits):
                return int(digits[:_DIGITS])
            case FloatValueNode(value=digits):
                return float(digits)
            case StringValueNode() | EnumValueNode() | BooleanValueNode():
                return node.value
            case ListValueNode(values=values):
                return [self.value(one) for one in values]
            case ObjectValueNode(fields=fields):
                return {
                    one.name.value: self.value(one.value)
                    for one in fields
                    if self._is_given(one.value)
                }
            case _:
                return None

    def _is_given(self, node: ValueNode) -> bool:
        """A variable without a value and without a default leaves its argument out."""
        if not isinstance(node, VariableNode):
            return True
        name = node.name.value
        return name in self._variables or self._defaults.get(name) is not None


def length(value: Any) -> int:
    """The length of a list argument; a single value counts as a list of one."""
    return len(value) if isinstance(value, list) else 1
