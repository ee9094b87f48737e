"""Validates that fields with the same response name can be merged, in linear time.

Replaces graphql-core's rule, which compares every pair of them on each level. Here all fields with
a response name are compared with the first, and their selection sets are merged before the check
goes on below.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    print_ast,
    type_from_ast,
)

from gateway.limits import MOST_ROOT_FIELDS, MOST_SELECTED_FIELDS


class SelectionSet(NamedTuple):
    """A selection set and its parent type."""

    type: Any
    selections: SelectionSetNode


class SelectedField(NamedTuple):
    """A selected field with its parent type."""

    parent: Any
    node: FieldNode
    #: None if the type has no such field, which another rule reports.
    type: Any

    @property
    def selection_sets(self) -> Iterator[SelectionSet]:
        if self.node.selection_set:
            yield SelectionSet(get_named_type(self.type), self.node.selection_set)


class _ConflictError(Exception):
    """Fields of an operation conflict, or there are too many."""

    def __init__(self, text: str, *nodes: FieldNode) -> None:
        super().__init__(text)
        self.text = text
        self.nodes = nodes


class MergeableFields(ValidationRule):
    """Fields with the same response name must be the same field with the same arguments."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fields_left = MOST_SELECTED_FIELDS
        self._checked: set[tuple[bool, frozenset[tuple[str, int]]]] = set()
        self._arguments: dict[int, str] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        root = SelectionSet(self.context.schema.get_root_type(node.operation), node.selection_set)
        try:
            if len(self._group_by_name([root])) > MOST_ROOT_FIELDS:
                raise _ConflictError(
                    f"An operation has at most {MOST_ROOT_FIELDS} fields at its root: ask for the"
                    " others in another one."
                )
            self._check([root])
        except _ConflictError as conflict:
            self.report_error(GraphQLError(conflict.text, list(conflict.nodes)))

    def _check(self, selection_sets: list[SelectionSet], *, shapes_only: bool = False) -> None:
        """Raise _ConflictError if the fields of these selection sets cannot be merged."""
        key = (shapes_only, frozenset((str(type_), id(node)) for type_, node in selection_sets))
        if key in self._checked:
            return
        self._checked.add(key)
        for name, fields in self._group_by_name(selection_sets).items():
            if len(fields) > 1:
                _compare_shapes(name, fields)
            groups = (
                [fields] if shapes_only or len(fields) == 1 else list(_group_overlapping(fields))
            )
            for group in groups:
                if not shapes_only:
                    self._compare_fields(name, group)
                below = [inner for field in group for inner in field.selection_sets]
                if below:
                    self._check(below, shapes_only=shapes_only)
            if len(groups) > 1:
                self._check(
                    [inner for field in fields for inner in field.selection_sets], shapes_only=True
                )

    def _group_by_name(
        self, selection_sets: Iterable[SelectionSet]
    ) -> dict[str, list[SelectedField]]:
        """The fields of these selection sets, by response name."""
        merged: dict[str, list[SelectedField]] = defaultdict(list)
        pending, spread = list(selection_sets), set[str]()
        while pending:
            parent, selections = pending.pop()
            for selection in selections.selections:
                match selection:
                    case FieldNode(name=name, alias=alias):
                        merged[(alias or name).value].append(self._collect(parent, selection))
                    case InlineFragmentNode(type_condition=condition, selection_set=inner):
                        pending.append(SelectionSet(self._possible_types(condition, parent), inner))
                    case FragmentSpreadNode(name=name) if name.value not in spread:
                        spread.add(name.value)
                        if fragment := self.context.get_fragment(name.value):
                            narrowed = self._possible_types(fragment.type_condition, parent)
                            pending.append(SelectionSet(narrowed, fragment.selection_set))
                    case _:
                        continue
        return merged

    def _collect(self, parent: Any, node: FieldNode) -> SelectedField:
        self._fields_left -= 1
        if self._fields_left < 0:
            raise _ConflictError(
                f"The document selects more than {MOST_SELECTED_FIELDS} fields, each counted for"
                " every place that it is selected in: ask for less at once."
            )
        has_fields = isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        field = self.context.schema.get_field(parent, node.name.value) if has_fields else None
        return SelectedField(parent, node, field.type if field else None)

    def _possible_types(self, condition: Any, parent: Any) -> Any:
        return type_from_ast(self.context.schema, condition) if condition else parent

    def _compare_fields(self, name: str, fields: list[SelectedField]) -> None:
        first, *others = fields
        for other in others:
            if other.node.name.value != first.node.name.value or (
                self._print_arguments(other.node) != self._print_arguments(first.node)
            ):
                raise _ConflictError(
                    f"Two different fields, or one with different arguments, are both called"
                    f" '{name}' in the answer: give one of them an alias.",
                    first.node,
                    other.node,
                )

    def _print_arguments(self, node: FieldNode) -> str:
        """The arguments of a field in canonical order."""
        if not node.arguments:
            return ""
        if id(node) not in self._arguments:
            self._arguments[id(node)] = ", ".join(sorted(print_ast(one) for one in node.arguments))
        return self._arguments[id(node)]


def _group_overlapping(fields: list[SelectedField]) -> Iterator[list[SelectedField]]:
    """Group the fields that can apply to the same object; other fields cannot conflict."""
    parents = {str(field.parent): field.parent for field in fields}
    objects = [name for name, parent in parents.items() if is_object_type(parent)]
    anywhere = [field for field in fields if not is_object_type(field.parent)]
    if not objects:
        yield anywhere
    for name in objects:
        yield [field for field in fields if str(field.parent) == name] + anywhere


def _compare_shapes(name: str, fields: list[SelectedField]) -> None:
    first, *others = [field for field in fields if field.type is not None] or fields[:1]
    for other in others:
        if not _have_same_shape(first.type, other.type):
            raise _ConflictError(
                f"Two fields of different types are both called '{name}' in the answer: give one"
                " of them an alias.",
                first.node,
                other.node,
            )


def _have_same_shape(one: Any, other: Any) -> bool:
    if is_non_null_type(one) or is_non_null_type(other):
        both = is_non_null_type(one) and is_non_null_type(other)
        return both and _have_same_shape(one.of_type, other.of_type)
    if is_list_type(one) or is_list_type(other):
        both = is_list_type(one) and is_list_type(other)
        return both and _have_same_shape(one.of_type, other.of_type)
    return one is other or not (is_leaf_type(one) or is_leaf_type(other))
