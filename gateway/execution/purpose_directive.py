"""What ``@purpose`` says on an operation."""

from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    get_directive_values,
)

from gateway.error_reports import locations_of
from gateway.errors import ErrorCode, RequestError


def purpose_arguments(
    view: GraphQLSchema, operation: OperationDefinitionNode, variables: VariableValues
) -> dict[str, Any] | None:
    """The arguments of ``@purpose``, if the operation has it.

    Raises RequestError where a variable in it is null.
    """
    directive = view.get_directive("purpose")
    try:
        return get_directive_values(directive, operation, variables) if directive else None
    except GraphQLError as error:
        raise RequestError(
            ErrorCode.INVALID_VARIABLES,
            "A variable in `@purpose` is null. Give it a value.",
            details={"locations": locations_of(error)},
        ) from None
