"""What partitions of the log of reads cost and bring: ten years of it in one table, in quarters and
in years."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

import asyncpg

from bench.measuring import show, show_table, side_by_side
from bench.world import server
from models import AccessEvent, Base
from models.database.connections import connected
from models.migrations.schema_objects import statements_of_models

_YEARS = range(2017, 2028)
_BEGINS = datetime(2017, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2027, 12, 1, tzinfo=UTC)
_TABLE = AccessEvent.__tablename__
#: By how many months each is partitioned.
_MONTHS = {"in one table": 0, "in quarters": 3, "in years": 12}
_NAMES = {name: f"log_{months}" for name, months in _MONTHS.items()}
#: People are read some ten times each, by four hundred officers.
_ROWS = """
    INSERT INTO log_0 (id, occurred_at, applicant_id, actor, actor_role, purpose, case_reference,
        fields, trace_id, mac_key, mac)
    SELECT gen_random_uuid(),
        $1::timestamptz + ($2::timestamptz - $1::timestamptz) * (number::float8 / $3::int),
        lpad(to_hex(number::bigint * 7919 % ($3::int / 10)), 32, '0')::uuid,
        'officer-' || number % 400,
        'OFFICER', CASE number % 5 WHEN 0 THEN 'SUPERVISION' ELSE 'CASEWORK' END,
        'CASE-' || number % ($3::int / 3), '{fullName,passportNumber}', repeat('0', 32), 'key',
        decode(repeat('00', 32), 'hex')
    FROM generate_series(1, $3::int) AS number
"""
_NEW = """
    INSERT INTO {} (id, applicant_id, actor, actor_role, purpose, case_reference, fields, trace_id,
        mac_key, mac)
    SELECT gen_random_uuid(), $1, 'officer-1', 'OFFICER', 'CASEWORK', 'CASE-1',
        '{{fullName,passportNumber}}', repeat('0', 32), 'key', decode(repeat('00', 32), 'hex')
"""
_PAGE = "SELECT id, occurred_at FROM {} WHERE {} ORDER BY occurred_at DESC, id DESC LIMIT 51"
_WINDOW = """
    SELECT actor, count(DISTINCT applicant_id) FROM {}
    WHERE occurred_at >= $1 AND occurred_at < $2 GROUP BY actor
"""


async def measure(entries: int, rounds: int) -> None:
    """Print what an entry and the questions about the log take, each of the three in turns."""
    with server() as running:
        async with connected(running.url("bench_partitions")) as connection:
            for statement in statements_of_models():
                await connection.execute(statement)
            for name, months in _MONTHS.items():
                await _make(connection, _NAMES[name], months)
            await connection.execute(_ROWS, _BEGINS, _NEWEST, entries)
            for name in [*_NAMES.values()][1:]:
                await connection.execute(f"INSERT INTO {name} SELECT * FROM log_0")
            await connection.execute(f"VACUUM ANALYZE {', '.join(_NAMES.values())}")
            await connection.execute("SET plan_cache_mode = force_generic_plan")
            await _ask(connection, rounds)
            await _sizes(connection)


async def _make(connection: asyncpg.Connection, name: str, months: int) -> None:
    """A table with the columns and indexes of the log of reads, without triggers and keys."""
    by = "PARTITION BY RANGE (occurred_at)" if months else ""
    await connection.execute(f"CREATE TABLE {name} (LIKE {_TABLE} INCLUDING DEFAULTS) {by}")
    starts = [date(year, month, 1) for year in _YEARS for month in range(1, 13, months or 12)]
    bounds = zip(starts, [*starts[1:], date(_YEARS.stop, 1, 1)], strict=True) if months else ()
    tables = [name]
    for number, (since, before) in enumerate(bounds):
        tables.append(f"{name}_{number}")
        await connection.execute(
            f"CREATE TABLE {name}_{number} PARTITION OF {name}"
            f" FOR VALUES FROM ('{since}Z') TO ('{before}Z')"
        )
    for table in tables[1:] or tables:
        await connection.execute(f"CREATE UNIQUE INDEX ON {table} (id)")
    await connection.execute(f"CREATE INDEX ON {name} (occurred_at, id)")
    for index in Base.metadata.tables[_TABLE].indexes:
        await connection.execute(f"CREATE INDEX ON {name} ({', '.join(index.columns.keys())})")


async def _ask(connection: asyncpg.Connection, rounds: int) -> None:
    known = await connection.fetch(
        "SELECT id, applicant_id, actor, case_reference FROM log_0 ORDER BY md5(id::text) LIMIT 500"
    )
    month = [(_NEWEST - timedelta(days=30), _NEWEST)]
    questions: dict[str, tuple[str, Sequence[Sequence[Any]]]] = {
        "an entry": (_NEW, [(row["applicant_id"],) for row in known]),
        "who read this person": (
            _PAGE.format("{}", "applicant_id = $1"),
            [(row["applicant_id"],) for row in known],
        ),
        "what this officer read": (
            _PAGE.format("{}", "actor = $1"),
            [(row["actor"],) for row in known],
        ),
        "who read in this case": (
            _PAGE.format("{}", "case_reference = $1"),
            [(row["case_reference"],) for row in known],
        ),
        "the newest reads": (_PAGE.format("{}", "true"), [()]),
        "readers of a month": (_WINDOW, month),
        "one read by its id": ("SELECT * FROM {} WHERE id = $1", [(row["id"],) for row in known]),
    }
    for question, (statement, values) in questions.items():
        contenders = {}
        for name, table in _NAMES.items():
            prepared = await connection.prepare(statement.format(table))
            contenders[name] = partial(_fetch, prepared, cycle(values))
        show(question, "the log", await side_by_side(contenders, rounds))


async def _fetch(prepared: Any, values: Any) -> None:
    await prepared.fetch(*next(values))


async def _sizes(connection: asyncpg.Connection) -> None:
    rows = []
    for name, table in _NAMES.items():
        found = await connection.fetchrow(
            "SELECT count(*) AS number, sum(pg_table_size(oid)) AS heap, sum(pg_indexes_size(oid))"
            " AS indexes FROM pg_class WHERE relkind = 'r' AND relname ~ ('^' || $1 || '(_|$)')",
            table,
        )
        assert found
        sizes = (f"{found[of] / 2**20:,.0f} MB" for of in ("heap", "indexes"))
        rows.append((name, f"{found['number']}", *sizes))
    show_table("Its size", ("the log", "tables", "rows", "indexes"), rows)
