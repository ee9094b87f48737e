"""Examines the database as its owner: revision, row rules, backlog of the keeper, disk."""

from collections.abc import AsyncIterator

import asyncpg

from gateway.access.probe import FOLDED_WITHIN_SECONDS
from gateway.access.transactions.errors import DISK_FULL, state_of
from gateway.doctor.finding import Finding, finding_of
from gateway.faults import Fault
from models.migrations import current_and_newest
from models.row_security import installed_version, version

# One row fills a page, so the file has to grow.
_TRIAL = """
    CREATE TABLE gerbang_doctor_trial (filler text STORAGE PLAIN);
    INSERT INTO gerbang_doctor_trial SELECT repeat('x', 8000) FROM generate_series(1, 64);
"""


async def examine_revision(owner_url: str) -> AsyncIterator[Finding]:
    at, newest = await current_and_newest(owner_url)
    if at != newest:
        yield finding_of(
            Fault.MIGRATIONS,
            f"The database is at revision {at or 'none'}; this version needs {newest}.",
        )


async def examine_row_rules(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    if await installed_version(owner) != version():
        yield Finding(
            "The row rules in the database are not those of this version.",
            "The database would hold viewers to another policy than the gateway does.",
            "Run `gerbang migrate` with the version that serves.",
        )


async def examine_figures(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    waiting = await owner.fetchval(
        "SELECT extract(epoch FROM clock_timestamp() - min(written_at))::float8 FROM volume_outbox"
    )
    if waiting and waiting > FOLDED_WITHIN_SECONDS:
        yield finding_of(Fault.KEEPER, f"Changes have waited for {waiting:.0f} s to be counted.")


async def examine_disk(owner: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Write some rows, and roll back."""
    trial = owner.transaction()
    await trial.start()
    try:
        await owner.execute(_TRIAL)
    except asyncpg.PostgresError as error:
        if state_of(error) != DISK_FULL:
            raise
        yield finding_of(Fault.DISK, "The disk of the database is full.")
    finally:
        await trial.rollback()
