"""The parts of a plan: which rows it fetches, and the shape in which they are answered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, any_, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from gateway.access.rows import select_reachable_in_role
from gateway.access.transactions.reading import PreparedStatement, prepare, prepare_together
from gateway.mapping.catalogue import Columns, DeclaredField, DeclaredNoun, label_columns
from gateway.mapping.connections import Page
from gateway.mapping.context import LOADED_BY, Context
from gateway.mapping.figures import Count
from gateway.mapping.ids import GlobalId
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


Object = dict[str, Any]


@dataclass(frozen=True, eq=False)
class FollowedLink:
    """A selected link from a row to one other row, or to a list of rows."""

    key: str
    column_set: ColumnSet
    #: The column of the row that holds the key of the linked rows.
    local_label: str
    fetch: Fetch
    shape: "RowShape"

    @cached_property
    def key_of(self) -> Callable[[Row], Any]:
        """Gets the key of the linked rows from a row."""
        return itemgetter(self.column_set.index(self.local_label))


class RowShape:
    """What a selection set selects of a row."""

    def __init__(
        self,
        column_set: ColumnSet,
        labels: Mapping[str, str],
        computed: Mapping[str, Callable[[Row], Any]],
        links: Iterable[FollowedLink],
    ) -> None:
        """``labels`` maps each response key, in order, to a column of the row.

        Computed values and links are filled in afterwards, over the value under their key.
        """
        self.column_set = column_set
        self._labels = labels
        self._computed = tuple(computed.items())
        self.links = tuple(links)

    def render(self, rows: Sequence[Row]) -> list[Object]:
        """An object for each row; its links are filled in by the next level."""
        values = map(self._values, rows)
        objects = [dict(zip(self._labels, of_row, strict=True)) for of_row in values]
        for key, make in self._computed:
            for object_, row in zip(objects, rows, strict=True):
                object_[key] = make(row)
        return objects

    @property
    def width(self) -> int:
        """How many values each object has."""
        return len(self._labels)

    @cached_property
    def _values(self) -> Callable[[Row], tuple[Any, ...]]:
        """Built at the first rendering: other selections may add columns until then."""
        indexes = [self.column_set.index(label) for label in self._labels.values()]
        if len(indexes) > 1:
            return itemgetter(*indexes)
        return lambda row: tuple(row[index] for index in indexes)


@dataclass(frozen=True, slots=True)
class RenderedRows:
    """Rows of one shape, each with the object rendered from it."""

    shape: RowShape
    rows: Sequence[Row]
    objects: Sequence[Object]
    #: How often each object occurs in the answer; None means once.
    times: Sequence[int] | None
    #: The response key of the root field that it belongs to.
    root: str


class ResultLevel:
    """The rendered rows of one level, whose links lead to the next."""

    def __init__(self) -> None:
        self.parts: list[RenderedRows] = []
        #: How many values this level adds to the answer.
        self.values = 0
        #: The response key of the root field that is rendered.
        self.root = ""

    def render(
        self, shape: RowShape, rows: Sequence[Row], times: Sequence[int] | None = None
    ) -> list[Object]:
        """An object for each row; ``times`` says how often each occurs in the answer."""
        objects = shape.render(rows)
        self.values += shape.width * (len(rows) if times is None else sum(times))
        if shape.links and objects:
            self.parts.append(RenderedRows(shape, rows, objects, times, self.root))
        return objects


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What was fetched of a connection: a page, the total count, or both."""

    page: Page | None
    count: Count | None

    @property
    def rows(self) -> Sequence[Row]:
        return self.page.rows if self.page else ()

    @property
    def cursors(self) -> list[str]:
        return list(map(self.page.cursor, self.page.rows)) if self.page else []


#: Renders one field of a connection.
Part = Callable[[FetchedPage, ResultLevel], Any]


@dataclass(frozen=True, eq=False, slots=True)
class PageShape:
    """What a selection set selects of a connection."""

    column_set: ColumnSet
    parts: Mapping[str, Part]
    is_read: bool
    is_counted: bool

    def render(self, read: FetchedPage, level: ResultLevel) -> Object:
        """The object of the connection."""
        level.values += len(self.parts)
        return {key: part(read, level) for key, part in self.parts.items()}


#: Renders one field of all edges of a page.
EdgePart = Callable[[FetchedPage, ResultLevel], Iterable[Any]]


def render_edges(
    parts: Mapping[str, EdgePart], read: FetchedPage, level: ResultLevel
) -> list[Object]:
    """The edges of a page."""
    if not parts:  # @skip or @include removed every field
        return [{} for _ in read.rows]
    level.values += len(parts) * len(read.rows)
    columns = [part(read, level) for part in parts.values()]
    return [dict(zip(parts, values, strict=True)) for values in zip(*columns, strict=True)]


def render_rows(shape: RowShape, read: FetchedPage, level: ResultLevel) -> list[Object]:
    """The rows of a page, as its nodes."""
    return level.render(shape, read.rows)


def global_id(type_name: str, row: Row) -> str:
    """The global id of a row."""
    return GlobalId(type_name, str(row[0])).encode()
