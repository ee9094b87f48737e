"""Readiness tells the truth about what the gateway stands on."""

import asyncpg
import httpx2
import pytest

pytestmark = pytest.mark.anyio


async def _checks(client: httpx2.AsyncClient) -> dict[str, bool]:
    answer = (await client.get("/health/ready")).json()
    assert answer["ready"] == all(answer["checks"].values())
    return answer["checks"]


async def test_every_check_passes(client: httpx2.AsyncClient) -> None:
    assert await _checks(client) == dict.fromkeys(
        ("database", "migrations", "keys", "serving"), True
    )


@pytest.mark.parametrize(
    ("revision", "serves"), [("0001", False), ("a later release's", True), (None, False)]
)
async def test_a_database_behind_this_release_is_not_served_and_one_ahead_is(
    client: httpx2.AsyncClient, connection: asyncpg.Connection, revision: str | None, serves: bool
) -> None:
    current = await connection.fetchval("SELECT version_num FROM alembic_version")
    await connection.execute("DELETE FROM alembic_version")
    if revision:
        await connection.execute("INSERT INTO alembic_version VALUES ($1)", revision)
    try:
        checks = await _checks(client)
    finally:
        await connection.execute("DELETE FROM alembic_version")
        await connection.execute("INSERT INTO alembic_version VALUES ($1)", current)
    assert (checks["database"], checks["migrations"]) == (True, serves)
