"""Migrates a database to a revision of its schema while it is in use.

Each revision, and each change of a row policy, is a transaction of its own, and none waits long
for a lock. If nothing is pending, nothing is locked or written.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from models.database.connections import driver_of, engine
from models.database.locking import LOCK_TIMEOUT_MS, retry_for_lock
from models.database.owner import require_rights
from models.database.url import read_database_url
from models.migrations.constraints import compare_partitions, require_matching_constraints
from models.migrations.differences import Difference, differences
from models.migrations.drafting import Draft, draft
from models.migrations.rehearsal import Statement, record_statements
from models.migrations.schema_objects import build_from_models, complete_metadata
from models.partitions import MADE_AHEAD, make_partitions, missing_partitions
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
_PARTITIONS_LOCK = "SHARE UPDATE EXCLUSIVE on it, SHARE ROW EXCLUSIVE on what it refers to"
_KEYS_LOCK = "ROW EXCLUSIVE on viewer.daily_seal_key"


class PlannedStep(NamedTuple):
    """A step that a migration would take."""

    what: str
    #: The lock that it takes, in PostgreSQL's terms.
    lock: str


class UnknownRevisionError(Exception):
    """The database is at a revision that this release does not have; the text says what to do."""


async def migrate(
    url: str,
    revision: str = "head",
    *,
    gateway_url: str | None = None,
    seal_keys: Sequence[bytes] = (),
) -> None:
    """Upgrade the database to a revision, as its owner; at the newest also row security.

    Afterwards the gateway can log in with ``gateway_url``, and only seals made with keys of these
    masters are trusted. Raises OwnerError, before any change, if the owner lacks a right. Raises
    LockedError if a table stayed locked: finished steps remain, and the next run continues. Raises
    UnknownRevisionError if the database is at a revision of another release.
    """
    login = read_database_url(gateway_url).user if gateway_url else None
    async with _migration_connection(url) as connection:
        driver = driver_of(connection)
        await require_rights(driver, login)
        if revision == "head" and await create_roles(driver):
            await require_rights(driver, login)  # another owner may have made some meanwhile
        await _upgrade(connection, revision)
        if revision == "head":
            await install_row_security(driver)
            await make_partitions(driver)
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

    Raises OwnerError where the owner lacks a right that it needs, and UnknownRevisionError if the
    database is at a revision of another release.
    """
    async with engine(url).connect() as connection:
        pending = await connection.run_sync(_pending_revisions)
        await connection.rollback()
        driver = driver_of(connection)
        await require_rights(driver, read_database_url(gateway_url).user if gateway_url else None)
        steps = await row_security_steps(driver)
        steps += await grant_login_steps(driver, gateway_url) if gateway_url else []
        lacking = await driver.fetch(missing_partitions(MADE_AHEAD))
        has_new_keys = seal_keys and not await are_trusted_alone(driver, seal_keys)
    return [
        *(
            PlannedStep(f"revision {each.revision}: {_title(each)}", _locks(each))
            for each in pending
        ),
        *(PlannedStep(step.what, step.lock) for step in steps),
        *(
            PlannedStep(f"make partitions of {table}", _PARTITIONS_LOCK)
            for table in sorted({row["of_table"] for row in lacking})
        ),
        *([PlannedStep("trust other seal keys", _KEYS_LOCK)] if has_new_keys else []),
    ]


async def downgrade(url: str, revision: str) -> None:
    """Downgrade the database to a revision; ``base`` is before the first.

    All row policies are dropped, since they belong to the newest schema; until the next upgrade
    only the owner can read the rows.
    """
    async with _migration_connection(url) as connection:
        driver = driver_of(connection)
        await retry_for_lock(driver, partial(drop_policies, driver), "lift the row rules")
        await _run(connection, lambda config: command.downgrade(config, revision))


async def current_and_newest(url: str) -> tuple[str | None, str | None]:
    """The current revision of the database, and the newest one."""
    async with engine(url).connect() as connection:
        return await connection.run_sync(_current)


async def require_matching_models(url: str) -> None:
    """Raise if the tables of the database, or their CHECK constraints, are not the models'."""
    async with _migration_connection(url) as connection:
        await _run(connection, command.check)
        await connection.run_sync(require_matching_constraints, complete_metadata())


async def compare_with_models(url: str, models_url: str) -> list[Difference]:
    """How a database at the newest revision differs from the models, in sentences.

    The models are created in the empty database at ``models_url``.
    """
    of_models = await build_from_models(models_url)
    async with _migration_connection(url) as connection:
        return await connection.run_sync(differences, complete_metadata(), of_models)


async def draft_revisions(url: str, models_url: str) -> list[Draft]:
    """What is missing from a database at the newest revision to be that of the models.

    The models are created in the empty database at ``models_url``. Raises DraftError if a
    difference needs another way than a revision of its own.
    """
    of_models = await build_from_models(models_url)
    async with _migration_connection(url) as connection:
        return await connection.run_sync(draft, complete_metadata(), of_models)


async def find_undrafted(url: str) -> list[str]:
    """What of a database is not that of the models and is drafted for nobody, in sentences."""
    async with engine(url).connect() as connection:
        found = await connection.run_sync(compare_partitions, complete_metadata())
    return [sentence for _, sentence in found]


async def rehearse(url: str) -> list[Statement]:
    """Run all revisions on an empty database, without row rules; what each statement did."""
    async with _migration_connection(url) as connection:
        newest = newest_revision()
        synchronous = connection.sync_connection
        if newest is None or synchronous is None:
            return []
        with record_statements(synchronous) as recorder:
            await _run(connection, lambda config: command.upgrade(config, newest))
        return recorder.statements


def newest_revision() -> str | None:
    """The newest revision of this release."""
    return ScriptDirectory(str(_HERE)).get_current_head()


def serves_this_release(found: str | None) -> bool:
    """Whether a database at this revision is at this release's or at a later one.

    Migrations stay compatible with the release before, since both run during an upgrade. So an
    unknown revision is taken for one of a later release.
    """
    return found is not None and found not in _earlier_revisions()


def _require_known(revision: str | None) -> None:
    known = {each.revision for each in ScriptDirectory(str(_HERE)).walk_revisions()}
    if revision is not None and revision not in known:
        raise UnknownRevisionError(
            f"The database is at revision {revision}, which this release does not have: use the"
            " release that made it. If none did, begin with an empty database."
        )


@cache
def _earlier_revisions() -> frozenset[str]:
    """The revisions before the newest one of this release."""
    _newest, *earlier = ScriptDirectory(str(_HERE)).walk_revisions()
    return frozenset(step.revision for step in earlier)


@asynccontextmanager
async def _migration_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection with a short lock timeout, outside any transaction, that holds the migration
    lock."""
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
    _require_known(at)
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
    _require_known(at)
    return (
        [] if at == scripts.get_current_head() else [*scripts.iterate_revisions("head", at)][::-1]
    )


def _title(script: Script) -> str:
    return str(script.doc).splitlines()[0].rstrip(".")


def _locks(script: Script) -> str:
    """The locks that the revision declares."""
    return str(script.module.locks)


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
