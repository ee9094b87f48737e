"""Adds missing rows of the files to a database; existing rows are never changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from models.reference.data.consistency import check_consistency
from models.reference.data.mistakes import ReferenceDataError
from models.reference.data.reading import Files, Line
from models.reference.data.tables import TABLES, Key, Row, Table
from models.reference.ledger import record_beginning

#: The advisory lock that serialises loading.
_LOCK = 7_461_004


@dataclass(frozen=True)
class LoadReport:
    """The added rows by table, and sentences about those that were left as they are."""

    added: Mapping[str, Sequence[Line]]
    left_alone: tuple[str, ...]


async def load(
    connection: asyncpg.Connection, files: Files, at: datetime | None = None
) -> LoadReport:
    """Fill the tables that are empty, all or none, and note that in the ledger.

    A table that has rows is left alone: what is to change there takes a decree. ``at`` is when the
    ledger begins, by default now. Raises ReferenceDataError with every mistake in the files.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        existing = {table.name: await _existing_rows(connection, table) for table in TABLES}
        if mistakes := [*files.mistakes, *check_consistency(files, existing)]:
            raise ReferenceDataError(mistakes)
        added: dict[str, Sequence[Line]] = {}
        left_alone: list[str] = []
        for table in TABLES:
            lines, rows = files.lines[table.name], existing[table.name]
            left_alone += _describe_left_alone(table, lines, rows) if rows else ()
            added[table.name] = () if rows else lines
            await _insert(connection, table, added[table.name])
        await record_beginning(connection, at)
    return LoadReport(added, tuple(left_alone))


async def _existing_rows(connection: asyncpg.Connection, table: Table) -> dict[Key, Row]:
    rows = await connection.fetch(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608
    return {table.key_of(row): row for row in map(dict[str, object], rows)}


def _describe_left_alone(
    table: Table, lines: Sequence[Line], rows: Mapping[Key, Row]
) -> Iterator[str]:
    for line in lines:
        existing = rows.get(table.key_of(line.row))
        if existing is None:
            yield (
                f"{line.file}, line {line.number}: {table.name_of(line.row)} is not added, since"
                f" there are others already; {table.change}."
            )
        for column, value in line.row.items() if existing else ():
            if existing and existing[column] != value:
                yield (
                    f"{line.file}, line {line.number}: {table.name_of(line.row)} stays as it is:"
                    f" {column} is {existing[column]} in the database and {value} in the file;"
                    f" {table.change}."
                )


async def _insert(connection: asyncpg.Connection, table: Table, lines: Sequence[Line]) -> None:
    """Insert rows; on a conflict the concurrent change of an administrator wins."""
    columns = tuple(table.columns)
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await connection.executemany(
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
        f" ON CONFLICT ({', '.join(table.key)}) DO NOTHING",
        [tuple(line.row[column] for column in columns) for line in lines],
    )
