"""Rows that no database sent: results of libpq with any cells whatever."""

import ctypes
from collections.abc import Sequence

from gateway.execution.plan.backend import libpq

Cells = Sequence[Sequence[bytes | None]]


class _Column(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("table", ctypes.c_uint),
        ("number", ctypes.c_int),
        ("format", ctypes.c_int),
        ("type", ctypes.c_uint),
        ("length", ctypes.c_int),
        ("modifier", ctypes.c_int),
    )


class MadeRows:
    """A result of libpq with the cells of each row."""

    def __init__(self, cells: Cells, columns: int) -> None:
        library = libpq()
        assert library, "psycopg's binary package brings libpq"
        library.PQmakeEmptyPGresult.restype = ctypes.c_void_p
        library.PQmakeEmptyPGresult.argtypes = (ctypes.c_void_p, ctypes.c_int)
        library.PQsetResultAttrs.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        library.PQsetvalue.argtypes = (
            ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int,
        )  # fmt: skip
        library.PQclear.argtypes = (ctypes.c_void_p,)
        self._library = library
        self._cells = cells
        self.count = len(cells)
        self.address: int = library.PQmakeEmptyPGresult(None, 2)
        described = (_Column * columns)(*(_Column(b"column", format=1) for _ in range(columns)))
        assert library.PQsetResultAttrs(self.address, columns, described)
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                length = -1 if value is None else len(value)
                assert library.PQsetvalue(self.address, row, column, value, length)

    def cell(self, row: int, column: int) -> bytes | None:
        return self._cells[row][column]

    def __del__(self) -> None:
        self._library.PQclear(self.address)
