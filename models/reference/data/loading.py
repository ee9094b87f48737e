"""Adds missing rows of the files to a database; existing rows are never changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import asyncpg

from models.reference.data.consistency import ExistingRows, check_consistency
from models.reference.data.mistakes import ReferenceDataError
from models.reference.data.reading import Files, Line
from models.reference.data.tables import TABLES, Key, Row, Table

#: The advisory lock that serialises loading.
_LOCK = 7_461_004
_TODAY = "SELECT timezone('Asia/Jakarta', clock_timestamp())::date"


@dataclass(frozen=True)
class LoadReport:
    """The added rows by table, and sentences about those that were left as they are."""

    added: Mapping[str, Sequence[Line]]
    left_alone: tuple[str, ...]


async def load(connection: asyncpg.Connection, files: Files) -> LoadReport:
    """Add missing rows, all or none.

    Raises ReferenceDataError with every mistake in the files. A dated row is added to an existing
    history only if it begins today or later, so that past bills and deadlines stay valid.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        existing = {table.name: await _existing_rows(connection, table) for table in TABLES}
        if mistakes := [*files.mistakes, *check_consistency(files, existing)]:
            raise ReferenceDataError(mistakes)
        today: date = await connection.fetchval(_TODAY) or date.max
        added: dict[str, list[Line]] = {}
        left_alone: list[str] = []
        for table in TABLES:
            lines = files.lines[table.name]
            left_alone += _describe_left_alone(table, lines, existing[table.name], today)
            added[table.name] = list(_missing(table, lines, existing, today))
            await _insert(connection, table, added[table.name])
    return LoadReport(added, tuple(left_alone))


async def _existing_rows(connection: asyncpg.Connection, table: Table) -> dict[Key, Row]:
    rows = await connection.fetch(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608
    return {table.key_of(row): row for row in map(dict[str, object], rows)}


def _missing(
    table: Table, lines: Sequence[Line], existing: ExistingRows, today: date
) -> Iterator[Line]:
    rows = existing[table.name]
    subjects = {table.subject_of(row) for row in rows.values()}
    for line in lines:
        if table.key_of(line.row) not in rows and not _is_past(table, line.row, subjects, today):
            yield line


def _is_past(table: Table, row: Row, subjects: set[Key], today: date) -> bool:
    """Whether a row would change an existing history in the past."""
    return bool(table.begins and table.subject_of(row) in subjects and row[table.begins] < today)


def _describe_left_alone(
    table: Table, lines: Sequence[Line], rows: Mapping[Key, Row], today: date
) -> Iterator[str]:
    subjects = {table.subject_of(row) for row in rows.values()}
    for line in lines:
        existing = rows.get(table.key_of(line.row))
        if existing is None and _is_past(table, line.row, subjects, today):
            yield (
                f"{line.file}, line {line.number}: {table.name_of(line.row)} is not added, since it"
                f" would change what was in force on days that are over; {table.change}."
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
