"""Bulk-loads empty tables: constraints and indexes are dropped and recreated afterwards."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

import asyncpg

from models.synthetic.rows import Batch

#: The statements that drop constraints of a type, and that restore them. Foreign keys depend on the
#: unique indexes of other tables, so they are dropped first and restored last. Primary keys stay,
#: since ids are inserted in order.
_SUSPENDED = """
    SELECT
        format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
        format(
            'ALTER TABLE %s ADD CONSTRAINT %I %s',
            conrelid::regclass, conname, pg_get_constraintdef(oid)
        ) AS restore
    FROM pg_constraint
    WHERE conrelid = ANY($1::text[]::regclass[]) AND contype = $2
    ORDER BY conrelid, conname
"""
_SUSPENDED_INDEXES = """
    SELECT
        format('DROP INDEX %s', indexrelid::regclass) AS drop,
        pg_get_indexdef(indexrelid) AS restore
    FROM pg_index
    WHERE indrelid = ANY($1::text[]::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indexrelid
"""


@asynccontextmanager
async def bulk_load(connection: asyncpg.Connection, tables: Sequence[str]) -> AsyncIterator[None]:
    """In the block, rows are inserted without constraints, indexes and triggers."""
    foreign_keys = await connection.fetch(_SUSPENDED, tables, b"f")
    uniques = await connection.fetch(_SUSPENDED, tables, b"u")
    indexes = await connection.fetch(_SUSPENDED_INDEXES, tables)
    suspended = [*foreign_keys, *uniques, *indexes]
    await _execute(connection, (f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    await _execute(connection, (row["drop"] for row in suspended))
    yield
    await _execute(connection, (row["restore"] for row in reversed(suspended)))
    await _execute(connection, (f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


async def _execute(connection: asyncpg.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        await connection.execute(statement)


async def copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Any]
) -> None:
    """Write rows into the named columns of a table."""
    await connection.copy_records_to_table(table, columns=columns, records=rows)


async def copy_batch(
    connection: asyncpg.Connection, batch: Batch, instead: Mapping[str, Sequence[Any]] = {}
) -> None:
    """Write the rows of a batch, whose fields are the columns; of a table others ``instead``."""
    for table in fields(batch):
        if rows := instead.get(table.name, getattr(batch, table.name)):
            await copy(connection, table.name, rows[0]._fields, rows)
