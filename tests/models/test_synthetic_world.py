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

pytestmark = pytest.mark.anyio

UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)
APPLICATIONS = 20_000

#: Everything that an application shows, told again from its events alone.
RETOLD = """
    SELECT
        application_id AS id,
        min(occurred_at) FILTER (WHERE kind = 'SUBMITTED') AS submitted_at,
        min(occurred_at) FILTER (WHERE kind = 'RECEIVED') AS received_at,
        min(occurred_at) FILTER (WHERE kind = 'PAID') AS paid_at,
        min(occurred_at) FILTER (WHERE kind = ANY($1::text[])) AS closed_at,
        (array_agg(kind ORDER BY sequence DESC)
            FILTER (WHERE kind NOT IN ('RECEIVED', 'HELD', 'RELEASED', 'SCREENED',
                'ANSWER_PROPOSED', 'CORRECTION_PROPOSED', 'CORRECTED', 'CORRECTION_REJECTED'))
        )[1] AS status,
        count(*) FILTER (WHERE kind = 'INFO_REQUESTED') > 0 AS was_info_requested,
        count(*) FILTER (WHERE kind = 'HELD') > count(*) FILTER (WHERE kind = 'RELEASED')
            AS is_held,
        coalesce(
            extract(epoch FROM sum(waited) FILTER (WHERE kind = 'INFO_REQUESTED')), 0
        )::bigint AS paused_seconds
    FROM (
        SELECT
            *,
            lead(occurred_at) OVER (PARTITION BY application_id ORDER BY sequence) - occurred_at
                AS waited
        FROM application_event
    ) AS event
    GROUP BY application_id
"""


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
    assert await loaded.fetchval("SELECT count(*) FROM application") == APPLICATIONS
    assert await loaded.fetchval("SELECT count(*) FROM application_event") == summary.events
    assert await loaded.fetchval("SELECT count(*) FROM identity") == summary.applicants


async def test_each_application_is_what_its_events_tell(loaded: asyncpg.Connection) -> None:
    columns = """
        id, submitted_at, received_at, paid_at, closed_at, status, was_info_requested, is_held,
        paused_seconds
    """
    stated = f"SELECT {columns} FROM application"
    retold = f"SELECT {columns} FROM ({RETOLD}) AS retold"
    assert not await loaded.fetch(f"({stated} EXCEPT {retold}) LIMIT 3", [*CLOSED])


async def test_events_are_numbered_in_the_order_of_time(loaded: asyncpg.Connection) -> None:
    assert not await loaded.fetch("""
        SELECT FROM (
            SELECT
                sequence - row_number() OVER life AS gap,
                occurred_at < lag(occurred_at) OVER life AS goes_back
            FROM application_event
            WINDOW life AS (PARTITION BY application_id ORDER BY sequence)
        ) AS event
        WHERE gap <> 0 OR goes_back
    """)


async def test_each_decision_is_an_event_and_the_last_one_is_current(
    loaded: asyncpg.Connection,
) -> None:
    events = """
        SELECT application_id, kind, occurred_at, actor FROM application_event
        WHERE kind IN ('GRANTED', 'REFUSED')
    """
    decisions = "SELECT application_id, outcome, decided_at, officer FROM decision"
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
        JOIN fee USING (visa_type_code)
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
            AND column_name NOT IN ('target_due_at', 'due_at') AND table_name NOT LIKE 'volume%'
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
        WHERE occurred_at >= $1 AND occurred_at < $2
            AND kind IN ('IN_VERIFICATION', 'SCREENING', 'HELD', 'RELEASED', 'REVOKED')
        """,
        begins,
        ends,
    )


async def test_shares_are_those_of_a_visa_service(loaded: asyncpg.Connection) -> None:
    shares = await loaded.fetchrow("""
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
        FROM application
    """)
    assert shares is not None
    assert 0.75 <= shares["b1"] <= 0.85
    assert 0.01 <= shares["refused"] <= 0.03
    assert 0.93 <= shares["in_time"] <= 0.97
    assert 5 <= shares["hours"] <= 7
    assert 0.02 <= shares["unpaid"] <= 0.05
    assert shares["direct"] == 0


async def test_each_case_that_reaches_screening_is_screened(loaded: asyncpg.Connection) -> None:
    assert not await loaded.fetch("""
        SELECT FROM application_event AS event
        WHERE kind = 'SCREENING' AND NOT EXISTS (
            SELECT FROM screening
            WHERE screening.application_id = event.application_id AND screening.kind = 'ENTRY_BAN'
        )
    """)
    assert not await loaded.fetch("""
        SELECT FROM application
        JOIN LATERAL (
            SELECT result FROM screening WHERE application_id = application.id
            AND kind = 'ENTRY_BAN' ORDER BY requested_at DESC LIMIT 1
        ) AS last ON true
        WHERE status = 'GRANTED' AND result NOT IN ('CLEAR', 'NO_MATCH')
    """)
    assert await loaded.fetchval("SELECT count(*) FROM screening WHERE kind = 'CLEARANCE'") > 0


async def test_the_ban_list_is_about_people_who_have_a_visa_or_are_screened(
    loaded: asyncpg.Connection,
) -> None:
    """Those of a passport; one is named alone, in capitals. Nobody was compared with them yet."""
    about = await loaded.fetch("""
        SELECT
            ban_entry.state, application.status,
            banned_person.full_name IS NULL AS is_by_passport_alone
        FROM ban_entry
        JOIN banned_person ON ban_id = ban_entry.id
        LEFT JOIN identity ON identity.passport_number = banned_person.passport_number
        LEFT JOIN application USING (applicant_id)
        WHERE proposed_by = 'screening' AND NOT is_screened
        ORDER BY ground
    """)
    assert [tuple(row) for row in about] == [
        ("PROPOSED", "GRANTED", True),
        ("APPROVED", None, False),
        ("APPROVED", "GRANTED", True),
        ("APPROVED", "SCREENING", True),
        ("APPROVED", "GRANTED", False),
    ]


async def test_each_answer_is_told_by_who_gave_it(loaded: asyncpg.Connection) -> None:
    """As the gateway tells them: what waits for a second person is proposed first."""
    statement = "SELECT application_id, kind, occurred_at, actor, actor_role FROM application_event"
    answered = """
        SELECT application_id, 'SCREENED', answered_at, coalesce(confirmed_by, answered_by),
            'SCREENING'
        FROM screening WHERE answered_at IS NOT NULL
    """
    screened = f"{statement} WHERE kind = 'SCREENED'"
    assert not await loaded.fetch(f"({screened} EXCEPT ALL {answered}) LIMIT 3")
    assert not await loaded.fetch(f"({answered} EXCEPT ALL {screened}) LIMIT 3")
    assert not await loaded.fetch("""
        SELECT FROM screening
        WHERE answered_at IS NOT NULL AND proposed IS NOT NULL AND NOT EXISTS (
            SELECT FROM application_event AS event
            WHERE event.application_id = screening.application_id AND event.kind = 'ANSWER_PROPOSED'
                AND event.actor = proposed_by AND event.actor <> screening.confirmed_by
                AND occurred_at BETWEEN requested_at AND answered_at
                AND actor_role = CASE WHEN proposed IN ('MATCH', 'NO_MATCH') THEN 'SUPERVISOR'
                    ELSE 'SCREENING' END
        )
    """)
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
    # The version in force is the identity; of the one before, one thing is another.
    assert not await loaded.fetch("""
        SELECT FROM correction
        JOIN identity USING (applicant_id)
        JOIN identity_version AS now ON now.applicant_id = correction.applicant_id
            AND now.number = correction.version
        LEFT JOIN identity_version AS before ON before.applicant_id = correction.applicant_id
            AND before.number = 1
        WHERE CASE WHEN state <> 'IN_EFFECT' THEN before.number IS NOT NULL
            OR now.valid_from IS NOT NULL
            ELSE (now.full_name, now.phone, now.email, now.passport_number)
                <> (identity.full_name, identity.phone, identity.email, identity.passport_number)
            OR num_nonnulls(
                nullif(before.full_name, now.full_name), nullif(before.phone, now.phone),
                nullif(before.email, now.email)
            ) <> 1
            OR (before.valid_until, now.valid_from, now.valid_until)
                IS DISTINCT FROM (correction.closed_at, correction.closed_at, NULL)
        END
    """)
    # Each is told in its case: by who proposed it, and by the officer on whose desk it was.
    assert not await loaded.fetch("""
        SELECT FROM correction
        WHERE NOT EXISTS (
            SELECT FROM application_event AS event
            WHERE event.application_id = correction.application_id
                AND kind = 'CORRECTION_PROPOSED' AND occurred_at = proposed_at
                AND (actor, actor_role) = (proposed_by, proposed_role)
        ) OR state <> 'PROPOSED' AND NOT EXISTS (
            SELECT FROM application_event AS event
            JOIN assignment AS desk USING (application_id)
            WHERE event.application_id = correction.application_id AND occurred_at = closed_at
                AND kind = CASE state WHEN 'IN_EFFECT' THEN 'CORRECTED'
                    ELSE 'CORRECTION_REJECTED' END
                AND (actor, actor_role) = (closed_by, 'OFFICER') AND desk.officer = actor
                AND closed_at BETWEEN assigned_at AND coalesce(ended_at, closed_at)
        )
    """)


async def test_some_cases_are_given_back_and_go_to_somebody_else(
    loaded: asyncpg.Connection,
) -> None:
    given_back = await loaded.fetchval("SELECT count(*) FROM assignment WHERE reason IS NOT NULL")
    assert 100 < given_back < 500
    assert not await loaded.fetch("""
        SELECT FROM assignment AS first
        WHERE reason IS NOT NULL AND NOT EXISTS (
            SELECT FROM assignment AS next
            WHERE next.application_id = first.application_id
                AND next.assigned_at = first.ended_at AND next.officer <> first.officer
        )
    """)
    # Whoever takes a step has the case on the desk.
    assert not await loaded.fetch("""
        SELECT FROM application_event AS event
        WHERE actor_role = 'OFFICER' AND NOT EXISTS (
            SELECT FROM assignment
            WHERE assignment.application_id = event.application_id AND officer = actor
                AND occurred_at BETWEEN assigned_at AND coalesce(ended_at, occurred_at)
        )
    """)


async def test_open_cases_are_assigned_and_the_demo_officers_have_some(
    loaded: asyncpg.Connection,
) -> None:
    assert not await loaded.fetch("""
        SELECT FROM application
        LEFT JOIN assignment ON application_id = application.id AND ended_at IS NULL
        WHERE (status IN ('IN_VERIFICATION', 'INFO_REQUESTED', 'SCREENING'))
            <> (assignment.id IS NOT NULL)
    """)
    cases = await loaded.fetch("""
        SELECT officer, count(*) FROM application WHERE is_assigned GROUP BY officer
    """)
    assert {"officer", "officer-2"} <= {officer for officer, _ in cases}
    # A case says itself whose desk it is on: no trigger runs while a world is loaded.
    assert not await loaded.fetch("""
        SELECT FROM application
        LEFT JOIN assignment ON application_id = application.id AND ended_at IS NULL
        WHERE is_assigned <> (assignment.id IS NOT NULL)
            OR application.officer IS DISTINCT FROM
                CASE role WHEN 'OFFICER' THEN assignment.officer END
            OR application.supervisor IS DISTINCT FROM
                CASE role WHEN 'SUPERVISOR' THEN assignment.officer END
    """)


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
    assert not await loaded.fetch("""
        SELECT FROM applicant JOIN identity ON identity.applicant_id = id
        LEFT JOIN passport_ending ON passport_ending.applicant_id = id
        WHERE last_four IS DISTINCT FROM right(passport_number, 4)
            OR email !~ '^[a-z0-9.-]+@example\\.org$' OR phone !~ '^\\+999'
            OR birth_date >= created_at OR passport_expires_on < created_at::date + 365
            OR num_nulls(sex, place_of_birth, passport_issuing_state) > 0
    """)


async def test_the_volumes_are_those_of_the_applications(loaded: asyncpg.Connection) -> None:
    assert await verify(loaded) == []


def test_a_seed_repeats_a_world() -> None:
    assert lived(seed=3) == lived(seed=3)
    assert lived(seed=3) != lived(seed=4)


def test_most_of_a_national_world_applies_directly() -> None:
    channels = [row.channel for batch in lived(seed=3) for row in batch.application]
    assert 0.85 < channels.count(Channel.DIRECT) / len(channels) < 0.91


def lived(seed: int) -> list[Batch]:
    """A small national world, without a database."""
    return list(World(Plan(2_000, 3, seed, Scale.NATIONAL, UNTIL), reference()).batches())
