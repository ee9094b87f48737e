"""Reads figures: by statements written once, and from memory while no figure has changed."""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

from gateway.access.rows import is_reached_by_scope, reach_key, vouch_for
from gateway.access.transactions.reading import PreparedStatement, ReadTransaction, prepare
from gateway.viewer import Viewer
from models.publication.reading import newest_publication
from models.vocabulary import Role
from models.volumes import freshness, write_constants
from models.volumes.grains import Version

#: The longest statement takes 20 KB.
_MOST_STATEMENTS = 400
#: Of all rows that a process keeps. A year by country takes 60 KB.
MOST_BYTES = 48 * 1024 * 1024
#: Of rows that are weighed to estimate the size of all.
_WEIGHED = 16
#: An entry's own keys and containers.
_ENTRY_BYTES = 2_000

_TYPE = "VolumeRow"
#: Figures of one group, by the names of the statement's columns.
Figures = Mapping[str, Any]
_FRESHNESS: Mapping[Version, Callable[[], Select[Any]]] = {
    Version.EXACT: freshness,
    Version.PUBLISHED: newest_publication,
}


@dataclass(frozen=True)
class FigureQuestion:
    """What to read: a statement, for any viewer in a role, and the values of its parameters."""

    figures: Version
    name: str
    #: With the role and the name, all that the text of the statement depends on.
    shape: Hashable
    parameters: Mapping[str, Any]
    #: Writes the statement.
    write: Callable[[], Select[Any]]
    #: More rows than these are refused, hence not kept.
    most_rows: int | None = None


class Freshness(NamedTuple):
    """How fresh the figures of a snapshot are."""

    #: All that was recorded before it is counted.
    as_of: datetime
    #: Of the same mark are the same figures: a version, and the day in WIB for exact ones.
    mark: tuple[Any, ...]


class _Prepared(NamedTuple):
    labels: tuple[str, ...]
    statement: PreparedStatement


class KeptRows:
    """Rows by all that decides them. The least recently used ones go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, Sequence[Any], int]] = OrderedDict()

    @property
    def bytes(self) -> int:
        """About how much memory the rows take."""
        return self._bytes

    def find(self, key: Hashable, mark: Hashable) -> Sequence[Any] | None:
        """The rows of a key, if they were read under the same mark."""
        found = self._kept.get(key)
        if found is None or found[0] != mark:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def keep(self, key: Hashable, mark: Hashable, rows: Sequence[Any]) -> None:
        """Keep rows in place of those that were read under another mark."""
        size = _ENTRY_BYTES + _size_of(rows)
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[2]
        if size > self._most_bytes:
            return
        self._kept[key] = mark, rows, size
        self._bytes += size
        while self._bytes > self._most_bytes:
            _, (_, _, freed) = self._kept.popitem(last=False)
            self._bytes -= freed


class FigureCache:
    """The statements and rows that a process keeps, for all viewers."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.rows = KeptRows(most_bytes)
        self._statements: OrderedDict[Hashable, _Prepared] = OrderedDict()

    def prepared(self, asked: FigureQuestion, role: Role) -> _Prepared:
        """The statement of a question, written at the first call for its shape and role."""
        return self._find((role, asked.name, asked.shape), asked.write)

    def prepared_freshness(self, figures: Version, role: Role) -> _Prepared:
        return self._find((role, figures), _FRESHNESS[figures])

    def _find(
        self, key: tuple[Role, *tuple[Hashable, ...]], write: Callable[[], Select[Any]]
    ) -> _Prepared:
        found = self._statements.get(key)
        if found is None:
            found = self._statements[key] = _prepare(write(), key[0])
            if len(self._statements) > _MOST_STATEMENTS:
                self._statements.popitem(last=False)
        self._statements.move_to_end(key)
        return found


def _prepare(statement: Select[Any], role: Role) -> _Prepared:
    labels = tuple(str(column.key) for column in statement.selected_columns)
    return _Prepared(labels, prepare(vouch_for(write_constants(statement), _TYPE), role))


class FigureReads:
    """Reads the figures of one operation, all from the snapshot of its transaction."""

    def __init__(self, cache: FigureCache, session: ReadTransaction, viewer: Viewer) -> None:
        self._cache = cache
        self._session = session
        self._viewer = viewer
        self._lock = asyncio.Lock()
        self._freshness: dict[Version, Freshness] = {}

    async def freshness(self, figures: Version) -> Freshness:
        """Read once in an operation."""
        async with self._lock:
            return await self._read_freshness(figures)

    async def rows(self, asked: FigureQuestion) -> list[Figures]:
        """The figures of all groups in the viewer's reach."""
        prepared = self._cache.prepared(asked, self._viewer.role)
        reach = reach_key(_TYPE, self._viewer)
        key = (reach, asked.name, asked.shape, _frozen(asked.parameters))
        # One after the other, as on the connection: what is asked twice is read once.
        async with self._lock:
            mark = (await self._read_freshness(asked.figures)).mark
            rows = self._cache.rows.find(key, mark)
            if rows is None:
                rows = await self._fetch(prepared, asked.parameters)
                if self._is_kept(asked, mark, rows):
                    self._cache.rows.keep(key, mark, rows)
        return [dict(zip(prepared.labels, row, strict=True)) for row in rows]

    async def _read_freshness(self, figures: Version) -> Freshness:
        found = self._freshness.get(figures)
        if found is None:
            prepared = self._cache.prepared_freshness(figures, self._viewer.role)
            ((as_of, *mark),) = await self._fetch(prepared, {})
            found = self._freshness[figures] = Freshness(as_of, tuple(mark))
        return found

    async def _fetch(
        self, prepared: _Prepared, parameters: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        statement = prepared.statement
        arguments = statement.arguments(self._viewer, parameters)
        return [tuple(row) for row in await self._session.fetch(statement, arguments)]

    def _is_kept(self, asked: FigureQuestion, mark: tuple[Any, ...], rows: Sequence[Any]) -> bool:
        """Only where the key holds all that decides the rows, and where they answer anything."""
        return (
            None not in mark
            and is_reached_by_scope(_TYPE, self._viewer.role)
            and (asked.most_rows is None or len(rows) <= asked.most_rows)
        )


def _frozen(parameters: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(parameters.items())
    )


def _size_of(rows: Sequence[Any]) -> int:
    """About how many bytes rows take, from some of them."""
    if not rows:
        return 0
    some = rows[:: max(1, len(rows) // _WEIGHED)]
    weights = (sys.getsizeof(row) + sum(map(sys.getsizeof, row)) for row in some)
    return len(rows) * (8 + sum(weights) // len(some))
