"""The rows of a statement as PostgreSQL sent them."""

from typing import final

from psycopg.pq.abc import PGresult


@final
class WireRows:
    """The rows of one statement, with all values in PostgreSQL's binary format."""

    __slots__ = ("_result", "address", "cell", "count")

    def __init__(self, result: PGresult) -> None:
        self._result = result
        #: How many rows.
        self.count = result.ntuples
        #: The address of libpq's result, valid while this object lives.
        self.address: int = result.pgresult_ptr  # pyright: ignore[reportAttributeAccessIssue]
        #: The bytes of a cell, by row and column; None is SQL's NULL.
        self.cell = result.get_value

    @property
    def columns(self) -> int:
        """How many columns."""
        return self._result.nfields
