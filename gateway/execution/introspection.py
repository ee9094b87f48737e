"""Plans introspection, within a limit of its own.

graphql-core's executor takes 0.1 s for the whole of a role's schema, and nine times that for a
document full of aliases. Here each selection set renders a type once and reuses the result.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from gateway.errors import ErrorCode, RequestError
from gateway.execution.graphql_core import introspection_info
from gateway.execution.plan.values import (
    TYPENAME,
    Render,
    SelectionPlanner,
    Sets,
    ValueCount,
)
from gateway.limits import MOST_SCHEMA_VALUES

#: How many values an object is charged for: it takes as long as three, and one of a default, which
#: is written out, longer.
OBJECT_VALUES = 8
#: The root fields for introspection.
SCHEMA_FIELDS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


class _SchemaBudget:
    """Counts what one root field renders of the schema, and keeps rendered types for reuse."""

    def __init__(self) -> None:
        self.values_left = MOST_SCHEMA_VALUES
        #: Rendered types, each with its number of values, by selection set and type.
        self.objects: dict[tuple[int, int], tuple[Any, int]] = {}
        #: How many values the answer holds; a reused type counts each time it occurs.
        self.values = 0

    def count(self, values: int) -> None:
        """Charge for an object and its values. Raises RequestError beyond the limit."""
        self.values_left -= OBJECT_VALUES + values
        if self.values_left < 0:
            raise schema_refusal()


_Part = Callable[[Any, _SchemaBudget], Any]


def plan_schema_value(planner: SelectionPlanner, type_: Any, sets: Sets) -> Render:
    """How to render the schema value of a root field.

    Rendering raises RequestError with TOO_COSTLY beyond the limit.
    """
    render = _plan_part(planner, type_, sets)

    def render_and_count(value: Any, count: ValueCount) -> Any:
        budget = _SchemaBudget()
        result = render(value, budget)
        count.values += budget.values
        return result

    return render_and_count


def schema_refusal() -> RequestError:
    return RequestError(
        ErrorCode.TOO_COSTLY,
        "This asks too much of the schema at once: ask for it in a document of its own, with fewer"
        " aliases.",
        HTTPStatus.BAD_REQUEST,
    )


def _plan_part(planner: SelectionPlanner, type_: Any, sets: Sets) -> _Part:
    if is_non_null_type(type_):
        return _plan_part(planner, type_.of_type, sets)
    if is_list_type(type_):
        each = _plan_part(planner, type_.of_type, sets)
        return lambda value, budget: None if value is None else [each(one, budget) for one in value]
    if is_leaf_type(type_):
        write = type_.serialize
        return lambda value, _: None if value is None else write(value)
    return _object(planner, type_, sets)


def _object(planner: SelectionPlanner, type_: GraphQLObjectType, sets: Sets) -> _Part:
    parts = {
        key: _field(planner, type_, nodes) for key, nodes in planner.selected_fields(type_, sets)
    }
    selection_id = id(parts)

    def render(value: Any, budget: _SchemaBudget) -> Any:
        if value is None:
            return None
        cache_key = (selection_id, id(value))
        if cache_key in budget.objects:
            result, values = budget.objects[cache_key]
            budget.values += values
            return result
        budget.count(len(parts))
        before = budget.values
        result = {key: part(value, budget) for key, part in parts.items()}
        budget.values += len(parts)
        if type_.name == "__Type":
            budget.objects[cache_key] = result, budget.values - before
        return result

    return render


def _field(planner: SelectionPlanner, type_: GraphQLObjectType, nodes: list[FieldNode]) -> _Part:
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda *_: type_.name
    field = type_.fields[name]
    arguments = planner.arguments(field, nodes[0])
    render = _plan_part(planner, field.type, [node.selection_set for node in nodes])
    resolve: Any = field.resolve
    info = introspection_info(planner.view)
    return lambda value, budget: render(resolve(value, info, **arguments), budget)
