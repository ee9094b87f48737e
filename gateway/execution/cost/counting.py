"""Counts the values that an operation can return, in one pass over the document.

Each fragment is counted once, so that a fragment bomb is never expanded.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from gateway.execution.cost import introspection, volumes
from gateway.execution.cost.arguments import Arguments, length
from gateway.execution.cost.bounds import ERRORS, FACETS, LINES_PER_VALUE, LISTS, MUTATION
from gateway.execution.selections import fragments_of
from gateway.mapping.connections import LARGEST_PAGE
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from gateway.schema.query import MOST_NODES
from gateway.viewer import Viewer

#: Lists whose length depends on the field that returned their parent type (by its suffix).
_SIZED_BY_PARENT = {
    "nodes": "Connection",
    "edges": "Connection",
    "rows": "Table",
    "results": "Payload",
}
#: Fields that compare with the figures of another window.
_COMPARISONS = frozenset({"yearOnYear", "monthOnMonth"})


class Size(NamedTuple):
    """The values of a selection: some counted once, some for each row of a field above."""

    once: int = 0
    each: int = 0


class Counting:
    """Counts the values of one operation. ``work`` is its cost besides the answer."""

    def __init__(
        self,
        document: DocumentNode,
        view: GraphQLSchema,
        arguments: Arguments,
        viewer: Viewer,
    ) -> None:
        self.work = 0
        self._view = view
        self._viewer = viewer
        self._arguments = arguments
        self._fragments = fragments_of(document)
        self._fragment_sizes: dict[tuple[str, bool], Size] = {}

    def selections(
        self, selections: Iterable[SelectionNode], parent: Any, *, of_all_types: bool = False
    ) -> Size:
        """Count a selection set; ``of_all_types``: it applies once to each type of the schema."""
        once = each = 0
        for selection in selections:
            if self._is_left_out(selection.directives or ()):
                continue
            size = self._selection(selection, parent, of_all_types)
            once, each = once + size.once, each + size.each
        return Size(once, each)

    def _selection(self, selection: SelectionNode, parent: Any, of_all_types: bool) -> Size:
        match selection:
            case FieldNode():
                return self._field(selection, parent, of_all_types)
            case FragmentSpreadNode():
                return self._fragment(selection.name.value, of_all_types)
            case InlineFragmentNode(type_condition=condition, selection_set=inner):
                narrowed = self._view.get_type(condition.name.value) if condition else parent
                return self.selections(inner.selections, narrowed, of_all_types=of_all_types)
            case _:
                return Size(1)

    def _is_left_out(self, directives: Iterable[DirectiveNode]) -> bool:
        """Whether `@skip` or `@include` certainly leaves the selection out."""
        off = {"skip": True, "include": False}
        return any(
            argument.name.value == "if"
            and self._arguments.value(argument.value) is off[directive.name.value]
            for directive in directives
            if directive.name.value in off
            for argument in directive.arguments or ()
        )

    def _fragment(self, name: str, of_all_types: bool) -> Size:
        key = name, of_all_types
        if key not in self._fragment_sizes and (fragment := self._fragments.get(name)):
            # A fragment that contains itself is invalid, and counts as nothing.
            self._fragment_sizes[key] = Size()
            narrowed = self._view.get_type(fragment.type_condition.name.value)
            self._fragment_sizes[key] = self.selections(
                fragment.selection_set.selections, narrowed, of_all_types=of_all_types
            )
        return self._fragment_sizes.get(key, Size())

    def _field(self, node: FieldNode, parent: Any, of_all_types: bool) -> Size:
        if node.selection_set is None:
            return Size(1)
        has_fields = isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        field = self._view.get_field(parent, node.name.value) if has_fields else None
        if field is None:  # invalid, which validation reports
            inner = self.selections(node.selection_set.selections, None)
            return Size(1 + inner.once, inner.each)
        type_, coordinate = get_named_type(field.type), f"{parent.name}.{node.name.value}"
        leads_to_types = type_.name == introspection.TYPE
        inner = self.selections(
            node.selection_set.selections,
            type_,
            of_all_types=coordinate == introspection.ALL_TYPES
            or (of_all_types and not leads_to_types),
        )
        own = 2 if node.name.value in _COMPARISONS else 1
        if is_list_type(get_nullable_type(field.type)):
            return self._list(node, coordinate, inner, of_all_types)
        if parent is self._view.mutation_type:
            self.work += MUTATION
        rows = self._rows(node, field) if inner.each else 0
        return Size(own + inner.once + rows * inner.each)

    def _list(self, node: FieldNode, coordinate: str, inner: Size, of_all_types: bool) -> Size:
        owner, _, name = coordinate.partition(".")
        if owner.endswith(_SIZED_BY_PARENT.get(name, " ")):
            return Size(1, inner.once)
        if coordinate == "Query.nodes":
            count = length(self._arguments.of(node).get("ids"))
            return Size(1 + min(count, MOST_NODES) * inner.once)
        if owner.startswith("__"):
            of = introspection.average_lengths if of_all_types else introspection.lengths
            return Size(1 + ceil(of(self._view)[coordinate] * inner.once))
        if owner.endswith("Facets"):
            self.work += FACETS[name] // LINES_PER_VALUE
        most = ERRORS.most if name == "errors" else LISTS[coordinate].most
        return Size(1 + most * inner.once)

    def _rows(self, node: FieldNode, field: GraphQLField) -> int:
        """The most rows that a field returns, as a page, a table or a batch."""
        arguments = self._arguments.of(node)
        match node.name.value:
            case "volumes":
                table = volumes.volume_table(arguments, self._viewer)
            case "refusalGrounds":
                table = volumes.grounds_table(arguments)
            case "screeningReferrals":
                table = volumes.referrals_table(arguments)
            case _ if "first" in field.args:
                return max(_size(arguments.get(name)) for name in ("first", "last"))
            case _:
                return _batch(arguments.get("input"))
        self.work += table.lines // LINES_PER_VALUE
        return table.rows


def _size(value: Any) -> int:
    """The most rows of a page by `first` or `last`; invalid values count as the largest."""
    if value is None:
        return 0
    return min(abs(value), LARGEST_PAGE) if isinstance(value, int) else LARGEST_PAGE


def _batch(input_: Any) -> int:
    """The batch size of a mutation: the length of the longest list in its input."""
    members: Mapping[str, Any] = input_ if isinstance(input_, dict) else {}
    lists = [len(member) for member in members.values() if isinstance(member, list)]
    return min(max(lists, default=1), MOST_AT_ONCE)


def has_bound(coordinate: str, field: GraphQLField) -> bool:
    """Whether the length of a list field has a known bound."""
    owner, _, name = coordinate.partition(".")
    return (
        is_leaf_type(get_named_type(field.type))
        or owner.endswith(_SIZED_BY_PARENT.get(name, " "))
        or coordinate in LISTS
        or coordinate == "Query.nodes"
        or name == "errors"
    )
