"""What the database's own functions of supervision answer, at their limits: counts of reads, and
who is found for a case."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act
from tests.world import applicant_id, application_id, at

pytestmark = pytest.mark.anyio

SINCE, BEFORE = at("01-06 00:00"), at("01-07 00:00")
INSTANT = timedelta(microseconds=1)
SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
#: On the desk of `officer`, and on that of `officer-2`.
CASE, OTHER = "SGPO-OPEN-0006", "SGPO-HELD-0007"
RUBY, JACK = applicant_id("Ruby Hale"), applicant_id("Jack Doyle")
_READ = """
    INSERT INTO access_event (id, occurred_at, actor, actor_role, purpose, case_reference,
        applicant_id, fields, trace_id)
    VALUES (gen_random_uuid(), $1, $2, $3, 'CASEWORK', 'x', $4, '{fullName}', 'x')
"""
_REQUEST = """
    INSERT INTO data_request (id, reference, kind, lodged_by, lodged_role, outcome, reason,
        answered_by, answered_at)
    VALUES ($1, 'DSR-TEST-0001', 'ACCESS', 'auditor', 'AUDITOR', $2::text,
        CASE WHEN $2 IS NOT NULL THEN 'x' END, CASE WHEN $2 IS NOT NULL THEN 'auditor' END,
        CASE WHEN $2 IS NOT NULL THEN clock_timestamp() END)
"""
_INQUIRY = """
    INSERT INTO inquiry (id, reference, reason, minutes, most_people, opened_by, ends_at,
        review_due_at)
    VALUES ($1, 'INQ-TEST-0001', 'x', 60, 50, $2, now() + $3, now() + $3)
"""
_LOOKED_UP = """
    INSERT INTO person_lookup (id, occurred_at, actor, actor_role, purpose, case_reference, by,
        found, trace_id)
    VALUES (gen_random_uuid(), clock_timestamp() - $1::interval, $2, $3, 'CASEWORK', 'x',
        'PASSPORT', 0, 'x')
"""


async def test_reads_are_counted_from_an_instant_on_until_before_another(rolled_back) -> None:
    for instant in (SINCE - INSTANT, SINCE, BEFORE - INSTANT, BEFORE):
        await rolled_back.execute(_READ, instant, "reader", "OFFICER", RUBY)
    await rolled_back.execute(_READ, SINCE, "reader", "OFFICER", JACK)
    await rolled_back.execute(_READ, SINCE, "reader", "SUPERVISOR", RUBY)
    await rolled_back.execute(_READ, SINCE, "ruby", "APPLICANT", RUBY)
    await act(rolled_back, SUPERVISOR)
    rows = await rolled_back.fetch(
        "SELECT * FROM viewer.people_read('SUPERVISOR', $1, $2)", SINCE, BEFORE
    )
    assert sorted(tuple(row) for row in rows) == [
        ("reader", "OFFICER", 2, 3),
        ("reader", "SUPERVISOR", 1, 1),
    ]


async def is_found(connection: asyncpg.Connection, viewer: Viewer, reference: str) -> bool:
    """Whether a viewer may look somebody up for a case, or what else is named."""
    sealed = Viewer(viewer.subject, viewer.role, purpose_reference=reference)
    await act(connection, sealed)
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        await connection.fetchval("SELECT viewer.people_found($1, '{}')", viewer.role.value)
    except asyncpg.InsufficientPrivilegeError:
        return False
    else:
        return True
    finally:
        await savepoint.rollback()


@pytest.mark.parametrize(
    ("subject", "role", "reference", "may"),
    [
        ("officer", Role.OFFICER, CASE, True),
        ("officer", Role.OFFICER, OTHER, False),
        ("officer-2", Role.OFFICER, CASE, False),
        ("supervisor", Role.SUPERVISOR, CASE, True),
        ("supervisor", Role.SUPERVISOR, "AUSY-NONE-0000", False),
        ("screening", Role.SCREENING, CASE, False),
        ("auditor", Role.AUDITOR, CASE, False),
    ],
)
async def test_people_are_found_for_a_case_on_the_own_desk(
    rolled_back, subject, role, reference, may
) -> None:
    assert await is_found(rolled_back, Viewer(subject, role), reference) == may


async def test_a_former_desk_finds_nobody(rolled_back) -> None:
    await rolled_back.execute(
        "UPDATE assignment SET ended_at = now() WHERE application_id = $1", application_id(CASE)
    )
    assert not await is_found(rolled_back, Viewer("officer", Role.OFFICER), CASE)


@pytest.mark.parametrize(("outcome", "may"), [(None, True), ("REFUSED", False)])
async def test_people_are_found_for_an_open_request_of_a_data_subject(
    rolled_back, outcome, may
) -> None:
    await rolled_back.execute(_REQUEST, uuid4(), outcome)
    assert await is_found(rolled_back, Viewer("auditor", Role.AUDITOR), "DSR-TEST-0001") == may


@pytest.mark.parametrize(
    ("opened_by", "ends_in", "role", "may"),
    [
        ("supervisor", timedelta(minutes=1), Role.SUPERVISOR, True),
        ("supervisor", timedelta(0), Role.SUPERVISOR, False),
        ("supervisor-2", timedelta(minutes=1), Role.SUPERVISOR, False),
        ("supervisor", timedelta(minutes=1), Role.OFFICER, False),
    ],
)
async def test_people_are_found_for_an_own_inquiry_while_it_lasts(
    rolled_back, opened_by, ends_in, role, may
) -> None:
    await rolled_back.execute(_INQUIRY, uuid4(), opened_by, ends_in)
    assert await is_found(rolled_back, Viewer("supervisor", role), "INQ-TEST-0001") == may


async def test_people_are_found_for_what_is_sealed_and_fifty_at_most(rolled_back) -> None:
    await rolled_back.execute(
        "INSERT INTO applicant (id, nationality_code) SELECT gen_random_uuid(), 'AU'"
        " FROM generate_series(1, 51)"
    )
    await rolled_back.execute(
        "INSERT INTO person_index (applicant_id, version, kind, key_id, digest)"
        " SELECT id, 99, 'PASSPORT', 'x', decode(repeat('01', 32), 'hex') FROM applicant"
    )
    await act(rolled_back, Viewer("supervisor", Role.SUPERVISOR, purpose_reference=CASE))
    found = await rolled_back.fetchval(
        "SELECT viewer.people_found('SUPERVISOR', $1)", ["01" * 32, "02" * 32]
    )
    assert len(found) == 50
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("ages", "waits"),
    [
        # Within the hour three are admitted: the fourth waits until the third last is an hour old.
        ([50, 40], None),
        ([50, 40, 30], 10),
        ([55, 50, 40, 30], 10),
        ([60.1, 40, 30], None),
    ],
)
async def test_look_ups_are_admitted_up_to_so_many_an_hour(
    rolled_back, ages: list[float], waits: float | None
) -> None:
    for minutes in ages:
        await rolled_back.execute(_LOOKED_UP, timedelta(minutes=minutes), "busy", "OFFICER")
    await rolled_back.execute(_LOOKED_UP, timedelta(minutes=1), "another", "OFFICER")
    await rolled_back.execute(_LOOKED_UP, timedelta(minutes=1), "busy", "SUPERVISOR")
    await act(rolled_back, Viewer("busy", Role.OFFICER))
    seconds = await rolled_back.fetchval("SELECT viewer.admit_lookup('OFFICER', 3, $1)", uuid4())
    assert seconds == (pytest.approx(waits * 60, abs=5) if waits else None)


@pytest.mark.parametrize(
    ("ages", "known", "new", "waits"),
    [
        ([50, 40], 0, 1, None),
        ([50, 40, 30], 0, 1, 10),
        ([50, 40, 30], 0, 2, 20),
        ([55, 50, 40, 30], 0, 1, 10),
        ([60.1, 50, 40], 0, 1, None),
        # Whom one has read already is read on; the others make room first.
        ([50, 40, 30], 3, 0, None),
        ([55, 50, 40, 30], 1, 0, None),
        ([50, 40, 30], 1, 1, 20),
    ],
)
async def test_people_are_read_up_to_so_many_an_hour(
    rolled_back, ages: list[float], known: int, new: int, waits: float | None
) -> None:
    people = [uuid4() for _ in ages]
    read = (
        "INSERT INTO budgeted_read (actor, actor_role, person, read_at)"
        " VALUES ($1, $2, $3, clock_timestamp() - $4::interval)"
    )
    for person, minutes in zip(people, ages, strict=True):
        await rolled_back.execute(read, "busy", "OFFICER", person, timedelta(minutes=minutes))
    for actor, role in (("another", "OFFICER"), ("busy", "SUPERVISOR")):
        await rolled_back.execute(read, actor, role, uuid4(), timedelta(minutes=1))
    await act(rolled_back, Viewer("busy", Role.OFFICER))
    asked = [*people[:known], *(uuid4() for _ in range(new))]
    seconds = await rolled_back.fetchval(
        "SELECT viewer.admit_reads('OFFICER', 3, $1, $2)", [*asked, *asked], uuid4()
    )
    assert seconds == (pytest.approx(waits * 60, abs=5) if waits else None)


@pytest.mark.parametrize(
    ("told", "again", "new", "is_alarming"),
    [(2, 0, 1, False), (3, 3, 0, False), (3, 0, 1, True), (3, 3, 1, True)],
)
async def test_endings_beyond_so_many_an_hour_raise_an_alert(
    rolled_back, told: int, again: int, new: int, is_alarming: bool
) -> None:
    people = await rolled_back.fetch("SELECT id FROM applicant ORDER BY id LIMIT $1", told + new)
    ids = [row["id"] for row in people]
    for person in ids[:told]:
        await rolled_back.execute(
            "INSERT INTO ending_told (actor, actor_role, applicant_id, told_at)"
            " VALUES ('busy', 'OFFICER', $1, clock_timestamp() - interval '59 minutes')", person,
        )  # fmt: skip
    await act(rolled_back, Viewer("busy", Role.OFFICER))
    await rolled_back.execute(
        "SELECT viewer.count_endings('OFFICER', 3, $1, $2)",
        *([*ids[:again], *ids[told:]], uuid4()),
    )
    await rolled_back.execute("SET LOCAL ROLE NONE")
    alerts = "SELECT count(*) FROM alert WHERE actor = 'busy' AND kind = 'READ_BUDGET'"
    assert await rolled_back.fetchval(alerts) == is_alarming
    lately = (
        "SELECT count(*) FROM ending_told"
        " WHERE actor = 'busy' AND told_at > clock_timestamp() - interval '1 minute'"
    )
    assert await rolled_back.fetchval(lately) == again + new


@pytest.mark.parametrize(
    ("opened_by", "ends_in", "seen", "new", "look_ups", "answer"),
    [
        ("supervisor", 60, 48, 2, 0, "admitted"),
        ("supervisor", 60, 48, 1, 1, "admitted"),
        ("supervisor", 60, 48, 2, 1, "FULL"),
        ("supervisor", 60, 49, 2, 0, "FULL"),
        ("supervisor", 60, 50, 0, 0, "admitted"),
        ("supervisor", 0, 0, 1, 0, "OVER"),
        ("supervisor", None, 0, 1, 0, "WAITS"),
        ("supervisor-2", 60, 0, 1, 0, None),
    ],
)
async def test_an_inquiry_admits_so_many_people_while_it_lasts(
    rolled_back, opened_by, ends_in, seen, new, look_ups, answer
) -> None:
    ends = None if ends_in is None else timedelta(minutes=ends_in)
    await rolled_back.execute(_INQUIRY, uuid4(), opened_by, ends)
    await rolled_back.execute("UPDATE inquiry SET seen = $1", seen)
    known, *others = [
        row["id"] for row in await rolled_back.fetch("SELECT id FROM applicant LIMIT $1", new + 1)
    ]
    opened = "INSERT INTO inquiry_person (id, reference, applicant_id) VALUES ($1, $2, $3)"
    await rolled_back.execute(opened, uuid4(), "INQ-TEST-0001", known)
    await act(rolled_back, SUPERVISOR)
    said = await rolled_back.fetchval(
        "SELECT viewer.admit_to_inquiry('SUPERVISOR', 'INQ-TEST-0001', $1, $2, $3)",
        *([known, *others], [uuid4() for _ in range(new + 1)], look_ups),
    )
    await rolled_back.execute("SET LOCAL ROLE NONE")
    is_admitted = answer == "admitted"
    assert said == (None if is_admitted else answer)
    row = await rolled_back.fetchrow(
        "SELECT seen, (SELECT count(*) FROM inquiry_person) AS people FROM inquiry"
    )
    assert tuple(row) == ((seen + new + look_ups, new + 1) if is_admitted else (seen, 1))


@pytest.mark.parametrize(
    ("raised", "is_banned", "others", "counted"),
    [(19, False, 0, 20), (20, False, 0, 20), (0, False, 1, 1), (0, True, 1, 1), (0, True, 0, 1)],
)
async def test_tampering_is_said_once_of_each_and_twenty_times_an_hour(
    rolled_back, raised: int, is_banned: bool, others: int, counted: int
) -> None:
    ban, person = uuid4(), applicant_id("Ruby Hale")
    await rolled_back.execute(
        "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by)"
        " VALUES ($1, 'BANN-TEST-0001', 'CRIME', 'x', wib_day(now()), 'one')", ban,
    )  # fmt: skip
    alert = (
        "INSERT INTO alert (id, kind, actor, actor_role, applicant_id, ban_id)"
        " VALUES (gen_random_uuid(), 'TAMPERED', $1, 'OFFICER', $2, $3)"
    )
    for _ in range(raised):
        await rolled_back.execute(alert, "busy", applicant_id("Jack Doyle"), None)
    about = (None, ban) if is_banned else (person, None)
    for _ in range(others):
        await rolled_back.execute(alert, "another", *about)
    await act(rolled_back, Viewer("busy", Role.OFFICER))
    subject = ban if is_banned else person
    for _ in range(2):
        await rolled_back.execute(
            "SELECT viewer.raise_tampering('OFFICER', $1, $2, $3)", uuid4(), subject, is_banned
        )
    await rolled_back.execute("SET LOCAL ROLE NONE")
    found = "SELECT count(*) FROM alert WHERE kind = 'TAMPERED'"
    assert await rolled_back.fetchval(found) == counted
