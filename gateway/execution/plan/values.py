"""Plans how to render values that are not table rows: figures, page info, the viewer.

Their fields must be attributes or synchronous resolvers without arguments. Anything else is left
to the executor.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from gateway.execution.plan.shapes import Object, ResultLevel, RowShape
from gateway.logs.requests import WhyExecutor
from gateway.mapping.kept_rows import KeptList
from gateway.strawberry_bridge import value_getter

Sets = Iterable[SelectionSetNode | None]


class SelectionPlanner(Protocol):
    """Resolves selection sets of one operation, and plans the rows that they lead to."""

    @property
    def view(self) -> GraphQLSchema:
        """The schema of the role that asks."""
        ...

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, with variables and defaults filled in."""
        ...

    def is_noun(self, type_: GraphQLObjectType) -> bool:
        """Whether objects of the type are rows."""
        ...

    def record(self, type_: GraphQLObjectType, sets: Sets) -> RowShape:
        """The shape of a record that a resolver reads with every column that the role reads."""
        ...

    def selected_fields(
        self, type_: GraphQLObjectType, sets: Sets
    ) -> Iterator[tuple[str, list[FieldNode]]]:
        """The selected fields of a type, by response key."""
        ...


#: Renders a value for the answer.
Render = Callable[[Any, ResultLevel], Any]

TYPENAME = "__typename"


class NotPlannableError(Exception):
    """The operation has no plan: only the executor can run it."""

    def __init__(self, reason: WhyExecutor = WhyExecutor.COMPUTED) -> None:
        super().__init__(reason)
        self.reason = reason


def plan_value(planner: SelectionPlanner, type_: Any, sets: Sets) -> Render:
    """How to render values of a type. Raises NotPlannableError where only the executor can."""
    if is_non_null_type(type_):
        return _non_null(plan_value(planner, type_.of_type, sets))
    if is_list_type(type_):
        return _list_of(plan_value(planner, type_.of_type, sets))
    if is_leaf_type(type_):
        return _leaf(type_.serialize)
    if not is_object_type(type_):
        raise NotPlannableError(WhyExecutor.ABSTRACT)
    if planner.is_noun(type_):
        return _record(planner, type_, sets)
    return _object(planner, type_, sets)


def _non_null(render: Render) -> Render:
    def render_value(value: Any, level: ResultLevel) -> Any:
        if value is None:
            raise GraphQLError("null where there must be a value")
        return render(value, level)

    return render_value


def _list_of(render: Render) -> Render:
    def render_list(values: Any, level: ResultLevel) -> Any:
        if values is None:
            return None
        if isinstance(values, KeptList):
            return values.render(render, level)
        return [render(one, level) for one in values]

    return render_list


def _leaf(serialize: Callable[[Any], Any]) -> Render:
    return lambda value, _: None if value is None else serialize(value)


def _record(planner: SelectionPlanner, type_: GraphQLObjectType, sets: Sets) -> Render:
    """Renders a record that a resolver has read with every column that the role reads."""
    shape = planner.record(type_, sets)

    def render_value(record: Any, level: ResultLevel) -> Object | None:
        if record is None:
            return None
        row = [record.__dict__[column.key] for column in shape.column_set.columns]
        return level.render(shape, [row])[0]

    return render_value


def _object(planner: SelectionPlanner, type_: GraphQLObjectType, sets: Sets) -> Render:
    parts = {
        key: _field(planner, type_, nodes) for key, nodes in planner.selected_fields(type_, sets)
    }

    def render_value(value: Any, level: ResultLevel) -> Object | None:
        if value is None:
            return None
        level.values += len(parts)
        return {key: part(value, level) for key, part in parts.items()}

    return render_value


def _field(planner: SelectionPlanner, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Render:
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda *_: type_.name
    field = type_.fields[name]
    value_of = value_getter(field)
    if value_of is None:
        raise NotPlannableError
    render = plan_value(planner, field.type, [node.selection_set for node in nodes])
    return lambda value, level: render(value_of(value), level)
