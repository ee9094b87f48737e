"""Short waits for locks, again and again: whoever changes a table never keeps its readers long.

A request for a strong lock makes everybody who comes later queue behind it. So each wait is much
shorter than what a request of the gateway may wait, and there is a pause before the next.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

T = TypeVar("T")

#: How long one attempt waits for a lock; GERBANG_LOCK_SECONDS is longer.
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
    """Somebody held on to what was to be changed; the text says who, and what to do."""


async def retry_for_lock(
    connection: asyncpg.Connection,
    attempt: Callable[[], Awaitable[T]],
    what: str,
    table: str | None = None,
) -> T:
    """Do something that waits briefly for locks, again while they are held.

    ``what`` names it, and ``table`` what it locks, for the message of the LockedError that is
    raised after the last attempt.
    """
    pause = _FIRST_PAUSE_SECONDS
    for _ in range(_ATTEMPTS - 1):
        try:
            return await attempt()
        except Exception as error:  # both drivers' errors, told apart by their codes
            if not _is_worth_repeating(error):
                raise
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    try:
        return await attempt()
    except Exception as error:
        if not _is_worth_repeating(error):
            raise
        raise LockedError(await _complaint(connection, what, table)) from error


def _is_worth_repeating(error: Exception) -> bool:
    """Whether it was a matter of somebody else at the same moment."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    concurrently = state == _INTERNAL_ERROR and "concurrently" in str(cause)
    return concurrently or state in (_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED)


async def _complaint(connection: asyncpg.Connection, what: str, table: str | None) -> str:
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
