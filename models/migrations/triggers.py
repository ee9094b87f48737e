"""The triggers that the revisions put up, in a file: `gerbang doctor` names any other one.

A trigger runs with each row that is written, so whoever administers the database could swallow or
change by one of their own what everybody else writes.
"""

from collections.abc import Mapping
from pathlib import Path

import asyncpg

from models.database.connections import connect

FILE = Path(__file__).with_suffix(".txt")
#: Those of the row rules are left out: `gerbang migrate` makes them from the policy.
_TRIGGERS = """
    SELECT format('%I of %I', tgname, relname), format('%s %s calls %I(%s) %s', tgtype, tgenabled,
        proname, encode(tgargs, 'escape'), md5(prosrc))
    FROM pg_catalog.pg_trigger
    JOIN pg_catalog.pg_class ON pg_class.oid = tgrelid
    JOIN pg_catalog.pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
        AND pronamespace <> coalesce(to_regnamespace('viewer'), 0)
    UNION ALL
    SELECT format('%I of all commands', evtname), 'an event trigger'
    FROM pg_catalog.pg_event_trigger
    ORDER BY 1
"""


async def read_triggers(connection: asyncpg.Connection) -> Mapping[str, str]:
    """The triggers of a database: by name and table, when each runs, and a digest of what."""
    return dict(await connection.fetch(_TRIGGERS))


async def read_text(url: str) -> str:
    """The text of the file for the triggers of a database."""
    connection = await connect(url)
    try:
        return triggers_text(await read_triggers(connection))
    finally:
        await connection.close()


def triggers_text(triggers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {what}\n" for name, what in sorted(triggers.items()))


def expected_triggers() -> Mapping[str, str]:
    """Those of the newest revision."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)
