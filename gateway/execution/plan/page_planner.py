"""Plans connections: which of their rows, counts and facets a selection set asks for."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    VariableValues,
    get_argument_values,
    get_named_type,
)

from gateway.execution.plan.levels import (
    ColumnSet,
    KeySource,
    Level,
    LinkedCount,
    LinkedPage,
    ListCount,
    ListPage,
    Reading,
)
from gateway.execution.plan.tree import (
    Branch,
    Constant,
    CountEntry,
    Cursor,
    Edges,
    Facets,
    Info,
    Nodes,
    PageEntry,
    PageShape,
    RowShape,
)
from gateway.execution.plan.values import (
    TYPENAME,
    NotPlannableError,
    Render,
    Sets,
    plan_value,
)
from gateway.execution.selections import Selections
from gateway.logs import WhyExecutor
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.facets import FacetColumn, facet_column
from models.vocabulary import Role

#: An operation that expands to more fields than this is not worth caching.
_MOST_FIELDS = 500


class PagePlanner(ABC):
    """Plans the connections of one operation for one role; rows are planned by `RowPlanner`."""

    def __init__(
        self,
        view: GraphQLSchema,
        catalogue: Catalogue,
        role: Role,
        selections: Selections,
        variables: VariableValues,
    ) -> None:
        self.view = view
        self._catalogue = catalogue
        self._role = role
        self._selections = selections
        self._variables = variables
        self._fields_left = _MOST_FIELDS
        #: The levels of the branch that is being planned, and the reference data to which it links.
        self._levels: list[Level] = []
        self._reference: list[Branch] = []
        #: The rows to which its values lead, where it is no row itself.
        self._branches: list[Branch] = []

    def _level(
        self,
        noun: DeclaredNoun,
        reading: Reading,
        keys: KeySource | None,
        column_set: ColumnSet | None = None,
    ) -> Level:
        level = Level(len(self._levels), noun, reading, column_set, keys)
        self._levels.append(level)
        return level

    def _branch(self, plan_shape: Callable[[], RowShape | PageShape]) -> Branch:
        """What is read together for a shape, apart from the branch that is being planned."""
        outer = self._levels, self._reference
        self._levels, self._reference = [], []
        try:
            return Branch(plan_shape(), self._levels, self._reference)
        finally:
            self._levels, self._reference = outer

    @abstractmethod
    def _row_shape(self, level: Level, column_set: ColumnSet, sets: Sets) -> RowShape:
        """What a selection set selects of a row."""

    @abstractmethod
    def record(self, type_: GraphQLObjectType, sets: Sets) -> Render | None:
        """How to render a record that a resolver has read."""

    @abstractmethod
    def named(self, field: GraphQLField, sets: Sets) -> Render | None:
        """How to render rows that a value names."""

    # --- Pages -----------------------------------------------------------------------------------

    def _page_shape(
        self,
        field: GraphQLField,
        sets: Sets,
        noun: DeclaredNoun,
        reading: ListPage | LinkedPage,
        counting: Callable[[FacetColumn | None], ListCount | LinkedCount],
        keys: KeySource | None,
    ) -> PageShape:
        """The shape of a connection; ``counting`` counts its rows, in all or by a word."""
        type_ = self._type(get_named_type(field.type).name)
        selected = dict(self.selected_fields(type_, sets))
        names = {nodes[0].name.value for nodes in selected.values()}
        page = (
            self._level(noun, reading, keys, ColumnSet(noun, self._role))
            if names & {"nodes", "edges", "pageInfo"}
            else None
        )
        count = self._level(noun, counting(None), keys) if "totalCount" in names else None
        facets: dict[str, Level] = {}

        def level_of_facet(name: str) -> Level:
            if name not in facets:
                facets[name] = self._level(noun, counting(facet_column(noun, name)), keys)
            return facets[name]

        entries = {
            key: self._page_entry(type_, nodes, page, count, level_of_facet)
            for key, nodes in selected.items()
        }
        return PageShape(page, entries)

    def _page_entry(
        self,
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
        page: Level | None,
        count: Level | None,
        level_of_facet: Callable[[str], Level],
    ) -> PageEntry:
        name, sets = nodes[0].name.value, selection_sets(nodes)
        if name == TYPENAME:
            return Constant(type_.name)
        inner = self._type(get_named_type(type_.fields[name].type).name)
        match name:
            case "totalCount" if count:
                return CountEntry(count, None, plan_value(self, inner, sets))
            case "facets":
                return Facets(
                    {
                        key: self._facet(inner, of_facet, level_of_facet)
                        for key, of_facet in self.selected_fields(inner, sets)
                    }
                )
            case "nodes" if page:
                return Nodes(self._row_shape(page, page.columns, sets))
            case "edges" if page:
                return Edges(
                    {
                        key: self._edge_entry(inner, page, of_edge)
                        for key, of_edge in self.selected_fields(inner, sets)
                    }
                )
            case "pageInfo" if page:
                return Info(plan_value(self, inner, sets))
            case _:
                raise NotPlannableError

    def _edge_entry(
        self, type_: GraphQLObjectType, page: Level, nodes: list[FieldNode]
    ) -> Constant | Cursor | RowShape:
        match nodes[0].name.value:
            case "cursor":
                return Cursor()
            case "node":
                return self._row_shape(page, page.columns, selection_sets(nodes))
            case _:
                return Constant(type_.name)

    def _facet(
        self,
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
        level_of: Callable[[str], Level],
    ) -> Constant | CountEntry:
        name = nodes[0].name.value
        if name == TYPENAME:
            return Constant(type_.name)
        level = level_of(name)
        render = plan_value(self, type_.fields[name].type, selection_sets(nodes))
        return CountEntry(level, facet_column(level.noun, name), render)

    # --- The document ----------------------------------------------------------------------------

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, with variables and defaults filled in."""
        return get_argument_values(field, node, self._variables)

    def selected_fields(
        self, type_: GraphQLObjectType, sets: Sets
    ) -> Iterator[tuple[str, list[FieldNode]]]:
        """The selected fields of a type, by response key."""
        selected = self._selections.of(type_, sets)
        self._fields_left -= len(selected)
        if self._fields_left < 0:
            raise NotPlannableError(WhyExecutor.TOO_LARGE)
        yield from selected.items()

    def _type(self, name: str) -> GraphQLObjectType:
        type_ = self.view.get_type(name)
        if not isinstance(type_, GraphQLObjectType):
            raise NotPlannableError
        return type_


def selection_sets(nodes: list[FieldNode]) -> list[SelectionSetNode | None]:
    return [node.selection_set for node in nodes]
