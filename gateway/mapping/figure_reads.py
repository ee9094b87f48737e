"""Reads figures: by statements written once, and from memory while no figure has changed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Select
from sqlalchemy.sql.elements import ColumnElement

from gateway.access.rows import is_reached_by_scope, reach_key, vouch_for
from gateway.access.transactions.prepared import PreparedStatement, prepare
from gateway.access.transactions.reading import ReadTransaction
from gateway.cache import WeightedCache
from gateway.viewer import Viewer
from models.publication.reading import newest_publication
from models.vocabulary import Role
from models.volumes import freshness, write_constants
from models.volumes.versions import VersionedData, version_of

#: Of all that a process caches. A year by country takes about 150 KB.
MOST_BYTES = 48 * 1024 * 1024
#: What an entry takes besides its value.
_ENTRY_BYTES = 2_000
#: Of rows that are weighed to estimate the size of all.
_WEIGHED = 16
#: The longest statement takes 20 KB.
_MOST_STATEMENTS = 400

Rows = Sequence[tuple[Any, ...]]
Value = TypeVar("Value")
#: Figures of one group, by the names of the statement's columns.
Figures = Mapping[str, Any]
#: Select up to when data are complete and from when on, and by what they are recognised.
_FRESHNESS: Mapping[VersionedData, Callable[[], Select[Any]]] = {
    VersionedData.FIGURES: freshness,
    VersionedData.PUBLISHED: newest_publication,
}


@dataclass(frozen=True)
class FigureQuestion:
    """What to read: a statement for any viewer in a role, and the values of its parameters."""

    #: The type in whose reach the rows are.
    type_name: str
    #: Tells the statements of a type apart.
    name: str
    #: With the role, the type and the name, all that the text of the statement depends on.
    shape: Hashable
    parameters: Mapping[str, Any]
    #: Writes the statement.
    write: Callable[[], Select[Any]]
    #: More rows than these are refused, hence not cached.
    most_rows: int | None = None


class Freshness(NamedTuple):
    """How fresh the data of a snapshot are."""

    #: All that was recorded before it is counted.
    as_of: datetime
    #: The first day from which figures are complete.
    complete_from: date
    #: The same mark never stands for other figures: their version, and of exact ones the hour.
    mark: tuple[Any, ...]
    #: The same for the names of countries, partners, centres and visa types.
    names: tuple[Any, ...]


class CachedRows(list[Any]):
    """Rows that are the same for everybody who is given them: what a plan has rendered them to is
    cached with them."""

    def __init__(self, items: Iterable[Any], grow: Callable[[int], None]) -> None:
        """``grow`` is called with the number of bytes that are cached in addition."""
        super().__init__(items)
        self._grow = grow
        #: By what rendered them: the JSON of all items, and how many values it holds.
        self._rendered: WeakKeyDictionary[Any, tuple[orjson.Fragment, int]] = WeakKeyDictionary()

    def render(self, render: Callable[[Any, Any], Any], counter: Any) -> Any:
        """What all items are rendered to; from the second time on JSON that is written already."""
        found = self._rendered.get(render)
        if found is not None:
            counter.values += found[1]
            return found[0]
        values, references = counter.values, len(counter.references)
        items = [render(item, counter) for item in self]
        if len(counter.references) == references:  # else rows are still to be filled in
            text = orjson.dumps(items)
            self._rendered[render] = orjson.Fragment(text), counter.values - values
            self._grow(len(text))
        return items


class CachedTable(NamedTuple):
    """A table as it was built, but for its instant."""

    published: Any
    rows: CachedRows


class _Marked(NamedTuple, Generic[Value]):
    """A value, and a mark of the data from which it comes: it stands for no other data."""

    mark: tuple[Any, ...]
    value: Value


class _LabelledStatement(NamedTuple):
    labels: tuple[str, ...]
    statement: PreparedStatement


class FigureCache:
    """The statements, rows and tables that a process caches for all viewers."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        #: Rows serve every document; tables are rendered for one already.
        self.rows: WeightedCache[Hashable, _Marked[Rows]] = WeightedCache(most_bytes // 4)
        self.tables: WeightedCache[Hashable, _Marked[CachedTable]] = WeightedCache(
            most_bytes - most_bytes // 4
        )
        self._statements: WeightedCache[Hashable, _LabelledStatement] = WeightedCache(
            _MOST_STATEMENTS
        )

    def statement(self, question: FigureQuestion, role: Role) -> _LabelledStatement:
        """The statement of a question, written at the first call for its shape and role."""
        key = (role, question.type_name, question.name, question.shape)
        return self._find(key, question.write, question.type_name, role)

    def freshness(self, data: VersionedData, role: Role) -> _LabelledStatement:
        """The statement for the freshness of data; its last column is the version of the names."""

        def write() -> Select[Any]:
            return _FRESHNESS[data]().add_columns(_names_version())

        return self._find((role, data), write, "VolumeTable", role)

    def _find(
        self, key: Hashable, write: Callable[[], Select[Any]], type_name: str, role: Role
    ) -> _LabelledStatement:
        found = self._statements.get(key)
        if found is None:
            statement = write_constants(write())
            labels = tuple(str(column.key) for column in statement.selected_columns)
            found = _LabelledStatement(labels, prepare(vouch_for(statement, type_name), role))
            self._statements.put(key, found, 1)
        return found


def _names_version() -> ColumnElement[Any]:
    return version_of(VersionedData.NAMES).label("names_version")


class FigureReads:
    """Reads the figures of one operation, all from the snapshot of its transaction."""

    def __init__(self, cache: FigureCache, session: ReadTransaction, viewer: Viewer) -> None:
        self._cache = cache
        self._session = session
        self._viewer = viewer
        #: Reads run one after the other, as on the connection, so a question that is asked twice is
        #: read once.
        self._lock = asyncio.Lock()
        #: By table: fields that ask for the same one are answered by what the first of them built.
        self._building: dict[Hashable, asyncio.Lock] = {}
        self._built: dict[Hashable, CachedTable] = {}
        self._freshness: dict[VersionedData, Freshness] = {}

    async def freshness(self, data: VersionedData) -> Freshness:
        """Up to when data are complete; read once in an operation."""
        async with self._lock:
            found = self._freshness.get(data)
            if found is None:
                prepared = self._cache.freshness(data, self._viewer.role)
                ((as_of, first_on, *mark, names),) = await self._fetch(prepared, {})
                found = Freshness(as_of, first_on, tuple(mark), (names,))
                self._freshness[data] = found
            return found

    async def rows(self, question: FigureQuestion, mark: tuple[Any, ...]) -> list[Figures]:
        """The rows in the viewer's reach; ``mark`` is that of the data from which they come."""
        viewer = self._viewer
        prepared = self._cache.statement(question, viewer.role)
        reach = reach_key(question.type_name, viewer)
        key = (
            question.type_name,
            question.name,
            reach,
            question.shape,
            frozen(question.parameters),
        )
        async with self._lock:
            found = self._cache.rows.get(key)
            rows = found.value if found and found.mark == mark else None
            if rows is None:
                rows = await self._fetch(prepared, question.parameters)
                if self._is_decided(question, mark, rows):
                    self._cache.rows.put(key, _Marked(mark, rows), size_of(rows) + _ENTRY_BYTES)
        return [dict(zip(prepared.labels, row, strict=True)) for row in rows]

    async def table(
        self,
        question: Hashable,
        mark: tuple[Any, ...],
        reaches: Iterable[str],
        build: Callable[[], Awaitable[tuple[Any, Sequence[Any], int]]],
    ) -> CachedTable:
        """A table; if none is cached, what ``build`` gives: how it was published, rows, bytes.

        ``question`` is what was asked, and ``reaches`` names the types whose rows are in it.
        """
        key = (question, *(reach_key(each, self._viewer) for each in reaches))
        async with self._building.setdefault(key, asyncio.Lock()):
            found = self._cache.tables.get(key)
            if found is not None and found.mark == mark:
                return found.value
            if key not in self._built:
                self._built[key] = await self._build(key, mark, reaches, build)
            return self._built[key]

    async def _build(
        self,
        key: Hashable,
        mark: tuple[Any, ...],
        reaches: Iterable[str],
        build: Callable[[], Awaitable[tuple[Any, Sequence[Any], int]]],
    ) -> CachedTable:
        role, tables = self._viewer.role, self._cache.tables
        published, rows, size = await build()
        cached = CachedRows(rows, lambda more: tables.grow(key, built, more))
        built = _Marked(mark, CachedTable(published, cached))
        if None not in mark and all(is_reached_by_scope(each, role) for each in reaches):
            tables.put(key, built, size + _ENTRY_BYTES)
        return built.value

    async def _fetch(self, prepared: _LabelledStatement, parameters: Mapping[str, Any]) -> Rows:
        [rows] = await self._session.fetch(prepared.statement.bind(self._viewer, parameters))
        return [tuple(row) for row in rows]

    def _is_decided(self, question: FigureQuestion, mark: tuple[Any, ...], rows: Rows) -> bool:
        """Whether key and mark decide the rows, and the rows answer the question."""
        return (
            None not in mark
            and is_reached_by_scope(question.type_name, self._viewer.role)
            and (question.most_rows is None or len(rows) <= question.most_rows)
        )


def frozen(parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(parameters.items())
    )


def size_of(rows: Sequence[Iterable[Any]]) -> int:
    """About how many bytes rows of values take, from some of them."""
    if not rows:
        return 0
    some = rows[:: max(1, len(rows) // _WEIGHED)]
    weights = (sys.getsizeof(row) + sum(map(sys.getsizeof, row)) for row in some)
    return len(rows) * (8 + sum(weights) // len(some))
