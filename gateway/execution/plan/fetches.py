"""What a plan fetches: rows by the values of one column, each row, all rows or a page for each."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, VariableValues, get_argument_values
from sqlalchemy import ARRAY, Select, any_, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.rows import select_reachable_in_role
from gateway.access.transactions.reading import PreparedStatement, prepare, prepare_together
from gateway.mapping.catalogue import Columns, DeclaredField, DeclaredNoun, label_columns
from gateway.mapping.context import LOADED_BY, Context
from gateway.mapping.declare import ToPages
from gateway.mapping.keyset import Place, boundary_values
from gateway.mapping.linked_pages import AskedCount, AskedFacets, AskedPage, asked_page
from gateway.mapping.listing import Linked
from models.vocabulary import Role

#: The values of a row, in the order of its columns; the first is its primary key.
Row = Sequence[Any]


class ColumnSet:
    """The columns of a noun that a document needs, over all places that select it."""

    def __init__(self, noun: DeclaredNoun, fields: Iterable[DeclaredField] = ()) -> None:
        self.noun = noun
        self._fields = {field.name: field for field in fields}

    def add(self, field: DeclaredField) -> None:
        """Add the columns of a field. Has no effect once `columns` has been read."""
        self._fields[field.name] = field

    @cached_property
    def columns(self) -> Columns:
        """The columns to select. Reading them closes the set."""
        return label_columns(self.noun, self._fields.values())

    def index(self, label: str) -> int:
        """The position of a column in a row."""
        return self._indexes[label]

    @cached_property
    def _indexes(self) -> Mapping[str, int]:
        return {column.key: index for index, column in enumerate(self.columns)}


class Fetch:
    """Reads the rows of a noun by the values of one column."""

    def __init__(
        self,
        noun: DeclaredNoun,
        by: InstrumentedAttribute[Any],
        role: Role,
        order: Sequence[Any] | None = None,
    ) -> None:
        """``order`` makes it a list for each key; without one, the column is unique."""
        self.column_set = ColumnSet(noun)
        self.is_list = order is not None
        self._by = by
        self._role = role
        self._order = order or ()
        #: The position of that column: a primary key comes first, any other column last.
        self._key_index = 0 if by is self.column_set.noun.key else -1

    @property
    def noun(self) -> DeclaredNoun:
        return self.column_set.noun

    @property
    def nothing(self) -> Any:
        """What is fetched where there is no key."""
        return [] if self.is_list else None

    def ask(self, *_: Any) -> "Asked":
        """The fetch takes no arguments."""
        return Asked(self, None, None)

    def statement(self, keys: str, _: Any) -> Select[Any]:
        """Selects the rows whose column is in the array parameter of this name."""
        given = bindparam(keys, None, type_=ARRAY(self._by.type))
        by = () if self._key_index == 0 else (self._by.label(LOADED_BY),)
        rows = select_reachable_in_role(
            self.column_set.noun.name, self._role, *self.column_set.columns, *by
        )
        return rows.where(self._by == any_(given)).order_by(*self._order)

    def by_key(
        self, _context: Context, _shape: Any, keys: Iterable[Any], rows: Sequence[Row]
    ) -> dict[Any, Any]:
        """Group rows by key: a list in order, or the only row or None."""
        by = itemgetter(self._key_index)
        if not self.is_list:
            return {**dict.fromkeys(keys), **dict(zip(map(by, rows), rows, strict=True))}
        rows_by_key: dict[Any, list[Row]] = {key: [] for key in keys}
        for row in rows:
            rows_by_key[by(row)].append(row)
        return rows_by_key


class PageFetch:
    """Reads a page for each key, with the arguments of one place of the document."""

    nothing = None

    def __init__(
        self,
        source: ToPages,
        linked: Linked,
        column_set: ColumnSet,
        field: GraphQLField,
        node: FieldNode,
    ) -> None:
        self._source = source
        self._linked = linked
        self._column_set = column_set
        self._field = field
        self._node = node

    @property
    def noun(self) -> DeclaredNoun:
        return self._linked.noun

    def ask(self, context: Context, variables: VariableValues) -> "Asked":
        """Raises FieldError for arguments that no page has."""
        arguments = get_argument_values(self._field, self._node, variables)
        shape, place = asked_page(
            self._source,
            self._linked,
            context.cursors,
            arguments["first"],
            arguments.get("after"),
        )
        return Asked(self, shape, place)

    def statement(self, keys: str, shape: AskedPage) -> Select[Any]:
        return shape.statement(self._column_set.columns, keys)

    def by_key(
        self, context: Context, shape: AskedPage, keys: Iterable[Any], rows: Sequence[Row]
    ) -> dict[Any, Any]:
        return shape.by_key(context.cursors, keys, rows)


class CountFetch:
    """Counts the rows of each key, in all or by a word."""

    nothing = None

    def __init__(self, count: AskedCount | AskedFacets) -> None:
        self._count = count

    @property
    def noun(self) -> DeclaredNoun:
        return self._count.linked.noun

    def ask(self, *_: Any) -> "Asked":
        """The fetch takes no arguments."""
        return Asked(self, None, None)

    def statement(self, keys: str, _: Any) -> Select[Any]:
        return self._count.statement(keys)

    def by_key(
        self, _context: Context, _shape: Any, keys: Iterable[Any], rows: Sequence[Row]
    ) -> dict[Any, Any]:
        return self._count.by_key(keys, rows)


AnyFetch = Fetch | PageFetch | CountFetch


class Asked(NamedTuple):
    """A fetch as one request asks for it: what its statement depends on, and where it begins."""

    fetch: AnyFetch
    shape: Any
    place: Place | None


class FetchBatch:
    """The fetches of one level, combined into one statement."""

    def __init__(self, parts: Sequence[tuple[AnyFetch, Any]], role: Role) -> None:
        """``parts`` are fetches, each with what its statement depends on besides."""
        self._parts = parts
        self._names = [f"keys_{number}" for number in range(len(parts))]
        self._role = role

    async def rows(
        self,
        context: Context,
        keys: Sequence[Sequence[Any]],
        places: Sequence[Place | None],
    ) -> Sequence[Sequence[Row]]:
        """For each fetch, the rows for its keys that the viewer may read."""
        given: dict[str, Any] = dict(zip(self._names, keys, strict=True))
        for name, place in zip(self._names, places, strict=True):
            given |= boundary_values(place, None, f"{name}_")
        result = await context.session.fetch(
            self._statement, self._statement.arguments(context.viewer, given)
        )
        parts = [result] if len(self._parts) == 1 else list(result[0])
        for (fetch, _), rows in zip(self._parts, parts, strict=True):
            context.note_read(fetch.noun, rows)
        return parts

    @cached_property
    def _statement(self) -> PreparedStatement:
        statements = [
            fetch.statement(name, shape)
            for (fetch, shape), name in zip(self._parts, self._names, strict=True)
        ]
        if len(statements) == 1:
            return prepare(statements[0], self._role)
        return prepare_together(statements, self._role)
