"""All undocumented parts of graphql-core that we rely on: no other file knows any.

Its entry point ``execute`` is not used: it would coerce variables again, with error messages of its
own. For a batch of 300 applications that takes half as long as everything else.

``tests/gateway/test_private_parts.py`` holds each part against the installed release.
"""

import inspect
from types import SimpleNamespace
from typing import Any

from graphql import (
    ExecutionResult,
    Executor,
    FieldNode,
    GraphQLField,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Node,
    ValidationContext,
    VariableDefinitionNode,
    create_source_event_stream,
    default_field_resolver,
    default_type_resolver,
)
from graphql.error import GraphQLError
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValueSource
from graphql.language.visitor import EnterLeaveVisitor
from graphql.pyutils import Path, is_awaitable
from graphql.utilities.coerce_input_value import coerce_default_value as default_of
from graphql.validation.rules.variables_in_allowed_position import allowed_variable_usage

from gateway.execution.operation import AdmittedOperation
from gateway.execution.selections import Fragments, fragments_of

__all__ = [
    "EnterLeaveVisitor",
    "VariableValueSource",
    "allowed_variable_usage",
    "build_execution",
    "default_of",
    "drop_tokens",
    "expected_types",
    "introspection_info",
    "is_awaitable",
    "open_event_stream",
    "resolve_info",
    "run_execution",
    "signature_of",
]

#: The release that this file was read against.
GRAPHQL_CORE = "3.3.2"
#: Stands in for the executor's async helpers, which no root resolver uses.
_NO_HELPERS: Any = None


# --- Execution -----------------------------------------------------------------------------------


def build_execution(
    admitted: AdmittedOperation, *, context: Any, root: Any = None
) -> Executor[Any]:
    """Prepare the execution of an operation, with variables that are already coerced."""
    fragments = fragments_of(admitted.document)
    of_field: Any = default_field_resolver  # graphql-core's own types do not match here
    of_type: Any = default_type_resolver
    return Executor(
        admitted.view,
        fragments,
        {name: FragmentDetails(fragment, None) for name, fragment in fragments.items()},
        root,
        context,
        admitted.operation,
        admitted.variables,
        of_field,
        of_type,
        of_field,
    )


async def run_execution(execution: Executor[Any]) -> ExecutionResult:
    """Run to the result. There is no incremental delivery: no role has `@defer`."""
    result: Any = execution.execute_operation()
    return await result if inspect.isawaitable(result) else result


async def open_event_stream(execution: Executor[Any]) -> Any:
    """What a subscription's resolver returned, or an ExecutionResult with its errors."""
    stream = create_source_event_stream(execution)
    return await stream if inspect.isawaitable(stream) else stream


def resolve_info(
    admitted: AdmittedOperation,
    context: Any,
    fragments: Fragments,
    *,
    key: str,
    parent: GraphQLObjectType,
    field: GraphQLField,
    nodes: list[FieldNode],
) -> GraphQLResolveInfo[Any]:
    """The info that the executor would pass to the resolver of a root field under a response
    key."""
    return GraphQLResolveInfo(
        field_name=nodes[0].name.value,
        field_nodes=nodes,
        return_type=field.type,
        parent_type=parent,
        path=Path(None, key, "Query"),
        schema=admitted.view,
        fragments=fragments,
        root_value=None,
        operation=admitted.operation,
        variable_values=admitted.variables,
        context=context,
        is_awaitable=is_awaitable,
        abort_signal=None,
        async_helpers=_NO_HELPERS,
    )


def introspection_info(schema: GraphQLSchema) -> Any:
    """All that the resolvers of introspection look at."""
    return SimpleNamespace(schema=schema)


# --- Documents and variables ---------------------------------------------------------------------


def drop_tokens(node: Node) -> None:
    """Drop the tokens of a node: error locations do not need them, and they are a third of the
    objects of a cached document."""
    location: Any = node.loc
    location.start_token = location.end_token = None


def signature_of(view: GraphQLSchema, definition: VariableDefinitionNode) -> Any:
    """Name and type of a variable of a valid document."""
    signature = get_variable_signature(view, definition)
    assert not isinstance(signature, GraphQLError)  # validation has looked at the types
    return signature


def expected_types(
    context: ValidationContext,
) -> tuple[GraphQLInputType | None, GraphQLInputType | None, Any]:
    """At a variable that is visited: the type needed there, the type of the object around it, and
    the default of its place. The context itself offers only the first."""
    types = context._type_info  # pyright: ignore[reportPrivateUsage]
    return types.get_input_type(), types.get_parent_input_type(), types.get_default_value()
