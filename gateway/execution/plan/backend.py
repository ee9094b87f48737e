"""Chooses what runs programs: the compiled module where set-up could build it, or else Python.

All that knows of libpq's library is here. The module reads cells where libpq keeps them, so it
calls functions of the very library that psycopg has loaded.
"""

import ctypes
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import psycopg.pq

from gateway.execution.plan.cells import EPOCH, FIRST_DAY, CellError
from gateway.execution.plan.instructions import Group, Instruction
from gateway.execution.plan.render import render

try:
    import gerbang_cells  # pyright: ignore[reportMissingImports]
except ImportError:
    gerbang_cells = None

#: The release of psycopg that this file was read against.
PSYCOPG = "3.3.9"
#: The functions of libpq that the module calls.
FUNCTIONS = ("PQntuples", "PQnfields", "PQgetisnull", "PQgetlength", "PQgetvalue")
_MICROSECOND = timedelta(microseconds=1)

#: Renders from a row of a table: by a program, on what was read.
Render = Callable[..., bytes]


def renderer(program: Sequence[Instruction]) -> Render:
    """What runs a program on a `Rendering`; takes the table and the row to begin with."""
    module = compiled_module()
    if module is None:
        return partial(render, program)
    return partial(module.render, module.Program(program))


@cache
def compiled_module() -> Any:
    """The compiled module, bound to psycopg's library; None where either is missing."""
    library = libpq()
    if gerbang_cells is None or library is None:
        return None
    addresses = {
        name: ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in FUNCTIONS
    }
    last_instant = datetime.max.replace(tzinfo=UTC)
    instants = [(at - EPOCH) // _MICROSECOND for at in (_FIRST_INSTANT, last_instant)]
    days = [(day - FIRST_DAY).days for day in (date.min, date.max)]
    gerbang_cells.bind(addresses, CellError, Group, instants, days)
    return gerbang_cells


_FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)


def libpq() -> ctypes.CDLL | None:
    """The library that psycopg's binary package has loaded; None where it is not found."""
    if psycopg.pq.__impl__ != "binary":
        return None
    import psycopg_binary

    # Elsewhere than on Linux the package keeps it in another place.
    paths = [*Path(psycopg_binary.__path__[0]).parent.glob("psycopg_binary.libs/libpq-*.so*")]
    return ctypes.CDLL(str(paths[0])) if len(paths) == 1 else None
