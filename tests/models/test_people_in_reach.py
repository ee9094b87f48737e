"""Whom somebody could have read within a window: each way begins and ends with its own right."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act
from tests.world import applicant_id, application_id, at

pytestmark = pytest.mark.anyio

SINCE, BEFORE = at("02-20 00:00"), at("02-21 00:00")
WEI, LI = applicant_id("Wei Tan"), applicant_id("Li Goh")
#: Of Wei Tan, open at a portal in Singapore.
OPEN = application_id("SGPO-OPEN-0006")
HOUR = timedelta(hours=1)
_SUSPENDED = """
    INSERT INTO suspension (id, subject, partner_code, reason, suspended_by, suspended_at, ends_at)
    VALUES ($1, $2, $3, 'x', 'y', $4, $5)
"""


async def reach(
    connection: asyncpg.Connection,
    account: str,
    role: str,
    partner: str | None = None,
    places: Sequence[str] = (),
) -> dict[Any, tuple[datetime, datetime, bool, list[str]]]:
    """By person: from when, until when, whether they were read, and in which ways."""
    await act(connection, Viewer("auditor", Role.AUDITOR))
    rows = await connection.fetch(
        "SELECT * FROM viewer.people_in_reach('AUDITOR', $1, $2, $3, $4, $5, $6, $7, 500)",
        *(account, role, partner, list(places), SINCE, BEFORE, UUID(int=0)),
    )
    await connection.execute("SET LOCAL ROLE NONE")
    return {
        row["applicant_id"]: (row["from_at"], row["until_at"], row["was_read"], row["ways"])
        for row in rows
    }


GRANTED = "reference = 'AUSY-GRAN-0001'"


async def in_hand(connection: asyncpg.Connection) -> UUID:
    """Somebody whose visa has been proven since two hours before the window; its case."""
    await connection.execute("SET LOCAL session_replication_role = replica")
    case = application_id("AUSY-GRAN-0001")
    await connection.execute("ALTER TABLE application DROP CONSTRAINT ck_application_closed_last")
    await connection.execute("DELETE FROM visa_document")
    await connection.execute(
        "INSERT INTO visa_document (visa_number, applicant_id, ordered_at, issued_at, digest,"
        " key_id, proof, proven_at) SELECT visa_number, applicant_id, $2, $2, $3, 'k', 'p', $2"
        " FROM visa JOIN application ON application.id = application_id WHERE application_id = $1",
        *(case, SINCE - 2 * HOUR, bytes(32)),
    )
    await connection.execute(
        "UPDATE application SET closed_at = $2, partner_code = 'NUSA', country_code = 'AU',"
        " left_partner_at = NULL WHERE id = $1", case, SINCE - 2 * HOUR,
    )  # fmt: skip
    return case


@pytest.mark.parametrize(
    ("change", "until"),
    [
        ("visa_document SET fetched_by = 'x', fetched_at = $1", SINCE + 6 * HOUR),
        ("visa_document SET replaced_at = $1", SINCE + 6 * HOUR),
        ("visa SET revoked_at = $1", SINCE + 6 * HOUR),
        ("visa SET returned_at = $1", SINCE + 6 * HOUR),
        ("visa SET superseded_at = $1", SINCE + 6 * HOUR),
        (f"application SET left_partner_at = $1 WHERE {GRANTED}", SINCE + 6 * HOUR),
        (
            f"application SET closed_at = $1::timestamptz - interval '30 days' WHERE {GRANTED}",
            SINCE + 6 * HOUR,
        ),
        ("visa_document SET proof = 'q' WHERE $1::timestamptz IS NOT NULL", BEFORE),
    ],
)
async def test_a_partners_system_reaches_who_has_a_visa_to_be_delivered_until_it_is(
    rolled_back, change: str, until: datetime
) -> None:
    case = await in_hand(rolled_back)
    (holder,) = await rolled_back.fetchrow(
        "SELECT applicant_id FROM application WHERE id = $1", case
    )
    await rolled_back.execute(f"UPDATE {change}", SINCE + 6 * HOUR)
    for places in ([], ["AU"], ["NZ", "AU"]):
        found = await reach(rolled_back, "system", "PARTNER_SERVICE", "NUSA", places)
        assert found == {holder: (SINCE, until, False, ["DELIVERY"])}
    for partner, places in (("NUSA", ["NZ"]), ("ANDALAN", [])):
        assert await reach(rolled_back, "system", "PARTNER_SERVICE", partner, places) == {}
    assert holder not in await reach(rolled_back, "system", "PARTNER_AGENT", "NUSA")


async def test_a_visa_that_was_fetched_before_or_is_proven_later_reaches_nobody(
    rolled_back,
) -> None:
    await in_hand(rolled_back)
    for change in (
        "fetched_by = 'x', fetched_at = $1::timestamptz - interval '1 second'",
        "fetched_by = NULL, fetched_at = NULL, proven_at = $1::timestamptz + interval '1 day'",
        "proven_at = NULL, proof = NULL WHERE $1::timestamptz IS NOT NULL",
    ):
        await rolled_back.execute(f"UPDATE visa_document SET {change}", SINCE)
        assert await reach(rolled_back, "system", "PARTNER_SERVICE", "NUSA") == {}


@pytest.mark.parametrize(
    ("column", "at_hour", "until"),
    [
        (None, 0, BEFORE),
        ("received_at", 6, SINCE + 6 * HOUR),
        ("left_partner_at", 6, SINCE + 6 * HOUR),
    ],
)
async def test_a_partner_reaches_a_file_until_it_is_handed_over_or_leaves(
    rolled_back, column: str | None, at_hour: int, until: datetime
) -> None:
    await rolled_back.execute("UPDATE application SET received_at = NULL WHERE id = $1", OPEN)
    if column:
        await rolled_back.execute(
            f"UPDATE application SET {column} = $2 WHERE id = $1", OPEN, SINCE + at_hour * HOUR
        )
    found = await reach(rolled_back, "agent", "PARTNER_AGENT", "NUSA", ["SG"])
    assert found[WEI] == (SINCE, until, False, ["INTAKE"])
    assert WEI not in await reach(rolled_back, "agent", "PARTNER_AGENT", "ANDALAN", ["SG"])


async def test_a_file_is_reached_from_the_centre_that_took_it_over_and_from_everywhere(
    rolled_back,
) -> None:
    await rolled_back.execute(
        "UPDATE application SET received_at = NULL, successor_centre_code = 'AU-MEL',"
        " successor_country_code = 'AU', successor_partner_code = 'NUSA' WHERE id = $1", OPEN,
    )  # fmt: skip
    for places, is_reached in ((["AU-MEL"], True), (["AU-SYD"], False), ([], True)):
        found = await reach(rolled_back, "agent", "PARTNER_AGENT", "NUSA", places)
        assert (WEI in found) == is_reached, places


@pytest.mark.parametrize("back", [True, False])
async def test_a_partner_that_held_a_file_in_between_reached_it_meanwhile(
    rolled_back, back: bool
) -> None:
    """It went back to the partner that took it in, or to the directorate: neither column of the
    file names the one that it came from."""
    await rolled_back.execute("SET LOCAL session_replication_role = replica")
    moves = ("AU-PER", 6), ("SG-SIN" if back else "NOT_HANDED_IN", 9)
    for place, (reason, hour) in enumerate(moves, start=900):
        await rolled_back.execute(
            "INSERT INTO application_event (application_id, sequence, kind, occurred_at, reason)"
            " VALUES ($1, $2, 'TRANSFERRED', $3, $4)",
            *(OPEN, place, SINCE + hour * HOUR, reason),
        )
    await rolled_back.execute(
        "UPDATE application SET received_at = CASE WHEN $2 THEN NULL ELSE $3::timestamptz END,"
        " left_partner_at = CASE WHEN $2 THEN NULL ELSE $3 END, successor_centre_code ="
        " CASE WHEN $2 THEN 'SG-SIN' END, successor_country_code = CASE WHEN $2 THEN 'SG' END,"
        " successor_partner_code = CASE WHEN $2 THEN 'NUSA' END WHERE id = $1",
        *(OPEN, back, SINCE + 9 * HOUR),
    )
    meanwhile = SINCE + 6 * HOUR, SINCE + 9 * HOUR, False, ["INTAKE"]
    for places in ([], ["AU-PER"], ["AU-MEL", "AU-PER"]):
        found = await reach(rolled_back, "agent", "PARTNER_AGENT", "ANDALAN", places)
        assert found[WEI] == meanwhile, places
    assert WEI not in await reach(rolled_back, "agent", "PARTNER_AGENT", "ANDALAN", ["AU-MEL"])
    assert WEI not in await reach(rolled_back, "officer-9", "OFFICER", "ANDALAN")
    assert WEI in await reach(rolled_back, "agent", "PARTNER_AGENT", "NUSA")


@pytest.mark.parametrize(
    ("answered", "voided", "until"), [(None, None, 24), (5, None, 5), (None, 7, 7), (9, 7, 7)]
)
async def test_a_question_is_reached_until_it_is_answered_or_void(
    rolled_back, answered: int | None, voided: int | None, until: int
) -> None:
    await rolled_back.execute("DELETE FROM screening")
    await rolled_back.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
        " voided_at) VALUES ($1, $2, 'ENTRY_BAN', $3, $4, $5, $6)",
        *(uuid4(), OPEN, "CLEAR" if answered else "PENDING", SINCE - HOUR),
        answered and SINCE + answered * HOUR,
        voided and SINCE + voided * HOUR,
    )
    found = await reach(rolled_back, "screening", "SCREENING")
    assert found == {WEI: (SINCE, SINCE + until * HOUR, False, ["QUESTION"])}
    await rolled_back.execute("UPDATE screening SET kept_from = '{screening}'")
    assert await reach(rolled_back, "screening", "SCREENING") == {}


@pytest.mark.parametrize(("opened_by", "ways"), [("boss", 2), ("another", 1)])
async def test_an_inquiry_is_a_way_of_whoever_opened_it(
    rolled_back, opened_by: str, ways: int
) -> None:
    await rolled_back.execute(
        "INSERT INTO inquiry (id, reference, reason, minutes, most_people, opened_by, opened_at,"
        " ends_at, review_due_at) VALUES ($1, 'INQ-TEST-0001', 'x', 60, 50, $2, $3, $4, $4)",
        *(uuid4(), opened_by, SINCE, SINCE + HOUR),
    )
    await rolled_back.execute(
        "INSERT INTO inquiry_person (id, reference, applicant_id, opened_at)"
        " VALUES ($1, 'INQ-TEST-0001', $2, $3)", uuid4(), WEI, SINCE,
    )  # fmt: skip
    found = await reach(rolled_back, "boss", "SUPERVISOR")
    assert found[WEI][3] == ["INQUIRY", "SUPERVISION"][-ways:]
    assert found[LI][3] == ["SUPERVISION"]


@pytest.mark.parametrize(
    ("subject", "partner", "is_closed"),
    [
        ("agent", None, True),
        ("another", None, False),
        (None, "NUSA", True),
        (None, "ANDALAN", False),
    ],
)
async def test_who_is_suspended_or_whose_partner_is_reaches_nobody_a_moment_later(
    rolled_back, subject: str | None, partner: str | None, is_closed: bool
) -> None:
    await rolled_back.execute("UPDATE application SET received_at = NULL WHERE id = $1", OPEN)
    await rolled_back.execute(
        _SUSPENDED, uuid4(), subject, partner, SINCE + 2 * HOUR, SINCE + 30 * HOUR
    )
    found = await reach(rolled_back, "agent", "PARTNER_AGENT", "NUSA", ["SG"])
    ends = SINCE + 2 * HOUR + timedelta(seconds=5) if is_closed else BEFORE
    assert found[WEI][:2] == (SINCE, ends)


@pytest.mark.parametrize(
    ("actor", "role", "instant", "was_read"),
    [
        ("officer", "OFFICER", SINCE, True),
        ("officer", "OFFICER", BEFORE, False),
        ("officer", "OFFICER", SINCE - HOUR, False),
        ("officer", "SUPERVISOR", SINCE, False),
        ("another", "OFFICER", SINCE, False),
    ],
)
async def test_who_was_read_was_read_by_that_account_in_that_role_within_the_window(
    rolled_back, actor: str, role: str, instant: datetime, was_read: bool
) -> None:
    await rolled_back.execute(
        "INSERT INTO access_event (id, occurred_at, actor, actor_role, purpose, case_reference,"
        " applicant_id, fields, trace_id)"
        " VALUES ($1, $2, $3, $4, 'CASEWORK', 'x', $5, '{fullName}', 'x')",
        *(uuid4(), instant, actor, role, WEI),
    )
    found = await reach(rolled_back, "officer", "OFFICER")
    assert found[WEI][2:] == (was_read, ["DESK"])


@pytest.mark.parametrize(
    ("reason", "state", "found_hour", "resolved_hour", "since"),
    [
        ("PASSPORT", "CERTAIN", 3, None, 3),
        ("NAME_AND_BIRTH_DATE", "CONFIRMED", 3, 5, 5),
        ("NAME_AND_BIRTH_DATE", "PROPOSED", 3, None, None),
        ("NAME_AND_BIRTH_DATE", "REJECTED", 3, 5, None),
    ],
)
async def test_a_linked_file_is_reached_once_the_link_is_sure(
    rolled_back, reason, state, found_hour, resolved_hour, since
) -> None:
    await rolled_back.execute("DELETE FROM person_link")
    await rolled_back.execute(
        "INSERT INTO person_link (id, applicant_id, linked_id, reason, state, found_at,"
        " resolved_at, resolved_by, resolved_in, resolution)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *(uuid4(), WEI, LI, reason, state, SINCE + found_hour * HOUR),
        resolved_hour and SINCE + resolved_hour * HOUR,
        *(("x", OPEN, "x") if resolved_hour else (None, None, None)),
    )
    found = await reach(rolled_back, "officer", "OFFICER")
    links = {LI: (SINCE + since * HOUR, BEFORE, False, ["LINK"])} if since else {}
    assert {person: row for person, row in found.items() if row[3] == ["LINK"]} == links
