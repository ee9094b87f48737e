"""Brings a database to a revision of its schema; each step is plain SQL beside its revision."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from models.database import engine

#: Held while migrating, so that processes that start together migrate one after the other.
_LOCK = 7_461_001


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision."""
    await _run(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; ``base`` is before the first."""
    await _run(url, lambda config: command.downgrade(config, revision))


async def compare(url: str) -> None:
    """Raise if the tables of the database are not those of the models."""
    await _run(url, command.check)


async def _run(url: str, step: Callable[[Config], None]) -> None:
    def on(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        step(_config(connection))

    async with engine(url).begin() as connection:
        await connection.run_sync(on)


def _config(connection: Connection) -> Config:
    config = Config()
    here = str(Path(__file__).parent).replace("%", "%%")
    config.set_main_option("script_location", here)
    config.attributes["connection"] = connection
    return config
