"""What a case, a decision, an event and a desk each add to the figures, at their limits."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from models.volumes import verify
from tests.world import application_id, at

pytestmark = pytest.mark.anyio

PAID = at("01-31 23:59")
#: The target passes in the middle of 3 February.
DUE = at("02-03 12:00")
SECOND = timedelta(seconds=1)
_CONTRIBUTION = """
    SELECT day::text, kind, bucket, intake, wip_change, backlog_change, granted, refused, withdrawn,
        lapsed, within_target, cohort_decided, cohort_within_target, measured
    FROM volume_contribution($1, $2, $3, $4, $5, $6, 500000, $7, false, $8)
"""
GRANTED = application_id("AUSY-GRAN-0001")
OPEN = application_id("SGPO-OPEN-0006")
DIRECT = application_id("DIRE-REVO-0010")
_DECIDED = """
    INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer, supersedes_id)
    VALUES ($1, $2, $3, $4, now(), 'somebody', $5)
"""
_HAPPENED = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor, actor_role)
    VALUES ($1, 99, $2, now(), 'somebody', $3)
"""


async def contribution(
    connection: asyncpg.Connection,
    status: str,
    closed: datetime | None,
    received: datetime | None = None,
    paused: int = 0,
    partner: str | None = None,
) -> list[dict[str, Any]]:
    """Each line without what is nothing."""
    rows = await connection.fetch(
        _CONTRIBUTION,
        status,
        PAID - timedelta(hours=1),
        received,
        PAID,
        closed,
        DUE,
        paused,
        partner,
    )
    return [{name: value for name, value in row.items() if value} for row in rows]


@pytest.mark.parametrize(
    ("closed", "is_within", "is_late"),
    [
        (DUE, True, False),
        (DUE + SECOND, False, False),
        # The backlog is counted by days: a case is late from the day after its target.
        (at("02-03 23:59"), False, False),
        (at("02-04 00:00"), False, True),
    ],
)
async def test_a_case_is_within_its_target_to_the_second_and_in_the_backlog_by_days(
    connection, closed, is_within, is_late
) -> None:
    lines = await contribution(connection, "GRANTED", closed)
    paid, ended, *others = lines
    assert (paid["day"], paid["intake"], paid["cohort_decided"]) == ("2025-01-31", 1, 1)
    assert ("cohort_within_target" in paid, "within_target" in ended) == (is_within, is_within)
    assert ended["day"] == closed.date().isoformat()
    assert (ended["granted"], ended["wip_change"]) == (1, -1)
    assert ended.get("backlog_change") == (-1 if is_late else None)
    late = [line for line in others if line.get("backlog_change")]
    assert [(line["day"], line["backlog_change"]) for line in late] == (
        [("2025-02-03", 1)] if is_late else []
    )


@pytest.mark.parametrize(
    ("status", "counted", "is_decided"),
    [
        ("GRANTED", "granted", True),
        ("REVOKED", "granted", True),
        ("REFUSED", "refused", True),
        ("WITHDRAWN", "withdrawn", False),
        ("LAPSED", "lapsed", False),
    ],
)
async def test_each_ending_is_counted_and_only_decisions_are_measured(
    connection, status, counted, is_decided
) -> None:
    paid, ended, *times = await contribution(connection, status, DUE)
    names = {"granted", "refused", "withdrawn", "lapsed", "within_target"}
    assert names & ended.keys() == ({counted, "within_target"} if is_decided else {counted})
    cohort = (paid.get("cohort_decided"), paid.get("cohort_within_target"))
    assert cohort == ((1, 1) if is_decided else (None, None))
    assert [line["kind"] for line in times] == (["unpaused"] if is_decided else [])


async def test_a_case_that_waited_is_measured_by_both_clocks(connection) -> None:
    lines = await contribution(connection, "GRANTED", DUE, paused=3_600)
    hours = (DUE - PAID).total_seconds() / 3_600
    buckets = {line["kind"]: line["bucket"] for line in lines if "kind" in line}
    middle = await connection.fetchrow(
        "SELECT duration_bucket($1) AS paused, duration_bucket($2) AS adjusted",
        *(int(hours * 3_600), int(hours * 3_600 - 3_600)),
    )
    assert buckets == dict(middle)


@pytest.mark.parametrize(("partner", "is_counted"), [("NUSA", True), (None, False)])
async def test_a_hand_over_is_a_partners(connection, partner, is_counted) -> None:
    received = PAID + timedelta(hours=2)
    lines = await contribution(connection, "PAID", None, received=received, partner=partner)
    handed_over = [line for line in lines if line.get("kind") == "handover"]
    assert [line["day"] for line in handed_over] == (["2025-02-01"] if is_counted else [])
    waiting = [line for line in lines if line.get("kind") == "open"]
    assert [(line["day"], line["measured"]) for line in waiting] == [("2025-01-31", 1)]


async def test_less_than_a_second_counts_as_one_second(connection) -> None:
    buckets = [await connection.fetchval("SELECT duration_bucket($1)", n) for n in (0, 1, 2)]
    assert buckets == [0, 0, 35]


@pytest.mark.parametrize(
    ("outcome", "grounds", "overturned"),
    [
        ("REFUSED", ["INCOMPLETE"], 0),
        # The main ground stands.
        ("REFUSED", ["INCOMPLETE", "SECURITY"], 0),
        ("REFUSED", ["SECURITY"], 1),
        ("REFUSED", ["SECURITY", "INCOMPLETE"], 1),
        ("GRANTED", [], 1),
    ],
)
async def test_what_is_decided_as_before_overturns_nothing(
    rolled_back, outcome, grounds, overturned
) -> None:
    case = application_id("AUME-INCO-0004")
    first = await rolled_back.fetchval("SELECT id FROM decision WHERE application_id = $1", case)
    view = "SELECT count(*) FROM volume_overturned WHERE application_id = $1"
    assert await rolled_back.fetchval(view, case) == 0
    await rolled_back.execute("DELETE FROM volume_outbox")
    await rolled_back.execute(_DECIDED, uuid4(), case, outcome, grounds, first)
    queued = await rolled_back.fetchval("SELECT coalesce(sum(overturned), 0) FROM volume_outbox")
    assert (queued, await rolled_back.fetchval(view, case)) == (overturned, overturned)


@pytest.mark.parametrize(
    ("kind", "role", "queued"),
    [
        ("GRANTED", "OFFICER", ["officer_granted"]),
        ("REFUSED", "OFFICER", ["officer_refused"]),
        ("REFUSED", "SUPERVISOR", []),
        ("RECEIVED", "OFFICER", []),
        ("SCREENING", "OFFICER", ["referral"]),
        ("HELD", "SUPERVISOR", ["hold"]),
        ("RELEASED", "SUPERVISOR", []),
    ],
)
async def test_an_event_counts_for_the_officer_or_the_country(
    rolled_back, kind, role, queued
) -> None:
    await rolled_back.execute("DELETE FROM volume_outbox")
    await rolled_back.execute(_HAPPENED, GRANTED, kind, role)
    rows = await rolled_back.fetch("SELECT kind, done_by FROM volume_outbox")
    officer = "somebody" if queued and queued[0].startswith("officer") else None
    assert [tuple(row) for row in rows] == [(each, officer) for each in queued]
    assert await recomputed_otherwise(rolled_back) == []


@pytest.mark.parametrize("kind", ["GRANTED", "REFUSED", "SCREENING", "HELD"])
async def test_an_event_of_an_extension_counts_for_neither(rolled_back, kind) -> None:
    await rolled_back.execute(
        "UPDATE application SET use_within_days = NULL,"
        " extends_visa_number = (SELECT min(visa_number) FROM visa) WHERE id = $1",
        DIRECT,
    )
    await rolled_back.execute("DELETE FROM volume_outbox")
    await rolled_back.execute(_HAPPENED, DIRECT, kind, "OFFICER")
    assert await rolled_back.fetch("SELECT kind FROM volume_outbox") == []


@pytest.mark.parametrize(
    ("reader", "read_at", "is_counted"),
    [
        ("officer", "assigned_at - interval '1 second'", False),
        ("officer", "assigned_at", True),
        ("officer", "now()", True),
        ("officer-2", "now()", False),
    ],
)
async def test_what_is_given_back_after_reading_was_read_on_the_own_desk(
    rolled_back, reader, read_at, is_counted
) -> None:
    await rolled_back.execute("DELETE FROM access_event")
    await rolled_back.execute(
        "INSERT INTO access_event (id, occurred_at, actor, actor_role, purpose, case_reference,"
        f" applicant_id, fields, trace_id) SELECT $1, {read_at}, $2, 'OFFICER', 'CASEWORK', 'x',"
        " (SELECT applicant_id FROM application WHERE id = $3), '{fullName}', 'x' FROM assignment"
        " WHERE application_id = $3 AND ended_at IS NULL",
        *(uuid4(), reader, OPEN),
    )
    counted = ["officer_given_back_after_reading"] if is_counted else []
    assert await given_back(rolled_back) == ["officer_given_back", *counted]
    await rolled_back.execute("DELETE FROM volume_officer WHERE starts_on = wib_day(now())")
    assert await recomputed_otherwise(rolled_back) == []


async def test_what_a_supervisor_gives_back_is_no_officers(rolled_back) -> None:
    on_desk = "UPDATE assignment SET role = 'SUPERVISOR' WHERE application_id = $1"
    await rolled_back.execute(on_desk, OPEN)
    assert await given_back(rolled_back) == []
    assert await recomputed_otherwise(rolled_back) == []


@pytest.mark.parametrize("change", ["ended_by = 'somebody else'", "reason = NULL"])
async def test_what_is_taken_away_or_done_is_not_given_back(rolled_back, change) -> None:
    await given_back(rolled_back)
    await rolled_back.execute(f"UPDATE assignment SET {change} WHERE ended_at = now()")
    await rolled_back.execute("DELETE FROM volume_outbox")
    assert await recomputed_otherwise(rolled_back) == []


async def recomputed_otherwise(connection: asyncpg.Connection) -> list[str]:
    """What is not computed again as the triggers counted it: of officers, and of the country."""
    ours = {"volume_officer", "volume_referral", "volume_ground"}
    return [str(each) for each in await verify(connection) if each.table in ours]


async def given_back(connection: asyncpg.Connection) -> list[str]:
    """What it adds to the figures that a case is given back from the desk it is on."""
    await connection.execute("DELETE FROM volume_outbox")
    await connection.execute(
        "UPDATE assignment SET ended_at = now(), ended_by = officer, reason = 'Ill.'"
        " WHERE application_id = $1 AND ended_at IS NULL", OPEN,
    )  # fmt: skip
    rows = await connection.fetch("SELECT kind FROM volume_outbox WHERE done_by IS NOT NULL")
    return sorted(row["kind"] for row in rows)
