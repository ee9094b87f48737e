"""The validation rules: graphql-core's, some of them replaced, and one of our own."""

from functools import partial
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
from gateway.execution.rules_together import Rule, RulesTogether
from gateway.execution.variables import VariablesInPlace


class StorableText(ValidationRule):
    """Strings must not contain U+0000, which PostgreSQL cannot store."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if "\0" in node.value:
            self.report_error(GraphQLError("A text holds the character U+0000.", node))


#: Rules that are not needed: no role has `@defer` or `@stream`, so using them is an error already;
#: our rule for literals also reports duplicate input fields, and our rule for variables covers the
#: remaining two.
_NEEDLESS = {
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    UniqueInputFieldNamesRule,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DeferStreamDirectiveLabel,
    StreamDirectiveOnListField,
}
#: Our replacements for rules of graphql-core; their modules say why.
_REPLACED: dict[Any, Any] = {
    ValuesOfCorrectTypeRule: LiteralsOfCorrectType,
    OverlappingFieldsCanBeMergedRule: MergeableFields,
    VariablesInAllowedPositionRule: VariablesInPlace,
}
RULES: tuple[type[ASTValidationRule], ...] = (
    *(_REPLACED.get(rule, rule) for rule in specified_rules if rule not in _NEEDLESS),
    StorableText,
)


def with_all_rules(*further: Rule) -> list[Any]:
    """The one rule that holds them all, for `graphql.validate`."""
    return [partial(RulesTogether, (*RULES, *further))]
