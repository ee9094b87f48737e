"""The functions, triggers, views and types of the database as they are today, by subject.

Revisions do not read these files: `gerbang migration new` drafts from them what a database lacks.
"""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

from models.volumes.grains import STORED_DIMENSIONS

FOLDER = Path(__file__).parent
#: Made before the tables, whose indexes use them, and before the other functions that do.
BEFORE_TABLES = ("calendar.sql", "histograms.sql")
#: The rows that a new database begins with, which nothing compares.
FIRST_ROWS = "first_rows.sql"
#: Such names make a statement a template, filled in for each operation on its table: with the
#: transition tables of its trigger, and with their rows, each with a sign.
_OPERATIONS = (
    {
        "operation": "insert",
        "tables": "NEW TABLE AS became",
        "changed": "SELECT 1 AS sign, * FROM became",
    },
    {
        "operation": "update",
        "tables": "OLD TABLE AS was NEW TABLE AS became",
        "changed": "SELECT 1 AS sign, * FROM became UNION ALL SELECT -1, * FROM was",
    },
    {
        "operation": "delete",
        "tables": "OLD TABLE AS was",
        "changed": "SELECT -1 AS sign, * FROM was",
    },
)
#: Such a comment makes the statement below it a template, filled in for each of the tables.
_TABLES = re.compile(r"^-- \{table\}: (?P<tables>[\w, ]+(?:\n--     [\w, ]+)*)\n", re.MULTILINE)
#: The columns of all dimensions of the figures, of a row or by themselves.
_DIMENSIONS = re.compile(r"\{(\w+\.|)dimensions\}")
_COMMENT = re.compile(r"(?:--[^\n]*\n|\n)*")
_OBJECT = re.compile(r"CREATE (?:CONSTRAINT )?(?P<kind>FUNCTION|TRIGGER|VIEW|TYPE) (?P<name>\w+)")
_TABLE = re.compile(r"\sON (\w+)")


class ObjectKey(NamedTuple):
    """What a function, trigger, view or type is found by, in the files and in a database."""

    kind: str
    name: str
    #: The table of a trigger; empty for anything else.
    table: str = ""

    def __str__(self) -> str:
        of_table = f" of {self.table}" if self.table else ""
        return f"the {self.kind.lower()} {self.name}{of_table}"


class SchemaStatement(NamedTuple):
    """A statement that creates an object, or the first rows of a table, and where it is."""

    #: None for first rows.
    key: ObjectKey | None
    sql: str
    file: Path
    line: int

    @property
    def precedes_tables(self) -> bool:
        return self.file.name in BEFORE_TABLES


def read_schema(folder: Path = FOLDER) -> list[SchemaStatement]:
    """All statements, in the order in which they run; first rows come last."""
    files = sorted(
        folder.glob("*.sql"),
        key=lambda file: (file.name not in BEFORE_TABLES, file.name == FIRST_ROWS, file.name),
    )
    return [each for file in files for each in _read_file(file)]


def split_statements(script: str) -> Iterator[tuple[int, str]]:
    """The statements of a script, without their semicolons, each with its first line.

    A statement ends with a semicolon that an unindented line follows.
    """
    at = 0
    for part in re.split(r"(?<=;)\n(?! )", script):
        if text := part.strip().removesuffix(";"):
            yield script.count("\n", 0, at + part.index(text)) + 1, text
        at += len(part) + 1


def _read_file(file: Path) -> Iterator[SchemaStatement]:
    for first_line, text in split_statements(file.read_text(encoding="utf-8")):
        comment = _COMMENT.match(text)
        begins = comment.end() if comment else 0
        statement, line = text[begins:], first_line + text.count("\n", 0, begins)
        listed = _TABLES.search(text[:begins])
        tables = re.findall(r"\w+", listed["tables"]) if listed else [""]
        operations = _OPERATIONS if "{operation}" in statement else ({},)
        for table, names in product(tables, operations):
            sql = _fill(statement, {"table": table, **names})
            yield SchemaStatement(_key(sql), sql, file, line)


def _key(sql: str) -> ObjectKey | None:
    if not (found := _OBJECT.match(sql)):
        return None
    table = _TABLE.search(sql) if found["kind"] == "TRIGGER" else None
    return ObjectKey(found["kind"], found["name"], table[1] if table else "")


def _fill(template: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        template = template.replace(f"{{{name}}}", value)
    return _DIMENSIONS.sub(
        lambda found: ", ".join(f"{found[1]}{dimension}" for dimension in STORED_DIMENSIONS),
        template,
    )
