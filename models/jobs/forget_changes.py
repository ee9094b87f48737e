"""Deletes old changes of the change feed, and the reads that budgets no longer count."""

import asyncio

import asyncpg

from models.case.change import ApplicationChange, VolumeChange
from models.jobs.scheduler import Jobs, run_repeatedly
from models.supervision.budgeted_read import HOURS_COUNTED, BudgetedRead, DisclosedEnding

#: How long a subscriber may resume from a position.
FOLLOWED_HOURS = 24
#: Retention is longer, because a change may be committed long after it was written.
_KEPT_HOURS = 2 * FOLLOWED_HOURS
_EVERY_SECONDS = 600.0
_BATCH = 10_000


async def forget(connection: asyncpg.Connection) -> int:
    """Delete changes past their retention, and reads that no longer count; return how many."""
    removed = 0
    for table in (ApplicationChange.__tablename__, VolumeChange.__tablename__):
        while deleted := await _deleted(connection, table):
            removed += deleted
    for counted in (BudgetedRead.read_at, DisclosedEnding.told_at):
        status = await connection.execute(
            f"DELETE FROM {counted.class_.__tablename__}"  # noqa: S608
            f" WHERE {counted.key} < now() - interval '{HOURS_COUNTED} hours'"
        )
        removed += int(status.rpartition(" ")[2])
    return removed


#: The account finds events by their changes, and notices are written from them: what either has yet
#: to take up stays.
_TAKEN_UP = """
    written_in < coalesce(
        (SELECT changes_from FROM account_source WHERE source = 'application_event'),
        written_in + 1
    ) AND (written_in, id) <= (
        SELECT coalesce(max(it.written_in), earliest.written_in), coalesce(max(change_id), id)
        FROM webhook_cursor AS it
    )
"""


async def _deleted(connection: asyncpg.Connection, table: str) -> int:
    """Delete old changes among those with the least ids, and return how many: they need no index
    by their instants."""
    is_followed = table == ApplicationChange.__tablename__
    status = await connection.execute(
        f"""
        DELETE FROM {table} WHERE id IN (
            SELECT id FROM (
                SELECT id, written_at, written_in FROM {table} ORDER BY id LIMIT $1
            ) AS earliest
            WHERE written_at < now() - interval '{_KEPT_HOURS} hours'
                {f"AND {_TAKEN_UP}" if is_followed else ""}
        )
        """,  # noqa: S608
        _BATCH,
    )
    return int(status.rpartition(" ")[2])


async def keep_forgetting(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Delete old changes until ``stop`` is set; retry on connection errors."""
    await run_repeatedly(forget, url, stop, every, jobs)
