"""Writes the program that counts the values which an operation can return.

One pass over the document, in which each fragment is counted once: a fragment bomb is never
expanded. Sizes in literals are numbers at once; those in variables become steps of the program.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
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

from gateway.execution.cost import introspection
from gateway.execution.cost.arguments import Arguments, Variables, has_variables, length
from gateway.execution.cost.bounds import ERRORS, FACETS, LINES_PER_VALUE, LISTS, MUTATION
from gateway.execution.cost.known import KnownSizes
from gateway.execution.cost.program import Amount, CostProgram
from gateway.execution.cost.volumes import TABLES, TableBound, findings_table
from gateway.execution.selections import fragments_of
from gateway.mapping.keyset import LARGEST_PAGE
from gateway.schema.lookups import MOST_NODES
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from gateway.viewer import Viewer

#: Lists whose length depends on the field that returned their parent type (by its suffix).
_SIZED_BY_PARENT = {
    "nodes": "Connection",
    "edges": "Connection",
    "rows": "Table",
    "results": "Payload",
}
#: No page, batch or look-up has more.
_LARGEST = max(LARGEST_PAGE, MOST_AT_ONCE, MOST_NODES)
#: Lists whose items are counted with the table in which they stand: some rows have none.
_COUNTED_BY_TABLE = frozenset({"Finding.numbers", "Finding.notes"})
#: Fields that compare with the figures of another window.
_COMPARISONS = frozenset({"yearOnYear", "monthOnMonth"})
#: The arguments of `findings` that choose among what is found in the same figures.
_CHOICES = frozenset({"kinds", "about"})


class Size(NamedTuple):
    """The values of a selection: some counted once, some for each row of a field above, and some
    for each item of lists in these rows, by coordinate."""

    once: Amount = 0
    each: Amount = 0
    items: Mapping[str, Amount] = {}


class Counting:
    """Counts the values of one operation. ``work`` is its cost besides the answer."""

    def __init__(
        self,
        document: DocumentNode,
        view: GraphQLSchema,
        arguments: Arguments,
        conditions: Variables,
        known: KnownSizes,
    ) -> None:
        """``conditions`` are variables of a request, of which only those in directives are read."""
        self.program = CostProgram()
        self.work: list[Amount] = []
        self._view = view
        self._arguments = arguments
        self._conditions = conditions
        self._known = known
        self._fragments = fragments_of(document)
        self._fragment_sizes: dict[tuple[str, bool], Size] = {}
        #: The fields `findings` so far: those that rest on the same figures read them once.
        self._findings: list[FieldNode] = []

    def selections(
        self, selections: Iterable[SelectionNode], parent: Any, *, of_all_types: bool = False
    ) -> Size:
        """Count a selection set; ``of_all_types``: it applies once to each type of the schema."""
        sizes = [
            self._selection(selection, parent, of_all_types)
            for selection in selections
            if not self._arguments.leave_out(selection, self._conditions)
        ]
        return Size(
            self.program.total(size.once for size in sizes),
            self.program.total(size.each for size in sizes),
            self._add_up([size.items for size in sizes if size.items]),
        )

    def _add_up(self, parts: Sequence[Mapping[str, Amount]]) -> Mapping[str, Amount]:
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: self.program.total(part.get(name, 0) for part in parts) for name in names}

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
            return Size(self.program.total((1, inner.once)), inner.each)
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
            return self._list(node, coordinate, inner, type_.name, of_all_types)
        if parent is self._view.mutation_type:
            self.work.append(MUTATION)
        if not inner.each:
            return Size(self.program.total((own, inner.once)))
        if table_of := TABLES.get(node.name.value):
            return Size(self.program.total((own, inner.once, *self._table(node, table_of, inner))))
        rows = self._rows(node, field, type_.name.removesuffix("Connection"))
        return Size(self.program.total((own, inner.once, self.program.product(rows, inner.each))))

    def _list(
        self, node: FieldNode, coordinate: str, inner: Size, type_name: str, of_all_types: bool
    ) -> Size:
        owner, _, name = coordinate.partition(".")
        if owner.endswith(_SIZED_BY_PARENT.get(name, " ")):
            return Size(1, inner.once, inner.items)
        if coordinate in _COUNTED_BY_TABLE:
            return Size(1, items={coordinate: inner.once})
        if owner.startswith("__"):
            of = introspection.average_lengths if of_all_types else introspection.lengths
            values = self.program.share(of(self._view)[coordinate], inner.once)
            return Size(self.program.total((1, values)))
        if coordinate == "Query.nodes":
            most = self._size(node, _looked_up, "ids")
        elif name == "errors":
            most = ERRORS.most
        else:
            most = self._known.items(LISTS[coordinate], type_name)
        if owner.endswith("Facets"):
            lines = min(FACETS[name], self._known.applications)
            self.work.append(lines // LINES_PER_VALUE)
        return Size(self.program.total((1, self.program.product(most, inner.once))))

    def _rows(self, node: FieldNode, field: GraphQLField, type_name: str) -> Amount:
        """The most rows that a field returns, as a page or a batch."""
        if "first" not in field.args:
            return self._size(node, _batch, "input")
        if not self._known.has_states(type_name):
            most = self._known.rows(type_name, LARGEST_PAGE)
            return self._size(node, _page, "first", "last", most=most)

        def page(arguments: Mapping[str, Any]) -> int:
            size = _page(arguments)
            return self._known.rows_in_states(type_name, arguments.get("where"), size)

        return self._size(node, page, "first", "last", "where")

    def _size(
        self,
        node: FieldNode,
        size_by: Callable[[Mapping[str, Any]], int],
        *names: str,
        most: int = _LARGEST,
    ) -> Amount:
        """A size that the arguments of these names give, at most as large."""
        deciding = [one for one in node.arguments or () if one.name.value in names]
        arguments_of = self._arguments.of
        if has_variables(deciding):
            return self.program.add(
                lambda _, given, __: min(size_by(arguments_of(deciding, given)), most)
            )
        return min(size_by(arguments_of(deciding, {})), most)

    def _table(self, node: FieldNode, table_of: TableBound, inner: Size) -> Sequence[Amount]:
        """The values of the rows of a table of figures; the lines that it is aggregated from are
        work."""
        arguments, arguments_of, known = node.arguments or (), self._arguments.of, self._known
        table = self.program.add(
            lambda _, given, viewer: table_of(arguments_of(arguments, given), viewer, known)
        ).step
        earlier: Sequence[FieldNode] = ()
        if table_of is findings_table:
            earlier = tuple(self._findings)
            self._findings.append(node)

        def work(numbers: list[Any], *_: object) -> int:
            return numbers[table].lines // LINES_PER_VALUE

        def work_once(numbers: list[Any], given: Variables, _: Viewer) -> int:
            of_node = self._figures(node, given)
            return 0 if of_node in (self._figures(one, given) for one in earlier) else work(numbers)

        self.work.append(self.program.add(work_once if earlier else work))
        rows = self.program.add(lambda numbers, *_: numbers[table].rows)
        return [
            self.program.product(rows, inner.each),
            *(self._items(table, name, each) for name, each in inner.items.items()),
        ]

    def _items(self, table: int, name: str, each: Amount) -> Amount:
        """The values of the items that all rows of a table have in one of their lists."""
        number = self.program.add(lambda numbers, *_: numbers[table].items[name])
        return self.program.product(number, each)

    def _figures(self, node: FieldNode, given: Variables) -> dict[str, Any]:
        """By which arguments `findings` reads figures; the others choose among what is found."""
        arguments = self._arguments.of(node.arguments or (), given)
        return {name: value for name, value in arguments.items() if name not in _CHOICES}


def _looked_up(arguments: Mapping[str, Any]) -> int:
    """How many objects are looked up by global ids."""
    return min(length(arguments.get("ids")), MOST_NODES)


def _page(arguments: Mapping[str, Any]) -> int:
    return max(_size(arguments.get("first")), _size(arguments.get("last")))


def _size(value: Any) -> int:
    """The most rows of a page by `first` or `last`; invalid values count as the largest."""
    if value is None:
        return 0
    return min(abs(value), LARGEST_PAGE) if isinstance(value, int) else LARGEST_PAGE


def _batch(arguments: Mapping[str, Any]) -> int:
    """The batch size of a mutation: the length of the longest list in its input."""
    input_ = arguments.get("input")
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
