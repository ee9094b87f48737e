"""The program of a branch: instructions that turn cells of the wire into the bytes of the answer.

Two back ends run it: `gateway.execution.plan.render` in Python, and `gerbang_cells`, which is
compiled. Whatever they do not expect is an error, and the executor answers.
"""

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import orjson

from gateway.execution.plan.cells import CellError, Kind, kind_of
from gateway.execution.plan.instructions import NO_KEY, Code, Group, Instruction
from gateway.execution.plan.levels import ColumnSet, KeySource, Level
from gateway.execution.plan.render import Rendering
from gateway.execution.plan.statements import Places
from gateway.execution.plan.tree import (
    Branch,
    ColumnValue,
    Constant,
    CountEntry,
    Cursor,
    DerivedValue,
    Edges,
    Facets,
    FollowedLink,
    FollowedPages,
    GlobalIdValue,
    Info,
    JoinedRow,
    MoneyValue,
    Nodes,
    PageEntry,
    PageShape,
    ReferenceRow,
    RowEntry,
    RowShape,
)
from gateway.mapping.catalogue import hidden_label
from gateway.mapping.declare import KEY
from gateway.mapping.facets import count_up_to, facets_of
from gateway.mapping.keyset import ORDER_LABEL
from models.person.sealed import Sealed

#: Writes a part of the answer that is more than a cell.
Write = Callable[[Rendering, Group], bytes]


def compile_branch(branch: Branch, places: Mapping[Level, Places]) -> tuple[Instruction, ...]:
    """The instructions of a branch, which asks for its columns' places in the rows of its levels.

    Raises NotPlannableError for a column that has no kind.
    """
    return tuple(_Compiler(branch, places).instructions)


class _Compiler:
    def __init__(self, branch: Branch, places: Mapping[Level, Places]) -> None:
        self._places = places
        self.instructions: list[Instruction] = []
        #: Bytes that are written next, and how many values they begin.
        self._text, self._values = bytearray(), 0
        if isinstance(branch.shape, PageShape):
            self._page(branch.shape, None)
        elif branch.levels[0].is_one_row:
            self._below(Code.ROW, branch.levels[0], NO_KEY, branch.shape)
        else:  # the caller says for which row
            self._row(branch.levels[0], branch.shape)
        self._flush()

    # --- Instructions ----------------------------------------------------------------------------

    def _flush(self) -> None:
        if self._text:
            self.instructions.append(Instruction(Code.TEXT, self._values, data=bytes(self._text)))
            self._text, self._values = bytearray(), 0

    def _add(self, *parts: Any, data: Any = None) -> None:
        self._flush()
        self.instructions.append(Instruction(*parts, data=data))

    def _jump(self, code: Code, a: int, b: int) -> Callable[[], None]:
        """Add a jump, and return the function that sets its target: the instruction added next."""
        self._flush()
        at = len(self.instructions)
        self.instructions.append(Instruction(code, a, b))

        def end() -> None:
            self._flush()
            self.instructions[at] = Instruction(code, a, b, len(self.instructions))

        return end

    def _object(self, entries: Any) -> Iterator[Any]:
        """Write an object around what is written for each of its entries."""
        self._values += len(entries)
        separator = b"{"
        for key, entry in entries.items():
            self._text += separator + orjson.dumps(key) + b":"
            separator = b","
            yield entry
        self._text += b"}" if entries else b"{}"

    # --- Rows ------------------------------------------------------------------------------------

    def _row(self, level: Level, shape: RowShape) -> None:
        for entry in self._object(shape.entries):
            self._row_entry(level, shape.column_set, entry)

    def _row_entry(self, level: Level, column_set: ColumnSet, entry: RowEntry) -> None:
        places = self._places[level]
        match entry:
            case Constant(text):
                self._text += orjson.dumps(text)
            case ColumnValue(label, is_nullable):
                self._cell(column_set, places.of(column_set, label), label, is_nullable)
            case MoneyValue(label, is_nullable, entries):
                place = places.of(column_set, label)
                end = self._jump(Code.JOINED, place, 0) if is_nullable else None
                for text in self._object(entries):
                    if text is None:
                        self._cell(column_set, place, label, is_nullable=False)
                    else:
                        self._text += orjson.dumps(text)
                if end:
                    end()
            case GlobalIdValue(type_name):
                key = places.of(column_set, KEY)
                kind = kind_of(column_set.noun.key.type)
                self._add(Code.ID, key, kind, data=f"{type_name}:".encode())
            case DerivedValue():
                self._add(Code.CALL_ROW, data=_derived(entry, column_set, places))
            case JoinedRow(shape):
                end = self._jump(Code.JOINED, places.of(shape.column_set, KEY), 0)
                self._row(level, shape)
                end()
            case ReferenceRow(label, number):
                self._add(Code.REFERENCE, places.of(column_set, label), number)
            case FollowedLink(below, shape, is_list):
                code = Code.ROWS if is_list else Code.ROW
                assert below.keys
                self._below(code, below, self._key(below.keys), shape)
            case FollowedPages(keys, shape):
                self._page(shape, keys)

    def _cell(self, column_set: ColumnSet, place: int, label: str, is_nullable: bool) -> None:
        type_ = column_set.type_of(label)
        kind = kind_of(type_)
        if isinstance(type_, Sealed):
            self._add(Code.CALL_ROW, data=_opened(place, is_nullable))
        elif kind is Kind.TEXTS or column_set.noun.storage.is_logged:
            self._add(Code.CALL_ROW, data=_cell(place, kind, is_nullable))
        else:
            self._add(Code.CELL, place, kind, int(is_nullable))

    def _below(self, code: Code, level: Level, key: int, shape: RowShape) -> None:
        end = self._jump(code, level.number, key)
        self._row(level, shape)
        end()

    def _key(self, keys: KeySource | None) -> int:
        if keys is None:
            return NO_KEY
        return self._places[keys.level].of(keys.column_set, hidden_label(keys.local))

    # --- Pages -----------------------------------------------------------------------------------

    def _page(self, shape: PageShape, keys: KeySource | None) -> None:
        for entry in self._object(shape.entries):
            self._page_entry(shape.page, self._key(keys), entry)

    def _page_entry(self, page: Level | None, key: int, entry: PageEntry) -> None:
        match entry:
            case Constant(text):
                self._text += orjson.dumps(text)
            case CountEntry(level):
                self._add(Code.CALL, level.number, key, data=_counted(entry))
            case Facets(entries):
                for facet in self._object(entries):
                    self._page_entry(None, key, facet)
            case Nodes(shape) if page:
                self._below(Code.ROWS, page, key, shape)
            case Edges(entries) if page:
                end = self._jump(Code.ROWS, page.number, key)
                for part in self._object(entries):
                    self._edge_entry(page, part)
                end()
            case Info() if page:
                cursor = self._cursor(page)
                self._add(Code.CALL, page.number, key, data=_info(entry, cursor))
            case _:
                raise TypeError(entry)

    def _edge_entry(self, page: Level, entry: Constant | Cursor | RowShape) -> None:
        match entry:
            case Constant(text):
                self._text += orjson.dumps(text)
            case RowShape():
                self._row(page, entry)
            case Cursor():
                cursor = self._cursor(page)
                self._add(Code.CALL_ROW, data=lambda *at: orjson.dumps(cursor(*at)))

    def _cursor(self, page: Level) -> Callable[[Rendering, Group], str]:
        """Seals the cursor of a row."""
        places = self._places[page]
        order, key = places.of(page.columns, ORDER_LABEL), places.of(page.columns, KEY)
        key_kind = kind_of(page.noun.key.type)

        def cursor(rendering: Rendering, row: Group) -> str:
            table, keyset = rendering.tables[row.table], rendering.bounds(row.table).keyset
            value = table.value(row.first, order, kind_of(keyset.column.type))
            place = value, table.value(row.first, key, key_kind)
            return rendering.context.services.cursors.encode(keyset.name, place)

        return cursor


# --- What is more than a cell --------------------------------------------------------------------


def _cell(place: int, kind: Kind, is_nullable: bool) -> Write:
    def write(rendering: Rendering, row: Group) -> bytes:
        value = rendering.tables[row.table].value(row.first, place, kind)
        if value is None and not is_nullable:
            raise CellError("null where there must be a value")
        return orjson.dumps(value)

    return write


def _opened(place: int, is_nullable: bool) -> Write:
    """Writes what a sealed cell holds."""

    def write(rendering: Rendering, row: Group) -> bytes:
        value = rendering.opened.get((row.table, row.first, place))
        if value is None and not is_nullable:
            raise CellError("null where there must be a value")
        return orjson.dumps(value)

    return write


def _derived(entry: DerivedValue, column_set: ColumnSet, places: Places) -> Write:
    columns = [
        (label, places.of(column_set, label), kind_of(column_set.type_of(label)))
        for label in entry.labels
        if not isinstance(column_set.type_of(label), Sealed)
    ]
    sealed = [
        (label, places.of(column_set, label))
        for label in entry.labels
        if isinstance(column_set.type_of(label), Sealed)
    ]

    def write(rendering: Rendering, row: Group) -> bytes:
        table, info = rendering.tables[row.table], SimpleNamespace(context=rendering.context)
        read = SimpleNamespace(
            **{label: table.value(row.first, place, kind) for label, place, kind in columns},
            **{label: rendering.opened[row.table, row.first, place] for label, place in sealed},
        )
        given = entry.arguments(rendering.variables) if entry.arguments else {}
        return orjson.dumps(entry.render(entry.resolve(read, info, **given), rendering.count))

    return write


def _counted(entry: CountEntry) -> Write:
    facet, render = entry.facet, entry.render

    def write(rendering: Rendering, group: Group) -> bytes:
        table, rows = rendering.tables[group.table], range(group.first, group.first + group.size)
        if facet is None:
            numbers = [table.value(row, 0, Kind.INT8) for row in rows] or [0]
            value: Any = count_up_to(numbers[0])
        else:
            words = {table.value(row, 0, Kind.TEXT): table.value(row, 1, Kind.INT8) for row in rows}
            value = facets_of(facet, words)
        return orjson.dumps(render(value, rendering.count))

    return write


def _info(entry: Info, cursor: Callable[[Rendering, Group], str]) -> Write:
    def write(rendering: Rendering, group: Group) -> bytes:
        bounds = rendering.bounds(group.table)
        shown = min(group.size, bounds.size)
        ends = [group.first, group.first + shown - 1]
        first, last = ends if bounds.from_front else ends[::-1]

        def sealed(row: int) -> Callable[[], str] | None:
            one = Group(group.table, row, 1)
            return (lambda: cursor(rendering, one)) if shown else None

        has_more = group.size > bounds.size
        info = bounds.info(has_more=has_more, first=sealed(first), last=sealed(last))
        return orjson.dumps(entry.render(info, rendering.count))

    return write
