"""The rollups lose nothing and count nothing twice; whatever differs is named."""

import asyncio
from random import Random

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database.connections import connect, engine
from models.volumes import as_of, fold, keep_folding, rebuild, verify
from models.volumes.grains import GRAINS
from tests.conftest import NewDatabase
from tests.models.crowd import crowd, join
from tests.models.edits import EDITS, Edit
from tests.models.folders import kill_folders
from tests.premises import holds, premise
from tests.world import application_id

pytestmark = pytest.mark.anyio

#: A grant in Sydney, and an open case in Singapore.
GRANTED, OPEN = application_id("AUSY-GRAN-0001"), application_id("SGPO-OPEN-0006")


async def waiting(connection: asyncpg.Connection) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM volume_outbox")
    return count


async def test_figures_of_an_installation_without_applications_begin_with_this_month(
    new_database: NewDatabase,
) -> None:
    connection = await asyncpg.connect(await new_database())
    try:
        month = "date_trunc('month', wib_day(now()))"
        assert await connection.fetchval(f"SELECT viewer.figures_complete_from() = {month}")
    finally:
        await connection.close()


async def test_figures_begin_with_the_month_of_the_first_application_that_came_in(
    rolled_back: asyncpg.Connection,
) -> None:
    """A day that counts something else, as a payment that came before, begins nothing."""
    first = "SELECT viewer.figures_complete_from()::text"
    assert await rolled_back.fetchval(first) == "2025-01-01"
    await rolled_back.execute(
        "UPDATE volume_daily SET starts_on = '2024-11-30', intake = 0 WHERE ctid IN ("
        " SELECT ctid FROM volume_daily WHERE intake = 0 LIMIT 1)"
    )
    assert await rolled_back.fetchval(first) == "2025-01-01"
    await rolled_back.execute("UPDATE volume_daily SET intake = 1 WHERE starts_on = '2024-11-30'")
    assert await rolled_back.fetchval(first) == "2024-11-01"


async def test_changes_that_no_figure_shows_write_nothing(
    rolled_back: asyncpg.Connection,
) -> None:
    await rolled_back.execute(
        "UPDATE application SET status = 'INFO_REQUESTED', paused_seconds = 60 WHERE id = $1", OPEN
    )
    assert await waiting(rolled_back) == 0


async def test_a_change_waits_or_vanishes_with_its_transaction(
    world: str, connection: asyncpg.Connection
) -> None:
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("UPDATE application SET visa_type_code = 'C1' WHERE id = $1", OPEN)
    # Away from B1 and to C1: its payment, its being open, its being late and its handover.
    assert await waiting(connection) == 8
    await transaction.rollback()
    assert await waiting(connection) == 0


async def test_changes_waiting_in_the_outbox_are_no_difference(
    rolled_back: asyncpg.Connection,
) -> None:
    await join(rolled_back, crowd(20, seed=7))
    assert await waiting(rolled_back) > 0
    assert await verify(rolled_back) == []


# The planted defects: each must be named ---------------------------------------------------------


async def test_a_lost_change_is_named(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute("UPDATE application SET visa_type_code = 'C1' WHERE id = $1", OPEN)
    await rolled_back.execute(
        "DELETE FROM volume_outbox WHERE visa_type_code = 'C1' AND intake = 1"
    )
    differences = await verify(rolled_back)
    by_month = {
        (d.measure, d.expected, d.found) for d in differences if d.table == "volume_monthly"
    }
    assert by_month == {
        ("intake", 2, 1),
        ("wip_change", 2, 1),
        ("revenue_idr", 2_000_000, 1_500_000),
    }
    assert {d.table for d in differences} == {grain.facts.name for grain in GRAINS}
    (difference,) = (d for d in differences if (d.table, d.measure) == ("volume_monthly", "intake"))
    assert str(difference) == (
        "volume_monthly starts_on=2025-02-01 partner_code=NUSA country_code=SG:"
        " intake is 1, should be 2"
    )


async def test_a_missing_trigger_is_named(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute("DROP TRIGGER queue_volume_changes_of_insert ON application")
    await join(rolled_back, crowd(20, seed=8))
    assert {"intake", "granted", "measured"} <= {d.measure for d in await verify(rolled_back)}


async def test_a_figure_that_was_tampered_with_is_named(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute(
        "UPDATE volume_daily_duration SET measured = measured + 1"
        " WHERE country_code = 'NZ' AND kind = 'unpaused'"
    )
    (difference,) = await verify(rolled_back)
    assert (difference.table, difference.measure) == ("volume_daily_duration", "measured")
    assert (difference.expected, difference.found) == (1, 2)
    assert difference.key["kind"] == "unpaused"


async def test_an_application_that_is_not_what_happened_is_named(
    rolled_back: asyncpg.Connection,
) -> None:
    await rolled_back.execute(
        "UPDATE application SET closed_at = closed_at + interval '1 day' WHERE id = $1", GRANTED
    )
    await fold(rolled_back)
    differences = await verify(rolled_back)
    assert [d.measure for d in differences if d.key == {"reference": "AUSY-GRAN-0001"}] == [
        "closed_at"
    ]
    assert {"granted", "within_target"} <= {
        d.measure for d in differences if d.table == "volume_daily"
    }


# Exactly once ------------------------------------------------------------------------------------


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=15))
@premise(unfolded=0.1)
async def test_random_edits_leave_no_difference(world: str, seed: int, edits: list[Edit]) -> None:
    connection = await connect(world)
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        rng = Random(seed)
        await join(connection, crowd(5, rng.randrange(2**32)))
        for edit in edits:
            await edit(connection, rng)
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        holds("unfolded", await waiting(connection))
        assert await verify(connection) == []
    finally:
        await transaction.rollback()
        await connection.close()


async def test_concurrent_folders_and_writers_lose_nothing(
    world: str, connection: asyncpg.Connection
) -> None:
    stop = asyncio.Event()
    folders = [asyncio.create_task(keep_folding(world, stop, every=0.01)) for _ in range(3)]
    try:
        for seed in range(100, 120):
            await join(connection, crowd(10, seed))
    finally:
        stop.set()
        await asyncio.gather(*folders)
    await fold(connection)
    assert await verify(connection) == []


async def test_a_killed_folder_loses_nothing(world: str, connection: asyncpg.Connection) -> None:
    await join(connection, crowd(800, seed=200))
    changes = await waiting(connection)
    await asyncio.to_thread(kill_folders, world, 10, Random(0))
    assert 0 < await waiting(connection) < changes
    while await fold(connection):
        pass
    assert await verify(connection) == []


async def test_a_rebuild_repairs_what_a_defect_left(rolled_back: asyncpg.Connection) -> None:
    await rolled_back.execute("DELETE FROM volume_daily WHERE country_code = 'AU'")
    await rolled_back.execute("UPDATE volume_monthly SET intake = 7")
    async with rolled_back.transaction():
        await rebuild(rolled_back)
    assert await verify(rolled_back) == []


# As of -------------------------------------------------------------------------------------------


async def test_figures_are_as_of_the_oldest_change_that_waits(
    world: str, connection: asyncpg.Connection
) -> None:
    async with engine(world).connect() as reader:
        before = await reader.scalar(as_of())
        await reader.rollback()
        await join(connection, crowd(5, seed=300))
        behind = await reader.scalar(as_of())
        await reader.rollback()
        await join(connection, crowd(5, seed=301))
        assert await reader.scalar(as_of()) == behind > before
        await reader.rollback()
        await fold(connection)
        assert await reader.scalar(as_of()) > behind
