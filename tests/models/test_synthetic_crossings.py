"""The entries and exits of a synthetic world: what border control reported of its visas."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from models.database.connections import connect
from models.synthetic import Scale, synthesise
from models.synthetic.crossings import Crossings
from models.synthetic.inputs import reference
from models.synthetic.rows import Batch
from models.synthetic.world import Plan, World

pytestmark = pytest.mark.anyio

UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)
#: Somebody who crossed before the visa was issued, entered when it served no more, or left first.
IMPOSSIBLE_CROSSINGS = """
    SELECT FROM movement
    JOIN visa USING (visa_number)
    JOIN application ON application.id = application_id
    WHERE crossed_at < issued_at OR application.applicant_id <> movement.applicant_id
        OR direction = 'ENTRY' AND (wib_day(crossed_at) > use_by OR crossed_at > revoked_at)
"""

#: A stay that is not what the movements tell, as the database computes it of each report.
STAYS_BY_MOVEMENTS = "SELECT write_stay(visa_number, id) FROM stay"


@pytest.fixture(scope="module")
async def loaded(database: str) -> AsyncIterator[asyncpg.Connection]:
    await synthesise(
        database, applications=8_000, months=24, seed=7, scale=Scale.PARTNER, until=UNTIL
    )
    connection = await connect(database)
    yield connection
    await connection.close()


async def test_people_come_and_go_by_their_visas(loaded: asyncpg.Connection) -> None:
    assert not await loaded.fetch(IMPOSSIBLE_CROSSINGS)
    stays = "SELECT * FROM stay ORDER BY id"
    as_loaded = await loaded.fetch(stays)
    async with loaded.transaction():
        await loaded.execute("UPDATE stay SET presence = 'IN_COUNTRY', entered_on = NULL")
        await loaded.execute(STAYS_BY_MOVEMENTS)
        assert await loaded.fetch(stays) == as_loaded
    shares = await loaded.fetchrow(
        """
        SELECT
            avg((stay.id IS NULL)::int) FILTER (WHERE use_by < wib_day($1)) AS unused,
            avg((presence = 'IN_COUNTRY')::int) AS there,
            count(*) FILTER (WHERE overstays_at < $1 OR departed_on > stay_until) AS overstays,
            count(*) FILTER (WHERE presence = 'IN_COUNTRY' AND revoked_at IS NOT NULL) AS revoked
        FROM visa LEFT JOIN stay USING (visa_number)
        """,
        UNTIL,
    )
    assert 0.05 < shares["unused"] < 0.08
    assert 0.01 < shares["there"] < 0.05
    assert 15 < shares["overstays"] < 90
    late = """
        SELECT count(*) FROM movement WHERE to_timestamp(
            ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0
        ) > crossed_at + interval '12 hours'
    """
    assert 100 < await loaded.fetchval(late) < 600
    unmatched = "SELECT count(*) FROM crossing WHERE matched_at IS NULL AND visa_number <> ALL"
    numbers = "(SELECT visa_number FROM visa)"
    assert 8 < await loaded.fetchval(f"{unmatched} {numbers}") < 60


def test_nothing_is_reported_in_the_time_that_is_compared_with_receipts_after_a_start() -> None:
    """Nobody asked the key service for a world: what is as young would raise an alert."""
    plan = Plan(1_000, 4, 7, Scale.PARTNER, UNTIL)
    [world] = World(plan, reference()).batches()
    reported, young = reports_of(world), 0
    for at in reported[:: len(reported) // 20]:
        until, made = at + timedelta(minutes=5), replace(world, movement=[], crossing=[], stay=[])
        Crossings(reference(), int(until.timestamp()), 7).write(made)
        assert max(reports_of(made)) <= until - timedelta(minutes=11)
        young += sum(until - timedelta(minutes=11) < each <= until for each in reported)
    assert young >= 20


def reports_of(batch: Batch) -> list[datetime]:
    """When each movement was reported, as its key has it."""
    return [datetime.fromtimestamp((one.id.int >> 80) / 1000, UTC) for one in batch.movement]
