"""Plans how to render values that are not table rows: figures, page info, the viewer.

Their fields must be attributes or synchronous resolvers without arguments. Anything else is left
to the executor.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from gateway.logs import WhyExecutor
from gateway.mapping.declare import KEY
from gateway.mapping.figure_reads import CachedRows
from gateway.mapping.ids import GlobalId
from gateway.strawberry_bridge import declaring_class, value_getter

Sets = Iterable[SelectionSetNode | None]


class ValueCount:
    """How many values an answer holds, and which rows it still needs."""

    def __init__(self) -> None:
        self.values = 0
        self.references: list[RowReference] = []


class RowReference(NamedTuple):
    """Stands in a rendered value for a row that is not read yet, or not with its links."""

    branch: Any
    key: Any
    is_nullable: bool = True


class PositionOf(NamedTuple):
    """Stands in a rendered value for the sealed position of a change."""

    source: Any
    record: Any


class SelectionPlanner(Protocol):
    """Resolves selection sets of one operation, and plans the rows that they lead to."""

    @property
    def view(self) -> GraphQLSchema:
        """The schema of the role that asks."""
        ...

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, with variables and defaults filled in."""
        ...

    def record(self, type_: GraphQLObjectType, sets: Sets) -> "Render | None":
        """How to render a record that a resolver has read; None for types that are no rows."""
        ...

    def named(self, field: GraphQLField, sets: Sets) -> "Render | None":
        """How to render rows that a value names; None for other fields."""
        ...

    def selected_fields(
        self, type_: GraphQLObjectType, sets: Sets
    ) -> Iterator[tuple[str, list[FieldNode]]]:
        """The selected fields of a type, by response key."""
        ...


#: Renders a value for the answer.
Render = Callable[[Any, ValueCount], Any]

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
    if is_abstract_type(type_):
        return _one_of_types(planner, planner.view.get_possible_types(type_), sets)
    if not is_object_type(type_):
        raise NotPlannableError
    return _object(planner, type_, sets)


def _non_null(render: Render) -> Render:
    def render_value(value: Any, count: ValueCount) -> Any:
        if value is None:
            raise GraphQLError("null where there must be a value")
        return render(value, count)

    return render_value


def _list_of(render: Render) -> Render:
    def render_list(values: Any, count: ValueCount) -> Any:
        if values is None:
            return None
        if isinstance(values, CachedRows):
            return values.render(render, count)
        return [render(one, count) for one in values]

    return render_list


def _leaf(serialize: Callable[[Any], Any]) -> Render:
    return lambda value, _: None if value is None else serialize(value)


def _one_of_types(
    planner: SelectionPlanner, types: Iterable[GraphQLObjectType], sets: Sets
) -> Render:
    """Renders a value by the type whose class it is of."""
    renders = {declaring_class(type_): _object(planner, type_, sets) for type_ in types}
    return lambda value, count: None if value is None else renders[type(value)](value, count)


def _object(planner: SelectionPlanner, type_: GraphQLObjectType, sets: Sets) -> Render:
    if render_record := planner.record(type_, sets):
        return render_record
    return object_of(
        {key: _field(planner, type_, nodes) for key, nodes in planner.selected_fields(type_, sets)}
    )


def object_of(parts: Mapping[str, Render]) -> Render:
    """Renders an object from how its fields are rendered."""

    def render_value(value: Any, count: ValueCount) -> dict[str, Any] | None:
        if value is None:
            return None
        count.values += len(parts)
        return {key: part(value, count) for key, part in parts.items()}

    return render_value


def _field(planner: SelectionPlanner, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Render:
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda *_: type_.name
    field, sets = type_.fields[name], [node.selection_set for node in nodes]
    if render_named := planner.named(field, sets):
        return render_named
    value_of = value_getter(field)
    if value_of is None:
        raise NotPlannableError
    render = plan_value(planner, field.type, sets)
    return lambda value, count: render(value_of(value), count)


# --- Records that a resolver has read ------------------------------------------------------------


def constant_value(text: str, *_: Any) -> str:
    return text


def id_of_record(type_name: str, record: Any, _: ValueCount) -> str:
    return GlobalId(type_name, str(record.__dict__[KEY])).encode()


def column_of_record(label: str, record: Any, _: ValueCount) -> Any:
    return record.__dict__[label]


def position_of_record(source: Any, record: Any, _: ValueCount) -> PositionOf:
    return PositionOf(source, record)


def reference_to_record(branch: Any, record: Any, count: ValueCount) -> RowReference | None:
    return None if record is None else _refer(branch, record.__dict__[KEY], count)


def reference_to_linked(
    branch: Any, label: str, is_nullable: bool, record: Any, count: ValueCount
) -> RowReference | None:
    key = record.__dict__[label]
    if key is None and not is_nullable:
        raise GraphQLError("null where there must be a value")
    return None if key is None else _refer(branch, key, count, is_nullable=is_nullable)


def reference_to_changed(
    branch: Any, key_of: Callable[[str], Any], payload: Any, count: ValueCount
) -> RowReference | None:
    return None if payload.key is None else _refer(branch, key_of(payload.key), count)


def references_to_named(
    branch: Any, attribute: str, value: Any, count: ValueCount
) -> RowReference | list[RowReference] | None:
    keys = getattr(value, attribute)
    if isinstance(keys, list):
        return [_refer(branch, key, count, is_nullable=False) for key in keys]
    return None if keys is None else _refer(branch, keys, count)


def _refer(branch: Any, key: Any, count: ValueCount, *, is_nullable: bool = True) -> RowReference:
    reference = RowReference(branch, key, is_nullable)
    count.references.append(reference)
    return reference
