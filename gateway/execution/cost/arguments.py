"""Evaluates arguments from literals, variables and defaults, before validation and coercion."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DocumentNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

Variables = Mapping[str, Any]

#: How many digits of an integer are parsed: no size has more.
_DIGITS = 10
#: What leaves a selection out, by the directive.
_OFF: Mapping[str, bool] = {"skip": True, "include": False}


class Arguments:
    """Evaluates arguments of one operation with the variables of a request."""

    def __init__(self, operation: OperationDefinitionNode) -> None:
        self._defaults = {
            one.variable.name.value: one.default_value
            for one in operation.variable_definitions or ()
        }

    def of(self, arguments: Iterable[ArgumentNode], variables: Variables) -> dict[str, Any]:
        """Those of a field's arguments that have a value."""
        return {
            one.name.value: self.value(one.value, variables)
            for one in arguments
            if self._is_given(one.value, variables)
        }

    def value(self, node: ValueNode | None, variables: Variables) -> Any:
        """The value as in JSON, with enum values as strings."""
        match node:
            case VariableNode(name=name):
                if name.value in variables:
                    return variables[name.value]
                return self.value(self._defaults.get(name.value), variables)
            case IntValueNode(value=digits):
                return int(digits[:_DIGITS])
            case FloatValueNode(value=digits):
                return float(digits)
            case StringValueNode() | EnumValueNode() | BooleanValueNode():
                return node.value
            case ListValueNode(values=values):
                return [self.value(one, variables) for one in values]
            case ObjectValueNode(fields=fields):
                return {
                    one.name.value: self.value(one.value, variables)
                    for one in fields
                    if self._is_given(one.value, variables)
                }
            case _:
                return None

    def _is_given(self, node: ValueNode, variables: Variables) -> bool:
        """A variable without a value and without a default leaves its argument out."""
        if not isinstance(node, VariableNode):
            return True
        name = node.name.value
        return name in variables or self._defaults.get(name) is not None

    def leave_out(self, node: Any, variables: Variables) -> bool:
        """Whether `@skip` or `@include` certainly leaves a selection out."""
        return any(
            self.value(condition, variables) is _OFF[name] for name, condition in _conditions(node)
        )


def _conditions(node: Any) -> Iterator[tuple[str, ValueNode]]:
    """The conditions of a selection, with the names of their directives."""
    for directive in node.directives or ():
        if directive.name.value in _OFF:
            for argument in directive.arguments or ():
                if argument.name.value == "if":
                    yield directive.name.value, argument.value


def condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables on which it depends what a document selects."""
    names: dict[str, None] = {}
    pending: list[Any] = list(document.definitions)
    while pending:
        node = pending.pop()
        for _, condition in _conditions(node):
            if isinstance(condition, VariableNode):
                names[condition.name.value] = None
        if inner := getattr(node, "selection_set", None):
            pending.extend(inner.selections)
    return tuple(names)


def has_variables(arguments: Iterable[ArgumentNode]) -> bool:
    """Whether arguments contain any variable."""
    pending: list[Any] = [one.value for one in arguments]
    while pending:
        match pending.pop():
            case VariableNode():
                return True
            case ListValueNode(values=values):
                pending.extend(values)
            case ObjectValueNode(fields=fields):
                pending.extend(one.value for one in fields)
            case _:
                continue
    return False


def length(value: Any) -> int:
    """The length of a list argument; a single value counts as a list of one."""
    return len(value) if isinstance(value, list) else 1
