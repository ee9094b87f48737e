"""Compares functions, triggers, views and types of models/schema with those of a database.

The server rewrites what it is given, so only its own texts can be compared: models/schema is
created in a database of its own.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, MetaData, create_mock_engine, text
from sqlalchemy.sql.ddl import ExecutableDDLElement

import models.publication.tables  # pyright: ignore[reportUnusedImport]
import models.volumes.grains  # noqa: F401  # pyright: ignore[reportUnusedImport] - their tables
from models import Base
from models.database.connections import engine
from models.schema import ObjectKey, SchemaStatement, read_schema


def complete_metadata() -> MetaData:
    """All tables, including those without a class."""
    return Base.metadata


#: What the server makes of each object; views end with a semicolon.
_DEFINITIONS = """
    SELECT 'FUNCTION', proname::text, '', pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'TRIGGER', tgname, relname,
        replace(pg_get_triggerdef(pg_trigger.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
    UNION ALL
    SELECT 'VIEW', relname, '',
        format('CREATE OR REPLACE VIEW %I AS %s', relname, rtrim(pg_get_viewdef(oid), ';'))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
    UNION ALL
    SELECT 'TYPE', relname, '', format('CREATE TYPE %I AS (%s)', relname, (
        SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '
            ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = pg_class.oid))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'c'
"""

Definitions = dict[ObjectKey, str]


class ObjectDifference(NamedTuple):
    """An object that differs: how models/schema creates it, and what it is in the database."""

    key: ObjectKey
    statement: SchemaStatement | None
    of_models: str | None
    of_database: str | None

    def __str__(self) -> str:
        if self.of_database is None:
            return f"models/schema has {self.key}, the revisions do not make it"
        if self.of_models is None:
            return f"the revisions make {self.key}, which models/schema does not have"
        return f"models/schema has {self.key} otherwise than the revisions make it"


async def build_from_models(url: str) -> Definitions:
    """Create tables and models/schema in an empty database; return its definitions."""
    async with engine(url).begin() as connection:
        for sql in statements_of_models():
            await connection.exec_driver_sql(sql)
        return await connection.run_sync(read_definitions)


def statements_of_models() -> list[str]:
    """All that makes an empty database that of the models, but for row security."""
    tables: list[str] = []

    def note(element: ExecutableDDLElement, *_: object, **__: object) -> None:
        lines = str(element.compile(dialect=mock.dialect)).strip().splitlines()
        tables.append("\n".join(line.rstrip().replace("\t", "    ") for line in lines))

    mock = create_mock_engine("postgresql+asyncpg://", note)
    complete_metadata().create_all(mock, checkfirst=False)
    schema = read_schema()
    return [
        *(each.sql for each in schema if each.precedes_tables),
        *_in_one_order(tables),
        *(each.sql for each in schema if not each.precedes_tables),
    ]


def _in_one_order(statements: Iterable[str]) -> Iterator[str]:
    """SQLAlchemy has the indexes of a table, and the keys that close a circle, in no order."""
    for kind, some in groupby(statements, _kind):
        of_one_kind = list(some)
        yield from of_one_kind if kind == "TABLE" else sorted(of_one_kind)


def _kind(statement: str) -> str:
    if statement.startswith("ALTER TABLE"):
        return "CONSTRAINT"
    return "INDEX" if " INDEX " in statement.split("(")[0] else "TABLE"


def read_definitions(connection: Connection) -> Definitions:
    """The objects of a database, each as a statement that creates or replaces it."""
    return {
        ObjectKey(kind, name, table): definition.strip()
        for kind, name, table, definition in connection.execute(text(_DEFINITIONS))
    }


def compare_objects(connection: Connection, of_models: Definitions) -> list[ObjectDifference]:
    """What differs, in the order of models/schema; then what only the database has."""
    of_database = read_definitions(connection)
    statements = {each.key: each for each in read_schema() if each.key}
    return [
        ObjectDifference(key, statements.get(key), of_models.get(key), of_database.get(key))
        for key in dict.fromkeys((*statements, *of_database))
        if of_models.get(key) != of_database.get(key)
    ]
