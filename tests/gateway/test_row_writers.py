"""Rows become the same bytes in Python and in the compiled module, and those of `orjson`."""

import base64
import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.execution.plan import backend
from gateway.execution.plan.cells import CellError, Kind
from gateway.execution.plan.instructions import NO_KEY, Code, Group, Instruction
from gateway.execution.plan.render import Rendering, Table, render
from gateway.execution.plan.values import ValueCount
from tests.gateway.made_rows import Cells, MadeRows
from tests.premises import always, holds, premise

pytestmark = pytest.mark.skipif(
    backend.compiled_module() is None, reason="the compiled module was not built here"
)

#: What a back end wrote, and how many values it counted; or that it refused.
Outcome = tuple[bytes, int] | type[Exception]
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NOTHING: Any = None


def outcomes(
    program: Sequence[Instruction], tables: Sequence[tuple[Cells, int, int | None, Any]]
) -> list[Outcome]:
    """What Python and the compiled module make of the same rows."""
    made = [(MadeRows(cells, columns), key, bounds) for cells, columns, key, bounds in tables]
    module = backend.compiled_module()
    ways: list[Callable[[Rendering], bytes]] = [
        lambda rendering: render(program, rendering),
        lambda rendering: module.render(module.Program(program), rendering),
    ]
    found: list[Outcome] = []
    for write in ways:
        walked: list[Any] = [Table(rows, key=key, bounds=bounds) for rows, key, bounds in made]
        rendering = Rendering(NOTHING, walked, ValueCount(), KEPT)
        try:
            found.append((write(rendering), rendering.count.values))
        except CellError:
            found.append(CellError)
    return found


def of_cell(kind: Kind, cell: bytes | None, *, is_nullable: bool = False) -> Outcome:
    """The outcomes of both for one cell."""
    python, compiled = outcomes(
        [Instruction(Code.CELL, 0, kind, int(is_nullable))], [([[cell]], 1, None, None)]
    )
    assert python == compiled
    return python


def id_of(kind: Kind, start: bytes, cell: bytes | None) -> Outcome:
    instruction = Instruction(Code.ID, 0, kind, data=start)
    python, compiled = outcomes([instruction], [([[cell]], 1, None, None)])
    assert python == compiled
    return python


KINDS = [kind for kind in Kind if kind is not Kind.TEXTS]
INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(st.text())
@example("".join(map(chr, range(0x120))) + "\u2028\U0001f600\ufffd\x7f")
@always
def test_texts_are_written_as_orjson_writes_them(text: str) -> None:
    assert of_cell(Kind.TEXT, text.encode()) == (orjson.dumps(text), 0)


@given(INSTANTS)
@example(datetime.min.replace(tzinfo=UTC))
@example(datetime.max.replace(tzinfo=UTC))
@example(datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(1600, 2, 29, tzinfo=UTC))
@always
def test_instants_are_written_as_orjson_writes_them(instant: datetime) -> None:
    cell = struct.pack("!q", (instant - EPOCH) // timedelta(microseconds=1))
    assert of_cell(Kind.INSTANT, cell) == (orjson.dumps(instant), 0)


@given(st.dates())
@example(date.min)
@example(date.max)
@always
def test_dates_are_written_as_orjson_writes_them(day: date) -> None:
    cell = struct.pack("!i", (day - EPOCH.date()).days)
    assert of_cell(Kind.DATE, cell) == (orjson.dumps(day), 0)


@pytest.mark.parametrize(("kind", "layout"), [(Kind.INT2, "h"), (Kind.INT4, "i"), (Kind.INT8, "q")])
@given(st.data())
@always
def test_numbers_are_written_as_orjson_writes_them(kind: Kind, layout: str, data: Any) -> None:
    most = 1 << (8 * struct.calcsize(f"!{layout}") - 1)
    number = data.draw(st.integers(-most, most - 1) | st.sampled_from([-most, most - 1, 0]))
    assert of_cell(kind, struct.pack(f"!{layout}", number)) == (orjson.dumps(number), 0)


@given(st.uuids())
@always
def test_uuids_are_written_as_orjson_writes_them(uuid: UUID) -> None:
    assert of_cell(Kind.UUID, uuid.bytes) == (orjson.dumps(uuid), 0)


def test_booleans_and_nulls_are_written_as_orjson_writes_them() -> None:
    assert of_cell(Kind.BOOL, b"\1") == (b"true", 0)
    assert of_cell(Kind.BOOL, b"\0") == (b"false", 0)
    for kind in KINDS:
        assert of_cell(kind, None, is_nullable=True) == (b"null", 0)
        assert of_cell(kind, None) is CellError


@given(st.sampled_from(["Country:", "Application:", "A:"]), st.text(), st.uuids())
@always
def test_global_ids_are_those_of_the_schema(start: str, text: str, uuid: UUID) -> None:
    for kind, cell, key in (
        (Kind.TEXT, text.encode(), text),
        (Kind.UUID, uuid.bytes, str(uuid)),
    ):
        encoded = base64.urlsafe_b64encode(f"{start}{key}".encode()).rstrip(b"=")
        assert id_of(kind, start.encode(), cell) == (b'"%b"' % encoded, 0)


#: Of the size of a number, an instant or a key; or of any other.
CELLS = st.sampled_from([1, 2, 4, 8, 16]).flatmap(
    lambda size: st.binary(min_size=size, max_size=size)
) | st.binary(max_size=40)


def test_a_row_without_a_key_is_refused_by_both() -> None:
    for kind in (Kind.TEXT, Kind.UUID):
        assert id_of(kind, b"Country:", None) is CellError


@given(st.sampled_from(KINDS), CELLS, st.booleans())
@premise(written=0.05, refused=0.05)
def test_any_bytes_are_written_alike_or_refused_by_both(
    kind: Kind, cell: bytes, is_nullable: bool
) -> None:
    written = of_cell(kind, cell, is_nullable=is_nullable)
    holds("refused" if written is CellError else "written")
    assert written is CellError or isinstance(orjson.loads(written[0]), str | int | bool)
    if kind in (Kind.TEXT, Kind.UUID):
        id_of(kind, b"Country:", cell)


# --- Rows of several statements ------------------------------------------------------------------

_Bounds = SimpleNamespace


def _dump_group(_: Any, group: Group) -> bytes:
    return orjson.dumps(list(group))


#: A page of rows: one joined, one linked, one kept, a list, a count, and what Python writes.
PROGRAM = [
    Instruction(Code.TEXT, 1, data=b'{"nodes":'),
    Instruction(Code.ROWS, 0, NO_KEY, 22),
    Instruction(Code.TEXT, 3, data=b'{"name":'),
    Instruction(Code.CELL, 0, Kind.TEXT, 1),
    Instruction(Code.TEXT, data=b',"joined":'),
    Instruction(Code.JOINED, 1, 0, 9),
    Instruction(Code.TEXT, 1, data=b'{"number":'),
    Instruction(Code.CELL, 1, Kind.INT4, 0),
    Instruction(Code.TEXT, data=b"}"),
    Instruction(Code.TEXT, data=b',"linked":'),
    Instruction(Code.ROW, 1, 2, 12),
    Instruction(Code.CELL, 0, Kind.TEXT, 0),
    Instruction(Code.TEXT, data=b',"list":'),
    Instruction(Code.ROWS, 2, 2, 17),
    Instruction(Code.TEXT, 1, data=b'{"call":'),
    Instruction(Code.CALL_ROW, data=_dump_group),
    Instruction(Code.TEXT, data=b"}"),
    Instruction(Code.TEXT, data=b',"group":'),
    Instruction(Code.CALL, 2, 2, data=_dump_group),
    Instruction(Code.TEXT, data=b',"kept":'),
    Instruction(Code.REFERENCE, 2, 0),
    Instruction(Code.TEXT, data=b"}"),
    Instruction(Code.TEXT, data=b"}"),
]
#: What is kept under two keys, the rest is not.
KEPT = [{b"a": (b'{"of":"a"}', 1), b"": (b'{"of":"","x":2}', 2)}]
KEYS = st.none() | st.sampled_from([b"a", b"b", b"cc", b""])
NUMBERS = st.none() | st.integers(0, 9).map(lambda number: struct.pack("!i", number))
NAMES = st.none() | st.text(max_size=3).map(str.encode)
PARENTS = st.lists(st.tuples(NAMES, NUMBERS, KEYS), max_size=6)
CHILDREN = st.lists(st.tuples(NAMES, KEYS), max_size=9)


@given(PARENTS, CHILDREN, CHILDREN, st.integers(0, 7), st.booleans(), st.booleans())
@premise(written=0.1, with_rows=0.05, refused=0.05)
def test_rows_that_belong_together_are_written_alike(
    parents: Cells,
    linked: Cells,
    listed: Cells,
    size: int,
    from_front: bool,
    is_sorted: bool,
) -> None:
    if is_sorted:  # else they are refused, mostly
        linked, listed = (
            sorted((row for row in rows if row[1] is not None), key=lambda row: row[1] or b"")
            for rows in (linked, listed)
        )
    bounds = _Bounds(size=size, from_front=from_front)
    python, compiled = outcomes(
        PROGRAM, [(parents, 3, None, bounds), (linked, 2, 1, None), (listed, 2, 1, bounds)]
    )
    assert python == compiled
    holds("refused", python is CellError)
    if holds("written", isinstance(python, tuple)):
        nodes = orjson.loads(python[0])["nodes"]
        expected = [None if name is None else name.decode() for name, *_ in parents[:size]]
        holds("with_rows", nodes)
        assert [node["name"] for node in nodes] == (expected if from_front else expected[::-1])
        parts = (node[part] or () for node in nodes for part in ("joined", "list", "kept"))
        assert python[1] == 1 + 3 * len(nodes) + sum(map(len, parts))


# --- Programs that lead astray -------------------------------------------------------------------

ASTRAY = [
    Instruction(Code.TEXT, data=None),
    Instruction(Code.CELL, 0, 99),
    Instruction(Code.CELL, 0, Kind.TEXTS),
    Instruction(Code.ID, 0, Kind.DATE, data=b"A:"),
    Instruction(99),  # type: ignore[arg-type]
    Instruction(Code.JOINED, 0, 0, 0),
    Instruction(Code.ROWS, 0, NO_KEY, 5),
    Instruction(Code.CELL, 7, Kind.TEXT),
    Instruction(Code.CELL, -1, Kind.TEXT),
    Instruction(Code.CALL, 4, NO_KEY, data=_dump_group),
    Instruction(Code.CALL, 0, 3, data=_dump_group),
    Instruction(Code.CALL_ROW, data=lambda *_: "no bytes"),
    Instruction(Code.REFERENCE, 7, 0),
    Instruction(Code.REFERENCE, 0, 1),
    Instruction(Code.REFERENCE, 0, -1),
]


@pytest.mark.parametrize("instruction", ASTRAY)
def test_a_program_that_leads_astray_is_refused(instruction: Instruction) -> None:
    module = backend.compiled_module()
    rendering = Rendering(
        NOTHING,
        [Table(MadeRows([[b"a"]], 1), key=0)],
        ValueCount(),  # type: ignore[arg-type]
    )
    with pytest.raises((ValueError, IndexError, TypeError)):
        module.render(module.Program([instruction]), rendering)


def test_a_row_that_there_is_not_is_refused() -> None:
    module = backend.compiled_module()
    program = module.Program([Instruction(Code.CELL, 0, Kind.TEXT)])
    rendering = Rendering(
        NOTHING,
        [Table(MadeRows([[b"a"]], 1))],
        ValueCount(),  # type: ignore[arg-type]
    )
    for table, row in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        with pytest.raises(IndexError):
            module.render(program, rendering, table, row)


def test_the_library_is_the_one_that_psycopg_has_loaded() -> None:
    import psycopg.pq

    library = backend.libpq()
    assert library is not None
    assert library.PQlibVersion() == psycopg.pq.version()
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    loaded = {line.split()[-1] for line in maps if "/libpq" in line}
    assert loaded == {library._name}
