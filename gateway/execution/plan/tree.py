"""The tree of a plan: in which form the rows of its levels are answered, by response key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, VariableValues

from gateway.execution.plan.levels import ColumnSet, KeySource, Level
from gateway.execution.plan.values import Render
from gateway.mapping.facets import FacetColumn


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
    #: Whether it has row rules of its own: whose value is disclosed is recorded on reading.
    is_ruled: bool = False


@dataclass(frozen=True, eq=False)
class MoneyValue:
    """The sum of money in a column, and what is selected of it, by response key."""

    label: str
    is_nullable: bool
    #: The name of its type, the currency, or None for the amount.
    entries: Mapping[str, str | None]


@dataclass(frozen=True, eq=False)
class GlobalIdValue:
    """The global id of the row."""

    type_name: str


@dataclass(frozen=True, eq=False)
class DerivedValue:
    """A function of columns of the row, and of the arguments of its field."""

    labels: tuple[str, ...]
    resolve: Callable[..., Any]
    render: Render
    #: Finds the arguments among the variables of a request; None where it has none.
    arguments: Callable[[VariableValues], Mapping[str, Any]] | None = None


@dataclass(frozen=True, eq=False)
class JoinedRow:
    """The row of a link that is joined."""

    shape: RowShape


@dataclass(frozen=True, eq=False)
class ReferenceRow:
    """The row of a link to reference data, as it was written when its table was read."""

    #: The column with its key.
    label: str
    #: The place of its branch among those of reference data.
    number: int


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
    Constant
    | ColumnValue
    | MoneyValue
    | GlobalIdValue
    | DerivedValue
    | JoinedRow
    | ReferenceRow
    | FollowedLink
    | FollowedPages
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
class CountEntry:
    """How many rows the whole list has, in all or by the words of a column."""

    level: Level
    facet: FacetColumn | None
    render: Render


@dataclass(frozen=True, eq=False)
class Facets:
    """Facets of a list."""

    entries: Mapping[str, Constant | CountEntry]


PageEntry = Constant | Nodes | Edges | Info | CountEntry | Facets


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
    #: Whole tables to whose rows it links.
    reference: "list[Branch]" = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ListRoot:
    """A connection."""

    field: GraphQLField
    nodes: list[FieldNode]
    branch: Branch


@dataclass(frozen=True, eq=False)
class LookUpRoot:
    """One thing by a name of its own."""

    field: GraphQLField
    nodes: list[FieldNode]
    branch: Branch


@dataclass(frozen=True, eq=False)
class NodesRoot:
    """Things by their global ids: one, or a list."""

    field: GraphQLField
    nodes: list[FieldNode]
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
