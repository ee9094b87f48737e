"""Checks the database before `gerbang serve` and `gerbang keep` start.

If the database does not answer, the process prints a warning and starts anyway, since the database
may come back. If it refuses the login or was never migrated, waiting does not help, and the process
fails.
"""

import asyncio

import click
from sqlalchemy import text

from gateway.cli.database_errors import DatabaseError, explain_database_errors
from models.database.connections import engine

#: Any revision will do here: readiness reports an old one.
_MIGRATED = "SELECT version_num FROM alembic_version"
_SECONDS = 5


async def require_database(url: str, variable: str) -> None:
    """Raises DatabaseError if the database refuses the login or was never migrated."""
    try:
        with explain_database_errors(variable):
            async with asyncio.timeout(_SECONDS):
                async with engine(url).connect() as connection:
                    await connection.execute(text(_MIGRATED))
    except DatabaseError as error:
        if not error.may_pass:
            raise
        click.echo(f"gerbang: {error} Starting all the same, and waiting for it.", err=True)
