"""The levels of a plan: which rows a document asks for, each level by one statement."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import FieldNode
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from gateway.mapping.catalogue import Columns, DeclaredField, DeclaredNoun, label_columns
from gateway.mapping.declare import RuledValue, ToMany, ToOne, ToPages
from gateway.mapping.facets import FacetColumn
from gateway.mapping.linked_pages import LinkTarget
from models.vocabulary import Role


class Join(NamedTuple):
    """How a column set is joined to another one of the same statement."""

    to: "ColumnSet"
    link: ToOne


class ColumnSet:
    """The columns of a noun that one statement selects, and the rows joined to it by links."""

    def __init__(self, noun: DeclaredNoun, role: Role, join: Join | None = None) -> None:
        self.noun = noun
        self._role = role
        self.join = join
        self.joins: dict[ToOne, ColumnSet] = {}
        #: Values that have row rules of their own, by label: whose value is disclosed is recorded.
        self.ruled: dict[str, RuledValue] = {}
        self._columns = {column.key: column for column in label_columns(noun, (), role)}

    def add(self, field: DeclaredField, only: str | None = None) -> None:
        """Add the columns of a field, or only that of a label."""
        if isinstance(field.source, RuledValue):
            self.ruled[field.python_name] = field.source
        for column in label_columns(self.noun, (field,), self._role):
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
    node: FieldNode


@dataclass(frozen=True, eq=False)
class LinkedCount:
    """How many rows each row above links to, in all or by the words of a column."""

    linked: LinkTarget
    facet: FacetColumn | None


@dataclass(frozen=True, eq=False)
class WholeTable:
    """All rows of reference data, which are cached: see `reads`."""


Reading = (
    ListPage
    | ListCount
    | RowByName
    | RowsByKeys
    | LinkedRows
    | LinkedPage
    | LinkedCount
    | WholeTable
)


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
