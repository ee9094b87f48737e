"""Reconciles row security with the scripts: only what differs, one table at a time."""

import asyncpg

from models.database.locking import LOCK_TIMEOUT_MS, retry_for_lock
from models.row_security.current import SEARCH_PATH, CurrentRowSecurity, read_row_security
from models.row_security.desired import RowSecurity
from models.row_security.transition import PHASES, Step, create_roles

_VERSION = "COMMENT ON SCHEMA viewer IS '{}'"
#: What gateways keep in memory of these tables was read under the rules before.
_RENEW_NAMES = "UPDATE data_version SET version = gen_random_uuid() WHERE data = 'names'"


class WallError(Exception):
    """The database still differs from the scripts after all steps; the text says where."""


async def pending_steps(
    connection: asyncpg.Connection, wall: RowSecurity, version: str
) -> list[Step]:
    """The pending steps in order; empty if nothing differs."""
    found = await read_row_security(connection, wall)
    return [*_steps(wall, found), *_version_step(found, version)]


async def reconcile(connection: asyncpg.Connection, wall: RowSecurity, version: str) -> list[Step]:
    """Take all pending steps and record the version; return the steps taken.

    Raises LockedError if a table could not be locked: earlier steps stay, and the next run
    continues. Raises WallError if something could not be changed, such as a right that was granted
    by a role beyond the owner's control.
    """
    done: list[Step] = []
    found = await _read_current(connection, wall)
    for phase in (create_roles, *PHASES):
        if steps := list(phase(wall, found)):
            for step in steps:
                await _execute(connection, step)
            done += steps
            found = await _read_current(connection, wall)
    if remaining := _steps(wall, found):
        differences = "; ".join(step.what for step in remaining)
        raise WallError(f"the database did not become what the row rules ask for: {differences}")
    for note in _version_step(found, version):
        await _execute(connection, note)
        done.append(note)
    return done


async def create_missing_roles(connection: asyncpg.Connection, wall: RowSecurity) -> bool:
    """Create the missing roles; return whether there were any."""
    steps = list(create_roles(wall, await _read_current(connection, wall)))
    for step in steps:
        await _execute(connection, step)
    return bool(steps)


def _steps(wall: RowSecurity, found: CurrentRowSecurity) -> list[Step]:
    return [step for phase in (create_roles, *PHASES) for step in phase(wall, found)]


def _version_step(found: CurrentRowSecurity, version: str) -> list[Step]:
    """The step that records the version, once everything else is installed."""
    if found.version == version:
        return []
    return [Step("note the version of the row rules", (_VERSION.format(version), _RENEW_NAMES))]


async def _read_current(connection: asyncpg.Connection, wall: RowSecurity) -> CurrentRowSecurity:
    return await retry_for_lock(
        connection, lambda: read_row_security(connection, wall), "read the row rules"
    )


async def _execute(connection: asyncpg.Connection, step: Step) -> None:
    async def once() -> None:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; {SEARCH_PATH}")
            if step.table:
                await connection.execute(f"LOCK TABLE {step.table} IN ACCESS EXCLUSIVE MODE")
            await connection.execute(";\n".join(step.statements))
            if step.note:
                query, *values = step.note
                if statement := await connection.fetchval(str(query), *values):
                    await connection.execute(statement)

    await retry_for_lock(connection, once, step.what, step.table)
