"""Examines the seal keys in the database: today's and tomorrow's."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.doctor.finding import Finding

#: The table comes with this release's row rules, whose absence is another finding.
_TABLE_EXISTS = "SELECT to_regclass('viewer.daily_seal_key') IS NOT NULL"
_DAYS_WITHOUT = """
    SELECT day FROM (VALUES ('today', clock_timestamp()),
        ('tomorrow', clock_timestamp() + interval '1 day')) AS due (day, moment)
    WHERE NOT EXISTS (
        SELECT FROM viewer.daily_seal_key WHERE moment >= begins_at AND moment < ends_at
    )
"""


async def examine_seal_keys(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if not await owner.fetchval(_TABLE_EXISTS):
        return
    missing = [row["day"] for row in await owner.fetch(_DAYS_WITHOUT)]
    if missing:
        yield Finding(
            f"The database has no seal key for {' and '.join(missing)} (days of UTC).",
            "Without the key of a day no viewer reaches any row on it.",
            "Run `gerbang migrate` now, then see why `gerbang keep` does not run: it installs the"
            " next day's key.",
        )
