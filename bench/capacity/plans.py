"""The plans of whatever a database runs meanwhile, statements within functions included, from the
log of its server; and what in them reads or sorts too much of a large table."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.capacity.steps import Figures, Installation
from models.database.connections import connected
from tests.walls.walking import nodes_of, of_tables

#: Tables with so many rows are large.
LARGE = 100_000
#: What a statement may read of a large table, and sort of it.
MOST_READ = 20_000
_EXPLAINED = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_format": "json",
}
_NAMES = """
    SELECT coalesce(pg_partition_root(oid), oid)::regclass::text AS name,
        sum(reltuples)::float8 AS rows
    FROM pg_class WHERE relkind = 'r' GROUP BY 1 HAVING sum(reltuples) >= $1
"""
_PLAN = re.compile(r"plan:\n((?:\t.*\n)+)")


class Plans:
    """What the log says since a moment."""

    def __init__(self, log: Path, large: Mapping[str, float]) -> None:
        self._log = log
        self._place = 0
        self._large = large

    def skip(self) -> None:
        """Forget what ran so far."""
        self._place = self._log.stat().st_size

    async def judge(self) -> Figures:
        """How many statements ran since, the most rows that one read of a large table, and each
        that scanned or sorted one."""
        await asyncio.sleep(0.05)  # until the last lines are there
        with self._log.open("rb") as log:
            log.seek(self._place)
            text = log.read().decode(errors="replace")
        self.skip()
        number, most, of, found = 0, 0, "", set[str]()
        for written in _PLAN.findall(text):
            explained = json.loads(written)
            number += 1
            plan = of_tables(explained["Plan"])
            for name, rows in _rows_read(plan, self._large).items():
                if rows > most:
                    most, of = rows, name
            found |= set(faults(plan, self._large))
        return {"statements": number, "read": most, "of": of, "faults": sorted(found)}


def faults(plan: Any, large: Mapping[str, float]) -> Iterator[str]:
    """What of a plan reads a large table as a whole, or more of it than a page needs, or sorts so
    many rows."""
    for name, rows in _rows_read(plan, large).items():
        if rows > MOST_READ:
            yield f"reads {rows:,} rows of {name}"
    for node in nodes_of(plan):
        table = node.get("Relation Name")
        if node["Node Type"] == "Seq Scan" and table in large and _rows(node) > MOST_READ // 20:
            yield f"scans {table}"
        if node["Node Type"] == "Sort":
            rows = sum(map(_rows, node.get("Plans", ())))
            if rows > MOST_READ and any(
                below.get("Relation Name") in large for below in nodes_of(node)
            ):
                yield f"sorts {rows:,} rows"


def _rows_read(plan: Any, large: Mapping[str, float]) -> Mapping[str, int]:
    """By large table the rows that were read of it, those that were then left out included."""
    read = dict[str, int]()
    for node in nodes_of(plan):
        if (name := node.get("Relation Name")) in large and node["Node Type"] != "ModifyTable":
            read[name] = read.get(name, 0) + _rows(node)
    return read


def _rows(node: Any) -> int:
    rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
    return round(rows * node.get("Actual Loops", 1))


@asynccontextmanager
async def explaining(it: Installation) -> AsyncIterator[Plans]:
    """Have the server write down the plan of each statement, in sessions that begin meanwhile."""
    async with connected(it.url) as connection:
        large = dict(map(tuple, await connection.fetch(_NAMES, LARGE)))
        for name, value in _EXPLAINED.items():
            await connection.execute(f"ALTER DATABASE bench SET {name} = '{value}'")
        try:
            yield Plans(it.server.cluster.log, large)
        finally:
            for name in _EXPLAINED:
                await connection.execute(f"ALTER DATABASE bench RESET {name}")
