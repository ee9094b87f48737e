"""The instructions that programs consist of: each writes a part of the answer from cells."""

from enum import IntEnum
from typing import Any, NamedTuple


class Code(IntEnum):
    """What an instruction does."""

    #: Write ``data``, and add ``a`` to the number of values.
    TEXT = 0
    #: Write the value of column ``a``, of kind ``b``; ``c`` says whether it may be null.
    CELL = 1
    #: Write the global id of the row, whose key is column ``a`` of kind ``b``; ``data`` begins it.
    ID = 2
    #: If column ``a`` is null, write null and go on at instruction ``c``.
    JOINED = 3
    #: Run the instructions before ``c`` for the row of table ``a`` whose key is in column ``b``, or
    #: for its first row where ``b`` is `NO_KEY`; write null if there is none.
    ROW = 4
    #: Write a list: run the instructions before ``c`` for each row of the page that table ``a`` has
    #: for the key in column ``b``, or for all its rows where ``b`` is `NO_KEY`.
    ROWS = 5
    #: Write what ``data`` returns for the rows of table ``a`` that have the key in column ``b``.
    CALL = 6
    #: Write what ``data`` returns for this row.
    CALL_ROW = 7
    #: Write the row of reference branch ``b`` whose key is in column ``a``; null if there is none.
    REFERENCE = 8


NO_KEY = -1


class Instruction(NamedTuple):
    """One instruction; which of its parts count depends on its code."""

    code: Code
    a: int = 0
    b: int = 0
    c: int = 0
    data: Any = None


class Group(NamedTuple):
    """Consecutive rows of a table that belong together: the first one, and how many there are."""

    table: int
    first: int
    size: int
