"""Compiles a query into a plan, which fetches its rows level by level.

Mutations, subscriptions, fields with asynchronous resolvers (comparisons, `node`) and all errors
are left to the executor. A plan is a faster way to the same answer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    TypeNameMetaFieldDef,
    VariableValues,
    get_argument_values,
    get_named_type,
    is_leaf_type,
)

from gateway.execution.introspection import SCHEMA_FIELDS, plan_schema_value
from gateway.execution.plan.fetches import (
    AnyFetch,
    ColumnSet,
    CountFetch,
    Fetch,
    FetchBatch,
    PageFetch,
    Row,
)
from gateway.execution.plan.shapes import (
    EdgePart,
    FollowedLink,
    FollowedPages,
    PageShape,
    Part,
    RowShape,
    global_id,
    render_edges,
    render_facets,
    render_rows,
)
from gateway.execution.plan.values import TYPENAME, NotPlannableError, Render, Sets, plan_value
from gateway.execution.selections import Fragments, Selections
from gateway.logs.requests import WhyExecutor
from gateway.mapping.catalogue import Catalogue, hidden_label
from gateway.mapping.declare import KEY, Column, ToMany, ToOne, ToPages, Translated
from gateway.mapping.facets import facet_column
from gateway.mapping.linked_pages import AskedCount, AskedFacets, linked_by
from models.vocabulary import Role

#: An operation that expands to more fields than this is not worth caching.
_MOST_FIELDS = 500
#: Statements kept for a plan: which fetches a level needs depends on the data.
_MOST_STATEMENTS = 32


@dataclass(frozen=True, eq=False, slots=True)
class RootField:
    """A selected root field, and the shape of its result."""

    parent: GraphQLObjectType
    field: GraphQLField
    nodes: list[FieldNode]
    shape: PageShape | Render


class Plan:
    """The root fields of an operation, by response key."""

    def __init__(
        self, root_fields: Mapping[str, RootField], role: Role, fragments: Fragments
    ) -> None:
        """``fragments`` are those of the document; resolvers of root fields may read them."""
        self.root_fields = root_fields
        self.fragments = fragments
        self._role = role
        self.batch = lru_cache(_MOST_STATEMENTS)(self._batch)

    def _batch(self, *parts: tuple[AnyFetch, Any]) -> FetchBatch:
        """The statement for the fetches of one level."""
        return FetchBatch(parts, self._role)


class Planner:
    """Plans one operation for one role."""

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
        self._fetches: dict[Any, Fetch] = {}
        self._fields_left = _MOST_FIELDS

    def plan(self, selected: SelectionSetNode) -> Plan:
        """The plan of a query. Raises NotPlannableError where only the executor can run it."""
        query = self._type("Query")
        root_fields = {
            key: self._root_field(query, nodes)
            for key, nodes in self.selected_fields(query, [selected])
        }
        return Plan(root_fields, self._role, self._selections.fragments)

    def _root_field(self, query: GraphQLObjectType, nodes: list[FieldNode]) -> RootField:
        name, sets = nodes[0].name.value, _selection_sets(nodes)
        if meta := SCHEMA_FIELDS.get(name):
            return RootField(query, meta, nodes, plan_schema_value(self, meta.type, sets))
        field = TypeNameMetaFieldDef if name == TYPENAME else query.fields.get(name)
        if field is None:
            raise NotPlannableError(WhyExecutor.ABSTRACT)
        if is_leaf_type(get_named_type(field.type)):
            return RootField(query, field, nodes, plan_value(self, field.type, sets))
        type_ = self._type(get_named_type(field.type).name)
        if type_.name.endswith("Connection"):
            return RootField(query, field, nodes, self._page_shape(type_, sets))
        return RootField(query, field, nodes, plan_value(self, field.type, sets))

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, with variables and defaults filled in."""
        return get_argument_values(field, node, self._variables)

    def is_noun(self, type_: GraphQLObjectType) -> bool:
        """Whether objects of the type are rows."""
        return type_.name in self._catalogue.nouns

    def record(self, type_: GraphQLObjectType, sets: Sets) -> RowShape:
        """The shape of a record that a resolver reads with every column that the role reads."""
        noun = self._catalogue.nouns[type_.name]
        return self._row_shape(ColumnSet(noun, self._catalogue.readable(noun, self._role)), sets)

    # --- Pages -----------------------------------------------------------------------------------

    def _page_shape(self, type_: GraphQLObjectType, sets: Sets) -> PageShape:
        column_set = ColumnSet(self._catalogue.nouns[type_.name.removesuffix("Connection")])
        parts: dict[str, Part] = {}
        names = set[str]()
        for key, nodes in self.selected_fields(type_, sets):
            names.add(nodes[0].name.value)
            parts[key] = self._page_part(type_, column_set, nodes)
        is_read = bool(names & {"nodes", "edges", "pageInfo"})
        return PageShape(
            column_set, parts, is_read, "totalCount" in names, self._facets(type_, sets)
        )

    def _facets(self, type_: GraphQLObjectType, sets: Sets) -> list[str]:
        """The fields of the facets that are selected anywhere in a connection."""
        facets: dict[str, None] = {}
        for _, nodes in self.selected_fields(type_, sets):
            if nodes[0].name.value == "facets":
                inner = self._type(get_named_type(type_.fields["facets"].type).name)
                for _, selected in self.selected_fields(inner, _selection_sets(nodes)):
                    facets[selected[0].name.value] = None
        return [name for name in facets if name != TYPENAME]

    def _page_part(
        self, type_: GraphQLObjectType, column_set: ColumnSet, nodes: list[FieldNode]
    ) -> Part:
        match nodes[0].name.value:
            case "nodes":
                shape = self._row_shape(column_set, _selection_sets(nodes))
                return partial(render_rows, shape)
            case "edges":
                return self._edges(column_set, nodes)
            case "pageInfo":
                info = plan_value(self, self._type("PageInfo"), _selection_sets(nodes))
                return lambda read, level: info(read.page and read.page.info, level)
            case "totalCount":
                count = plan_value(self, self._type("Count"), _selection_sets(nodes))
                return lambda read, level: count(read.count, level)
            case "facets":
                return self._facets_part(type_, nodes)
            case name:
                constant = _typename(name, type_)
                return lambda *_: constant

    def _facets_part(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Part:
        facets = self._type(get_named_type(type_.fields["facets"].type).name)
        renders: dict[str, tuple[str, Render]] = {}
        for key, inner in self.selected_fields(facets, _selection_sets(nodes)):
            name = inner[0].name.value
            if name == TYPENAME:
                renders[key] = name, lambda *_: facets.name
            else:
                type_of_facet = facets.fields[name].type
                renders[key] = name, plan_value(self, type_of_facet, _selection_sets(inner))
        return partial(render_facets, renders)

    def _edges(self, column_set: ColumnSet, nodes: list[FieldNode]) -> Part:
        edge = self._type(f"{column_set.noun.name}Edge")
        parts: dict[str, EdgePart] = {}
        for key, inner in self.selected_fields(edge, _selection_sets(nodes)):
            match inner[0].name.value:
                case "cursor":
                    parts[key] = lambda read, _: read.cursors
                case "node":
                    shape = self._row_shape(column_set, _selection_sets(inner))
                    parts[key] = partial(render_rows, shape)
                case name:
                    constant = _typename(name, edge)
                    parts[key] = lambda read, _, constant=constant: [constant] * len(read.rows)
        return partial(render_edges, parts)

    # --- Rows ------------------------------------------------------------------------------------

    def _row_shape(self, column_set: ColumnSet, sets: Sets) -> RowShape:
        noun = column_set.noun
        type_ = self._type(noun.name)
        labels: dict[str, str] = {}
        computed: dict[str, Callable[[Row], Any]] = {}
        links: list[FollowedLink | FollowedPages] = []
        for key, nodes in self.selected_fields(type_, sets):
            name = nodes[0].name.value
            labels[key] = KEY
            if name not in noun.fields:
                computed[key] = _computed_value(name, type_)
                continue
            field = noun.fields[name]
            column_set.add(field)
            match field.source:
                case Column():
                    labels[key] = field.python_name
                case Translated(columns):
                    arguments = self.arguments(type_.fields[name], nodes[0])
                    labels[key] = str(columns[arguments["language"]].key)
                case ToOne() | ToMany() as link:
                    links.append(self._plan_link(key, column_set, link, nodes))
                case ToPages() as link:
                    pages = self._plan_pages(key, column_set, link, type_.fields[name], nodes)
                    links.append(pages)
                case _:
                    raise NotPlannableError
        return RowShape(column_set, labels, computed, links)

    def _plan_link(
        self, key: str, column_set: ColumnSet, link: ToOne | ToMany, nodes: list[FieldNode]
    ) -> FollowedLink:
        fetch = self._fetch_for(link)
        shape = self._row_shape(fetch.column_set, _selection_sets(nodes))
        return FollowedLink(key, column_set, hidden_label(link.local), fetch, shape)

    def _plan_pages(
        self,
        key: str,
        column_set: ColumnSet,
        link: ToPages,
        field: GraphQLField,
        nodes: list[FieldNode],
    ) -> FollowedPages:
        """Each place of the document has a fetch of its own, since it has its own arguments."""
        shape = self._page_shape(
            self._type(get_named_type(field.type).name), _selection_sets(nodes)
        )
        linked = linked_by(link, shape.column_set.noun, self._role)
        return FollowedPages(
            key,
            column_set,
            hidden_label(link.local),
            shape,
            PageFetch(link, linked, shape.column_set, field, nodes[0]) if shape.is_read else None,
            CountFetch(AskedCount(linked)) if shape.is_counted else None,
            {
                name: CountFetch(AskedFacets(linked, facet_column(linked.noun, name)))
                for name in shape.facets
            },
        )

    def _fetch_for(self, link: ToOne | ToMany) -> Fetch:
        """The fetch for a link; links to the same noun by the same column share one."""
        noun = self._catalogue.target(link)
        if isinstance(link, ToMany):
            fetch = Fetch(noun, link.remote, self._role, link.order)
            return self._fetches.setdefault(link, fetch)
        return self._fetches.setdefault(
            (noun.name, link.remote.key), Fetch(noun, link.remote, self._role)
        )

    # --- The document ----------------------------------------------------------------------------

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
            raise NotPlannableError(WhyExecutor.ABSTRACT)
        return type_


def _selection_sets(nodes: list[FieldNode]) -> list[SelectionSetNode | None]:
    return [node.selection_set for node in nodes]


def _typename(name: str, type_: GraphQLObjectType) -> str:
    if name != TYPENAME:
        raise NotPlannableError
    return type_.name


def _computed_value(name: str, type_: GraphQLObjectType) -> Callable[[Row], Any]:
    """A value that is not a column: the global id, or the type name."""
    if name == "id":
        return partial(global_id, type_.name)
    constant = _typename(name, type_)
    return lambda _: constant
