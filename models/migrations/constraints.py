"""Compares the CHECK constraints of the models with those of a migrated database.

Alembic compares tables, columns and indexes, but not what a CHECK says: a word that is added to a
vocabulary would pass, and the first row with that word would be refused.
"""

import re
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Column, Connection, MetaData, Table, text

#: What the server makes of ``column IN (words)``, and of ``IN`` with a single word.
_VOCABULARY = re.compile(
    r"CHECK \(\((?P<column>\w+) = (?:ANY \(ARRAY\[)?"
    r"(?P<words>'[^']*'::text(?:, '[^']*'::text)*)(?:\]\))?\)\)"
)
_DEFINITIONS = """
    SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) AS definition,
        relnamespace = pg_my_temp_schema() AS is_of_models
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'c' AND relnamespace IN ('public'::regnamespace, pg_my_temp_schema())
"""


class ConstraintsDifferError(Exception):
    """The models and the database allow different rows; a sentence for each constraint."""


class _Check(NamedTuple):
    """A CHECK constraint, by the names of its table and of its own."""

    table: str
    name: str


class CheckDifference(NamedTuple):
    """A CHECK constraint that differs, as the server writes it; None where there is none."""

    table: str
    name: str
    of_models: str | None
    of_database: str | None

    def __str__(self) -> str:
        return str(_compare(_Check(self.table, self.name), self.of_models, self.of_database))


def require_matching_constraints(connection: Connection, metadata: MetaData) -> None:
    """Raise ConstraintsDifferError if a CHECK of the database is not that of the models."""
    if differences := compare_constraints(connection, metadata):
        raise ConstraintsDifferError("\n".join(map(str, differences)))


def compare_constraints(connection: Connection, metadata: MetaData) -> list[CheckDifference]:
    """Compare the CHECK constraints of the models with those of the database.

    The server rewrites what it is given, so only its own texts can be compared: the models'
    constraints are created on temporary tables, which end with the transaction.
    """
    _create_temporary_tables(connection, metadata)
    of_models: dict[_Check, str] = {}
    of_database: dict[_Check, str] = {}
    for table, name, definition, is_of_models in connection.execute(text(_DEFINITIONS)):
        if table in metadata.tables:
            found = of_models if is_of_models else of_database
            found[_Check(table, name)] = definition
    return [
        CheckDifference(*check, of_models.get(check), of_database.get(check))
        for check in sorted(of_models.keys() | of_database.keys())
        if _compare(check, of_models.get(check), of_database.get(check))
    ]


def _create_temporary_tables(connection: Connection, metadata: MetaData) -> None:
    """Create each table of the models anew with its columns and CHECK constraints alone."""
    temporary = MetaData()
    for table in metadata.tables.values():
        checks = [each for each in table.constraints if isinstance(each, CheckConstraint)]
        if checks:
            Table(
                table.name,
                temporary,
                *(Column(column.name, column.type) for column in table.columns),
                *(CheckConstraint(check.sqltext, name=check.name) for check in checks),
                prefixes=["TEMPORARY"],
                postgresql_on_commit="DROP",
            )
    temporary.create_all(connection, checkfirst=False)


def _compare(check: _Check, of_models: str | None, of_database: str | None) -> str | None:
    """What differs, in a sentence; None if nothing does."""
    if of_models == of_database:
        return None
    if of_database == f"{of_models} NOT VALID":
        return f"{check.table}: {check.name} is not proven: write a migration that validates it"
    if of_models is None:
        return f"{check.table}: the database has {check.name}, the models do not: write a migration"
    if of_database is None:
        return (
            f"{check.table}: the models have {check.name}, the database does not: write a migration"
        )
    models = _VOCABULARY.fullmatch(of_models)
    database = _VOCABULARY.fullmatch(of_database)
    if models and database and models["column"] == database["column"]:
        return _compare_words(check, models["column"], _words(models), _words(database))
    return (
        f"{check.table}: {check.name} is {of_models} in the models and {of_database} in the"
        " database: write a migration"
    )


def _compare_words(
    check: _Check, column: str, of_models: frozenset[str], of_database: frozenset[str]
) -> str | None:
    """Which words only one side allows; their order does not matter."""
    differences: list[str] = []
    if added := sorted(of_models - of_database):
        differences.append(f"the models allow {', '.join(added)}, the database does not")
    if removed := sorted(of_database - of_models):
        differences.append(f"the database allows {', '.join(removed)}, the models do not")
    if not differences:
        return None
    return f"{check.table}.{column} ({check.name}): {'; '.join(differences)}: write a migration"


def _words(vocabulary: re.Match[str]) -> frozenset[str]:
    return frozenset(re.findall(r"'([^']*)'", vocabulary["words"]))
