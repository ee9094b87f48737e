"""How the rows of applications are distributed over values, as PostgreSQL's ANALYZE found it, and
how large tables are.

The gateway chooses by it how a page is found, and says what an operation may cost. It may be as old
as the last ANALYZE and a look: that costs time where it is wrong, and never a row.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import NamedTuple

import asyncpg

from gateway.access.transactions.begin import TransactionStart
from gateway.access.transactions.change_horizon import Watch
from models.database.connections import connect, own_backend

LOOK_SECONDS = 60.0
_ANSWER_SECONDS = 5.0
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LOOK = "SELECT * FROM viewer.statistics()"
_MEASURE = "SELECT * FROM viewer.sizes($1, $2)"
#: Rows are counted up to this: more than any page or table of figures has.
_MOST_COUNTED = 1_000
#: For what is added until the next look: an eighth, and at least this many rows.
_ROOM = 1

log = logging.getLogger(__name__)


class ColumnStatistics(NamedTuple):
    """How many rows have which values of a column. Values are text, as PostgreSQL writes them."""

    rows: float
    nulls: float
    common: Mapping[str, float]
    #: The most rows that any other value has.
    most_of_others: float
    #: Instants with as many rows between each two; empty where there are none.
    bounds: Sequence[datetime] = ()


@dataclass(frozen=True)
class Sizes:
    """How many rows small tables have, by name, and about how many lines any table has, never far
    too few: a power of two, so that a cost tells nobody when one is added. Where nothing is known,
    the most that there can be counts."""

    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    lines: Mapping[str, int] = field(default_factory=dict[str, int])

    def most_rows(self, name: str, most: int) -> int:
        """No table of this name has more rows, of ``most`` that it may have."""
        rows = self.rows.get(name, most)
        return min(rows + max(rows // 8, _ROOM), most)

    def most_lines(self, name: str, most: int) -> int:
        """The same of the lines of a large table."""
        return min(self.lines.get(name, most), most)


UNKNOWN_SIZES = Sizes()


class NothingMeasured:
    """In place of statistics, where operations run without a database to look at."""

    sizes = UNKNOWN_SIZES


class Statistics:
    """The statistics of the columns of applications, which a connection of its own keeps reading.

    Without any, as of a table that was never analysed, nothing is known.
    """

    def __init__(self, url: str, start: TransactionStart, measured: Sequence[str]) -> None:
        """``start`` is that of the gateway itself, which alone may read them. ``measured`` are the
        tables whose sizes matter, and columns whose values have few rows, as ``table.column``."""
        self.columns: Mapping[str, ColumnStatistics] = {}
        self.sizes = UNKNOWN_SIZES
        self._measured = measured
        self._url = url
        self._start = start
        self._watch = Watch(self._look_again_and_again, log, "Statistics cannot be read")
        self._has_looked = asyncio.Event()

    async def __aenter__(self) -> "Statistics":
        self._watch.start()
        await self._has_looked.wait()  # at least in vain
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._watch.stop()

    async def _look_again_and_again(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self.look()
            finally:
                self._has_looked.set()
            await asyncio.sleep(LOOK_SECONDS)

    def columns_of(self, table: str) -> Mapping[str, ColumnStatistics]:
        """Those of the columns of a table, by name; none where nothing is known."""
        return self.columns if table == "application" else {}

    async def look(self) -> None:
        """Read them now."""
        connection = await connect(self._url, statement_cache_size=0)
        try:
            backend = await own_backend(connection, _ANSWER_SECONDS)
            for text, arguments in self._start.commands(_BEGIN, backend):
                await connection.execute(text, *arguments)
            found = await connection.fetch(_LOOK)
            measured = await connection.fetch(_MEASURE, self._measured, _MOST_COUNTED)
        finally:
            connection.terminate()
        self.columns = {row["name"]: _column(row) for row in found}
        sizes = _sizes(measured)
        if sizes != self.sizes:  # what was worked out with these is kept as long as they hold
            self.sizes = sizes


def _sizes(found: Sequence[asyncpg.Record]) -> Sizes:
    rows = {row["name"]: row["rows"] for row in found if row["rows"] is not None}
    lines = {row["name"]: row["lines"] for row in found if row["lines"] is not None}
    return Sizes(
        {name: number for name, number in rows.items() if number < _MOST_COUNTED},
        {name: 1 << number.bit_length() for name, number in lines.items()},
    )


def _column(row: asyncpg.Record) -> ColumnStatistics:
    rows = row["rows"]
    common: Mapping[str, float] = {
        value: share * rows
        for value, share in zip(row["common"] or (), row["frequencies"] or (), strict=True)
    }
    nulls = row["nulls"] * rows
    others = max(rows - nulls - sum(common.values()), 0)
    on_average = others / max(row["number_of_values"], 1)
    # What is more frequent than a common value would be one itself.
    most_of_others = min(others, *common.values()) if common else on_average
    return ColumnStatistics(rows, nulls, common, most_of_others, row["bounds"] or ())
