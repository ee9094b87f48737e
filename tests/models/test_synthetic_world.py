"""The synthetic world in a database: what is true of every row of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from models.database.connections import connect
from models.synthetic import Scale, Summary, synthesise
from models.synthetic.inputs import reference
from models.synthetic.rows import Batch
from models.synthetic.world import Plan, World
from models.vocabulary import CLOSED, Channel
from models.volumes import verify
from tests.models.contradictions import (
    ANSWERS_OF_ONE,
    CASES_NOT_PASSED_ON,
    CASES_ON_ANOTHER_DESK,
    CORRECTIONS_WITHOUT_EVENT,
    GRANTS_WITHOUT_ANSWER,
    IMPOSSIBLE_PEOPLE,
    MISSING_SCREENINGS,
    MISTAKEN_TRIPS,
    MISTAKEN_VALIDITIES,
    MISTAKEN_VERSIONS,
    OPEN_CASES_WITHOUT_DESK,
    STATE_BY_EVENTS,
    STEPS_WITHOUT_DESK,
)

pytestmark = pytest.mark.anyio

UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)
APPLICATIONS, FOR_VISAS = 10_000, "FROM application WHERE extends_visa_number IS NULL"


@pytest.fixture(scope="module")
async def summary(database: str) -> Summary:
    """The world that this module looks at."""
    return await synthesise(
        database, applications=APPLICATIONS, months=24, seed=7, scale=Scale.PARTNER, until=UNTIL
    )


@pytest.fixture
async def loaded(database: str, summary: Summary) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(database)
    yield connection
    await connection.close()


async def test_the_world_is_as_large_as_asked(loaded: asyncpg.Connection, summary: Summary) -> None:
    assert summary.applications == APPLICATIONS
    assert await loaded.fetchval(f"SELECT count(*) {FOR_VISAS}") == APPLICATIONS
    assert await loaded.fetchval("SELECT count(*) FROM application_event") == summary.events
    assert await loaded.fetchval("SELECT count(*) FROM identity") == summary.applicants


async def test_each_application_is_what_its_events_tell(loaded: asyncpg.Connection) -> None:
    columns = """
        id, submitted_at, received_at, paid_at, closed_at, status, was_info_requested, is_held,
        paused_seconds
    """
    stated = f"SELECT {columns} FROM application"
    derived = f"SELECT {columns} FROM ({STATE_BY_EVENTS}) AS derived"
    assert not await loaded.fetch(f"({stated} EXCEPT {derived}) LIMIT 3", [*CLOSED])


async def test_events_are_numbered_in_the_order_of_time(loaded: asyncpg.Connection) -> None:
    assert not await loaded.fetch("""
        SELECT FROM (
            SELECT sequence - row_number() OVER life AS gap,
                occurred_at < lag(occurred_at) OVER life AS goes_back,
                (kind, occurred_at) = (lag(kind) OVER life, lag(occurred_at) OVER life) AS is_same
            FROM application_event
            WINDOW life AS (PARTITION BY application_id ORDER BY sequence)
        ) AS event
        WHERE gap <> 0 OR goes_back OR is_same
    """)


async def test_each_decision_is_an_event_and_the_last_one_is_current(
    loaded: asyncpg.Connection,
) -> None:
    events = """
        SELECT application_id, kind, occurred_at, actor FROM application_event
        WHERE kind IN ('GRANTED', 'REFUSED')
    """
    officer = "CASE WHEN grant_rule_code IS NULL THEN officer END"
    decisions = f"SELECT application_id, outcome, decided_at, {officer} FROM decision"
    assert not await loaded.fetch(f"({events} EXCEPT {decisions}) LIMIT 3")
    assert not await loaded.fetch(f"({decisions} EXCEPT {events}) LIMIT 3")
    assert not await loaded.fetch("""
        SELECT FROM application JOIN decision ON decision.id = current_decision_id
        WHERE outcome <> CASE status WHEN 'REVOKED' THEN 'GRANTED' ELSE status END
            OR EXISTS (SELECT FROM decision AS later WHERE later.supersedes_id = decision.id)
    """)


async def test_fee_and_target_are_those_in_force_when_paid(loaded: asyncpg.Connection) -> None:
    assert not await loaded.fetch("""
        SELECT FROM application
        JOIN fee USING (visa_type_code, use_within_days)
        JOIN entry_rule ON entry_rule.country_code = nationality_code
        JOIN service_target ON service_target.visa_type_code = application.visa_type_code
            AND clock = CASE entry WHEN 'CALLING_VISA' THEN entry ELSE 'STANDARD' END
        WHERE fee_idr <> amount_idr OR target_due_at <> paid_at + hours * interval '1 hour'
    """)


async def test_everybody_may_take_what_they_ask_for_and_says_what_for(
    loaded: asyncpg.Connection,
) -> None:
    assert not await loaded.fetch("""
        SELECT FROM application
        JOIN entry_rule ON entry_rule.country_code = nationality_code
        WHERE NOT EXISTS (
            SELECT FROM eligibility
            WHERE eligibility.visa_type_code = application.visa_type_code
                AND eligibility.entry = entry_rule.entry AND purpose = trip_purpose AND is_open
        )
        LIMIT 3
    """)
    shares = {
        row["trip_purpose"]: row["share"]
        for row in await loaded.fetch("""
            SELECT trip_purpose, count(*)::float8 / sum(count(*)) OVER () AS share
            FROM application WHERE visa_type_code = 'B1' GROUP BY trip_purpose
        """)
    }
    assert set(shares) == {"TOURISM", "BUSINESS", "GOVERNMENT", "TRANSIT"}
    assert 0.8 < shares["TOURISM"] < 0.86


async def test_groups_are_families_and_tours_of_one_place(loaded: asyncpg.Connection) -> None:
    groups = await loaded.fetch("""
        SELECT
            count(*) AS members,
            count(DISTINCT (partner_code, country_code, centre_code)) AS places,
            bool_and(channel = 'PARTNER_GROUP') AS by_group
        FROM application WHERE group_reference IS NOT NULL GROUP BY group_reference
    """)
    assert all(group["places"] == 1 and group["by_group"] for group in groups)
    assert max(group["members"] for group in groups) <= 25
    assert sum(group["members"] > 1 for group in groups) > 100
    assert not await loaded.fetchval(
        "SELECT count(*) FROM application"
        " WHERE channel = 'PARTNER_GROUP' AND group_reference IS NULL"
    )


async def test_nothing_happens_after_the_end(loaded: asyncpg.Connection) -> None:
    instants = await loaded.fetch("""
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name LIKE '%\\_at'
            AND column_name NOT IN ('target_due_at', 'due_at', 'overstays_at')
            AND table_name NOT LIKE 'volume%'
    """)
    assert len(instants) >= 12
    for table, column in instants:
        latest = await loaded.fetchval(f"SELECT max({column}) FROM {table}")
        assert latest is None or latest <= UNTIL, f"{table}.{column}"


async def test_nobody_decides_during_the_outage_and_many_do_after_it(
    loaded: asyncpg.Connection,
) -> None:
    hourly = """
        SELECT count(*) / (extract(epoch FROM $2::timestamptz - $1) / 3600)
        FROM decision WHERE decided_at >= $1 AND decided_at < $2
    """
    begins, ends, caught_up = (
        datetime(2026, 6, day, hour, tzinfo=UTC) for day, hour in ((19, 21), (24, 1), (29, 1))
    )
    before = datetime(2026, 6, 1, tzinfo=UTC)
    assert await loaded.fetchval(hourly, begins, ends) == 0
    usual = await loaded.fetchval(hourly, before, begins)
    assert await loaded.fetchval(hourly, ends, caught_up) > usual * 5 / 4
    assert not await loaded.fetchval(
        """
        SELECT count(*) FROM application_event
        WHERE occurred_at >= $1 AND occurred_at < $2 AND actor IS NOT NULL
            AND kind IN ('IN_VERIFICATION', 'SCREENING', 'HELD', 'RELEASED', 'REVOKED')
        """,
        begins,
        ends,
    )


async def test_shares_are_those_of_a_visa_service(loaded: asyncpg.Connection) -> None:
    shares = await loaded.fetchrow(f"""
        SELECT
            avg((visa_type_code = 'B1')::int) AS b1,
            avg((status = 'REFUSED')::int)
                FILTER (WHERE visa_type_code = 'B1' AND current_decision_id IS NOT NULL) AS refused,
            avg((closed_at <= target_due_at)::int)
                FILTER (WHERE visa_type_code = 'B1' AND current_decision_id IS NOT NULL) AS in_time,
            extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - paid_at)
                FILTER (WHERE visa_type_code = 'B1' AND current_decision_id IS NOT NULL)) / 3600
                AS hours,
            avg((status = 'PAYMENT_EXPIRED')::int) AS unpaid,
            avg((channel = 'DIRECT')::int) AS direct
        {FOR_VISAS}
    """)
    assert shares is not None
    assert 0.75 <= shares["b1"] <= 0.85
    assert 0.01 <= shares["refused"] <= 0.03
    assert 0.93 <= shares["in_time"] <= 0.97
    assert 5 <= shares["hours"] <= 7
    assert 0.02 <= shares["unpaid"] <= 0.05
    assert shares["direct"] == 0


async def test_each_case_that_reaches_screening_is_screened(loaded: asyncpg.Connection) -> None:
    assert not await loaded.fetch(MISSING_SCREENINGS)
    assert not await loaded.fetch(GRANTS_WITHOUT_ANSWER)
    assert await loaded.fetchval("SELECT count(*) FROM screening WHERE kind = 'CLEARANCE'") > 0


async def test_the_ban_list_is_about_people_who_have_a_visa_or_are_screened(
    loaded: asyncpg.Connection,
) -> None:
    """Those of a passport; one is named alone, in capitals. Nobody was compared with them yet.
    Who applied more than once is told by the newest."""
    about = await loaded.fetch("""
        SELECT DISTINCT ON (ground, ban_entry.id)
            ban_entry.state, application.status,
            banned_person.full_name IS NULL AS is_by_passport_alone
        FROM ban_entry
        JOIN banned_person ON ban_id = ban_entry.id
        LEFT JOIN identity ON identity.passport_number = banned_person.passport_number
        LEFT JOIN application USING (applicant_id)
        WHERE proposed_by = 'screening' AND NOT is_screened
        ORDER BY ground, ban_entry.id, submitted_at DESC
    """)
    assert [tuple(row) for row in about] == [
        ("PROPOSED", "GRANTED", True),
        ("APPROVED", None, False),
        ("APPROVED", "GRANTED", True),
        ("APPROVED", "SCREENING", True),
        ("APPROVED", "GRANTED", False),
    ]


async def test_each_answer_has_the_person_who_gave_it(loaded: asyncpg.Connection) -> None:
    """As the gateway answers them: what waits for a second person is proposed first."""
    statement = "SELECT application_id, kind, occurred_at, actor, actor_role FROM application_event"
    answered = """
        SELECT application_id, 'SCREENED', answered_at, coalesce(confirmed_by, answered_by),
            CASE WHEN list_version IS NULL THEN 'SCREENING' END
        FROM screening WHERE answered_at IS NOT NULL
    """
    screened = f"{statement} WHERE kind = 'SCREENED'"
    assert not await loaded.fetch(f"({screened} EXCEPT ALL {answered}) LIMIT 3")
    assert not await loaded.fetch(f"({answered} EXCEPT ALL {screened}) LIMIT 3")
    assert not await loaded.fetch(ANSWERS_OF_ONE)
    assert await loaded.fetchval(
        "SELECT count(*) FROM application_event WHERE kind = 'ANSWER_PROPOSED'"
    ) == await loaded.fetchval("SELECT count(*) FROM screening WHERE proposed IS NOT NULL")


async def test_people_were_corrected_and_what_was_lodged_stays_on_file(
    loaded: asyncpg.Connection,
) -> None:
    states = {
        row["state"]: row["count"]
        for row in await loaded.fetch("SELECT state, count(*) FROM correction GROUP BY state")
    }
    assert states["IN_EFFECT"] > states["REJECTED"] > 0
    assert not await loaded.fetch(MISTAKEN_VERSIONS)
    assert not await loaded.fetch(CORRECTIONS_WITHOUT_EVENT)


async def test_some_cases_are_given_back_and_go_to_somebody_else(
    loaded: asyncpg.Connection,
) -> None:
    given_back = await loaded.fetchval("SELECT count(*) FROM assignment WHERE reason IS NOT NULL")
    assert 100 < given_back < 500
    assert not await loaded.fetch(CASES_NOT_PASSED_ON)
    assert not await loaded.fetch(STEPS_WITHOUT_DESK)


async def test_open_cases_are_assigned_and_the_demo_officers_have_some(
    loaded: asyncpg.Connection,
) -> None:
    assert not await loaded.fetch(OPEN_CASES_WITHOUT_DESK)
    cases = await loaded.fetch("""
        SELECT officer, count(*) FROM application WHERE is_assigned GROUP BY officer
    """)
    assert {"officer", "officer-2"} <= {officer for officer, _ in cases}
    assert not await loaded.fetch(CASES_ON_ANOTHER_DESK)


async def test_the_demo_applicant_has_a_closed_and_an_open_application(
    loaded: asyncpg.Connection,
) -> None:
    stages = await loaded.fetch("""
        SELECT stage, status FROM application JOIN applicant ON applicant.id = applicant_id
        WHERE account IS NOT NULL AND account = 'applicant' ORDER BY submitted_at
    """)
    assert [tuple(row) for row in stages] == [
        ("CLOSED", "GRANTED"),
        ("IN_PROCESS", "IN_VERIFICATION"),
    ]


async def test_people_apply_again_and_are_told_apart_by_their_passports(
    loaded: asyncpg.Connection,
) -> None:
    again = await loaded.fetchval("""
        SELECT count(*) FROM application AS earlier
        JOIN application AS later USING (applicant_id)
        WHERE earlier.status = 'REFUSED' AND later.submitted_at > earlier.closed_at
    """)
    assert again > 20
    assert not await loaded.fetch(IMPOSSIBLE_PEOPLE)


async def test_everybody_enters_while_the_visa_serves_with_a_passport_that_lasts(
    loaded: asyncpg.Connection,
) -> None:
    assert not await loaded.fetch(f"{MISTAKEN_TRIPS} UNION ALL {MISTAKEN_VALIDITIES}")
    days = [
        row["days"]
        for row in await loaded.fetch(
            f"SELECT entry_on - wib_day(submitted_at) AS days {FOR_VISAS} ORDER BY 1"
        )
    ]
    assert (days[0], days[-1]) == (3, 90)
    assert 15 < days[len(days) // 2] < 25


async def test_the_volumes_are_those_of_the_applications(loaded: asyncpg.Connection) -> None:
    assert await verify(loaded) == []


def test_a_seed_repeats_a_world() -> None:
    assert make_batches(seed=3) == make_batches(seed=3)
    assert make_batches(seed=3) != make_batches(seed=4)


def test_most_of_a_national_world_applies_directly() -> None:
    channels = [row.channel for batch in make_batches(seed=3) for row in batch.application]
    assert 0.85 < channels.count(Channel.DIRECT) / len(channels) < 0.91


def make_batches(seed: int) -> list[Batch]:
    """A small national world, without a database."""
    return list(World(Plan(2_000, 3, seed, Scale.NATIONAL, UNTIL), reference()).batches())
