"""Maintains the ages of open cases: a snapshot for each completed day.

Snapshots are computed from the applications. A later change that affects a completed day marks
the day as stale in the same transaction, and stale days are computed again. So a snapshot always
agrees with the applications, whatever the order of commits.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import asyncpg

from models.volumes.grains import AGES, STORED_DIMENSIONS, Ages

#: The cases that were open at the end of the given days; found through an index.
_OPEN_AT_END_OF_DAY = f"""
    SELECT
        day AS starts_on,
        {", ".join(STORED_DIMENSIONS)},
        duration_bucket(extract(epoch FROM end_of_wib_day(day) - paid_at)) AS bucket
    FROM unnest($1::date[]) AS day
    JOIN application ON tstzrange(paid_at, closed_at, '(]') @> end_of_wib_day(day)
    WHERE paid_at IS NOT NULL AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(paid_at))
        AND extends_visa_number IS NULL
"""  # noqa: S608

_ONE_DAY = timedelta(days=1)


def _insert(ages: Ages) -> str:
    key = ", ".join(("starts_on", *ages.dimensions, "bucket"))
    return f"""
        INSERT INTO {ages.table.name} ({key}, measured)
        SELECT {key}, count(*)
        FROM open
        GROUP BY {key}
    """  # noqa: S608


_INSERTS = ", ".join(f"into_{ages.table.name} AS ({_insert(ages)})" for ages in AGES)
_INSERT_AGES = (
    f"WITH open AS MATERIALIZED ({_OPEN_AT_END_OF_DAY}), {_INSERTS} SELECT count(*) FROM open"  # noqa: S608
)
_COMPLETED_DAYS = """
    SELECT wib_day(min(paid_at)) AS first_on, wib_day(coalesce($1, now())) - 1 AS last_on
    FROM application
"""


async def compute_ages(
    connection: asyncpg.Connection, *, rebuild: bool = False, now: datetime | None = None
) -> int:
    """Compute the ages of completed days that are stale or missing; return how many days.

    ``rebuild`` computes every day again. ``now`` is the database's, unless it is given. The caller
    holds a transaction and the advisory lock.
    """
    marks = await connection.fetch("DELETE FROM volume_stale_days RETURNING first_on, last_on")
    ((first_on, last_on),) = await connection.fetch(_COMPLETED_DAYS, now)
    until = None if rebuild else await connection.fetchval("SELECT day FROM volume_aged_until")
    new_from = until + _ONE_DAY if until else first_on or last_on
    spans = [(new_from, last_on), *((mark["first_on"], mark["last_on"]) for mark in marks)]
    days = sorted({day for span in spans for day in _days(*span, last_on)})
    if rebuild:
        for ages in AGES:
            await connection.execute(f"DELETE FROM {ages.table.name}")  # noqa: S608
    if days:
        await _replace_days(connection, days)
    await connection.execute("DELETE FROM volume_aged_until WHERE day <> $1", last_on)
    await connection.execute(
        "INSERT INTO volume_aged_until VALUES ($1) ON CONFLICT DO NOTHING", last_on
    )
    return len(days)


async def _replace_days(connection: asyncpg.Connection, days: Sequence[date]) -> None:
    for ages in AGES:
        await connection.execute(
            f"DELETE FROM {ages.table.name} WHERE starts_on = ANY($1)",  # noqa: S608
            days,
        )
    await connection.execute(_INSERT_AGES, days)


def _days(first_on: date, last_on: date | None, latest: date) -> Iterator[date]:
    """Every day of a span, but none after ``latest``."""
    until = min(last_on or latest, latest)
    return (first_on + timedelta(days=n) for n in range((until - first_on).days + 1))
