"""Reads figures: by statements written once, and from memory while no figure has changed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.sql.elements import ColumnElement

from gateway.access.rows import is_reached_by_scope, reach_key, vouch_for
from gateway.access.transactions.prepared import PreparedStatement, prepare
from gateway.access.transactions.reading import ReadTransaction
from gateway.mapping.kept_rows import MOST_BYTES, KeptList, KeptValues, Rows, size_of
from gateway.viewer import Viewer
from models.publication.reading import newest_publication
from models.vocabulary import Role
from models.volumes import freshness, write_constants
from models.volumes.versions import VersionedData, version_of

#: The longest statement takes 20 KB.
_MOST_STATEMENTS = 400

#: Figures of one group, by the names of the statement's columns.
Figures = Mapping[str, Any]
#: Select up to when data are complete and from when on, and by what they are recognised.
_FRESHNESS: Mapping[VersionedData, Callable[[], Select[Any]]] = {
    VersionedData.FIGURES: freshness,
    VersionedData.PUBLISHED: newest_publication,
}


@dataclass(frozen=True)
class KeptQuestion:
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
    #: More rows than these are refused, hence not kept.
    most_rows: int | None = None


class Freshness(NamedTuple):
    """How fresh the data of a snapshot are."""

    #: All that was recorded before it is counted.
    as_of: datetime
    #: The first day from which figures are complete.
    complete_from: date
    #: The same mark never stands for other figures: their version, and of exact ones the day (WIB).
    mark: tuple[Any, ...]
    #: The same for the names of countries, partners, centres and visa types.
    names: tuple[Any, ...]


class KeptTable(NamedTuple):
    """A table as it was built, but for its instant."""

    published: Any
    rows: KeptList


class _LabelledStatement(NamedTuple):
    labels: tuple[str, ...]
    statement: PreparedStatement


class FigureCache:
    """The statements and rows that a process keeps, for all viewers."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        #: Rows serve every document; tables are rendered for one already.
        self.rows: KeptValues[Rows] = KeptValues(most_bytes // 4)
        self.tables: KeptValues[KeptTable] = KeptValues(most_bytes - most_bytes // 4)
        self._statements: OrderedDict[Hashable, _LabelledStatement] = OrderedDict()

    def statement(self, question: KeptQuestion, role: Role) -> _LabelledStatement:
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
            self._statements[key] = found
            if len(self._statements) > _MOST_STATEMENTS:
                self._statements.popitem(last=False)
        self._statements.move_to_end(key)
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

    async def rows(self, question: KeptQuestion, mark: tuple[Any, ...]) -> list[Figures]:
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
            rows = self._cache.rows.find(key, mark)
            if rows is None:
                rows = await self._fetch(prepared, question.parameters)
                if self._is_decided(question, mark, rows):
                    self._cache.rows.keep(key, mark, rows, size_of(rows))
        return [dict(zip(prepared.labels, row, strict=True)) for row in rows]

    async def table(
        self,
        question: Hashable,
        mark: tuple[Any, ...],
        reaches: Iterable[str],
        build: Callable[[], Awaitable[tuple[Any, Sequence[Any], int]]],
    ) -> KeptTable:
        """A table; what ``build`` gives (how it was published, rows, their bytes) if none is kept.

        ``question`` is what was asked, and ``reaches`` names the types whose rows are in it.
        """
        role, tables = self._viewer.role, self._cache.tables
        key = (question, *(reach_key(each, self._viewer) for each in reaches))
        found = tables.find(key, mark)
        if found is not None:
            return found
        published, rows, size = await build()
        kept = KeptTable(published, KeptList(rows, lambda more: tables.grow(key, kept, more)))
        if None not in mark and all(is_reached_by_scope(each, role) for each in reaches):
            tables.keep(key, mark, kept, size)
        return kept

    async def _fetch(self, prepared: _LabelledStatement, parameters: Mapping[str, Any]) -> Rows:
        statement = prepared.statement
        arguments = statement.arguments(self._viewer, parameters)
        return [tuple(row) for row in await self._session.fetch(statement, arguments)]

    def _is_decided(self, question: KeptQuestion, mark: tuple[Any, ...], rows: Rows) -> bool:
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
