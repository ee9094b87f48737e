"""Readiness is true of everything that the gateway depends on."""

from typing import Any

import asyncpg
import httpx2
import pytest

pytestmark = pytest.mark.anyio


async def _state(client: httpx2.AsyncClient) -> dict[str, Any]:
    response = await client.get("/health/ready")
    state = response.json()
    assert response.is_success == state["ready"] == (not state["reasons"])
    return state


async def test_a_good_gateway_is_ready_without_a_warning(client: httpx2.AsyncClient) -> None:
    assert await _state(client) == {"ready": True, "reasons": [], "warnings": []}


@pytest.mark.parametrize(
    ("revision", "reasons"),
    [("a later release's", []), (None, ["migrations"])],
)
async def test_a_database_behind_this_release_is_not_served_and_one_ahead_is(
    client: httpx2.AsyncClient,
    connection: asyncpg.Connection,
    revision: str | None,
    reasons: list[str],
) -> None:
    current = await connection.fetchval("SELECT version_num FROM alembic_version")
    await connection.execute("DELETE FROM alembic_version")
    if revision:
        await connection.execute("INSERT INTO alembic_version VALUES ($1)", revision)
    try:
        assert (await _state(client))["reasons"] == reasons
    finally:
        await connection.execute("DELETE FROM alembic_version")
        await connection.execute("INSERT INTO alembic_version VALUES ($1)", current)
