"""Compares what Alembic does not: the CHECK constraints of the models with those of a migrated
database, how columns are generated, and how tables are partitioned.

A word that is added to a vocabulary would pass otherwise, and the first row with that word would be
refused.
"""

import re
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, Column, Computed, Connection, MetaData, Table, text

from models.base import partition_key

#: What the server makes of ``column IN (words)``, and of ``IN`` with a single word.
_VOCABULARY = re.compile(
    r"CHECK \(\((?P<column>\w+) = (?:ANY \(ARRAY\[)?"
    r"(?P<words>'[^']*'::text(?:, '[^']*'::text)*)(?:\]\))?\)\)"
)
_COMPUTED = """
    SELECT relname, attname, pg_get_expr(adbin, adrelid) AS expression,
        relnamespace = pg_my_temp_schema() AS is_of_models
    FROM pg_attrdef JOIN pg_class ON pg_class.oid = adrelid
    JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    WHERE attgenerated = 's' AND relnamespace IN ('public'::regnamespace, pg_my_temp_schema())
"""
_HAS_TEMPORARY = """
    SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = pg_my_temp_schema())
"""
_DEFINITIONS = """
    SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) AS definition,
        relnamespace = pg_my_temp_schema() AS is_of_models
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'c' AND relnamespace IN ('public'::regnamespace, pg_my_temp_schema())
"""
_PARTITIONED = """
    SELECT relname AS name, pg_get_partkeydef(oid) AS key FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
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
    """Raise ConstraintsDifferError if a CHECK of the database is not that of the models, or a
    generated column is computed otherwise."""
    differences = [
        *map(str, compare_constraints(connection, metadata)),
        *(sentence for _, sentence in compare_generated_columns(connection, metadata)),
        *(sentence for _, sentence in compare_partitions(connection, metadata)),
    ]
    if differences:
        raise ConstraintsDifferError("\n".join(differences))


def compare_generated_columns(connection: Connection, metadata: MetaData) -> list[tuple[str, str]]:
    """The tables with a column that the models compute otherwise, each with a sentence."""
    _create_temporary_tables(connection, metadata)
    expressions: dict[tuple[str, str], dict[bool, str]] = {}
    for table, column, expression, is_of_models in connection.execute(text(_COMPUTED)):
        expressions.setdefault((table, column), {})[is_of_models] = expression
    return [
        (
            table,
            f"{table}.{column} is computed as {found[True]} in the models and as {found[False]} in"
            " the database: write a migration",
        )
        for (table, column), found in expressions.items()
        if len(found) == 2 and found[True] != found[False]
    ]


def compare_partitions(connection: Connection, metadata: MetaData) -> list[tuple[str, str]]:
    """The tables in use that the models partition otherwise, each with a sentence. No revision is
    drafted for that: its rows would move, and its key changes with it."""
    of_database = {row.name: row.key for row in connection.execute(text(_PARTITIONED))}
    by = {name: partition_key(table) for name, table in metadata.tables.items()}
    return [
        (
            table,
            f"{table} is partitioned by {key or 'nothing'} in the models and by"
            f" {of_database[table] or 'nothing'} in the database: no revision is drafted for it",
        )
        for table, key in by.items()
        if table in of_database and key != of_database[table]
    ]


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
    """Create a fresh copy of each table of the models, with its columns and CHECK constraints
    only."""
    if connection.scalar(text(_HAS_TEMPORARY)):
        return  # in this transaction
    temporary = MetaData()
    for table in metadata.tables.values():
        checks = [each for each in table.constraints if isinstance(each, CheckConstraint)]
        if checks:
            Table(
                table.name,
                temporary,
                *(_column(each) for each in table.columns),
                *(CheckConstraint(check.sqltext, name=check.name) for check in checks),
                prefixes=["TEMPORARY"],
                postgresql_on_commit="DROP",
            )
    temporary.create_all(connection, checkfirst=False)


def _column(column: Column[Any]) -> Column[Any]:
    """A column of the same name and type, computed in the same way."""
    computed = [Computed(column.computed.sqltext, persisted=True)] if column.computed else []
    return Column(column.name, column.type, *computed)


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
