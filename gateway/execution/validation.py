"""What a document must keep beside the rules of the specification that graphql-core checks."""

from typing import Any

from graphql import (
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DocumentNode,
    GraphQLError,
    NonNullTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    StreamDirectiveOnListField,
    StringValueNode,
    UniqueInputFieldNamesRule,
    ValidationContext,
    ValidationRule,
    ValuesOfCorrectTypeRule,
    VariableNode,
    get_named_type,
    is_input_object_type,
    specified_rules,
)

from gateway.execution.literals import LiteralsOfCorrectType
from gateway.execution.overlapping import MergeableFields


class StorableText(ValidationRule):
    """No text holds the character U+0000, which no row can hold."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if "\0" in node.value:
            self.report_error(GraphQLError("A text holds the character U+0000.", node))


class OneOfVariables(ValidationRule):
    """A variable that is the one value of an input is never null, in whichever fragment it is.

    It is part of the specification, but graphql-core 3.3 passes it over, and Strawberry's rule
    fails on a variable that the operation at hand does not define.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._places: set[int] = set()

    def enter_object_value(self, node: ObjectValueNode, *_: Any) -> None:
        type_ = get_named_type(self.context.get_input_type())
        if is_input_object_type(type_) and type_.is_one_of:
            values = (field.value for field in node.fields)
            self._places |= {id(value) for value in values if isinstance(value, VariableNode)}

    def leave_document(self, node: DocumentNode, *_: Any) -> None:
        for operation in node.definitions:
            if isinstance(operation, OperationDefinitionNode):
                self._check(operation)

    def _check(self, operation: OperationDefinitionNode) -> None:
        nullable = {
            definition.variable.name.value
            for definition in operation.variable_definitions or ()
            if not isinstance(definition.type, NonNullTypeNode)
        }
        for usage in self.context.get_recursive_variable_usages(operation):
            name = usage.node.name.value
            if id(usage.node) in self._places and name in nullable:
                told = f"The variable ${name} is the one value of an input: it must be non-null."
                self.report_error(GraphQLError(told, usage.node))


#: The view of no role has `@defer` and `@stream`, so that naming them is a mistake already; fields
#: that an input has twice are told with the other mistakes in literals, without their names.
_NEEDLESS = {
    UniqueInputFieldNamesRule,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DeferStreamDirectiveLabel,
    StreamDirectiveOnListField,
}
#: Rules of ours that stand in for graphql-core's: see there why.
_REPLACED: dict[Any, Any] = {
    ValuesOfCorrectTypeRule: LiteralsOfCorrectType,
    OverlappingFieldsCanBeMergedRule: MergeableFields,
}
RULES: tuple[type[ASTValidationRule], ...] = (
    *(_REPLACED.get(rule, rule) for rule in specified_rules if rule not in _NEEDLESS),
    OneOfVariables,
    StorableText,
)
