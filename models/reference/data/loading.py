"""Adds missing rows of the files to a database; existing rows are never changed.

First it checks that the files are consistent with each other and with the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from models.reference.data.reading import Files, Line, Mistake, ReferenceDataError
from models.reference.data.tables import TABLES, Key, ReferenceTable, Row
from models.reference.ledger import record_beginning
from models.vocabulary import Clock

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


async def _existing_rows(connection: asyncpg.Connection, table: ReferenceTable) -> dict[Key, Row]:
    rows = await connection.fetch(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608
    return {table.key_of(row): row for row in map(dict[str, object], rows)}


def _describe_left_alone(
    table: ReferenceTable, lines: Sequence[Line], rows: Mapping[Key, Row]
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


async def _insert(
    connection: asyncpg.Connection, table: ReferenceTable, lines: Sequence[Line]
) -> None:
    """Insert rows; on a conflict the concurrent change of an administrator wins."""
    columns = tuple(table.columns)
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await connection.executemany(
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
        f" ON CONFLICT ({', '.join(table.key)}) DO NOTHING",
        [tuple(line.row[column] for column in columns) for line in lines],
    )


#: The rows in the database, by table and key.
ExistingRows = Mapping[str, Mapping[Key, Row]]


def check_consistency(files: Files, standing: ExistingRows) -> Iterator[Mistake]:
    """Find dangling references, visa types without their terms, and mismatched centres."""
    for table in TABLES:
        for columns, (other, theirs) in table.refers.items():
            known = {_values(row, theirs) for row in _rows(files, standing, other)}
            yield from _find_dangling(table, files.lines[table.name], columns, known, other)
    yield from _check_visa_types(files, standing)
    yield from _check_targets(files)
    yield from _check_centres(files, standing)


def _rows(files: Files, standing: ExistingRows, table: str) -> Iterator[Row]:
    yield from standing.get(table, {}).values()
    yield from (line.row for line in files.lines[table])


def _values(row: Row, columns: Sequence[str]) -> Key:
    return tuple(row[column] for column in columns)


def _find_dangling(
    table: ReferenceTable,
    lines: Sequence[Line],
    columns: tuple[str, ...],
    known: set[Key],
    other: str,
) -> Iterator[Mistake]:
    for line in lines:
        value = _values(line.row, columns)
        if value not in known:
            noun = other.replace("_", " ")
            yield line.mistake(f"{' and '.join(columns)}: there is no {noun} {' '.join(value)}.")


def _check_visa_types(files: Files, standing: ExistingRows) -> Iterator[Mistake]:
    """Every visa type needs its terms from its first day on."""
    fees = _first_days(files, standing, "fee", "visa_type_code")
    passports = _first_days(files, standing, "passport_rule", "visa_type_code")
    targets = _first_days(files, standing, "service_target", "visa_type_code", "clock")
    for line in files.lines["visa_type"]:
        code, begins = line.row["code"], line.row["valid_from"]
        for found, what in (
            (passports.get((code,)), "passport rule"),
            (fees.get((code,)), "fee"),
            (targets.get((code, Clock.STANDARD)), "service target (clock STANDARD)"),
        ):
            if found is None or found > begins:
                yield line.mistake(f"{code} has no {what} that is in force from {begins} on.")


def _check_targets(files: Files) -> Iterator[Mistake]:
    for line in files.lines["service_target"]:
        if (line.row["hours"] is None) == (line.row["working_days"] is None):
            yield line.mistake("hours, working_days: A target is in one of them.")


def _first_days(files: Files, standing: ExistingRows, table: str, *subject: str) -> dict[Key, date]:
    found: dict[Key, date] = {}
    for row in _rows(files, standing, table):
        if not row.get("is_offered", True):  # nobody pays that fee
            continue
        key: Key = _values(row, subject)
        found[key] = min(row["valid_from"], found.get(key, date.max))
    return found


def _check_centres(files: Files, standing: ExistingRows) -> Iterator[Mistake]:
    opened: dict[Key, Any] = {
        _values(row, ("partner_code", "country_code")): row["opened_on"]
        for row in _rows(files, standing, "partner_country")
    }
    for line in files.lines["centre"]:
        row = line.row
        if row["code"][:2] != row["country_code"]:
            yield line.mistake("code: A centre's code begins with that of its country.")
        since = opened.get(_values(row, ("partner_code", "country_code")))
        if since and row["opened_on"] < since:
            yield line.mistake(f"opened_on: its partner country opens later, on {since}.")
