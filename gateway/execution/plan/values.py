"""Plans what is told of objects that are no rows: tables of figures, pages, the viewer.

A field of theirs is an attribute, or made of the object at once; whatever waits for something, or
takes arguments, is the executor's.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    SelectionSetNode,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from gateway.execution.plan.result_shapes import Level, Object
from gateway.logs.operation import WhyExecutor
from gateway.mapping.declare import DECLARATION

if TYPE_CHECKING:
    from gateway.execution.plan.planner import Planner

#: What stands in the answer for a value.
Draw = Callable[[Any, Level], Any]

TYPENAME = "__typename"


class NotPlannedError(Exception):
    """Only the executor can run this operation, for a reason."""

    def __init__(self, reason: WhyExecutor = WhyExecutor.COMPUTED) -> None:
        super().__init__(reason)
        self.reason = reason


def drawing(planner: "Planner", type_: Any, sets: Iterable[SelectionSetNode | None]) -> Draw:
    """How values of a type are drawn. Raises NotPlannedError for what only the executor can do."""
    if is_non_null_type(type_):
        return _required(drawing(planner, type_.of_type, sets))
    if is_list_type(type_):
        return _each(drawing(planner, type_.of_type, sets))
    if is_leaf_type(type_):
        return _written(type_.serialize)
    if not is_object_type(type_):
        raise NotPlannedError(WhyExecutor.ABSTRACT)
    if planner.is_noun(type_):
        return _record(planner, type_, sets)
    return _object(planner, type_, sets)


def _required(drawn: Draw) -> Draw:
    def draw(value: Any, level: Level) -> Any:
        if value is None:
            raise GraphQLError("null where there must be a value")
        return drawn(value, level)

    return draw


def _each(drawn: Draw) -> Draw:
    return lambda values, level: None if values is None else [drawn(one, level) for one in values]


def _written(serialize: Callable[[Any], Any]) -> Draw:
    return lambda value, _: None if value is None else serialize(value)


def _record(
    planner: "Planner", type_: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]
) -> Draw:
    """The record of a row that a resolver has read, with all that the role reads."""
    shape = planner.record(type_, sets)

    def draw(record: Any, level: Level) -> Object | None:
        if record is None:
            return None
        row = [record.__dict__[column.key] for column in shape.asked.columns]
        return level.draw(shape, [row])[0]

    return draw


def _object(
    planner: "Planner", type_: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]
) -> Draw:
    parts = {key: _field(planner, type_, nodes) for key, nodes in planner.selected(type_, sets)}

    def draw(told: Any, level: Level) -> Object | None:
        if told is None:
            return None
        level.values += len(parts)
        return {key: part(told, level) for key, part in parts.items()}

    return draw


def _field(planner: "Planner", type_: GraphQLObjectType, nodes: list[FieldNode]) -> Draw:
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda *_: type_.name
    field = type_.fields[name]
    value_of = _value_of(field)
    drawn = drawing(planner, field.type, [node.selection_set for node in nodes])
    return lambda told, level: drawn(value_of(told), level)


def _value_of(field: GraphQLField) -> Callable[[Any], Any]:
    definition: Any = field.extensions[DECLARATION]
    if field.args or not definition.is_basic_field:
        raise NotPlannedError
    if definition.base_resolver:
        return definition.base_resolver.wrapped_func
    return attrgetter(definition.python_name)
