"""Plans: made once for each role and operation, and kept."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    get_variable_values,
    is_enum_type,
    is_non_null_type,
    type_from_ast,
)

from gateway.execution.assemble import Assembly
from gateway.execution.documents import KEPT, Documents, operation_of
from gateway.execution.operation import OperationRequest
from gateway.execution.plain import NotPlannedError
from gateway.execution.plan import Plan, Planner
from gateway.execution.selections import Selections
from gateway.execution.shapes import Object
from gateway.logs.operation import WhyExecutor, current_record
from gateway.schema.catalogue import Catalogue
from gateway.schema.context import Context
from models.vocabulary import Role


class Planned(NamedTuple):
    """What a plan answers, and how many values that holds."""

    data: Object
    values: int


#: Names of variables, each with the value that a request gives it.
Given = tuple[tuple[str, Any], ...]


class Plans:
    """Answers what can be planned."""

    def __init__(
        self, views: Mapping[Role, GraphQLSchema], catalogue: Catalogue, documents: Documents
    ) -> None:
        self._views = views
        self._catalogue = catalogue
        self._documents = documents
        self._plan = lru_cache(KEPT)(self._planned)

    async def data(self, request: OperationRequest, context: Context) -> Planned | None:
        """The data of the answer; None for what has no plan.

        Raises FieldError for what has to be told at its place.
        """
        text, role = request.document or "", context.viewer.role
        view, operation = self._views[role], self._operation(text, request.operation_name)
        variables = get_variable_values(view, _definitions(operation), request.variables)
        if operation.operation is not OperationType.QUERY or isinstance(variables, list):
            return None
        shaping = tuple(_shaping(view, operation, request.variables))
        plan = self._plan(text, request.operation_name, role, shaping)
        if isinstance(plan, WhyExecutor):
            current_record().note_executor(plan)
            return None
        assembly = Assembly(plan, context, view, operation, variables)
        return Planned(await assembly.data(), assembly.values)

    def _operation(self, text: str, name: str | None) -> OperationDefinitionNode:
        return operation_of(self._documents.parsed(text), name)

    def _planned(
        self, text: str, name: str | None, role: Role, shaping: Given
    ) -> Plan | WhyExecutor:
        view, operation = self._views[role], self._operation(text, name)
        given = dict(shaping)
        known = [one for one in _definitions(operation) if _is_shaping(view, one)]
        variables = get_variable_values(view, known, given)
        if isinstance(variables, list):
            return WhyExecutor.REFUSED
        selections = Selections(self._documents.parsed(text), variables)
        try:
            return Planner(view, self._catalogue, role, selections, variables).plan(
                operation.selection_set
            )
        except NotPlannedError as error:
            return error.reason


def _shaping(
    view: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The variables that may decide what is selected: switches and words.

    All others are arguments of ways in, which are read at each run.
    """
    for definition in _definitions(operation):
        name = definition.variable.name.value
        if name in given and _is_shaping(view, definition):
            yield name, given[name]


def _is_shaping(view: GraphQLSchema, definition: VariableDefinitionNode) -> bool:
    kind = type_from_ast(view, definition.type)
    leaf = kind.of_type if is_non_null_type(kind) else kind
    return leaf is GraphQLBoolean or is_enum_type(leaf)


def _definitions(operation: OperationDefinitionNode) -> Sequence[VariableDefinitionNode]:
    return operation.variable_definitions or ()
