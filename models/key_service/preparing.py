"""Prepares the database of the key service, as its owner: its tables, and the login of services."""

from importlib import resources

import asyncpg

from models.database.connections import connected
from models.database.url import read_database_url

_LOGIN = """
    SELECT format('CREATE ROLE %I', $1::text)
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)
    UNION ALL SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1, $2::text)
    UNION ALL SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), $1)
    UNION ALL SELECT format('GRANT USAGE ON SCHEMA public TO %I', $1)
    UNION ALL SELECT format(
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', $1
    )
"""
_ALONE = """
    SELECT format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database())
    UNION ALL SELECT 'REVOKE ALL ON SCHEMA public FROM PUBLIC'
"""


async def prepare_store(owner_url: str, store_url: str) -> None:
    """Make what is missing in the database of an owner: the tables, and the login of a URL with its
    password. What is there stays, so it is run again after an upgrade."""
    login = read_database_url(store_url)
    tables = resources.files("models.key_service").joinpath("store.sql").read_text("utf-8")
    async with connected(owner_url) as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(31)")
        await connection.execute(tables)
        await _run_all(connection, _ALONE)
        if login.user != read_database_url(owner_url).user:
            await _run_all(connection, _LOGIN, login.user, login.password_at(login.hosts[0]))


async def _run_all(connection: asyncpg.Connection, statement: str, *values: str | None) -> None:
    """Run the statements that one selects."""
    for row in await connection.fetch(statement, *values):
        await connection.execute(row[0])
