"""The database as its owner sees it: revision, row rules, figures that are kept up."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.doctor.finding import Finding
from models.migrations import standing
from models.row_security import version, version_put_up

#: A fold takes well under a second and comes every second.
_SECONDS_UNTIL_FOLDED = 120


async def revision(owner_url: str) -> AsyncIterator[Finding]:
    at, newest = await standing(owner_url)
    if at != newest:
        yield Finding(
            f"The database is at revision {at or 'none'}; this version needs {newest}.",
            "Statements would name tables and columns that are not there.",
            "Run `gerbang migrate`.",
        )


async def row_rules(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if await version_put_up(owner) != version():
        yield Finding(
            "The row rules in the database are not those of this version.",
            "The database would hold viewers to another policy than the gateway does.",
            "Run `gerbang migrate` with the version that serves.",
        )


async def figures(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    waiting = await owner.fetchval(
        "SELECT extract(epoch FROM clock_timestamp() - min(written_at))::float8 FROM volume_outbox"
    )
    if waiting and waiting > _SECONDS_UNTIL_FOLDED:
        yield Finding(
            f"Changes have waited for {waiting:.0f} s to be counted.",
            "The volumes stand still, and show figures that are no longer so.",
            "Start `gerbang keep`, or look into its log: it says why it does not fold.",
        )
