"""What a plan reads: rows of a noun by a column, all that one level leads to in one statement."""

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

#: A row: a value of each column, in their order; the first is the key of the noun.
Row = Sequence[Any]


class ColumnSet:
    """The columns of a noun that a document asks for, wherever it does."""

    def __init__(self, noun: DeclaredNoun, fields: Iterable[DeclaredField] = ()) -> None:
        self.noun = noun
        self._fields = {field.name: field for field in fields}

    def add(self, field: DeclaredField) -> None:
        """Read this field too. Nothing more can be asked for once the columns are known."""
        self._fields[field.name] = field

    @cached_property
    def columns(self) -> tuple[Label[Any], ...]:
        """The columns that rows are read with."""
        return label_columns(self.noun, self._fields.values())

    def index(self, label: str) -> int:
        """Where in a row the value of a label is."""
        return self._indexes[label]

    @cached_property
    def _indexes(self) -> Mapping[str, int]:
        return {column.key: place for place, column in enumerate(self.columns)}


class Fetch:
    """How the rows of a noun are read by one column."""

    def __init__(
        self,
        noun: DeclaredNoun,
        by: InstrumentedAttribute[Any],
        role: Role,
        order: Sequence[Any] | None = None,
    ) -> None:
        """``order`` is that of lists; without one, no two rows have the same value."""
        self.asked = ColumnSet(noun)
        self.is_list = order is not None
        self._by = by
        self._role = role
        self._order = order or ()
        #: Where in a row that column is: the key is the first of a row, any other the last.
        self._place = 0 if by is self.asked.noun.key else -1

    def statement(self, keys: str) -> Any:
        """The statement for all rows whose column is one of the keys that are given by a name."""
        given = bindparam(keys, None, type_=ARRAY(self._by.type))
        by = () if self._place == 0 else (self._by.label(LOADED_BY),)
        rows = select_reachable_in_role(self.asked.noun.name, self._role, *self.asked.columns, *by)
        return rows.where(self._by == any_(given)).order_by(*self._order)

    def by_key(self, keys: Iterable[Any], rows: Sequence[Row]) -> dict[Any, Any]:
        """What each key leads to: its rows in their order, or its only row or None."""
        by = itemgetter(self._place)
        if not self.is_list:
            return {**dict.fromkeys(keys), **dict(zip(map(by, rows), rows, strict=True))}
        found: dict[Any, list[Row]] = {key: [] for key in keys}
        for row in rows:
            found[by(row)].append(row)
        return found


class FetchBatch:
    """The readings of one level, as one statement."""

    def __init__(self, readings: Sequence[Fetch], role: Role) -> None:
        self._readings = readings
        self._names = [f"keys_{number}" for number in range(len(readings))]
        self._role = role

    async def rows(
        self, context: Context, keys: Sequence[Sequence[Any]]
    ) -> Sequence[Sequence[Row]]:
        """For each reading, its rows that have one of its keys, within the viewer's reach."""
        given = dict(zip(self._names, keys, strict=True))
        found = await context.session.fetch(
            self._statement, self._statement.arguments(context.viewer, given)
        )
        parts = [found] if len(self._readings) == 1 else list(found[0])
        for reading, rows in zip(self._readings, parts, strict=True):
            context.note_read(reading.asked.noun, rows)
        return parts

    @cached_property
    def _statement(self) -> PreparedStatement:
        statements = [
            reading.statement(name)
            for reading, name in zip(self._readings, self._names, strict=True)
        ]
        if len(statements) == 1:
            return prepare(statements[0], self._role)
        return prepare_together(statements, self._role)
