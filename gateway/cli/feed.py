"""The format of a feed of applications, made from the input of `submitApplications`; and how a feed
is read, line by line.
"""

import csv
import gzip
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum, StrEnum
from hashlib import sha256
from types import NoneType
from typing import Any, BinaryIO, NamedTuple, get_args, get_type_hints

from graphql import GraphQLBoolean, GraphQLError, GraphQLInt

from gateway.mapping.scalars import OWN_SCALARS
from gateway.mutations.requests import api_name
from gateway.schema.mutations.submission_inputs import SubmitApplicationsItem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMAT = "gerbang-applications"
#: Counts what would make older feeds unreadable. A new field that may be left out does not.
VERSION = 1
KEY = "idempotencyKey"
#: Bytes of a line; whatever is longer is read no further.
LONGEST_LINE = 16_384
_GZIP, _ZSTD, _MARK = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf"
_CUT = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)
_END = re.compile(rb'end,([0-9]{1,12})|\{"end": ?([0-9]{1,12})\}')
#: What zstd may remember, as a power of two: what level 19 takes.
_WINDOW = 23


class UnreadableFeedError(Exception):
    """The file is no feed of this format."""


class Fault(StrEnum):
    """What can be wrong with a line before the gateway sees it."""

    TOO_LONG = f"The line is longer than {LONGEST_LINE:,} bytes."
    NOT_UTF8 = "The line is not UTF-8."
    NUL = "The line has a character NUL."
    MALFORMED = "The line is no row of the format: quotes, commas, braces, or how many columns."
    UNKNOWN_FIELD = "The row has a field that the format does not know."
    REQUIRED = "This is missing."
    WRONG_TYPE = "This is not written as its type wants it."
    OTHER_NUMBER = "The last line tells another number of rows."
    AFTER_THE_END = "Something follows the last line."
    CUT_OFF = "The feed ends here, without its last line, or what follows is damaged."


class Reject(NamedTuple):
    """Why a row was not taken in: its line, the field, a code and a sentence. Never a value."""

    line: int
    field: str
    code: str
    says: str


class FeedRow(NamedTuple):
    """A row that can be handed in."""

    line: int
    item: Mapping[str, Any]


class FeedColumn(NamedTuple):
    """A field of an application: its path in the input, and what it takes."""

    path: tuple[str, ...]
    parse: Callable[[Any], object]
    is_required: bool
    type_name: str
    description: str

    @property
    def name(self) -> str:
        return ".".join(self.path)


def columns_of(input_: Any, *path: str) -> Iterator[FeedColumn]:
    """The columns of an input type, those of its objects below their names."""
    types = get_type_hints(input_)
    described: tuple[Any, ...] = fields(input_)
    for field in described:
        hint = types[field.name]
        kinds: list[Any] = [kind for kind in get_args(hint) if kind is not NoneType] or [hint]
        is_required, name = NoneType not in get_args(hint), (*path, api_name(field.name))
        if is_dataclass(kinds[0]):
            yield from columns_of(kinds[0], *name)
        else:
            parse, type_name = _type_of(kinds[0])
            # Without its key a row could be handed in twice.
            yield FeedColumn(
                name, parse, is_required or name == (KEY,), type_name, field.description or ""
            )


def _type_of(kind: Any) -> tuple[Callable[[Any], object], str]:
    if scalar := OWN_SCALARS.get(kind):
        return scalar.parse, scalar.name
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind.__members__.__getitem__, kind.__name__
    if kind is str:
        return _text, "String"
    if kind in _OF_GRAPHQL:
        return _OF_GRAPHQL[kind].parse_value, _OF_GRAPHQL[kind].name
    raise TypeError(f"no feed can have {kind}")


_OF_GRAPHQL = {bool: GraphQLBoolean, int: GraphQLInt}
#: As a cell says it, by the type of its column; a text is what it says.
_BOOLEANS = {"true": True, "false": False}
_FROM_CELLS: Mapping[str, Callable[[str], object]] = {
    "Boolean": lambda cell: _BOOLEANS.get(cell, cell),
    "Int": lambda cell: int(cell) if re.fullmatch("[0-9]{1,9}", cell) else cell,
}


def _text(value: Any) -> str:
    """Raises ValueError for what is no text that can be stored."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()  # which a half of a character cannot be
    return value


COLUMNS = tuple(columns_of(SubmitApplicationsItem))


class Feed:
    """A feed, read once from its first line to its last."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises UnreadableFeedError for a file of another format."""
        self._lines = _lines_of(file)
        self._digest = sha256()
        #: Lines and rows that were read.
        self.line = self.rows = 0
        #: What is wrong with how it ends, once all was read.
        self.ending: Reject | None = None
        try:
            self._read_row = self._read_head()
        except _CUT:
            raise UnreadableFeedError("The file is no text that gzip or zstd compressed.") from None

    def _read_head(self) -> Callable[[bytes], dict[str, Any]]:
        first = self._count(next(self._lines, b"")).rstrip(b"\r\n").removeprefix(_MARK)
        if first.startswith(b"{"):
            is_ours, reader = _object(first) == {"format": FORMAT, "version": VERSION}, _read_object
        else:
            is_ours = first == f"{FORMAT},{VERSION}".encode()
            head = self._count(next(self._lines, b"")) if is_ours else b""
            reader = _reader_of_cells(head.rstrip(b"\r\n")) if is_ours else _read_object
        if not is_ours:
            raise UnreadableFeedError(f"This is no feed of version {VERSION}: see docs/feeds.md.")
        return reader

    @property
    def digest(self) -> str:
        """Of all lines that were read, as far as they are looked at."""
        return self._digest.hexdigest()

    def skip(self, line: int) -> None:
        """Go on behind a line."""
        try:
            while self.line < line and (raw := next(self._lines, b"")):
                self._count(raw)
        except _CUT:
            return

    def read(self) -> Iterator[FeedRow | Sequence[Reject]]:
        """Each row, or what is wrong with it; `ending` afterwards."""
        while True:
            try:
                raw = next(self._lines, b"")
            except _CUT:
                raw = b""
            line = raw.rstrip(b"\r\n")
            told = _end_of(line)
            if told is None and len(raw) <= LONGEST_LINE and not raw.endswith(b"\n"):
                self.ending = self._reject(Fault.CUT_OFF, at=self.line + 1)
            elif told is not None and told != self.rows:
                self.ending = self._reject(Fault.OTHER_NUMBER, at=self.line + 1)
            elif told is not None:
                self.ending = self._what_follows()
            else:
                self._count(raw)
                self.rows += 1
                yield self._row(line)
                continue
            return

    def _row(self, line: bytes) -> FeedRow | Sequence[Reject]:
        if len(line) > LONGEST_LINE:
            return [self._reject(Fault.TOO_LONG)]
        if b"\0" in line:
            return [self._reject(Fault.NUL)]
        try:
            item = self._read_row(line)
        except UnicodeDecodeError:
            return [self._reject(Fault.NOT_UTF8)]
        except (ValueError, csv.Error, RecursionError):
            return [self._reject(Fault.MALFORMED)]
        faults = [self._reject(*each) for each in _faults_of(item)]
        return faults or FeedRow(self.line, item)

    def _reject(self, fault: Fault, field: str = "", *, at: int | None = None) -> Reject:
        return Reject(at or self.line, field, fault.name, str(fault))

    def _count(self, raw: bytes) -> bytes:
        self.line += 1
        self._digest.update(raw)
        return raw

    def _what_follows(self) -> Reject | None:
        """What is wrong behind the last line."""
        at = self.line + 2
        try:
            return self._reject(Fault.AFTER_THE_END, at=at) if next(self._lines, b"") else None
        except _CUT:
            return self._reject(Fault.CUT_OFF, at=at)


def _lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file that may be compressed, each as far as a line of the format reaches."""
    head = file.read(4)
    file.seek(0)
    source: Any = file
    if head.startswith(_GZIP):
        source = gzip.GzipFile(fileobj=file)
    elif head.startswith(_ZSTD):
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW}
        source = zstd.ZstdFile(file, options=options)
    while line := source.readline(LONGEST_LINE + 2):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = source.readline(LONGEST_LINE)
        yield line


def _end_of(line: bytes) -> int | None:
    """The number of rows that the last line tells; None for any other line."""
    found = _END.fullmatch(line)
    return int(found[1] or found[2]) if found else None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        return _read_object(line)
    except (ValueError, RecursionError):
        return None


def _read_object(line: bytes) -> dict[str, Any]:
    """Raises ValueError, and RecursionError, for what is no object."""
    value = json.loads(line.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(named := dict(pairs)) < len(pairs):
        raise ValueError
    return named


def _refuse(_: str) -> None:
    raise ValueError


def _reader_of_cells(head: bytes | None) -> Callable[[bytes], dict[str, Any]]:
    """What reads a line below a head. Raises UnreadableFeedError for one with other columns."""
    try:
        names = _cells(head or b"")
    except (ValueError, csv.Error):
        names = []
    known = {column.name: column for column in COLUMNS}
    # Of an object that may be left out as a whole, once one of its columns is there.
    begun = {name.split(".")[0] for name in names}
    required = {
        column.name
        for column in COLUMNS
        if column.is_required and (len(column.path) == 1 or column.path[0] in begun)
    }
    if len({*names}) < len(names) or not required <= {*names} <= known.keys():
        raise UnreadableFeedError("The columns are not those of the format: see docs/feeds.md.")
    columns = [known[name] for name in names]

    def read(line: bytes) -> dict[str, Any]:
        item: dict[str, Any] = {}
        for column, cell in zip(columns, _cells(line), strict=True):
            if cell:
                place, path = item, column.path
                for part in path[:-1]:
                    place = place.setdefault(part, {})
                place[path[-1]] = _FROM_CELLS.get(column.type_name, str)(cell)
        return item

    return read


def _cells(line: bytes) -> list[str]:
    [cells] = csv.reader([line.decode()], strict=True)
    return cells


def _faults_of(item: Mapping[str, Any]) -> Iterator[tuple[Fault, str]]:
    """What is wrong with a row by its types: what the gateway would refuse its whole batch for."""
    if not _is_known(item, ()):
        yield Fault.UNKNOWN_FIELD, ""
    for column in COLUMNS:
        place: Any = item
        for number, part in enumerate(column.path):
            if number and place is None:
                break  # of an object that may be left out as a whole
            if not isinstance(place, Mapping):
                yield Fault.WRONG_TYPE, ".".join(column.path[:number])
                break
            place = place.get(part)
        else:
            if place is None:
                if column.is_required:
                    yield Fault.REQUIRED, column.name
                continue
            try:
                column.parse(place)
            except (ValueError, TypeError, KeyError, GraphQLError):
                yield Fault.WRONG_TYPE, column.name


def _is_known(value: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether all its fields are of the format. Which are not is never told: they may be values."""
    depth = len(path)
    names = {column.path[depth] for column in COLUMNS if column.path[:depth] == path}
    return value.keys() <= names and all(
        _is_known(each, (*path, name)) for name, each in value.items() if isinstance(each, Mapping)
    )
