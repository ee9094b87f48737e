"""Reconciles row security with the scripts: only what differs, one table at a time."""

import asyncpg

from models.database.locking import LOCK_TIMEOUT_MS, retry_for_lock
from models.row_security.current import SEARCH_PATH, CurrentRowSecurity, read
from models.row_security.desired import RowSecurity
from models.row_security.steps import PHASES, Step, make_roles

_VERSION = "COMMENT ON SCHEMA viewer IS '{}'"


class WallError(Exception):
    """The database still differs from the scripts after all steps; the text says where."""


async def steps_to(connection: asyncpg.Connection, wall: RowSecurity, version: str) -> list[Step]:
    """The pending steps in order; empty if nothing differs."""
    found = await read(connection, wall)
    return [*_steps(wall, found), *_note(found, version)]


async def put_right(connection: asyncpg.Connection, wall: RowSecurity, version: str) -> list[Step]:
    """Take all pending steps and record the version; return the steps taken.

    Raises LockedError if a table could not be locked: earlier steps stay, and the next run
    continues. Raises WallError if something could not be changed, such as a right that was granted
    by a role beyond the owner's control.
    """
    done: list[Step] = []
    found = await _look(connection, wall)
    for phase in (make_roles, *PHASES):
        if steps := list(phase(wall, found)):
            for step in steps:
                await _take(connection, step)
            done += steps
            found = await _look(connection, wall)
    if left := _steps(wall, found):
        wrong = "; ".join(step.what for step in left)
        raise WallError(f"the database did not become what the row rules ask for: {wrong}")
    for note in _note(found, version):
        await _take(connection, note)
        done.append(note)
    return done


async def make_missing(connection: asyncpg.Connection, wall: RowSecurity) -> bool:
    """Create the missing roles; return whether there were any."""
    steps = list(make_roles(wall, await _look(connection, wall)))
    for step in steps:
        await _take(connection, step)
    return bool(steps)


def _steps(wall: RowSecurity, found: CurrentRowSecurity) -> list[Step]:
    return [step for phase in (make_roles, *PHASES) for step in phase(wall, found)]


def _note(found: CurrentRowSecurity, version: str) -> list[Step]:
    """The step that records the version, once everything else is installed."""
    if found.version == version:
        return []
    return [Step("note the version of the row rules", (_VERSION.format(version),))]


async def _look(connection: asyncpg.Connection, wall: RowSecurity) -> CurrentRowSecurity:
    return await retry_for_lock(connection, lambda: read(connection, wall), "read the row rules")


async def _take(connection: asyncpg.Connection, step: Step) -> None:
    async def once() -> None:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; {SEARCH_PATH}")
            if step.table:
                await connection.execute(f"LOCK TABLE {step.table} IN ACCESS EXCLUSIVE MODE")
            await connection.execute(";\n".join(step.statements))
            if step.note:
                query, *values = step.note
                if written := await connection.fetchval(str(query), *values):
                    await connection.execute(written)

    await retry_for_lock(connection, once, step.what, step.table)
