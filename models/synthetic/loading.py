"""Bulk-loads empty tables: constraints and indexes are dropped and recreated afterwards."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

import asyncpg

from models.synthetic.rows import Batch

#: The statements that drop constraints of a type, and that restore them. Foreign keys depend on the
#: unique indexes of other tables, so they are dropped first and restored last.
_SUSPENDED = """
    SELECT
        format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
        format(
            'ALTER TABLE %s ADD CONSTRAINT %I %s',
            conrelid::regclass, conname, pg_get_constraintdef(oid)
        ) AS restore,
        conrelid AS table
    FROM pg_constraint
    WHERE conrelid = ANY($1::text[]::regclass[]) AND contype = $2
    ORDER BY conrelid, conname
"""
#: Primary keys that no foreign key depends on; the others stay, which are of ids in order.
_SUSPENDED_KEYS = f"""
    SELECT key.drop, key.restore FROM ({_SUSPENDED}) AS key
    WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE confrelid = key.table AND contype = 'f')
"""  # noqa: S608
_SUSPENDED_INDEXES = """
    SELECT
        format('DROP INDEX %s', indexrelid::regclass) AS drop,
        -- That of a partitioned table is built in each partition again.
        replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS restore
    FROM pg_index
    WHERE indrelid = ANY($1::text[]::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indexrelid
"""


@asynccontextmanager
async def bulk_load(connection: asyncpg.Connection, tables: Sequence[str]) -> AsyncIterator[None]:
    """In the block, rows are inserted without constraints, indexes and triggers."""
    await _execute(connection, (f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    async with without_indexes(connection, tables):
        yield
    await _execute(connection, (f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


@asynccontextmanager
async def without_indexes(
    connection: asyncpg.Connection, tables: Sequence[str]
) -> AsyncIterator[None]:
    """In the block, rows are inserted without constraints and indexes; triggers run."""
    foreign_keys = await connection.fetch(_SUSPENDED, tables, b"f")
    uniques = await connection.fetch(_SUSPENDED, tables, b"u")
    keys = await connection.fetch(_SUSPENDED_KEYS, tables, b"p")
    indexes = await connection.fetch(_SUSPENDED_INDEXES, tables)
    suspended = [*foreign_keys, *uniques, *keys, *indexes]
    await _execute(connection, (row["drop"] for row in suspended))
    yield
    await _execute(connection, (row["restore"] for row in reversed(suspended)))


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
