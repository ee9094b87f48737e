"""Plans what is asked of the schema itself: no statement bounds it, so it is bounded here.

graphql-core's executor takes 0.1 s for the whole of a role's view, and nine times that for a
document of aliases. Here each type is told once for each place of the document that asks for it.
"""

from collections.abc import Callable
from http import HTTPStatus
from types import SimpleNamespace
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
from gateway.execution.plan.result_shapes import ResultLevel
from gateway.execution.plan.selection_planner import SelectionPlanner, Sets
from gateway.execution.plan.values import TYPENAME, Render
from gateway.limits import MOST_SCHEMA_VALUES

#: The fields of a query that lead to the schema.
SCHEMA_FIELDS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


class _SchemaBudget:
    """What was told of the schema for one way in."""

    def __init__(self) -> None:
        self.values_left = MOST_SCHEMA_VALUES
        #: Types by their place in the document, each with how many values it holds.
        self.objects: dict[tuple[int, int], tuple[Any, int]] = {}
        #: How many values the answer holds: a type that is told at several places counts at each.
        self.values = 0

    def count(self, values: int) -> None:
        """Count an object and its values."""
        self.values_left -= 1 + values
        if self.values_left < 0:
            raise schema_refusal()


_Part = Callable[[Any, _SchemaBudget], Any]


def plan_schema_value(planner: SelectionPlanner, type_: Any, sets: Sets) -> Render:
    """How what a way in finds of the schema is drawn.

    Raises RequestError with TOO_COSTLY when it draws more values than the limit.
    """
    draw = _plan_part(planner, type_, sets)

    def draw_and_count(found: Any, level: ResultLevel) -> Any:
        telling = _SchemaBudget()
        told = draw(found, telling)
        level.values += telling.values
        return told

    return draw_and_count


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
        return lambda found, telling: (
            None if found is None else [each(one, telling) for one in found]
        )
    if is_leaf_type(type_):
        write = type_.serialize
        return lambda found, _: None if found is None else write(found)
    return _object(planner, type_, sets)


def _object(planner: SelectionPlanner, type_: GraphQLObjectType, sets: Sets) -> _Part:
    parts = {
        key: _field(planner, type_, nodes) for key, nodes in planner.selected_fields(type_, sets)
    }
    place = id(parts)

    def draw(found: Any, telling: _SchemaBudget) -> Any:
        if found is None:
            return None
        told_here = (place, id(found))
        if told_here in telling.objects:
            told, values = telling.objects[told_here]
            telling.values += values
            return told
        telling.count(len(parts))
        before = telling.values
        told = {key: part(found, telling) for key, part in parts.items()}
        telling.values += len(parts)
        if type_.name == "__Type":
            telling.objects[told_here] = told, telling.values - before
        return told

    return draw


def _field(planner: SelectionPlanner, type_: GraphQLObjectType, nodes: list[FieldNode]) -> _Part:
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda *_: type_.name
    field = type_.fields[name]
    arguments = planner.arguments(field, nodes[0])
    draw = _plan_part(planner, field.type, [node.selection_set for node in nodes])
    resolve: Any = field.resolve
    info = SimpleNamespace(schema=planner.view)  # all that these resolvers look at
    return lambda found, telling: draw(resolve(found, info, **arguments), telling)
