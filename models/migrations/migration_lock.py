"""The migration lock: one migration at a time; others wait and log who holds it."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

log = logging.getLogger(__name__)

#: The advisory lock that a migration holds, for processes that start at the same time.
_LOCK = 7_461_001
_PAUSE_SECONDS = 0.5
#: A warning is logged every this many attempts.
_WARN_EVERY = 20

_HOLDER = """
    SELECT format('process %s of %s%s%s', locks.pid, usename,
        coalesce(' at ' || host(client_addr), ''),
        coalesce(', connected since ' || to_char(backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'), ''))
    FROM pg_locks AS locks LEFT JOIN pg_stat_activity AS activity ON activity.pid = locks.pid
    WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1::bigint::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@asynccontextmanager
async def take_turn(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the migration lock of a database; released with the connection at the latest.

    Polls instead of blocking in the database: a blocked statement would hold a snapshot that a
    concurrent index build of the other migration has to wait for.
    """
    waits = 0
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        if waits % _WARN_EVERY == 0:
            holder = await connection.fetchval(_HOLDER, _LOCK)
            log.warning("another migration is under way, and is waited for: %s", holder)
        waits += 1
        await asyncio.sleep(_PAUSE_SECONDS * random.uniform(0.5, 1.5))
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
