"""Runs the revisions on an empty database, and notes what each statement locks and rewrites.

Nothing is guessed from the text of a statement that the server can be asked for.
"""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from sqlalchemy import Connection, event

_HERE = Path(__file__).parent
_VERSIONS = _HERE / "versions"
#: The locks that are reported, from the weakest; weaker ones let everything go on.
MODES: tuple[str, ...] = (
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
ACCESS_EXCLUSIVE = MODES[-1]

_TABLES = """
    SELECT relname, (oid::bigint, relfilenode::bigint, (
        SELECT string_agg(part.relfilenode::text, ' ' ORDER BY relid)
        FROM pg_partition_tree(pg_class.oid) JOIN pg_class AS part ON part.oid = relid
    ))::text FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version'
"""
_INDEXES = """
    SELECT index.relname, of.relname FROM pg_index
    JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS of ON of.oid = indrelid
    WHERE of.relnamespace = 'public'::regnamespace
"""
_PROVEN = """
    SELECT relname, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'c' AND convalidated AND relnamespace = 'public'::regnamespace
"""
_LOCKS = """
    SELECT relname, mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation
    WHERE pid = pg_backend_pid() AND granted AND relkind IN ('r', 'p')
        AND relnamespace = 'public'::regnamespace
"""


class CodePlace(NamedTuple):
    """The line of a revision that executes a statement."""

    file: Path
    line: int


@dataclass(frozen=True)
class Before:
    """What there was before a revision."""

    #: The tables, by name, each with its id and the file that holds its rows.
    tables: Mapping[str, str]
    #: The table of each index.
    indexes: Mapping[str, str]
    #: The CHECK constraints that hold for all rows, by table.
    proven: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Statement:
    """A statement of a revision, and what came of it on tables that were there before."""

    revision: str
    place: CodePlace
    sql: str
    #: The function of `online` that executes it, which knows what it does; empty for none.
    helper: str
    before: Before
    #: Those of the tables before that were still there.
    standing: frozenset[str]
    #: The strongest lock that the transaction holds afterwards on each table.
    locks: Mapping[str, str]
    #: The tables whose rows were all written again.
    rewritten: frozenset[str]


@dataclass
class Recorder:
    """Notes the statements that revisions execute on a connection."""

    connection: Connection
    statements: list[Statement] = field(default_factory=list)
    _before: Before = field(default_factory=lambda: Before({}, {}, {}))
    _revision: str = ""
    _files: dict[str, str] = field(default_factory=dict)
    _is_asking: bool = False

    def note_before(self, *_: Any) -> None:
        place = None if self._is_asking else _place()
        if place and (revision := place.file.stem.split("_")[0]) != self._revision:
            self._revision, self._before = revision, self._look()
            self._files = dict(self._before.tables)

    def note_after(self, _connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        place = None if self._is_asking else _place()
        if not place:
            return
        standing = self._remaining_tables(self._files)
        files = dict(self._ask(_TABLES)) if self._files else {}
        rewritten = {
            each
            for each in standing & self._remaining_tables(files)
            if self._files[each] != files[each]
        }
        self._files = files
        locks = self._locks(standing)
        self.statements.append(
            Statement(
                self._revision, place, sql, _helper(), self._before, standing, locks,
                frozenset(rewritten),
            )
        )  # fmt: skip

    def _remaining_tables(self, files: Mapping[str, str]) -> frozenset[str]:
        """The tables from before the revision that still exist; not new ones under the same
        name."""
        before = self._before.tables
        return frozenset(
            each for each in files if each in before and _id(files[each]) == _id(before[each])
        )

    def _locks(self, standing: frozenset[str]) -> dict[str, str]:
        held: dict[str, str] = {}
        for table, mode in self._ask(_LOCKS) if standing else ():
            if mode in MODES and table in standing:
                held[table] = max(held.get(table, mode), mode, key=MODES.index)
        return held

    def _look(self) -> Before:
        proven: dict[str, tuple[str, ...]] = {}
        for table, definition in self._ask(_PROVEN):
            proven[table] = (*proven.get(table, ()), definition)
        return Before(dict(self._ask(_TABLES)), dict(self._ask(_INDEXES)), proven)

    def _ask(self, query: str) -> list[tuple[Any, Any]]:
        self._is_asking = True
        try:
            return [(row[0], row[1]) for row in self.connection.exec_driver_sql(query)]
        finally:
            self._is_asking = False


@contextmanager
def record_statements(connection: Connection) -> Iterator[Recorder]:
    """Note what revisions execute on a connection meanwhile."""
    recorder = Recorder(connection)
    listeners = {
        "before_cursor_execute": recorder.note_before,
        "after_cursor_execute": recorder.note_after,
    }
    for name, listener in listeners.items():
        event.listen(connection, name, listener)
    try:
        yield recorder
    finally:
        for name, listener in listeners.items():
            event.remove(connection, name, listener)


def _id(table: str) -> str:
    return table.split(",")[0]


def _frames() -> Iterator[FrameType]:
    """The frames of the call, the innermost first."""
    frame = inspect.currentframe()
    while frame:
        yield frame
        frame = frame.f_back


def _place() -> CodePlace | None:
    """The line of the revision that is executed now; None outside of revisions."""
    for frame in _frames():
        file = Path(frame.f_code.co_filename)
        if file.parent == _VERSIONS:
            return CodePlace(file, frame.f_lineno)
    return None


def _helper() -> str:
    """The outermost function of `online` by which the revision executes a statement."""
    names = [
        frame.f_code.co_name
        for frame in _frames()
        if Path(frame.f_code.co_filename) == _HERE / "online.py"
    ]
    return names[-1] if names else ""
