"""Brings a database to a revision of its schema, while it is in use.

Each revision is a transaction of its own, and so is each change of a row rule; none waits long for
a lock. Where nothing is to be done nothing is locked or written.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Base
from models.database.connections import driver_of, engine
from models.database.locking import LOCK_TIMEOUT_MS, retry_for_lock
from models.database.owner import demand
from models.database.url import read_database_url
from models.migrations.constraints import require_matching_constraints
from models.migrations.turns import take_turn
from models.row_security import (
    create_roles,
    drop_policies,
    grant_login,
    grant_login_steps,
    install_row_security,
    row_security_steps,
)
from models.row_security.seal_keys import are_trusted_alone, trust_only

_HERE = Path(__file__).parent
_KEYS_LOCK = "ROW EXCLUSIVE on viewer.daily_seal_key"


class PlannedStep(NamedTuple):
    """Something that migrating would do."""

    what: str
    #: What is locked meanwhile, in PostgreSQL's words.
    lock: str


async def migrate(
    url: str,
    revision: str = "head",
    *,
    gateway_url: str | None = None,
    seal_keys: Sequence[bytes] = (),
) -> None:
    """Bring the database of its owner up to a revision; the newest has its row rules and grants.

    The gateway can log in by its own address from then on, and what it seals with keys of these
    masters is believed, and nothing else. Raises OwnerError, and changes nothing, where the owner
    lacks a right that it needs. Raises LockedError where somebody held a table all the time: what
    was done until then stays, and the next run goes on.
    """
    login = read_database_url(gateway_url).user if gateway_url else None
    async with _alone(url) as connection:
        driver = driver_of(connection)
        await demand(driver, login)
        if revision == "head" and await create_roles(driver):
            await demand(driver, login)  # another owner may have made some meanwhile
        await _upgrade(connection, revision)
        if revision == "head":
            await install_row_security(driver)
            if gateway_url:
                letting = partial(grant_login, driver, gateway_url)
                await retry_for_lock(driver, letting, "let the gateway log in")
            if seal_keys and not await are_trusted_alone(driver, seal_keys):
                trusting = partial(trust_only, driver, seal_keys)
                await retry_for_lock(driver, trusting, "trust other seal keys")


async def plan(
    url: str, *, gateway_url: str | None = None, seal_keys: Sequence[bytes] = ()
) -> list[PlannedStep]:
    """What `migrate` would do now, in order. Changes and locks nothing, and waits for nobody.

    Raises OwnerError where the owner lacks a right that it needs.
    """
    async with engine(url).connect() as connection:
        pending = await connection.run_sync(_pending_revisions)
        await connection.rollback()
        driver = driver_of(connection)
        await demand(driver, read_database_url(gateway_url).user if gateway_url else None)
        steps = await row_security_steps(driver)
        steps += await grant_login_steps(driver, gateway_url) if gateway_url else []
        has_new_keys = seal_keys and not await are_trusted_alone(driver, seal_keys)
    return [
        *(
            PlannedStep(f"revision {each.revision}: {_title(each)}", _locks(each))
            for each in pending
        ),
        *(PlannedStep(step.what, step.lock) for step in steps),
        *([PlannedStep("trust other seal keys", _KEYS_LOCK)] if has_new_keys else []),
    ]


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; ``base`` is before the first.

    Nobody but its owner reads it any more: the row rules are not those of that revision.
    """
    async with _alone(url) as connection:
        driver = driver_of(connection)
        await retry_for_lock(driver, partial(drop_policies, driver), "lift the row rules")
        await _run(connection, lambda config: command.downgrade(config, revision))


async def current_and_newest(url: str) -> tuple[str | None, str | None]:
    """The revision that the database is at, and the newest one."""
    async with engine(url).connect() as connection:
        return await connection.run_sync(_current)


async def require_matching_models(url: str) -> None:
    """Raise if the tables of the database, or their CHECK constraints, are not the models'."""
    async with _alone(url) as connection:
        await _run(connection, command.check)  # which imports every table of the models
        await connection.run_sync(require_matching_constraints, Base.metadata)


async def serves_this_release(connection: AsyncConnection) -> bool:
    """Whether the database is at this release's revision, or at one that only a later release
    knows: what migrations add, an earlier release does not miss, and during an upgrade both run."""
    found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found is not None and found not in _outgrown()


@cache
def _outgrown() -> frozenset[str]:
    """The revisions before this release's own."""
    _newest, *earlier = ScriptDirectory(str(_HERE)).walk_revisions()
    return frozenset(step.revision for step in earlier)


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection that is in no transaction and waits briefly for locks, while nobody else
    migrates."""
    async with engine(url).connect() as connection:
        await connection.rollback()
        driver = driver_of(connection)
        await driver.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        async with take_turn(driver):
            try:
                yield connection
            finally:
                await connection.rollback()


async def _upgrade(connection: AsyncConnection, revision: str) -> None:
    async def once() -> None:
        try:
            await _run(connection, lambda config: command.upgrade(config, revision))
        finally:
            await connection.rollback()

    at, newest = await connection.run_sync(_current)
    await connection.rollback()
    if at is None or at != (newest if revision == "head" else revision):
        await retry_for_lock(driver_of(connection), once, f"bring the tables up from revision {at}")


async def _run(connection: AsyncConnection, step: Callable[[Config], None]) -> None:
    await connection.run_sync(lambda synchronous: step(_config(synchronous)))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> tuple[str | None, str | None]:
    newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision(), newest


def _pending_revisions(connection: Connection) -> list[Script]:
    scripts = ScriptDirectory.from_config(_config(connection))
    at = MigrationContext.configure(connection).get_current_revision()
    return (
        [] if at == scripts.get_current_head() else [*scripts.iterate_revisions("head", at)][::-1]
    )


def _title(script: Script) -> str:
    return str(script.doc).splitlines()[0].rstrip(".")


def _locks(script: Script) -> str:
    """What the revision says that it locks."""
    return str(script.module.locks)
