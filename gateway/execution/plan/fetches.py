"""How a plan fetches rows by key, with one statement for all fetches of a level."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, Label, any_, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.prepared_statements import PreparedStatement, prepare, prepare_together
from gateway.access.rows import select_reachable_in_role
from gateway.mapping.catalogue import DeclaredField, DeclaredNoun, label_columns
from gateway.mapping.context import LOADED_BY, Context
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
    def columns(self) -> tuple[Label[Any], ...]:
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

    def statement(self, keys: str) -> Any:
        """Selects the rows whose column is in the array parameter of this name."""
        given = bindparam(keys, None, type_=ARRAY(self._by.type))
        by = () if self._key_index == 0 else (self._by.label(LOADED_BY),)
        rows = select_reachable_in_role(
            self.column_set.noun.name, self._role, *self.column_set.columns, *by
        )
        return rows.where(self._by == any_(given)).order_by(*self._order)

    def by_key(self, keys: Iterable[Any], rows: Sequence[Row]) -> dict[Any, Any]:
        """Group rows by key: a list in order, or the only row or None."""
        by = itemgetter(self._key_index)
        if not self.is_list:
            return {**dict.fromkeys(keys), **dict(zip(map(by, rows), rows, strict=True))}
        rows_by_key: dict[Any, list[Row]] = {key: [] for key in keys}
        for row in rows:
            rows_by_key[by(row)].append(row)
        return rows_by_key


class FetchBatch:
    """The fetches of one level, combined into one statement."""

    def __init__(self, fetches: Sequence[Fetch], role: Role) -> None:
        self._fetches = fetches
        self._names = [f"keys_{number}" for number in range(len(fetches))]
        self._role = role

    async def rows(
        self, context: Context, keys: Sequence[Sequence[Any]]
    ) -> Sequence[Sequence[Row]]:
        """For each fetch, the rows with one of its keys that the viewer may read."""
        given = dict(zip(self._names, keys, strict=True))
        result = await context.session.fetch(
            self._statement, self._statement.arguments(context.viewer, given)
        )
        parts = [result] if len(self._fetches) == 1 else list(result[0])
        for fetch, rows in zip(self._fetches, parts, strict=True):
            context.note_read(fetch.column_set.noun, rows)
        return parts

    @cached_property
    def _statement(self) -> PreparedStatement:
        statements = [
            fetch.statement(name) for fetch, name in zip(self._fetches, self._names, strict=True)
        ]
        if len(statements) == 1:
            return prepare(statements[0], self._role)
        return prepare_together(statements, self._role)
