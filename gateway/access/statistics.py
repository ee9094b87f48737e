"""How the rows of applications are distributed over values, as PostgreSQL's ANALYZE found it.

The gateway chooses by it how a page is found. It may be as old as the last ANALYZE and a look: that
costs time where it is wrong, and never a row.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
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


class Statistics:
    """The statistics of the columns of applications, which a connection of its own keeps reading.

    Without any, as of a table that was never analysed, nothing is known.
    """

    def __init__(self, url: str, start: TransactionStart) -> None:
        """``start`` is that of the gateway itself, which alone may read them."""
        self.columns: Mapping[str, ColumnStatistics] = {}
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
        finally:
            connection.terminate()
        self.columns = {row["name"]: _column(row) for row in found}


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
