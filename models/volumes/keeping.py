"""Keeps the rollups up to date: folds the outbox into them, or builds them anew.

A fold removes changes from the outbox and adds them to every rollup in one statement, so each
change is counted exactly once, whatever dies when, and in whatever order writers commit.
"""

import asyncio

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.volumes.ages import make_ages
from models.volumes.grains import FACTS, GRAINS, ROLLUPS, Dimension
from models.volumes.rollups import Rollup

#: Held by whoever changes the grains, so that two never wait for each other's rows.
_LOCK = "SELECT pg_advisory_xact_lock(7461002)"

CHANGE_COLUMNS = ", ".join(("day", *Dimension, "kind", "ground", "bucket", *FACTS, "measured"))
#: National changes as changes of figures that have no dimensions.
NATIONAL_CHANGES = """
    SELECT
        day, NULL, NULL, NULL, NULL, NULL, NULL, kind, ground, NULL,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, measured
    FROM volume_national_contribution
"""
_FROM_RAW_ROWS = f"""
    SELECT {CHANGE_COLUMNS}
    FROM application
    CROSS JOIN LATERAL volume_contribution(
        status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
        paused_seconds, was_info_requested, partner_code
    )
    CROSS JOIN (SELECT NULL::text AS ground) AS no_ground
    UNION ALL
    {NATIONAL_CHANGES}
"""  # noqa: S608
_FROM_OUTBOX = """
    DELETE FROM volume_outbox
    WHERE id IN (SELECT id FROM volume_outbox ORDER BY id LIMIT $1)
    RETURNING *
"""


def _into(rollup: Rollup, *, is_empty: bool = False) -> str:
    """Add the changes to a rollup; in one that is empty nothing is there already."""
    name = rollup.table.name
    columns = ", ".join(column.name for column in rollup.table.c)
    if is_empty:
        return f"INSERT INTO {name} ({columns}) {rollup.aggregate('changes')}"
    return f"""
        INSERT INTO {name} AS kept ({columns}) {rollup.aggregate("changes")}
        ON CONFLICT ON CONSTRAINT uq_{name} DO UPDATE SET {rollup.additions}
    """


def _steps(*steps: str, is_empty: bool = False) -> str:
    """One statement, so one snapshot, that makes changes, adds them everywhere and counts them."""
    additions = (
        f"into_{rollup.table.name} AS ({_into(rollup, is_empty=is_empty)})" for rollup in ROLLUPS
    )
    return f"WITH {', '.join((*steps, *additions))} SELECT count(*) FROM changes"  # noqa: S608


_FOLD = _steps(f"changes AS ({_FROM_OUTBOX})")
#: What the raw rows tell already need not be folded; what commits meanwhile stays to be folded.
_REBUILD = _steps(
    "told AS (DELETE FROM volume_outbox)", f"changes AS ({_FROM_RAW_ROWS})", is_empty=True
)


async def fold(connection: asyncpg.Connection, limit: int = 20_000) -> int:
    """Fold the oldest changes of the outbox into the rollups; how many they were."""
    async with connection.transaction():
        await connection.execute(_LOCK)
        folded = await connection.fetchval(_FOLD, limit) or 0
        if folded:
            await _drop_what_is_empty(connection)
        return folded


async def age(connection: asyncpg.Connection) -> int:
    """Make the ages of open cases at the end of days that are over; how many days."""
    async with connection.transaction():
        await connection.execute(_LOCK)
        return await make_ages(connection)


async def rebuild(connection: asyncpg.Connection) -> None:
    """Build all figures anew from raw rows; nobody waits, and readers keep the old ones."""
    async with connection.transaction():
        await connection.execute(_LOCK)
        for rollup in ROLLUPS:
            await connection.execute(f"DELETE FROM {rollup.table.name}")  # noqa: S608
        await connection.execute(_REBUILD)
        await make_ages(connection, anew=True)


async def _drop_what_is_empty(connection: asyncpg.Connection) -> None:
    """Lines of cases that are no longer open, and durations that were corrected."""
    lines = GRAINS[-1].histograms.name
    await connection.execute(f"DELETE FROM {lines} WHERE measured = 0")  # noqa: S608


async def keep_folding(
    url: str, stop: asyncio.Event, every: float = 1.0, jobs: Jobs | None = None
) -> None:
    """Fold, and make ages, until told to stop; a lost database is tried again after a pause."""
    await run_repeatedly(fold_or_age, url, stop, every, jobs)


async def fold_or_age(connection: asyncpg.Connection) -> int:
    """Fold; where nothing waits, make the ages of days that are over. How many were folded."""
    folded = await fold(connection)
    if not folded:
        await age(connection)
    return folded
