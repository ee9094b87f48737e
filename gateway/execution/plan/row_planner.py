"""Plans rows: which of their columns and links a selection set asks for, and in which form."""

from collections.abc import Callable, Iterator
from functools import partial
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
    is_non_null_type,
)

from gateway.execution.plan.tree import (
    Branch,
    ColumnSet,
    ColumnValue,
    Constant,
    Counted,
    Cursor,
    DerivedValue,
    Edges,
    Facets,
    FollowedLink,
    FollowedPages,
    GlobalIdValue,
    Info,
    Join,
    JoinedRow,
    KeySource,
    Level,
    LinkedCount,
    LinkedPage,
    LinkedRows,
    ListCount,
    ListPage,
    Nodes,
    PageEntry,
    PageShape,
    Reading,
    RowEntry,
    RowsByKeys,
    RowShape,
)
from gateway.execution.plan.values import (
    TYPENAME,
    NotPlannableError,
    Render,
    Sets,
    column_of_record,
    constant_value,
    id_of_record,
    object_of,
    plan_value,
    reference_to_row,
)
from gateway.execution.selections import Selections
from gateway.logs.requests import WhyExecutor
from gateway.mapping.catalogue import Catalogue, DeclaredNoun, label_columns
from gateway.mapping.declare import Column, Derived, ToMany, ToOne, ToPages, Translated
from gateway.mapping.facets import FacetColumn, facet_column
from gateway.mapping.linked_pages import linked_by
from models.vocabulary import Role

#: An operation that expands to more fields than this is not worth caching.
_MOST_FIELDS = 500
#: More tables are not joined in one statement: PostgreSQL then stops looking for the best order.
_MOST_TABLES = 8


class RowPlanner:
    """Plans the rows of one operation for one role."""

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
        #: The levels of the root field that is being planned.
        self._levels: list[Level] = []
        #: The rows to which its values lead, where it is no row itself.
        self._branches: list[Branch] = []

    def _row_value(
        self, type_: GraphQLObjectType, noun: DeclaredNoun, nodes: list[FieldNode]
    ) -> Constant | GlobalIdValue | ColumnValue | None:
        """A field of a row that is a value of it; None for links and what is derived."""
        name = nodes[0].name.value
        if name == TYPENAME:
            return Constant(type_.name)
        if name not in noun.fields:
            return GlobalIdValue(type_.name)
        is_nullable = not is_non_null_type(type_.fields[name].type)
        field = noun.fields[name]
        match field.source:
            case Column():
                return ColumnValue(field.python_name, is_nullable)
            case Translated(columns):
                language = self.arguments(type_.fields[name], nodes[0])["language"]
                return ColumnValue(str(columns[language].key), is_nullable)
            case _:
                return None

    # --- Rows ------------------------------------------------------------------------------------

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

    def _row_shape(self, level: Level, column_set: ColumnSet, sets: Sets) -> RowShape:
        noun = column_set.noun
        type_ = self._type(noun.name)
        entries = {
            key: self._row_entry(level, column_set, type_, nodes)
            for key, nodes in self.selected_fields(type_, sets)
        }
        return RowShape(column_set, entries)

    def _row_entry(
        self, level: Level, column_set: ColumnSet, type_: GraphQLObjectType, nodes: list[FieldNode]
    ) -> RowEntry:
        noun = column_set.noun
        value = self._row_value(type_, noun, nodes)
        field = noun.fields.get(nodes[0].name.value)
        if field is None:
            assert value is not None
            return value
        if isinstance(value, ColumnValue):
            column_set.add(field, value.label)
            return value
        column_set.add(field)
        sets, of_api = selection_sets(nodes), type_.fields[field.name]
        match field.source:
            case Derived(resolve) as source:
                looked_at = self._catalogue.derived_from(noun, source, self._role)
                for each in looked_at:
                    column_set.add(each)
                labels = tuple(column.key for column in label_columns(noun, looked_at))
                return DerivedValue(labels[1:], resolve, plan_value(self, of_api.type, sets))
            case ToOne() as link if joined := self._join(level, column_set, link):
                return JoinedRow(self._row_shape(level, joined, sets))
            case ToOne() | ToMany() as link:
                target = self._catalogue.target(link)
                keys = KeySource(level, column_set, link.local)
                below = self._level(target, LinkedRows(link), keys, ColumnSet(target))
                shape = self._row_shape(below, below.columns, sets)
                return FollowedLink(below, shape, isinstance(link, ToMany))
            case ToPages() as link:
                linked = linked_by(link, self._catalogue.target(link), self._role)
                keys = KeySource(level, column_set, link.local)
                page = LinkedPage(link, linked, of_api, nodes[0])
                shape = self._page_shape(
                    of_api, sets, linked.noun, page, partial(LinkedCount, linked), keys
                )
                return FollowedPages(keys, shape)
            case _:
                raise NotPlannableError

    def _join(self, level: Level, column_set: ColumnSet, link: ToOne) -> ColumnSet | None:
        """The columns of a link that is joined: the same for all places that select it.

        Reads that are logged have statements of their own, which tell whose rows were read.
        """
        target = self._catalogue.target(link)
        if link in column_set.joins:
            return column_set.joins[link]
        if target.storage.is_logged or len(list(level.columns.tree())) >= _MOST_TABLES:
            return None
        if isinstance(level.reading, LinkedRows) and isinstance(level.reading.link, ToMany):
            return None  # its order is that of columns which are not selected
        joined = column_set.joins[link] = ColumnSet(target, Join(column_set, link))
        return joined

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
            self._level(noun, reading, keys, ColumnSet(noun))
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
                return Counted(count, None, plan_value(self, inner, sets))
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
    ) -> Constant | Counted:
        name = nodes[0].name.value
        if name == TYPENAME:
            return Constant(type_.name)
        level = level_of(name)
        render = plan_value(self, type_.fields[name].type, selection_sets(nodes))
        return Counted(level, facet_column(level.noun, name), render)

    def _rows(self, type_name: str, reading: Reading, sets: Sets) -> Branch:
        self._levels = []
        noun = self._catalogue.nouns[type_name]
        level = self._level(noun, reading, None, ColumnSet(noun))
        return Branch(self._row_shape(level, level.columns, sets), self._levels)

    def record(self, type_: GraphQLObjectType, sets: Sets) -> Render | None:
        """How to render a record that a resolver has read with all columns of the role.

        Where more than its columns is selected, the row is read again, with its links.
        """
        noun = self._catalogue.nouns.get(type_.name)
        if noun is None:
            return None
        parts: dict[str, Render] = {}
        for key, nodes in self.selected_fields(type_, sets):
            match self._row_value(type_, noun, nodes):
                case Constant(text):
                    parts[key] = partial(constant_value, text)
                case GlobalIdValue(name):
                    parts[key] = partial(id_of_record, name)
                case ColumnValue(label):
                    parts[key] = partial(column_of_record, label)
                case None:
                    branch = self._rows(type_.name, RowsByKeys(), sets)
                    self._branches.append(branch)
                    return partial(reference_to_row, branch)
        return object_of(parts)

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
