"""Begins graphql-core's executor with variables that are coerced already.

Its own entry, ``execute``, coerces them once more, which takes half as long as all else for a batch
of 300 applications, and tells mistakes in its own words.
"""

import inspect
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FragmentDetails

from gateway.execution.selections import fragments_of


async def run_execution(execution: Executor[Any]) -> ExecutionResult:
    """The result of an execution. Nothing is delivered in parts: no view has `@defer`."""
    result: Any = execution.execute_operation()
    return await result if inspect.isawaitable(result) else result


def build_execution(
    view: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    *,
    context: Any,
    root: Any = None,
) -> Executor[Any]:
    """An execution of one operation of a valid document."""
    fragments = fragments_of(document)
    of_field: Any = default_field_resolver  # their types and the constructor's do not quite agree
    of_type: Any = default_type_resolver
    return Executor(
        view,
        fragments,
        {name: FragmentDetails(fragment, None) for name, fragment in fragments.items()},
        root,
        context,
        operation,
        variables,
        of_field,
        of_type,
        of_field,
    )
