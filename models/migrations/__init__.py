"""Brings a database to a revision of its schema; each step is plain SQL beside its revision."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.database import driver_of, engine
from models.database_url import read_database_url
from models.owner import demand
from models.row_security import let_in, lift, put_up, trust

#: Held while migrating, so that processes that start together migrate one after the other.
_LOCK = 7_461_001

_HERE = Path(__file__).parent


async def migrate(
    url: str,
    revision: str = "head",
    *,
    gateway_url: str | None = None,
    seal_key: bytes | None = None,
) -> None:
    """Bring the database of its owner up to a revision; the newest has its row rules and grants.

    The gateway can log in by its own address from then on, and what it seals with the key is
    believed, and nothing else. Raises OwnerError, and changes nothing, where the owner lacks a
    right that it needs.
    """
    login = read_database_url(gateway_url).user if gateway_url else None
    async with _alone(url) as connection:
        driver = driver_of(connection)
        await demand(driver, login)
        await lift(driver)
        await _run(connection, lambda config: command.upgrade(config, revision))
        if revision == "head":
            await put_up(driver)
            if gateway_url:
                await demand(driver, login)  # another owner may have made the roles meanwhile
                await let_in(driver, gateway_url)
            if seal_key:
                await trust(driver, seal_key)


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; ``base`` is before the first."""
    async with _alone(url) as connection:
        await lift(driver_of(connection))
        await _run(connection, lambda config: command.downgrade(config, revision))


async def standing(url: str) -> tuple[str | None, str | None]:
    """The revision that the database is at, and the newest one."""

    def read(connection: Connection) -> tuple[str | None, str | None]:
        newest = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision(), newest

    async with engine(url).connect() as connection:
        return await connection.run_sync(read)


async def compare(url: str) -> None:
    """Raise if the tables of the database are not those of the models."""
    async with _alone(url) as connection:
        await _run(connection, command.check)


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
    """One transaction, while nobody else migrates."""
    async with engine(url).begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


async def _run(connection: AsyncConnection, step: Callable[[Config], None]) -> None:
    await connection.run_sync(lambda synchronous: step(_config(synchronous)))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
