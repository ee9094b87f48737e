"""What a fault changes: a piece of a source, and of which kind the change is."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a fault changes. A sample has some of each kind."""

    #: A sign of comparison: a boundary moved by one, or what is left out taken in.
    COMPARISON = "comparison"
    #: The other way round: what is taken first comes last, what is late is early.
    INVERSION = "inversion"
    #: A logical word, a sign of arithmetic, or a truth.
    LOGIC = "logic"
    NUMBER = "number"
    #: The least of two, or the most: one of them without the other.
    LIMIT = "limit"
    #: Who may read, write or open a file or socket.
    FILE_MODE = "file mode"
    #: What keeps a browser from storing, framing or guessing.
    HEADER = "header"
    #: An argument in the place of its neighbour.
    SWAP = "swap"
    #: A statement that is left out.
    OMISSION = "omission"
    SQL = "SQL"
    #: A condition that is left out.
    CONJUNCT = "conjunct"
    #: The end of a window, one further.
    WINDOW = "window"
    #: A word in the place of another of its kind.
    WORD = "word"
    #: A day of another time zone.
    TIME_ZONE = "time zone"
    #: A named argument with the value of its neighbour.
    NAMED_SWAP = "named swap"


class Piece(NamedTuple):
    """Where something stands in a source, and what stands there instead."""

    start: int
    end: int
    new: str
    kind: Kind
