"""What `gerbang serve` and `gerbang keep` look at before they start: the database.

One that does not answer may come back, and is waited for: the sentence is told, and the process
starts. One that refuses, or was never migrated, will not get better by waiting.
"""

import asyncio

import click
from sqlalchemy import text

from gateway.cli.database_errors import DatabaseError, explain_database_errors
from models.database.connections import engine

#: Of whichever revision: readiness tells one that is behind.
_MIGRATED = "SELECT version_num FROM alembic_version"
_SECONDS = 5


async def demand_database(url: str, variable: str) -> None:
    """Raises DatabaseError where the database refuses the login or was never migrated."""
    try:
        with explain_database_errors(variable):
            async with asyncio.timeout(_SECONDS):
                async with engine(url).connect() as connection:
                    await connection.execute(text(_MIGRATED))
    except DatabaseError as error:
        if not error.may_pass:
            raise
        click.echo(f"gerbang: {error} Starting all the same, and waiting for it.", err=True)
