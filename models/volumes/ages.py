"""Keeps the ages of open cases: a day is made from the applications when it is over.

What changes on a day that is over marks it as stale, in the same transaction; a marked day is
made again. So a day is always what the applications say, whoever commits when.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import asyncpg

from models.volumes.grains import AGES, Ages, Dimension

#: Those of a day alone, by an index.
_OPEN_AT_THE_END = f"""
    SELECT
        day AS starts_on,
        {", ".join(Dimension)},
        duration_bucket(extract(epoch FROM end_of_wib_day(day) - paid_at)) AS bucket
    FROM unnest($1::date[]) AS day
    JOIN application ON tstzrange(paid_at, closed_at, '(]') @> end_of_wib_day(day)
    WHERE paid_at IS NOT NULL AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(paid_at))
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
_MAKE = f"WITH open AS MATERIALIZED ({_OPEN_AT_THE_END}), {_INSERTS} SELECT count(*) FROM open"  # noqa: S608
_OVER = "SELECT wib_day(min(paid_at)) AS first_on, wib_day(now()) - 1 AS last_on FROM application"


async def make_ages(connection: asyncpg.Connection, *, anew: bool = False) -> int:
    """Make the ages of the days that are over and stale, or not there yet; how many days.

    ``anew`` makes every day. In a transaction, whose caller holds the keeper's lock.
    """
    marks = await connection.fetch("DELETE FROM volume_stale_days RETURNING first_on, last_on")
    ((first_on, last_on),) = await connection.fetch(_OVER)
    until = None if anew else await connection.fetchval("SELECT day FROM volume_aged_until")
    new_from = until + _ONE_DAY if until else first_on or last_on
    spans = [(new_from, last_on), *((mark["first_on"], mark["last_on"]) for mark in marks)]
    days = sorted({day for span in spans for day in _days(*span, last_on)})
    if anew:
        for ages in AGES:
            await connection.execute(f"DELETE FROM {ages.table.name}")  # noqa: S608
    if days:
        await _make(connection, days)
    await connection.execute("DELETE FROM volume_aged_until WHERE day <> $1", last_on)
    await connection.execute(
        "INSERT INTO volume_aged_until VALUES ($1) ON CONFLICT DO NOTHING", last_on
    )
    return len(days)


async def _make(connection: asyncpg.Connection, days: Sequence[date]) -> None:
    for ages in AGES:
        await connection.execute(
            f"DELETE FROM {ages.table.name} WHERE starts_on = ANY($1)",  # noqa: S608
            days,
        )
    await connection.execute(_MAKE, days)


def _days(first_on: date, last_on: date | None, latest: date) -> Iterator[date]:
    """Every day of a span, up to the latest."""
    until = min(last_on or latest, latest)
    return (first_on + timedelta(days=n) for n in range((until - first_on).days + 1))
