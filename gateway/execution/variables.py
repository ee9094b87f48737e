"""Validates that variables are defined, used, and of the type needed where they are used.

Replaces three rules of graphql-core. Those visit each operation and its fragments again, which took
most of the time of validating documents with many operations.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import (
    SKIP,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    ValidationContext,
    ValidationRule,
    VariableDefinitionNode,
    VariableNode,
    VisitorAction,
    get_nullable_type,
    is_input_object_type,
    is_non_null_type,
    type_from_ast,
)

from gateway.execution.graphql_core import allowed_variable_usage, expected_types


class Usage(NamedTuple):
    """One use of a variable."""

    node: VariableNode
    #: The expected type; None if the argument or field is unknown, which another rule reports.
    type: Any
    #: The type of the enclosing input object, if any.
    parent_type: Any
    default_value: Any


class Part:
    """The variables that an operation or fragment uses, and the fragments that it spreads."""

    def __init__(self) -> None:
        self.usages: list[Usage] = []
        self.spreads: dict[str, None] = {}


class VariablesInPlace(ValidationRule):
    """Variables must be defined, used and of the right type in each operation."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._part = Part()
        self._operations: list[tuple[OperationDefinitionNode, Part]] = []
        self._fragments: dict[str, Part] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        self._part = Part()
        self._operations.append((node, self._part))

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self._part = self._fragments.setdefault(node.name.value, Part())

    def enter_variable_definition(self, *_: Any) -> VisitorAction:
        return SKIP  # defines a variable, and uses none

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self._part.spreads[node.name.value] = None

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self._part.usages.append(Usage(node, *expected_types(self.context)))

    def leave_document(self, _: DocumentNode, *__: Any) -> None:
        for operation, part in self._operations:
            self._check(operation, part)

    def _check(self, operation: OperationDefinitionNode, part: Part) -> None:
        defined = {one.variable.name.value: one for one in operation.variable_definitions or ()}
        used: set[str] = set()
        for usage in self._usages(part):
            name = usage.node.name.value
            used.add(name)
            if name in defined:
                self._check_place(name, defined[name], usage)
            else:
                self._report(
                    f"The operation uses ${name} without defining it.", usage.node, operation
                )
        for name, definition in defined.items():
            if name not in used:
                self._report(f"The operation defines ${name} and does not use it.", definition)

    def _usages(self, part: Part) -> Iterator[Usage]:
        """The uses of variables in an operation, including the fragments it spreads."""
        seen, pending = set[str](), [part]
        while pending:
            current = pending.pop()
            yield from current.usages
            for name in current.spreads.keys() - seen:
                seen.add(name)
                if name in self._fragments:
                    pending.append(self._fragments[name])

    def _check_place(self, name: str, definition: VariableDefinitionNode, usage: Usage) -> None:
        schema = self.context.schema
        type_ = type_from_ast(schema, definition.type)
        if type_ is None or usage.type is None:
            return
        if not allowed_variable_usage(
            schema, type_, definition.default_value, usage.type, usage.default_value
        ):
            self._report(
                f"${name} is of the type {type_}; {usage.type} is needed where it is used.",
                definition,
                usage.node,
            )
        parent = get_nullable_type(usage.parent_type)
        if is_input_object_type(parent) and parent.is_one_of and not is_non_null_type(type_):
            self._report(f"${name} is the one value of an input: it must be non-null.", usage.node)

    def _report(self, text: str, *nodes: Any) -> None:
        self.report_error(GraphQLError(text, list(nodes)))
