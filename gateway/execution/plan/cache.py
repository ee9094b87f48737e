"""Caches plans by role and operation, and runs them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    GraphQLBoolean,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    VariableValues,
    is_enum_type,
    is_non_null_type,
    type_from_ast,
)

from gateway.execution.cache import WeightedCache
from gateway.execution.documents import Documents, operation_of, tokens_of
from gateway.execution.operation import OperationRequest
from gateway.execution.plan.planner import Plan, Planner
from gateway.execution.plan.result_shapes import Object
from gateway.execution.plan.run import PlanRun
from gateway.execution.plan.values import NotPlannableError
from gateway.execution.selections import Selections
from gateway.limits import MOST_KEPT_TOKENS
from gateway.logs.operation import WhyExecutor, current_record
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.context import Context
from models.vocabulary import Role


class Planned(NamedTuple):
    """The result of a plan, and how many values it holds."""

    data: Object
    values: int


class PlanCache:
    """Plans each operation once for each role, and answers from the plan."""

    def __init__(
        self, views: Mapping[Role, GraphQLSchema], catalogue: Catalogue, documents: Documents
    ) -> None:
        self._views = views
        self._catalogue = catalogue
        self._documents = documents
        self._kept: WeightedCache[Any, Plan | WhyExecutor] = WeightedCache(MOST_KEPT_TOKENS)

    async def data(
        self, request: OperationRequest, variables: VariableValues, context: Context
    ) -> Planned | None:
        """The data of the answer; None for an operation that cannot be planned.

        Raises FieldError for an error that belongs to one field.
        """
        text, role = request.document or "", context.viewer.role
        view, document = self._views[role], self._documents.parse(text)
        operation = operation_of(document, request.operation_name)
        if operation.operation is not OperationType.QUERY:
            return None
        shaping = tuple(_shaping_variables(view, operation, request.variables))
        key = (text, request.operation_name, role, shaping)
        plan = self._kept.get(key)
        if plan is None:
            plan = self._make_plan(document, operation, role, variables)
            self._kept.keep(key, plan, tokens_of(document))
        if isinstance(plan, WhyExecutor):
            current_record().note_executor(plan)
            return None
        run = PlanRun(plan, context, view, operation, variables)
        return Planned(await run.data(), run.values)

    def _make_plan(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        role: Role,
        variables: VariableValues,
    ) -> Plan | WhyExecutor:
        view = self._views[role]
        shaping_values = _shaping_values(view, operation, variables)
        selections = Selections(document, shaping_values)
        try:
            return Planner(view, self._catalogue, role, selections, shaping_values).plan(
                operation.selection_set
            )
        except NotPlannableError as error:
            return error.reason


def _shaping_values(
    view: GraphQLSchema, operation: OperationDefinitionNode, variables: VariableValues
) -> VariableValues:
    """The variables that a plan may depend on, with their values or defaults."""
    names = {
        definition.variable.name.value
        for definition in _variable_definitions(operation)
        if _shapes_result(view, definition)
    }
    return VariableValues(
        {name: source for name, source in variables.sources.items() if name in names},
        {name: value for name, value in variables.coerced.items() if name in names},
    )


def _shaping_variables(
    view: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The variables that may change what is selected: booleans and enums.

    All others are arguments of root fields, which are read at each run.
    """
    for definition in _variable_definitions(operation):
        name = definition.variable.name.value
        if name in given and _shapes_result(view, definition):
            yield name, given[name]


def _shapes_result(view: GraphQLSchema, definition: VariableDefinitionNode) -> bool:
    kind = type_from_ast(view, definition.type)
    leaf = kind.of_type if is_non_null_type(kind) else kind
    return leaf is GraphQLBoolean or is_enum_type(leaf)


def _variable_definitions(operation: OperationDefinitionNode) -> Sequence[VariableDefinitionNode]:
    return operation.variable_definitions or ()
