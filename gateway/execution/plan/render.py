"""Runs programs in Python, cell by cell. `gerbang_cells` is the same, compiled, and many times as
fast; tests hold both to the same bytes."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import VariableValues

from gateway.access.transactions.reading import WireRows
from gateway.execution.plan.cells import DECODERS, CellError, Kind
from gateway.execution.plan.instructions import NO_KEY, Code, Group, Instruction
from gateway.execution.plan.values import ValueCount
from gateway.mapping.context import Context
from gateway.mapping.pages import PageBounds

#: The rows of each key: the first, and how many.
Groups = Mapping[bytes, tuple[int, int]]
#: Rows by key, each as it is written, and how many values it holds.
RowsByKey = Mapping[bytes, tuple[bytes, int]]
_NO_ROW = b"null", 0


class Table:
    """The rows of one statement, as programs walk over them."""

    def __init__(
        self, rows: WireRows, *, key: int | None = None, bounds: PageBounds | None = None
    ) -> None:
        self.rows = rows
        #: The column that says to which key of another table a row belongs.
        self.key = key
        self.bounds = bounds
        #: How many rows of a group are shown at most, and whether backwards.
        self.size = bounds.size if bounds else rows.count
        self.is_reversed = bounds is not None and not bounds.from_front

    def value(self, row: int, column: int, kind: Kind) -> Any:
        """The Python value of a cell."""
        cell = self.rows.cell(row, column)
        return None if cell is None else DECODERS[kind](cell)


@dataclass(slots=True)
class Rendering:
    """What the programs of one branch run on."""

    context: Context
    tables: Sequence[Table]
    count: ValueCount
    #: The rows of each branch of reference data.
    reference: Sequence[RowsByKey] = ()
    #: What sealed cells hold, by table, row and column.
    opened: Mapping[tuple[int, int, int], str] = field(default_factory=dict)
    #: The variables of the request.
    variables: VariableValues = field(default_factory=lambda: VariableValues({}, {}))

    def bounds(self, table: int) -> PageBounds:
        bounds = self.tables[table].bounds
        assert bounds, "only pages have cursors"
        return bounds


def render(
    program: Sequence[Instruction], rendering: Rendering, table: int = 0, row: int = 0
) -> bytes:
    """Run a program, from a row of a table where it begins with one."""
    run = _Run(program, rendering)
    run.between(0, len(program), table, row)
    return b"".join(run.parts)


class _Run:
    def __init__(self, program: Sequence[Instruction], rendering: Rendering) -> None:
        self.parts: list[bytes] = []
        self._program = program
        self._rendering = rendering
        self._tables = rendering.tables
        self._groups: dict[int, Groups] = {}

    def between(self, at: int, end: int, table: int, row: int) -> None:
        """Run the instructions from one place to another, on a row of a table."""
        write = self.parts.append
        rows: Any = self._tables[table].rows if self._tables else None  # nothing is selected
        while at < end:
            code, a, b, c, data = self._program[at]
            at += 1
            match code:
                case Code.TEXT:
                    write(data)
                    self._rendering.count.values += a
                case Code.CELL:
                    write(_cell(rows.cell(row, a), b, bool(c)))
                case Code.ID:
                    write(_global_id(data, rows.cell(row, a), b))
                case Code.JOINED:
                    if rows.cell(row, a) is None:
                        write(b"null")
                        at = c
                case Code.ROW:
                    group = self._group(a, b, table, row)
                    if group.size:
                        self.between(at, c, a, group.first)
                    else:
                        write(b"null")
                    at = c
                case Code.ROWS:
                    self._list(at, c, self._group(a, b, table, row))
                    at = c
                case Code.CALL:
                    write(data(self._rendering, self._group(a, b, table, row)))
                case Code.CALL_ROW:
                    write(data(self._rendering, Group(table, row, 1)))
                case Code.REFERENCE:
                    text, values = self._find_reference(b, rows.cell(row, a))
                    write(text)
                    self._rendering.count.values += values

    def _list(self, at: int, end: int, group: Group) -> None:
        table = self._tables[group.table]
        rows = range(group.first, group.first + min(group.size, table.size))
        separator = b"["
        for row in reversed(rows) if table.is_reversed else rows:
            self.parts.append(separator)
            separator = b","
            self.between(at, end, group.table, row)
        self.parts.append(b"]" if rows else b"[]")

    def _find_reference(self, of: int, key: bytes | None) -> tuple[bytes, int]:
        return _NO_ROW if key is None else self._rendering.reference[of].get(key, _NO_ROW)

    def _group(self, of: int, key: int, table: int, row: int) -> Group:
        """The rows of a table for the key in a column of a row."""
        if key == NO_KEY:
            return Group(of, 0, self._tables[of].rows.count)
        if of not in self._groups:
            self._groups[of] = _groups(self._tables[of])
        cell = self._tables[table].rows.cell(row, key)
        return Group(of, *(self._groups[of].get(cell, (0, 0)) if cell is not None else (0, 0)))


def _groups(table: Table) -> Groups:
    """The rows of each key, which are consecutive."""
    groups: dict[bytes, tuple[int, int]] = {}
    assert table.key is not None, "the rows of a root field belong to no key"
    last = None
    for row in range(table.rows.count):
        key = table.rows.cell(row, table.key)
        if key is None or (key != last and key in groups):
            raise CellError("the rows of a key do not stand together")
        first, count = groups.get(key, (row, 0))
        groups[key] = first, count + 1
        last = key
    return groups


def _cell(cell: bytes | None, kind: int, is_nullable: bool) -> bytes:
    if cell is None:
        if not is_nullable:
            raise CellError("null where there must be a value")
        return b"null"
    return orjson.dumps(DECODERS[Kind(kind)](cell))


def _global_id(start: bytes, cell: bytes | None, kind: int) -> bytes:
    if cell is None:
        raise CellError("a row without a key")
    text = str(DECODERS[Kind(kind)](cell)).encode()
    return b'"' + urlsafe_b64encode(start + text).rstrip(b"=") + b'"'
