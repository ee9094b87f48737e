"""Keeps the rollups up to date: folds the outbox into them, or rebuilds them.

A fold deletes changes from the outbox and adds them to every rollup in one statement. So each
change is counted exactly once, even after a crash, and in whatever order writers commit.
"""

import asyncio
from datetime import datetime

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.volumes.ages import compute_ages
from models.volumes.complaints import ROLLUP as COMPLAINTS
from models.volumes.grains import (
    BY_PLACE,
    FACTS,
    GRAINS,
    GROUNDS,
    REFERRALS,
    RULE_FACTS,
    RULES,
    STORED_DIMENSIONS,
    Dimension,
)
from models.volumes.officers import DONE_BY_OFFICERS
from models.volumes.officers import ROLLUPS as OFFICERS
from models.volumes.outcomes import OUTCOMES
from models.volumes.rollups import Rollup, Sums
from models.volumes.stays import ROLLUPS as STAYS
from models.volumes.stays import STAY_DIMENSIONS

#: Advisory lock for changes of the rollups: two writers would deadlock on each other's rows.
_LOCK = "SELECT pg_advisory_xact_lock(7461002)"

ROLLUPS: tuple[Rollup, ...] = (
    *(rollup for grain in GRAINS for rollup in grain.rollups),
    *(outcomes.rollup for outcomes in OUTCOMES),
    Sums(
        GROUNDS,
        {"starts_on": "day", "ground": "ground"},
        {"refused": "measured"},
        "kind = 'ground'",
    ),
    Sums(
        REFERRALS,
        {"starts_on": "day"},
        {
            "referred": "CASE kind WHEN 'referral' THEN measured ELSE 0 END",
            "held": "CASE kind WHEN 'hold' THEN measured ELSE 0 END",
        },
        "kind IN ('referral', 'hold')",
    ),
    Sums(
        RULES,
        {"starts_on": "day", "visa_type_code": "visa_type_code"},
        {fact: f"CASE kind WHEN '{fact}' THEN measured ELSE 0 END" for fact in RULE_FACTS},
        "kind IN ({})".format(", ".join(f"'{kind}'" for kind in RULE_FACTS)),
    ),
    *OFFICERS,
    *STAYS,
    COMPLAINTS,
)

_OF_VISA_TYPE = ", ".join(
    each if each is Dimension.VISA_TYPE else "NULL" for each in STORED_DIMENSIONS
)
_OF_STAYS = ", ".join(each if each in STAY_DIMENSIONS else "NULL" for each in STORED_DIMENSIONS)
_OF_A_PLACE = ", ".join(each if each in BY_PLACE else "NULL" for each in STORED_DIMENSIONS)
CHANGE_COLUMNS = ", ".join(
    ("day", *STORED_DIMENSIONS, "kind", "ground", "done_by", "bucket", *FACTS, "measured")
)
#: What cannot be derived from an application alone, in the columns of the outbox: the national
#: contributions, those of officers and of rules, the decisions that did not stand, the first ones,
#: stays, and complaints, which the outbox never has.
OTHER_CHANGES = f"""
    SELECT
        day, {", ".join("NULL" for _ in STORED_DIMENSIONS)}, kind, ground, NULL, NULL,
        {", ".join("0" for _ in FACTS)}, measured
    FROM volume_national_contribution
    UNION ALL
    SELECT
        day,
        {_OF_VISA_TYPE},
        kind, NULL, officer, NULL, {", ".join("0" for _ in FACTS)}, measured
    FROM ({DONE_BY_OFFICERS}) AS done
    UNION ALL
    SELECT
        day,
        {_OF_VISA_TYPE},
        kind, NULL, NULL, NULL, {", ".join("0" for _ in FACTS)}, 1
    FROM volume_rule_contribution
    UNION ALL
    SELECT
        day, {", ".join(STORED_DIMENSIONS)}, NULL, NULL, NULL, NULL,
        {", ".join("1" if fact == "overturned" else "0" for fact in FACTS)}, 0
    FROM volume_overturned
    JOIN application ON application.id = application_id
    UNION ALL
    SELECT
        day, {", ".join(STORED_DIMENSIONS)}, kind, NULL, NULL, NULL,
        {", ".join("0" for _ in FACTS)}, 1
    FROM volume_first_decision
    JOIN application ON application.id = application_id
    UNION ALL
    SELECT day, {_OF_STAYS}, kind, NULL, NULL, NULL, {", ".join("0" for _ in FACTS)}, measured
    FROM (
        SELECT day, nationality_code, visa_type_code, kind, measured
        FROM volume_stay_contribution
        JOIN application ON application.id = application_id
        UNION ALL
        SELECT day, nationality_code, visa_type_code, kind, measured FROM volume_erased_stay
    ) AS stays
    UNION ALL
    SELECT
        starts_on, {_OF_A_PLACE}, 'complaint', kind, NULL, NULL,
        {", ".join("0" for _ in FACTS)}, lodged
    FROM volume_complaint_contribution
"""  # noqa: S608
_FROM_RAW_ROWS = f"""
    SELECT {CHANGE_COLUMNS}
    FROM application
    CROSS JOIN LATERAL volume_contribution(
        status, submitted_at, received_at, paid_at, closed_at, target_due_at, fee_idr,
        paused_seconds, was_info_requested, partner_code
    )
    CROSS JOIN (SELECT NULL::text AS ground, NULL::text AS done_by, 0 AS overturned) AS of_nobody
    WHERE extends_visa_number IS NULL
    UNION ALL
    {OTHER_CHANGES}
"""  # noqa: S608
#: To fold nothing would still renew the version of the figures.
_IS_BEHIND = "SELECT EXISTS (SELECT FROM volume_outbox)"
_FROM_OUTBOX = """
    DELETE FROM volume_outbox
    WHERE ctid IN (SELECT ctid FROM volume_outbox LIMIT $1)
    RETURNING *
"""


def _upsert(rollup: Rollup, *, is_empty: bool = False) -> str:
    """Upsert the changes into a rollup; a plain insert if it is empty."""
    name = rollup.table.name
    columns = ", ".join(column.name for column in rollup.table.c if column.computed is None)
    if is_empty:
        return f"INSERT INTO {name} ({columns}) {rollup.aggregate('changes')}"
    return f"""
        INSERT INTO {name} AS kept ({columns}) {rollup.aggregate("changes")}
        ON CONFLICT ON CONSTRAINT uq_{name} DO UPDATE SET {rollup.additions}
    """


def _fold_statement(*steps: str, is_empty: bool = False) -> str:
    """One statement, hence one snapshot: collect the changes, add them everywhere, count them."""
    additions = (
        f"into_{rollup.table.name} AS ({_upsert(rollup, is_empty=is_empty)})" for rollup in ROLLUPS
    )
    return f"WITH {', '.join((*steps, *additions))} SELECT count(*) FROM changes"  # noqa: S608


_FOLD = _fold_statement(f"changes AS ({_FROM_OUTBOX})")
#: The raw rows include what is in the outbox, so it is emptied; later commits stay to be folded.
_REBUILD = _fold_statement(
    "emptied AS (DELETE FROM volume_outbox)", f"changes AS ({_FROM_RAW_ROWS})", is_empty=True
)


async def fold(connection: asyncpg.Connection, limit: int = 20_000) -> int:
    """Fold the oldest changes of the outbox into the rollups; return how many."""
    async with connection.transaction():
        await connection.execute(_LOCK)
        if not await connection.fetchval(_IS_BEHIND):
            return 0
        folded = await connection.fetchval(_FOLD, limit) or 0
        await _delete_zero_rows(connection)
        return folded


async def age(connection: asyncpg.Connection) -> int:
    """Compute the missing and stale age snapshots; return how many days."""
    async with connection.transaction():
        await connection.execute(_LOCK)
        return await compute_ages(connection)


async def rebuild(connection: asyncpg.Connection, now: datetime | None = None) -> None:
    """Rebuild all figures from the raw rows. Readers see the old figures until it commits.

    Ages are those of the days that are over at ``now``, by default the database's.
    """
    async with connection.transaction():
        await connection.execute(_LOCK)
        for rollup in ROLLUPS:
            await connection.execute(f"DELETE FROM {rollup.table.name}")  # noqa: S608
        await connection.execute(_REBUILD)
        await compute_ages(connection, rebuild=True, now=now)


async def _delete_zero_rows(connection: asyncpg.Connection) -> None:
    """Delete rows that fell to zero: cases that closed, and durations that were corrected."""
    lines = GRAINS[-1].histograms.name
    await connection.execute(f"DELETE FROM {lines} WHERE measured = 0")  # noqa: S608


async def keep_folding(
    url: str, stop: asyncio.Event, every: float = 1.0, jobs: Jobs | None = None
) -> None:
    """Fold the outbox and compute ages until ``stop`` is set; retry after a pause on errors."""
    await run_repeatedly(fold_or_age, url, stop, every, jobs)


async def fold_or_age(connection: asyncpg.Connection) -> int:
    """Fold; if the outbox was empty, compute ages instead. Returns how many were folded."""
    folded = await fold(connection)
    if not folded:
        await age(connection)
    return folded
