"""Operations of revisions on tables in use: concurrent indexes, backfills, suspended row policies.

`lock_timeout` is set for every revision, and a revision that runs into it is retried. Operations
outside a transaction are idempotent, since an interrupted revision starts again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import Connection, text

from models.database.locking import LOCK_TIMEOUT_MS

#: A concurrent build waits for older transactions, but blocks nobody.
_INDEX_TIMEOUT = "10min"
_BATCH = 5_000
_PAUSE_SECONDS = 0.02

_PARTITIONS = """
    SELECT pg_class.oid::regclass::text AS table, relname AS name
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = to_regclass(:table)
"""
_IS_PARTITIONED = "SELECT relkind = 'I' FROM pg_class WHERE oid = to_regclass(:name)"
_INDEX = """
    SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)
"""
_POLICIES_ON = """
    SELECT DISTINCT polname AS name, polrelid::regclass::text AS table,
        format('CREATE POLICY %I ON %s AS %s FOR %s TO %s %s %s', polname, polrelid::regclass,
            CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ')
                FROM unnest(polroles) AS role),
            'USING (' || pg_get_expr(polqual, polrelid) || ')',
            'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')') AS statement
    FROM pg_policy JOIN pg_depend ON classid = 'pg_policy'::regclass AND objid = pg_policy.oid
    LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE refclassid = 'pg_class'::regclass AND refobjid = to_regclass(:table)
        AND (:columns = '' OR attname = ANY (string_to_array(:columns, ' ')))
    ORDER BY 2, 1
"""


def create_index(name: str, definition: str, *, is_unique: bool = False) -> None:
    """Build an index concurrently; ``definition`` follows CREATE INDEX … ON.

    An invalid index, left by an interrupted build, is rebuilt. Runs outside a transaction, so
    earlier work of the revision is committed first. Of a partitioned table it is built in each
    partition; then that of the table takes them over.
    """
    table = definition.split()[0]
    kind = "UNIQUE INDEX" if is_unique else "INDEX"
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        _execute(connection, f"SET lock_timeout = '{_INDEX_TIMEOUT}'")
        partitions = connection.execute(text(_PARTITIONS), {"table": table}).all()
        for partition in partitions:
            of_partition = definition.replace(table, partition.table, 1)
            _build(connection, f"{partition.name}_{name}", kind, of_partition)
        if not partitions:
            _build(connection, name, kind, definition)
        elif connection.scalar(text(_INDEX), {"name": name}) is None:
            _execute(connection, f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
            _execute(connection, f"CREATE {kind} {name} ON {definition}")
        _execute(connection, f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def _build(connection: Connection, name: str, kind: str, definition: str) -> None:
    schema = definition.split()[0].rpartition(".")[0]
    named = f"{schema}.{name}" if schema else name
    is_valid = connection.scalar(text(_INDEX), {"name": named})
    if is_valid is False:
        _execute(connection, f"DROP INDEX CONCURRENTLY {named}")
    if not is_valid:
        _execute(connection, f"CREATE {kind} CONCURRENTLY {name} ON {definition}")


def drop_index(name: str) -> None:
    """Drop an index concurrently, outside a transaction; that of a partitioned table in an instant,
    for which PostgreSQL has no other way."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        if connection.scalar(text(_IS_PARTITIONED), {"name": name}):
            _execute(connection, f"DROP INDEX {name}")
            return
        _execute(connection, f"SET lock_timeout = '{_INDEX_TIMEOUT}'")
        _execute(connection, f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        _execute(connection, f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def back_fill(
    table: str,
    key: str,
    change: str,
    still_due: str,
    *,
    batch: int = _BATCH,
    pause_seconds: float = _PAUSE_SECONDS,
) -> int:
    """Backfill a column in batches of consecutive keys, each committed; return the rows updated.

    ``change`` follows SET. ``still_due`` is the condition that a row is not filled yet, so that a
    restart skips finished rows. A pause follows each batch, at least as long as the batch took, to
    keep the database half idle. Runs outside a transaction.
    """
    update = f"UPDATE {table} SET {change} WHERE {{range}} AND ({still_due})"  # noqa: S608
    return _in_batches(table, key, update, batch, pause_seconds)


def _in_batches(table: str, key: str, statement: str, batch: int, pause_seconds: float) -> int:
    filled = 0
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        last = None
        while True:
            began = time.monotonic()
            upto = connection.scalar(
                text(_nth_key(table, key, is_first=last is None)), {"last": last, "batch": batch}
            )
            if upto is None:
                return filled
            of_table = f"{table}.{key}"
            where = f"{of_table} <= :upto" + ("" if last is None else f" AND {of_table} > :last")
            done = text(statement.replace("{range}", where))
            filled += connection.execute(done, {"last": last, "upto": upto}).rowcount
            last = upto
            time.sleep(max(pause_seconds, time.monotonic() - began))


def lift_row_rules(table: str | None = None, *columns: str) -> list[str]:
    """Drop the row policies that use a table, or some of its columns; return the statements that
    create them again.

    Row level security stays on, so the rows are hidden until the policies are back; missing ones
    are installed after the last revision. Runs in the transaction of the revision.
    """
    connection = op.get_bind()
    tables = [table] if table else list(connection.scalars(text(_TABLES_WITH_POLICIES)))
    rules = [
        rule
        for each in tables
        for rule in connection.execute(
            text(_POLICIES_ON), {"table": each, "columns": " ".join(columns)}
        )
    ]
    for rule in {(rule.table, rule.name) for rule in rules}:
        _execute(connection, f'DROP POLICY "{rule[1]}" ON {rule[0]}')
    return sorted({rule.statement for rule in rules})


@contextmanager
def without_row_rules(table: str, *columns: str) -> Iterator[None]:
    """Suspend the row policies that use a table, or some of its columns.

    For changes that PostgreSQL refuses on a column that a policy uses, such as a new type. Runs in
    the transaction of the revision, so nobody else sees the table without its policies.
    """
    statements = lift_row_rules(table, *columns)
    yield
    for statement in statements:
        _execute(op.get_bind(), statement)


_TABLES_WITH_POLICIES = """
    SELECT DISTINCT polrelid::regclass::text FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
    WHERE relnamespace = 'public'::regnamespace
"""


def _nth_key(table: str, key: str, *, is_first: bool) -> str:
    """A query for the last key of the next batch."""
    after = "" if is_first else f" WHERE {key} > :last"
    ordered = f"SELECT {key} AS upto FROM {table}{after} ORDER BY {key} LIMIT :batch"  # noqa: S608
    return f"SELECT upto FROM ({ordered}) AS range ORDER BY upto DESC LIMIT 1"  # noqa: S608


def _execute(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
