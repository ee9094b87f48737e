"""The entries and exits of a synthetic world: what border control reported of its visas."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random

import asyncpg
import pytest

from models.case.reference_numbers import DIRECT
from models.database.connections import connect
from models.synthetic import Scale, synthesise
from models.synthetic.calendar import last_outage
from models.synthetic.cases import CLOCK, Case
from models.synthetic.chance import Choice
from models.synthetic.crossings import Crossings
from models.synthetic.extensions import Extensions
from models.synthetic.inputs import reference
from models.synthetic.intake import Profile
from models.synthetic.record import Recorder
from models.synthetic.rows import Batch
from models.synthetic.world import Plan, World
from models.vocabulary import Clock
from tests.models.contradictions import MISTAKEN_EXTENSIONS

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


async def test_some_ask_for_more_days_than_a_visa_gives_and_are_told(
    loaded: asyncpg.Connection,
) -> None:
    assert not await loaded.fetch(MISTAKEN_EXTENSIONS)
    counted = "SELECT status, count(*) FROM application WHERE extends_visa_number IS NOT NULL"
    statuses = dict(await loaded.fetch(f"{counted} GROUP BY status"))
    ended = {"GRANTED", "REFUSED", "WITHDRAWN", "PAYMENT_EXPIRED"}
    assert statuses.keys() >= ended | {"AWAITING_PAYMENT", "PAID", "IN_VERIFICATION", "SCREENING"}
    # About one in seventy of those who came by a visa on arrival would stay longer.
    came = await loaded.fetchval("""
        SELECT count(*) FROM stay JOIN application ON application.id = application_id
        WHERE visa_type_code = 'B1'
    """)
    assert 0.008 < sum(statuses.values()) / came < 0.02
    assert 0.03 < statuses["REFUSED"] / (statuses["GRANTED"] + statuses["REFUSED"]) < 0.2
    # An officer of the demo waits for somebody to appear, and another one has seen them.
    appeared = await loaded.fetch("""
        SELECT officer, id IN (
            SELECT application_id FROM application_event WHERE kind = 'APPEARED'
        )
        FROM application
        WHERE extends_visa_number IS NOT NULL AND status = 'IN_VERIFICATION'
    """)
    assert {("officer", False), ("officer-2", True)} <= {tuple(row) for row in appeared}


def test_nothing_is_reported_in_the_time_that_is_compared_with_receipts_after_a_start() -> None:
    """Nobody asked the key service for a world: what is as young would raise an alert."""
    plan = Plan(1_000, 4, 7, Scale.PARTNER, UNTIL)
    [world] = World(plan, reference()).batches()
    reported, young = reports_of(world), 0
    for at in reported[:: len(reported) // 20]:
        until = at + timedelta(minutes=5)
        assert max(reports_of(followed(world, until))) <= until - timedelta(minutes=11)
        young += sum(until - timedelta(minutes=11) < each <= until for each in reported)
    assert young >= 20


def followed(world: Batch, until: datetime) -> Batch:
    """What is reported of the visas of a world by another time."""
    given, outage, end = reference(), last_outage(until), int(until.timestamp())
    recorder = Recorder(given, end, outage, Random(7), 7)
    crossings = Crossings(given, end, 7, Extensions(given, end, outage, 7, recorder))
    profile = Profile(Choice.from_weights({"B1": 1}), Clock.STANDARD, refusal=1.0)
    rows = {row.id: row for row in world.application}
    applicants = {row.id: row for row in world.applicant}
    people = {row.applicant_id: row for row in world.identity}
    made = Batch()
    for visa in world.visa:
        row = rows[visa.application_id]
        made.application.append(row)
        made.visa.append(visa)
        lodged_at = int(row.submitted_at.timestamp())
        case = Case(lodged_at, row.visa_type_code, DIRECT, profile, CLOCK)
        crossings.follow(case, applicants[row.applicant_id], people[row.applicant_id], made)
    return made


def reports_of(batch: Batch) -> list[datetime]:
    """When each movement was reported, as its key has it."""
    return [datetime.fromtimestamp((one.id.int >> 80) / 1000, UTC) for one in batch.movement]
