"""What one small read costs on each driver, in a transaction with a role and a viewer's context."""

import json
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import psycopg

from bench.measuring import show, side_by_side
from bench.world import world
from models.database.connections import connect

_ROLE = "bench_reader"
_VIEWER = json.dumps(
    {"sub": "manager-au", "role": "PARTNER_MANAGER", "partner": "NUSA", "countries": ["AU"]}
)

_READ = "SELECT reference, status, submitted_at FROM application WHERE id = %s"
_BEGIN = "BEGIN READ ONLY"
_ACT = f"SET LOCAL ROLE {_ROLE}"
_PREAMBLE = f"{_BEGIN}; {_ACT}; SELECT set_config('gerbang.viewer', '{_VIEWER}', true)"
_END = "COMMIT"  # psycopg forgets its prepared statements at every ROLLBACK


async def measure(applications: int, rounds: int) -> None:
    """Print how many reads a second each way allows."""
    async with world(applications) as url:
        ours = await connect(url)
        theirs = await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=0)
        try:
            await ours.execute(f"CREATE ROLE {_ROLE}; GRANT SELECT ON application TO {_ROLE}")
            key: Any = await ours.fetchval("SELECT id FROM application LIMIT 1")
            one_trip, pipeline = "preamble in one round trip", "preamble in a pipeline"
            measured = await side_by_side(
                {
                    f"asyncpg, {one_trip}": partial(_asyncpg_at_once, ours, key),
                    "asyncpg, a round trip each": partial(_asyncpg_apart, ours, key),
                    "asyncpg, no transaction": partial(_asyncpg_read, ours, key),
                    f"psycopg, {one_trip}": partial(_psycopg_at_once, theirs, key),
                    f"psycopg, {pipeline}": partial(_psycopg_pipeline, theirs, key),
                    "psycopg, no transaction": partial(_psycopg_read, theirs, key),
                },
                rounds,
            )
        finally:
            await theirs.close()
            await ours.close()
    show("One application by its id, on one connection", "read", measured)


async def _asyncpg_at_once(connection: asyncpg.Connection, key: UUID) -> object:
    await connection.execute(_PREAMBLE)
    row = await _asyncpg_read(connection, key)
    await connection.execute(_END)
    return row


async def _asyncpg_apart(connection: asyncpg.Connection, key: UUID) -> object:
    await connection.execute(_BEGIN)
    await connection.execute(_ACT)
    await connection.fetchval("SELECT set_config('gerbang.viewer', $1, true)", _VIEWER)
    row = await _asyncpg_read(connection, key)
    await connection.execute(_END)
    return row


async def _asyncpg_read(connection: asyncpg.Connection, key: UUID) -> object:
    return await connection.fetchrow(_READ.replace("%s", "$1"), key)  # prepares it once


async def _psycopg_at_once(connection: psycopg.AsyncConnection, key: UUID) -> object:
    await connection.execute(_PREAMBLE.encode(), prepare=False)
    row = await _psycopg_read(connection, key)
    await connection.execute(_END)
    return row


async def _psycopg_pipeline(connection: psycopg.AsyncConnection, key: UUID) -> object:
    async with connection.pipeline():
        await connection.execute(_BEGIN)
        await connection.execute(_ACT.encode())
        await connection.execute("SELECT set_config('gerbang.viewer', %s, true)", (_VIEWER,))
        read = await connection.execute(_READ, (key,))
        await connection.execute(_END)
        return await read.fetchone()


async def _psycopg_read(connection: psycopg.AsyncConnection, key: UUID) -> object:
    read = await connection.execute(_READ, (key,))
    return await read.fetchone()
