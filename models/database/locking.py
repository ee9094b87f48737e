"""Retries for strong table locks, with short waits, so that readers are never blocked for long.

Everybody else queues behind a waiting request for a strong lock. So each attempt waits much less
than a request of the gateway may, and there is a pause between attempts.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

T = TypeVar("T")

#: The wait of one attempt, shorter than the gateway's GERBANG_LOCK_SECONDS.
LOCK_TIMEOUT_MS = 500
_ATTEMPTS = 12
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0

_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED, _INTERNAL_ERROR = "55P03", "40P01", "XX000"

_HOLDERS = """
    SELECT DISTINCT locks.pid, usename AS login, relation::regclass::text AS held,
        to_char(xact_start, 'HH24:MI:SS') AS since
    FROM pg_locks AS locks
    LEFT JOIN pg_stat_activity AS activity ON activity.pid = locks.pid
    WHERE locks.granted AND locks.pid <> pg_backend_pid()
        AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND ($1::text IS NULL OR locks.relation = to_regclass($1))
        AND locks.relation IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')
            AND relnamespace IN (to_regnamespace('public'), to_regnamespace('viewer')))
    ORDER BY since, locks.pid LIMIT 3
"""


class LockedError(Exception):
    """A lock could not be had in any attempt; the text says who holds it, and what to do."""


async def retry_for_lock(
    connection: asyncpg.Connection,
    attempt: Callable[[], Awaitable[T]],
    what: str,
    table: str | None = None,
) -> T:
    """Run an attempt that waits briefly for locks, and repeat it while they are held.

    Raises LockedError after the last attempt; ``what`` and ``table`` are for its message.
    """
    pause = _FIRST_PAUSE_SECONDS
    for _ in range(_ATTEMPTS - 1):
        try:
            return await attempt()
        except Exception as error:  # of either driver, so classified by SQLSTATE
            if not _is_retryable(error):
                raise
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    try:
        return await attempt()
    except Exception as error:
        if not _is_retryable(error):
            raise
        raise LockedError(await _holders_message(connection, what, table)) from error


def _is_retryable(error: Exception) -> bool:
    """Whether the error came from a conflict with a concurrent transaction."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    concurrently = state == _INTERNAL_ERROR and "concurrently" in str(cause)
    return concurrently or state in (_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED)


async def _holders_message(connection: asyncpg.Connection, what: str, table: str | None) -> str:
    rows = await connection.fetch(_HOLDERS, table)
    holders = "; ".join(
        f"process {row['pid']} of {row['login']} holds {row['held']}"
        + (f" since {row['since']}" if row["since"] else "")
        for row in rows
    )
    return (
        f"could not {what}: each of {_ATTEMPTS} times somebody else held it"
        f" ({holders or 'nobody does now'}). What was done before stays, nothing is half done, and"
        " nobody sees more than before. Run `gerbang migrate` again later, or end what is in the"
        " way with SELECT pg_terminate_backend(process)."
    )
