"""What a revision does to a table that is in use: indexes, back-fills, columns of row rules.

`lock_timeout` is set for every revision, and one that ran into it is tried again. What is done
here outside a transaction can be done twice: a revision that was killed begins anew.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import Connection, text

from models.database.locking import LOCK_TIMEOUT_MS

#: A concurrent index waits for transactions that are older, without keeping anybody waiting.
_INDEX_TIMEOUT = "10min"
_BATCH = 5_000
_PAUSE_SECONDS = 0.02

_INDEX = """
    SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)
"""
_RULES_ON = """
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


def create_index(name: str, definition: str) -> None:
    """Build an index while the table is read and written; ``definition`` follows CREATE INDEX … ON.

    What a build left that was interrupted, and that PostgreSQL calls invalid, is built anew.
    Outside a transaction: what the revision did before is committed.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        _say(connection, f"SET lock_timeout = '{_INDEX_TIMEOUT}'")
        is_valid = connection.scalar(text(_INDEX), {"name": name})
        if is_valid is False:
            _say(connection, f"DROP INDEX CONCURRENTLY {name}")
        if not is_valid:
            _say(connection, f"CREATE INDEX CONCURRENTLY {name} ON {definition}")
        _say(connection, f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def drop_index(name: str) -> None:
    """Drop an index while its table is read and written, outside a transaction."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        _say(connection, f"SET lock_timeout = '{_INDEX_TIMEOUT}'")
        _say(connection, f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        _say(connection, f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


def back_fill(
    table: str,
    key: str,
    change: str,
    still_due: str,
    *,
    batch: int = _BATCH,
    pause_seconds: float = _PAUSE_SECONDS,
) -> int:
    """Fill a column of every row, a range of keys at a time, each committed; how many rows.

    ``change`` follows SET, and ``still_due`` says of a row that it is not filled yet: what was
    filled before an interruption is passed over. After each batch there is a pause, of the batch's
    own length at least, so that the database is half idle. Outside a transaction.
    """
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
            where = f"{key} <= :upto" + ("" if last is None else f" AND {key} > :last")
            update = f"UPDATE {table} SET {change} WHERE {where} AND ({still_due})"  # noqa: S608
            filled += connection.execute(text(update), {"last": last, "upto": upto}).rowcount
            last = upto
            time.sleep(max(pause_seconds, time.monotonic() - began))


def lift_row_rules(table: str | None = None, *columns: str) -> list[str]:
    """Drop the row rules that look at a table, or at some of its columns; the statements that
    make them again.

    Row level security stays on, so the rows that a rule opened are closed until there is one
    again: after the last revision all that are missing are put up. Within the transaction of the
    revision.
    """
    connection = op.get_bind()
    tables = [table] if table else list(connection.scalars(text(_WALLED)))
    rules = [
        rule
        for each in tables
        for rule in connection.execute(
            text(_RULES_ON), {"table": each, "columns": " ".join(columns)}
        )
    ]
    for rule in {(rule.table, rule.name) for rule in rules}:
        _say(connection, f'DROP POLICY "{rule[1]}" ON {rule[0]}')
    return sorted({rule.statement for rule in rules})


@contextmanager
def without_row_rules(table: str, *columns: str) -> Iterator[None]:
    """Meanwhile no row rule looks at a table, or at some of its columns; then all do again.

    For what PostgreSQL refuses to do to a column that a rule uses, such as changing its type.
    Within the transaction of the revision, so nobody else sees a table without its rules.
    """
    statements = lift_row_rules(table, *columns)
    yield
    for statement in statements:
        _say(op.get_bind(), statement)


_WALLED = """
    SELECT DISTINCT polrelid::regclass::text FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
    WHERE relnamespace = 'public'::regnamespace
"""


def _nth_key(table: str, key: str, *, is_first: bool) -> str:
    """The key at the end of the next range."""
    after = "" if is_first else f" WHERE {key} > :last"
    ordered = f"SELECT {key} AS upto FROM {table}{after} ORDER BY {key} LIMIT :batch"  # noqa: S608
    return f"SELECT upto FROM ({ordered}) AS range ORDER BY upto DESC LIMIT 1"  # noqa: S608


def _say(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
