"""What a document must keep beside the rules of the specification that graphql-core checks."""

from typing import Any

from graphql import (
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    GraphQLError,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    OverlappingFieldsCanBeMergedRule,
    StreamDirectiveOnListField,
    StringValueNode,
    UniqueInputFieldNamesRule,
    ValidationRule,
    ValuesOfCorrectTypeRule,
    VariablesInAllowedPositionRule,
    specified_rules,
)

from gateway.execution.literals import LiteralsOfCorrectType
from gateway.execution.overlapping import MergeableFields
from gateway.execution.variables import VariablesInPlace


class StorableText(ValidationRule):
    """No text holds the character U+0000, which no row can hold."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if "\0" in node.value:
            self.report_error(GraphQLError("A text holds the character U+0000.", node))


#: The view of no role has `@defer` and `@stream`, so that naming them is a mistake already; fields
#: that an input has twice are told with the other mistakes in literals, without their names;
#: all of variables is one rule of ours.
_NEEDLESS = {
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
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
    VariablesInAllowedPositionRule: VariablesInPlace,
}
RULES: tuple[type[ASTValidationRule], ...] = (
    *(_REPLACED.get(rule, rule) for rule in specified_rules if rule not in _NEEDLESS),
    StorableText,
)
