"""What partitions cost and bring: ten years of the log of reads in one table, in quarters and in
years; and ten years of the events of cases in one table, in quarters of their own and of the cases.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle, pairwise
from typing import Any

import asyncpg

from bench.measuring import show, show_table, side_by_side
from bench.world import server
from models import AccessEvent, ApplicationEvent, Base
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

_EVENTS = {"in one table": "events_0", "by their instant": "events_1", "by the case": "events_2"}
#: Each case has seven events, and its key begins with the instant at which it was lodged.
_KEY = """
    (lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7'
        || substr(md5({number}::text), 1, 3) || '8' || substr(md5({number}::text), 4, 15))::uuid
"""
_LODGED = "$1::timestamptz + ($2::timestamptz - $1::timestamptz) * (lodged::float8 / ($3::int / 7))"
_OF_CASES = f"""
    INSERT INTO events_0 (id, application_id, sequence, kind, occurred_at, actor, actor_role)
    SELECT (lodged - 1) * 7 + sequence, {_KEY.format(at="at", number="lodged")}, sequence,
        'IN_VERIFICATION', at + sequence * interval '1 day', 'officer-1', 'OFFICER'
    FROM generate_series(1, $3::int / 7) AS lodged,
        generate_series(1, 7) AS sequence, LATERAL (SELECT {_LODGED} AS at) AS of_case
    ORDER BY at + sequence * interval '1 day'
"""
_FIRST_KEY = """
    SELECT rpad(lpad(to_hex((extract(epoch FROM $1::text::timestamptz) * 1000)::bigint), 12, '0'),
        32, '0')::uuid
"""
_NEW_EVENT = """
    INSERT INTO {} (id, application_id, sequence, kind, occurred_at, actor, actor_role)
    VALUES (0, $1, 0, 'IN_VERIFICATION', $2, 'officer-1', 'OFFICER')
"""


async def measure(entries: int, rounds: int) -> None:
    """Print what an entry and the questions about the log take, each of the three in turns; and
    the same of events."""
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
            await _make_events(connection, entries)
            await _ask_for_events(connection, rounds)


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


async def _make_events(connection: asyncpg.Connection, entries: int) -> None:
    """The table of events without triggers and keys: as it is, and partitioned in two ways."""
    made = f"LIKE {ApplicationEvent.__tablename__} INCLUDING DEFAULTS"
    await connection.execute(f"CREATE TABLE events_0 ({made})")
    await connection.execute(f"CREATE TABLE events_1 ({made}) PARTITION BY RANGE (occurred_at)")
    await connection.execute(f"CREATE TABLE events_2 ({made}) PARTITION BY RANGE (application_id)")
    quarters = [f"{year}-{month:02}-01Z" for year in _YEARS for month in (1, 4, 7, 10)]
    quarters.append(f"{_YEARS.stop}-01-01Z")
    for number, (since, before) in enumerate(pairwise(quarters)):
        await connection.execute(
            f"CREATE TABLE events_1_{number} PARTITION OF events_1"
            f" FOR VALUES FROM ('{since}') TO ('{before}')"
        )
        first, last = [await connection.fetchval(_FIRST_KEY, each) for each in (since, before)]
        await connection.execute(
            f"CREATE TABLE events_2_{number} PARTITION OF events_2"
            f" FOR VALUES FROM ('{first}') TO ('{last}')"
        )
    for table in _EVENTS.values():
        await connection.execute(f"CREATE INDEX ON {table} (id)")
        await connection.execute(f"CREATE INDEX ON {table} (application_id, sequence)")
    await connection.execute(_OF_CASES, _BEGINS, _NEWEST - timedelta(days=8), entries)
    for table in [*_EVENTS.values()][1:]:
        await connection.execute(f"INSERT INTO {table} SELECT * FROM events_0 ORDER BY id")
    await connection.execute(f"VACUUM ANALYZE {', '.join(_EVENTS.values())}")


async def _ask_for_events(connection: asyncpg.Connection, rounds: int) -> None:
    known = await connection.fetch(
        "SELECT id, application_id FROM events_0 ORDER BY md5(id::text) LIMIT 500"
    )
    newest = await connection.fetchval(
        "SELECT application_id FROM events_0 ORDER BY id DESC LIMIT 1"
    )
    cases = [row["application_id"] for row in known]
    questions: dict[str, tuple[str, Sequence[Sequence[Any]]]] = {
        "an event": (_NEW_EVENT, [(newest, _NEWEST)]),
        "the history of a case": (
            "SELECT * FROM {} WHERE application_id = $1 ORDER BY sequence",
            [(case,) for case in cases],
        ),
        "those of 50 cases": (
            "SELECT * FROM {} WHERE application_id = ANY ($1)",
            [(cases[first : first + 50],) for first in range(0, 500, 50)],
        ),
        "one event by its id": ("SELECT * FROM {} WHERE id = $1", [(row["id"],) for row in known]),
    }
    for question, (statement, values) in questions.items():
        contenders = {}
        for name, table in _EVENTS.items():
            prepared = await connection.prepare(statement.format(table))
            contenders[name] = partial(_fetch, prepared, cycle(values))
        show(question, "events", await side_by_side(contenders, rounds))
