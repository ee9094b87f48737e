"""The tree of a plan: which rows a document asks for, and in which form they are answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from gateway.execution.plan.values import Render
from gateway.mapping.catalogue import Columns, DeclaredField, DeclaredNoun, label_columns
from gateway.mapping.connections import RootList
from gateway.mapping.declare import ToMany, ToOne, ToPages
from gateway.mapping.facets import FacetColumn
from gateway.mapping.listing import Linked
from gateway.schema.lookups import LookUp

# --- What is read --------------------------------------------------------------------------------


class Join(NamedTuple):
    """How a column set is joined to another one of the same statement."""

    to: "ColumnSet"
    link: ToOne


class ColumnSet:
    """The columns of a noun that one statement selects, and the rows joined to it by links."""

    def __init__(self, noun: DeclaredNoun, join: Join | None = None) -> None:
        self.noun = noun
        self.join = join
        self.joins: dict[ToOne, ColumnSet] = {}
        self._columns = {column.key: column for column in label_columns(noun, ())}

    def add(self, field: DeclaredField, only: str | None = None) -> None:
        """Add the columns of a field, or only that of a label."""
        for column in label_columns(self.noun, (field,)):
            if only in (None, column.key):
                self._columns.setdefault(column.key, column)

    @property
    def columns(self) -> Columns:
        """The columns to select of the noun itself: its key comes first."""
        return tuple(self._columns.values())

    def type_of(self, label: str) -> TypeEngine[Any]:
        """The type of a column."""
        return next(column.type for column in self.columns if column.key == label)

    def tree(self) -> "Iterator[ColumnSet]":
        """This one and all that are joined to it, in the order of their columns in a row."""
        yield self
        for joined in self.joins.values():
            yield from joined.tree()

    def way(self) -> "list[ColumnSet]":
        """The column sets from the base of the statement to this one."""
        return [*self.join.to.way(), self] if self.join else [self]


@dataclass(frozen=True, eq=False)
class ListPage:
    """A page of a list that a root field asks for."""


@dataclass(frozen=True, eq=False)
class ListCount:
    """How many rows the whole list has, in all or by the words of a column."""

    facet: FacetColumn | None


@dataclass(frozen=True, eq=False)
class RowByName:
    """The row that a look-up names."""


@dataclass(frozen=True, eq=False)
class RowsByKeys:
    """The rows of a noun that global ids name."""


@dataclass(frozen=True, eq=False)
class LinkedRows:
    """The rows that a link leads to: at most one, or a short list."""

    link: ToOne | ToMany


@dataclass(frozen=True, eq=False)
class LinkedPage:
    """A page of rows for each row above, with the arguments of one place of the document."""

    link: ToPages
    linked: Linked
    field: GraphQLField
    node: FieldNode


@dataclass(frozen=True, eq=False)
class LinkedCount:
    """How many rows each row above links to, in all or by the words of a column."""

    linked: Linked
    facet: FacetColumn | None


Reading = ListPage | ListCount | RowByName | RowsByKeys | LinkedRows | LinkedPage | LinkedCount


class KeySource(NamedTuple):
    """The rows above, and the column of theirs that holds the keys of a link."""

    level: "Level"
    column_set: ColumnSet
    local: InstrumentedAttribute[Any]


@dataclass(frozen=True, eq=False)
class Level:
    """What one statement reads; its number is its place among those of its root field."""

    number: int
    noun: DeclaredNoun
    reading: Reading
    #: What is selected of its rows; counts select nothing.
    column_set: ColumnSet | None
    #: Where its keys come from; the levels of a root field itself have none.
    keys: KeySource | None

    @property
    def is_one_row(self) -> bool:
        """Whether its rows are one at most."""
        return isinstance(self.reading, RowByName)

    @property
    def columns(self) -> ColumnSet:
        assert self.column_set, "a count selects no columns"
        return self.column_set


# --- In which form it is answered ----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class RowShape:
    """What a selection set selects of a row, by response key."""

    column_set: ColumnSet
    entries: Mapping[str, "RowEntry"]


@dataclass(frozen=True, eq=False)
class Constant:
    """The name of a type."""

    text: str


@dataclass(frozen=True, eq=False)
class ColumnValue:
    """The value of a column."""

    label: str
    is_nullable: bool


@dataclass(frozen=True, eq=False)
class GlobalIdValue:
    """The global id of the row."""

    type_name: str


@dataclass(frozen=True, eq=False)
class DerivedValue:
    """A function of columns of the row."""

    labels: tuple[str, ...]
    resolve: Callable[[Any, Any], Any]
    render: Render


@dataclass(frozen=True, eq=False)
class JoinedRow:
    """The row of a link that is joined."""

    shape: RowShape


@dataclass(frozen=True, eq=False)
class FollowedLink:
    """The rows of a link that another statement reads: one or none, or a list."""

    level: Level
    shape: RowShape
    is_list: bool


@dataclass(frozen=True, eq=False)
class FollowedPages:
    """A connection for each row."""

    keys: KeySource
    shape: "PageShape"


RowEntry = (
    Constant | ColumnValue | GlobalIdValue | DerivedValue | JoinedRow | FollowedLink | FollowedPages
)


@dataclass(frozen=True, eq=False)
class PageShape:
    """What a selection set selects of a connection, by response key."""

    #: Its rows, if any are read.
    page: Level | None
    entries: Mapping[str, "PageEntry"]


@dataclass(frozen=True, eq=False)
class Nodes:
    """The rows of a page."""

    shape: RowShape


class Cursor:
    """The cursor of an edge."""


@dataclass(frozen=True, eq=False)
class Edges:
    """The rows of a page, each in an edge."""

    entries: Mapping[str, Constant | Cursor | RowShape]


@dataclass(frozen=True, eq=False)
class Info:
    """Where the page lies."""

    render: Render


@dataclass(frozen=True, eq=False)
class Counted:
    """How many rows the whole list has, in all or by the words of a column."""

    level: Level
    facet: FacetColumn | None
    render: Render


@dataclass(frozen=True, eq=False)
class Facets:
    """Facets of a list."""

    entries: Mapping[str, Constant | Counted]


PageEntry = Constant | Nodes | Edges | Info | Counted | Facets


# --- The root fields -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ValueRoot:
    """A root field that its resolver answers from no row: figures, the viewer, the schema."""

    parent: GraphQLObjectType
    field: GraphQLField
    nodes: list[FieldNode]
    render: Render
    #: Rows that its values name.
    branches: "list[Branch]"


@dataclass(frozen=True, eq=False)
class Branch:
    """Rows that are read together: the levels of one root field, from the top down."""

    shape: RowShape | PageShape
    levels: list[Level] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ListRoot:
    """A connection."""

    field: GraphQLField
    nodes: list[FieldNode]
    list: RootList
    branch: Branch


@dataclass(frozen=True, eq=False)
class LookUpRoot:
    """One thing by a name of its own."""

    field: GraphQLField
    nodes: list[FieldNode]
    look_up: LookUp
    branch: Branch


@dataclass(frozen=True, eq=False)
class NodesRoot:
    """Things by their global ids: one, or a list."""

    field: GraphQLField
    nodes: list[FieldNode]
    #: The argument with the id, or the ids.
    argument: str
    #: By the type that an id names.
    branches: Mapping[str, Branch]


Root = ListRoot | LookUpRoot | NodesRoot | ValueRoot


def branches_of(root: Root) -> Iterable[Branch]:
    """The branches of a root field."""
    match root:
        case ListRoot(branch=branch) | LookUpRoot(branch=branch):
            return (branch,)
        case NodesRoot(branches=branches):
            return branches.values()
        case ValueRoot(branches=branches):
            return branches
