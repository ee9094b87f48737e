"""Reads the files completely, and collects all mistakes before anything is loaded."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from models.reference.data.tables import TABLE_OF_FILE, TABLES, Basis, Key, ReferenceTable, Row
from models.reference.data.values import one_of


class Mistake(NamedTuple):
    """A mistake: its file, its line (the header is line 1), and the reason."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}"


class ReferenceDataError(Exception):
    """The files cannot be loaded; nothing was. The text lists every mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        count = "is a mistake" if len(mistakes) == 1 else f"are {len(mistakes)} mistakes"
        lines = map(str, self.mistakes)
        super().__init__("\n".join((f"Nothing was loaded, since there {count}:", *lines)))


#: An optional column: how well the line is known.
BASIS = "basis"
_read_basis = one_of(Basis)


class Line(NamedTuple):
    """A row of a file, with its location."""

    file: str
    number: int
    row: Row
    basis: Basis | None

    def mistake(self, why: str) -> Mistake:
        return Mistake(self.file, self.number, why)


@dataclass(frozen=True)
class Files:
    """The parsed lines by table, and the mistakes in them."""

    lines: Mapping[str, Sequence[Line]]
    mistakes: tuple[Mistake, ...]

    def rows(self, table: str) -> list[Row]:
        """The rows of a table. Raises ReferenceDataError if any file has a mistake."""
        if self.mistakes:
            raise ReferenceDataError(self.mistakes)
        return [line.row for line in self.lines[table]]


def read_files(*folders: Path) -> Files:
    """Read Gerbang's own files; a ``.csv`` file in a folder replaces the one of the same name.

    The folders must exist.
    """
    lines: dict[str, list[Line]] = {table.name: [] for table in TABLES}
    mistakes: list[Mistake] = []
    for name, path in _paths(folders).items():
        table = TABLE_OF_FILE.get(name)
        if table is None:
            known = ", ".join(f"{known}.csv" for known in TABLE_OF_FILE)
            mistakes.append(Mistake(path.name, 1, f"No such file is known: they are {known}."))
            continue
        for result in _read(table, path):
            if isinstance(result, Mistake):
                mistakes.append(result)
            else:
                lines[table.name].append(result)
    mistakes += [twice for table in TABLES for twice in _find_repeated(table, lines[table.name])]
    return Files(lines, tuple(mistakes))


def _paths(folders: Sequence[Path]) -> dict[str, Path]:
    ours = Path(str(files("models.reference.data")))
    return {path.stem: path for folder in (ours, *folders) for path in sorted(folder.glob("*.csv"))}


def _read(table: ReferenceTable, path: Path) -> Iterator[Line | Mistake]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        yield Mistake(path.name, error.object[: error.start].count(b"\n") + 1, "This is not UTF-8.")
        return
    except OSError as error:
        yield Mistake(path.name, 1, f"The file cannot be read: {error.strerror}.")
        return
    rows = csv.reader(text.splitlines())
    header = next(rows, [])
    missing = set(table.columns) - set(header)
    unknown = set(header) - {BASIS} - set(table.columns)
    if missing - table.optional or unknown or len(set(header)) != len(header):
        expected = ",".join(table.columns)
        yield Mistake(path.name, 1, f"The first line must be {expected} (and may name {BASIS}).")
        return
    for cells in rows:
        if not cells:
            continue
        if len(cells) != len(header):
            why = f"There are {len(cells)} values, not {len(header)}, separated by commas."
            yield Mistake(path.name, rows.line_num, why)
            continue
        yield from _line(table, path.name, rows.line_num, dict(zip(header, cells, strict=True)))


def _line(
    table: ReferenceTable, file: str, number: int, cells: Mapping[str, str]
) -> Iterator[Line | Mistake]:
    """The parsed line, or all mistakes in it."""
    row, mistakes = dict[str, object](), list[Mistake]()
    readers = {**table.columns, **({BASIS: _read_basis} if BASIS in cells else {})}
    for column, read in readers.items():
        try:
            row[column] = read(cells[column].strip()) if column in cells else None
        except ValueError as error:
            mistakes.append(Mistake(file, number, f"{column}: {error}"))
    if mistakes:
        yield from mistakes
    else:
        basis = row.pop(BASIS, None)
        yield Line(file, number, row, basis if isinstance(basis, Basis) else None)


def _find_repeated(table: ReferenceTable, lines: Sequence[Line]) -> Iterator[Mistake]:
    keys: dict[Key, int] = {}
    values: dict[object, int] = {}
    for line in lines:
        first = keys.setdefault(table.key_of(line.row), line.number)
        if first != line.number:
            yield line.mistake(f"{table.name_of(line.row)} stands on line {first} already.")
        elif table.unique:
            value = line.row[table.unique]
            first = values.setdefault(value, line.number)
            if first != line.number:
                yield line.mistake(f"{table.unique}: {value} stands on line {first} already.")
