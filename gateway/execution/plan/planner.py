"""What an operation reads, worked out once: a document as levels of rows.

Mutations, subscriptions, what waits for something (comparisons, `node`), and
whatever goes wrong are left to the executor: a plan is its short way, and answers the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
from gateway.execution.plan.fetches import ColumnSet, Fetch, FetchBatch, Row
from gateway.execution.plan.result_shapes import (
    FetchedPage,
    FollowedLink,
    Object,
    PageShape,
    Part,
    ResultLevel,
    RowShape,
)
from gateway.execution.plan.selection_planner import Sets
from gateway.execution.plan.values import TYPENAME, NotPlannableError, Render, plan_value
from gateway.execution.selections import Fragments, Selections
from gateway.logs.operation import WhyExecutor
from gateway.mapping.catalogue import Catalogue, hidden_label
from gateway.mapping.declare import KEY, Column, ToMany, ToOne, Translated
from gateway.mapping.ids import GlobalId
from models.vocabulary import Role

#: A document that unfolds to more fields than this is not worth keeping.
_MOST_FIELDS = 500
#: A level whose parts come and go needs one statement or another.
_KEPT = 32


@dataclass(frozen=True, eq=False, slots=True)
class RootField:
    """A way in that an operation takes, and what it is answered with there."""

    parent: GraphQLObjectType
    field: GraphQLField
    nodes: list[FieldNode]
    shape: PageShape | Render


class Plan:
    """The ways in that an operation takes, each under its key of the answer."""

    def __init__(self, ways: Mapping[str, RootField], role: Role, fragments: Fragments) -> None:
        """``fragments`` are those of the document, which resolvers of ways in may look at."""
        self.root_fields = ways
        self.fragments = fragments
        self._role = role
        self.batch = lru_cache(_KEPT)(self._batch)

    def _batch(self, *readings: Fetch) -> FetchBatch:
        """The statement for readings that one level needs."""
        return FetchBatch(readings, self._role)


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
        """Raises NotPlannedError for what only the executor can do."""
        query = self._type("Query")
        ways = {
            key: self._root_field(query, nodes)
            for key, nodes in self.selected_fields(query, [selected])
        }
        return Plan(ways, self._role, self._selections.fragments)

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
        """The arguments that a field is asked for with."""
        return get_argument_values(field, node, self._variables)

    def is_noun(self, type_: GraphQLObjectType) -> bool:
        """Whether objects of the type are rows."""
        return type_.name in self._catalogue.nouns

    def record(self, type_: GraphQLObjectType, sets: Sets) -> RowShape:
        """The shape of rows that a resolver reads, with all that the role reads."""
        noun = self._catalogue.nouns[type_.name]
        return self._row_shape(ColumnSet(noun, self._catalogue.readable(noun, self._role)), sets)

    # --- Pages -----------------------------------------------------------------------------------

    def _page_shape(self, type_: GraphQLObjectType, sets: Sets) -> PageShape:
        asked = ColumnSet(self._catalogue.nouns[type_.name.removesuffix("Connection")])
        parts: dict[str, Part] = {}
        names = set[str]()
        for key, nodes in self.selected_fields(type_, sets):
            names.add(nodes[0].name.value)
            parts[key] = self._page_part(type_, asked, nodes)
        is_read = bool(names & {"nodes", "edges", "pageInfo"})
        return PageShape(asked, parts, is_read, is_counted="totalCount" in names)

    def _page_part(
        self, type_: GraphQLObjectType, asked: ColumnSet, nodes: list[FieldNode]
    ) -> Part:
        match nodes[0].name.value:
            case "nodes":
                shape = self._row_shape(asked, _selection_sets(nodes))
                return lambda read, level: level.render(shape, read.rows)
            case "edges":
                return self._edges(asked, nodes)
            case "pageInfo":
                info = plan_value(self, self._type("PageInfo"), _selection_sets(nodes))
                return lambda read, level: info(read.page and read.page.info, level)
            case "totalCount":
                count = plan_value(self, self._type("Count"), _selection_sets(nodes))
                return lambda read, level: count(read.count, level)
            case name:
                constant = _typename(name, type_)
                return lambda *_: constant

    def _edges(self, asked: ColumnSet, nodes: list[FieldNode]) -> Part:
        edge = self._type(f"{asked.noun.name}Edge")
        parts: dict[str, Callable[[FetchedPage, ResultLevel], Iterable[Any]]] = {}
        for key, inner in self.selected_fields(edge, _selection_sets(nodes)):
            match inner[0].name.value:
                case "cursor":
                    parts[key] = lambda read, _: read.cursors
                case "node":
                    shape = self._row_shape(asked, _selection_sets(inner))
                    parts[key] = lambda read, level, shape=shape: level.render(shape, read.rows)
                case name:
                    constant = _typename(name, edge)
                    parts[key] = lambda read, _, constant=constant: [constant] * len(read.rows)

        def drawn(read: FetchedPage, level: ResultLevel) -> list[Object]:
            if not parts:  # everything asked for was switched off
                return [{} for _ in read.rows]
            level.values += len(parts) * len(read.rows)
            columns = [part(read, level) for part in parts.values()]
            return [dict(zip(parts, values, strict=True)) for values in zip(*columns, strict=True)]

        return drawn

    # --- Rows ------------------------------------------------------------------------------------

    def _row_shape(self, asked: ColumnSet, sets: Sets) -> RowShape:
        noun = asked.noun
        type_ = self._type(noun.name)
        labels: dict[str, str] = {}
        made: dict[str, Callable[[Row], Any]] = {}
        followed: list[FollowedLink] = []
        for key, nodes in self.selected_fields(type_, sets):
            name = nodes[0].name.value
            labels[key] = KEY
            if name not in noun.fields:
                made[key] = _computed_value(name, type_)
                continue
            field = noun.fields[name]
            asked.add(field)
            match field.source:
                case Column():
                    labels[key] = field.python_name
                case Translated(columns):
                    arguments = self.arguments(type_.fields[name], nodes[0])
                    labels[key] = str(columns[arguments["language"]].key)
                case ToOne() | ToMany() as link:
                    followed.append(self._plan_link(key, asked, link, nodes))
                case _:
                    raise NotPlannableError
        return RowShape(asked, labels, made, followed)

    def _plan_link(
        self, key: str, asked: ColumnSet, link: ToOne | ToMany, nodes: list[FieldNode]
    ) -> FollowedLink:
        reading = self._fetch_for(link)
        shape = self._row_shape(reading.column_set, _selection_sets(nodes))
        return FollowedLink(key, asked, hidden_label(link.local), reading, shape)

    def _fetch_for(self, link: ToOne | ToMany) -> Fetch:
        """One reading for all links to a noun by a column, wherever in the document they are."""
        noun = self._catalogue.target(link)
        if isinstance(link, ToMany):
            made = Fetch(noun, link.remote, self._role, link.order)
            return self._fetches.setdefault(link, made)
        return self._fetches.setdefault(
            (noun.name, link.remote.key), Fetch(noun, link.remote, self._role)
        )

    # --- The document ----------------------------------------------------------------------------

    def selected_fields(
        self, type_: GraphQLObjectType, sets: Sets
    ) -> Iterator[tuple[str, list[FieldNode]]]:
        """What is selected of a type, by the keys of the answer."""
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
    """What is no value of a row: its global id, and the name of its type."""
    if name == "id":
        return lambda row: GlobalId(type_.name, str(row[0])).encode()
    constant = _typename(name, type_)
    return lambda _: constant
