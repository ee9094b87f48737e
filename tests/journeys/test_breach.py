"""An account was somebody else's for two hours: the auditor lists whom it read, and whom it could
have read, for the notice that is due within three days."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway.errors import ErrorCode, FieldError
from gateway.mapping.ids import GlobalId
from gateway.schema.supervision import people_read
from gateway.schema.supervision.people_read import kept_since
from models.row_keys import new_key
from models.vocabulary import Role
from tests.accounts import find_tampering, past_triggers, sign
from tests.gateway.conftest import Viewer
from tests.gateway.test_plans_errors import locked, waiting
from tests.journeys.test_administrator import CASES, suspended, until_answered, until_refused
from tests.rights import payload_of
from tests.world import APPLICANTS, WIB, applicant_id

pytestmark = pytest.mark.anyio

READ = """
    query ($from: DateTime!, $before: DateTime!, $viewer: String) {
        peopleRead(from: $from, before: $before, viewer: $viewer) {
            keptSince people { value precision } rows { applicant viewers fields }
        }
    }
"""
IN_REACH = """
    query (
        $from: DateTime!, $before: DateTime!, $viewer: String!, $role: Role!,
        $partner: String, $places: [String!], $after: ID
    ) {
        peopleInReach(
            from: $from, before: $before, viewer: $viewer, role: $role,
            partner: $partner, places: $places, after: $after
        ) {
            peopleAtMost { value }
            rows { applicant inReachFrom inReachUntil ways caseReferences wasRead }
        }
    }
"""
PASSPORT = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        application(by: {reference: $case}) { applicant { id identity { passportNumber } } }
    }
"""


def at(text: str) -> datetime:
    """An instant of 2025, in WIB: month-day hour:minute."""
    return datetime.strptime(f"2025-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=WIB)


async def reach(auditor: Viewer, since: datetime, before: datetime, **asked: Any) -> Any:
    window = {"from": since.isoformat(), "before": before.isoformat()}
    answer = await auditor(IN_REACH, **window, **asked)
    assert answer.errors == [], answer.text
    return answer.data["peopleInReach"]


def rows_by_name(table: Any) -> dict[str, tuple[datetime, datetime, list[str], bool]]:
    """The rows by who that is, with the window of each."""
    names = {GlobalId("Applicant", str(applicant_id(name))).encode(): name for name in APPLICANTS}
    return {
        names[row["applicant"]]: (
            datetime.fromisoformat(row["inReachFrom"]),
            datetime.fromisoformat(row["inReachUntil"]),
            row["ways"],
            row["wasRead"],
        )
        for row in table["rows"]
    }


async def test_an_account_that_was_taken_over_for_two_hours(
    who: dict[str, Viewer], connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """It reads the person on its desk, and another one that it could have read it does not."""
    officer, auditor = who["officer"], who["auditor"]
    read = await officer(PASSPORT, case="SGPO-OPEN-0006")
    assert read.data["application"]["applicant"]["identity"] is not None
    foreign = await officer(PASSPORT, case="SGPO-HELD-0007")
    assert foreign.data["application"]["applicant"]["identity"] is None
    await payload_of(
        *(who["administrator"], "suspendViewer", "suspension { id }"),
        subject="officer", reason="Somebody else signed in.",
    )  # fmt: skip
    suspended_at = await connection.fetchval("SELECT suspended_at FROM suspension")
    now = datetime.now(UTC)
    window = now - timedelta(hours=1), now + timedelta(hours=1)

    asked = {"from": window[0].isoformat(), "before": window[1].isoformat(), "viewer": "officer"}
    seen = (await auditor(READ, **asked)).data["peopleRead"]
    assert seen["keptSince"] is None
    assert seen["people"] == {"value": 1, "precision": "EXACT"}
    [row] = seen["rows"]
    assert (row["viewers"], row["fields"]) == (["officer"], ["passportNumber"])

    table = await reach(auditor, *window, viewer="officer", role="OFFICER")
    # Who is linked to the person on the desk by the passport; not who is so by name, nor a group.
    ends = suspended_at + timedelta(seconds=5)
    assert rows_by_name(table) == {
        "Wei Tan": (window[0], ends, ["DESK"], True),
        "Farid Noori": (window[0], ends, ["LINK"], False),
    }
    assert table["peopleAtMost"] == {"value": 2}
    assert {row["applicant"] for row in seen["rows"]} < {one["applicant"] for one in table["rows"]}
    # It goes on behind the last one, and there is nobody behind the end.
    first, last = (one["applicant"] for one in table["rows"])
    further = await reach(auditor, *window, viewer="officer", role="OFFICER", after=first)
    assert [one["applicant"] for one in further["rows"]] == [last]
    assert further["peopleAtMost"] == {"value": 2}
    end = await reach(auditor, *window, viewer="officer", role="OFFICER", after=last)
    assert end["rows"] == []

    # Whoever asked that is in the account, by the gateway's seal.
    logged = await connection.fetch(
        "SELECT actor, list, viewer, mac IS NOT NULL AS is_sealed FROM breach_lookup ORDER BY id"
    )
    assert [tuple(row) for row in logged] == [
        ("auditor", "READ", "officer", True),
        *[("auditor", "IN_REACH", "officer", True)] * 3,
    ]
    await sign(connection, tmp_path)
    assert await find_tampering(connection, tmp_path) == []


async def test_a_list_is_logged_once_where_another_field_of_its_document_fails(
    who, connection, monkeypatch
) -> None:
    """The executor resolves all fields again after a plan that failed."""
    asked: list[Role] = []

    def second_fails(role: Role) -> Any:
        asked.append(role)
        if len(asked) == 2:
            raise FieldError(ErrorCode.NOT_FOUND, "Not there.")
        return kept_since(role)

    monkeypatch.setattr(people_read, "kept_since", second_fails)
    listed = 'peopleRead(from: "2025-01-01T00:00Z", before: "2025-01-02T00:00Z") { asOf }'
    answer = await who["auditor"](f"{{ one: {listed} other: {listed} }}")
    assert answer.errors == [], answer.text
    assert len(asked) == 4  # each twice
    logged = "SELECT count(*) FROM breach_lookup WHERE window_from < '2025-01-02'"
    assert await connection.fetchval(logged) == 2


#: By hand, from the lives of tests/world.py: account and window, and who was in reach from when
#: until when. None is the window's own end.
THEN: tuple[tuple[dict[str, Any], str, str, dict[str, tuple[str | None, str | None, str]]], ...] = (
    (
        {"viewer": "officer", "role": "OFFICER"}, "02-10 09:00", "02-10 11:00",
        {
            "Wei Tan": ("02-10 10:00", None, "DESK"),
            "Farid Noori": (None, None, "DESK"),
            "Kiri Wihongi": (None, None, "DESK"),
        },
    ),
    # A link opens from when it was found, one by name from when an officer confirmed it.
    (
        {"viewer": "officer-2", "role": "OFFICER"}, "03-01 08:00", "03-01 10:00",
        {
            "Li Goh": (None, None, "DESK"),
            "Hemi Parata": ("03-01 09:00", None, "LINK"),
        },
    ),
    ({"viewer": "officer-2", "role": "OFFICER"}, "02-10 09:00", "02-10 11:00", {}),
    # Whoever had applied by then, whatever the case.
    (
        {"viewer": "supervisor", "role": "SUPERVISOR"}, "01-10 09:00", "01-13 10:00",
        {
            "Ruby Hale": (None, None, "SUPERVISION"),
            "Jack Doyle": (None, None, "SUPERVISION"),
            "Arjun Rao": ("01-13 09:00", None, "SUPERVISION"),
        },
    ),
    # Until the file was handed over: at this place, or at any of the partner, and at no other one.
    (
        {"viewer": "a", "role": "PARTNER_AGENT", "partner": "NUSA", "places": ["AU-SYD"]},
        "02-27 07:00", "02-27 10:00",
        {"Noah Finch": ("02-27 08:00", None, "INTAKE")},
    ),
    (
        {"viewer": "a", "role": "PARTNER_AGENT", "partner": "NUSA"}, "02-10 08:30", "02-10 11:00",
        {"Wei Tan": (None, "02-10 09:00", "INTAKE")},
    ),
    (
        {"viewer": "a", "role": "PARTNER_AGENT", "partner": "NUSA", "places": ["AU-SYD"]},
        "02-10 08:30", "02-10 11:00", {},
    ),
    (
        {"viewer": "a", "role": "PARTNER_AGENT", "partner": "ANDALAN", "places": ["AU"]},
        "02-03 07:00", "02-03 10:00",
        {"Tane Moana": ("02-03 08:00", "02-03 09:00", "INTAKE")},
    ),
    # Any open question, but those that are kept from the account.
    (
        {"viewer": "screening", "role": "SCREENING"}, "02-05 00:00", "02-07 00:00",
        {"Farid Noori": (None, "02-06 00:00", "QUESTION")},
    ),
    (
        {"viewer": "screening", "role": "SCREENING"}, "02-26 08:00", "02-27 00:00",
        {"Li Goh": ("02-26 09:00", None, "QUESTION")},
    ),
    ({"viewer": "kept", "role": "SCREENING"}, "02-05 00:00", "02-07 00:00", {}),
    (
        {"viewer": "applicant", "role": "APPLICANT"}, "02-05 00:00", "02-07 00:00",
        {"Ruby Hale": (None, None, "OWN_DATA")},
    ),
)  # fmt: skip


async def test_people_in_reach_follow_the_rights_of_that_time(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    async with past_triggers(connection):
        await connection.execute(
            "UPDATE screening SET answered_at = $1, kept_from = '{kept}' WHERE requested_at = $2",
            *(at("02-06 00:00"), at("02-04 10:00")),
        )
        await connection.execute(
            "UPDATE screening SET answered_at = NULL, result = 'PENDING' WHERE requested_at = $1",
            at("02-26 09:00"),
        )
        # Files that were taken over from another system are as old as their first application.
        await connection.execute("UPDATE applicant SET created_at = now()")
    for asked, since, before, people in THEN:
        table = await reach(who["auditor"], at(since), at(before), **asked)
        oracle = {
            name: (at(one or since), at(end or before), [way], False)
            for name, (one, end, way) in people.items()
        }
        assert rows_by_name(table) == oracle, (asked, since)
        assert table["peopleAtMost"] == {"value": len(people)}, asked

    # A suspension closed everything for an hour, an erasure somebody for ever.
    asked, since, before = {"viewer": "officer", "role": "OFFICER"}, "02-10 09:00", "02-10 11:00"
    async with past_triggers(connection):
        await connection.execute(
            "INSERT INTO suspension (id, subject, reason, suspended_by, suspended_at, ends_at)"
            " VALUES ($1, 'officer', 'x', 'y', $2, $3)",
            *(new_key(), at("02-10 09:30"), at("02-10 10:30")),
        )
        await connection.execute(
            "UPDATE applicant SET erased_at = $2 WHERE id = $1",
            *(applicant_id("Kiri Wihongi"), at("02-10 09:15")),
        )
    table = await reach(who["auditor"], at(since), at(before), **asked)
    assert rows_by_name(table) == {
        "Wei Tan": (at("02-10 10:30"), at(before), ["DESK"], False),
        "Farid Noori": (at(since), at(before), ["DESK"], False),
        "Kiri Wihongi": (at(since), at("02-10 09:15"), ["DESK"], False),
    }


async def test_the_list_is_for_auditors_and_mistakes_are_the_askers(who: dict[str, Viewer]) -> None:
    window = {"from": "2025-02-10T00:00:00Z", "before": "2025-02-11T00:00:00Z"}
    for name in ("supervisor", "officer-2", "leadership", "administrator", "applicant"):
        refused = await who[name](IN_REACH, **window, viewer="officer", role="OFFICER")
        assert set(refused.codes) == {"FORBIDDEN_FIELD"}, name
    for asked, path in (
        ({"role": "TREASURY"}, "role"),
        ({"role": "PARTNER_AGENT"}, "partner"),
        ({"role": "PARTNER_SERVICE"}, "partner"),
        ({"role": "OFFICER", "partner": "NUSA"}, "partner"),
        ({"role": "OFFICER", "places": ["AU"]}, "places"),
        ({"role": "OFFICER", "after": "x"}, "after"),
    ):
        wrong = await who["auditor"](IN_REACH, **window, viewer="x", **asked)
        assert (wrong.status, [error["path"] for error in wrong.errors]) == (
            400, [["peopleInReach", path]],
        ), asked  # fmt: skip


async def test_a_window_with_deleted_reads_is_answered_at_least(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    kept_since = datetime(2015, 1, 1, tzinfo=UTC)
    async with past_triggers(connection):
        await connection.execute(
            "INSERT INTO account_drop VALUES ($1, now(), $2, 3650, '{0}', '{0}', '', '')",
            *(new_key(), kept_since),
        )
    for since, before, precision in (
        ("2014-01", "2014-06", "AT_LEAST"), ("2014-12", "2015-06", "AT_LEAST"),
        ("2015-01", "2015-06", "EXACT"),
    ):  # fmt: skip
        window = {"from": f"{since}-01T00:00:00Z", "before": f"{before}-01T00:00:00Z"}
        found = (await who["auditor"](READ, **window)).data["peopleRead"]
        assert found["people"] == {"value": 0, "precision": precision}
        assert datetime.fromisoformat(found["keptSince"]) == kept_since
    mine = await who["applicant"]("{ myData { keptSince } }")
    assert datetime.fromisoformat(mine.data["myData"]["keptSince"]) == kept_since


PAGED = """query ($from: DateTime!, $before: DateTime!, $after: ID) {
    peopleRead(from: $from, before: $before, viewer: "officer-2", after: $after) {
        rows { applicant reads { value precision } }
    }
}"""


async def test_a_window_begins_with_its_first_instant_and_ends_before_its_last(
    who, connection: asyncpg.Connection
) -> None:
    assert (await who["officer-2"](PASSPORT, case="SGPO-HELD-0007")).errors == []
    read_at = await connection.fetchval(
        "SELECT max(occurred_at) FROM access_event WHERE actor = 'officer-2'"
    )
    instant = timedelta(microseconds=1)
    person = GlobalId("Applicant", str(applicant_id("Li Goh"))).encode()
    row = {"applicant": person, "reads": {"value": 1, "precision": "EXACT"}}

    async def rows(since: datetime, before: datetime, **after: str) -> Any:
        window = {"from": since.isoformat(), "before": before.isoformat()}
        return (await who["auditor"](PAGED, **window, **after)).data["peopleRead"]["rows"]

    assert await rows(read_at, read_at + instant) == [row]
    assert await rows(read_at - instant, read_at) == []
    assert await rows(read_at, read_at + instant, after=person) == []


async def test_what_is_being_read_when_its_viewer_is_suspended_is_not_answered(
    world: str, who: dict[str, Viewer]
) -> None:
    stolen = who["supervisor-2"]
    async with AsyncExitStack() as until:
        owner = await until.enter_async_context(locked(world, "application"))
        reading = asyncio.create_task(stolen(CASES))
        await waiting(owner)
        async with suspended(who["administrator"], subject="supervisor-2"):
            await until_refused(stolen, time.monotonic())
            await until.aclose()
            answer = await reading
    assert (answer.status, answer.codes, "data" in answer.body) == (403, ["SUSPENDED"], False)
    await until_answered(stolen)
