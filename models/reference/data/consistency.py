"""Checks that the files are consistent with each other and with the database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from models.reference.data.mistakes import Mistake
from models.reference.data.reading import Files, Line
from models.reference.data.tables import TABLES, Key, Row, Table
from models.vocabulary import Clock

#: The rows in the database, by table and key.
ExistingRows = Mapping[str, Mapping[Key, Row]]


def check_consistency(files: Files, standing: ExistingRows) -> Iterator[Mistake]:
    """Find dangling references, visa types without their terms, and mismatched centres."""
    for table in TABLES:
        for columns, (other, theirs) in table.refers.items():
            known = {_values(row, theirs) for row in _rows(files, standing, other)}
            yield from _find_dangling(table, files.lines[table.name], columns, known, other)
    yield from _check_visa_types(files, standing)
    yield from _check_centres(files, standing)


def _rows(files: Files, standing: ExistingRows, table: str) -> Iterator[Row]:
    yield from standing.get(table, {}).values()
    yield from (line.row for line in files.lines[table])


def _values(row: Row, columns: Sequence[str]) -> Key:
    return tuple(row[column] for column in columns)


def _find_dangling(
    table: Table, lines: Sequence[Line], columns: tuple[str, ...], known: set[Key], other: str
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


def _first_days(files: Files, standing: ExistingRows, table: str, *subject: str) -> dict[Key, date]:
    found: dict[Key, date] = {}
    for row in _rows(files, standing, table):
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
