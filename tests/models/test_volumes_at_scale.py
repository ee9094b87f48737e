"""A hundred thousand applications: no figure differs, however often folding is killed."""

import asyncio
from random import Random

import asyncpg
import pytest

from models.synthetic import Scale, synthesise
from models.volumes import fold, verify
from tests.models.folders import kill_folders

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

APPLICATIONS, KILLS = 100_000, 40


@pytest.fixture(scope="module")
async def national(database: str) -> str:
    """This module's database with a whole country in it."""
    await synthesise(database, applications=APPLICATIONS, months=24, seed=7, scale=Scale.NATIONAL)
    return database


async def test_nothing_differs_after_a_load(national: str, connection: asyncpg.Connection) -> None:
    assert await connection.fetchval("SELECT count(*) FROM application") >= APPLICATIONS
    assert await verify(connection) == []


async def test_nothing_differs_after_every_fee_changed_and_folders_were_killed(
    national: str, connection: asyncpg.Connection
) -> None:
    await connection.execute("UPDATE application SET fee_idr = fee_idr + 1")
    await asyncio.to_thread(kill_folders, national, KILLS, Random(7))
    assert await connection.fetchval("SELECT count(*) FROM volume_outbox") > 0
    while await fold(connection):
        pass
    assert await verify(connection) == []


async def test_one_rupiah_in_one_cell_is_found(
    national: str, connection: asyncpg.Connection
) -> None:
    await connection.execute(
        "UPDATE volume_daily SET revenue_idr = revenue_idr + 1 WHERE ctid ="
        " (SELECT ctid FROM volume_daily WHERE revenue_idr > 0 LIMIT 1)"
    )
    differences = await verify(connection)
    assert len(differences) == 1
    assert "revenue_idr" in str(differences[0])
