"""The budget of people: exact over replicas and for many requests at once, on both ways to read."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx2
import pytest

from gateway.access.read_budget import ReadBudget, ReadBudgetError
from gateway.execution.plan.plans import PlanCache
from gateway.logs import WhyExecutor
from gateway.mapping.ids import GlobalId
from gateway.viewer import Viewer as ActingViewer
from models.database.command_pipeline import Command
from models.database.connections import connect
from models.row_keys import new_key
from models.vocabulary import Role
from tests import tokens
from tests.acting import act
from tests.gateway.conftest import PATIENT, Answer, Viewer
from tests.gateway.in_process import two_gateways
from tests.gateway.live import Gateway, served
from tests.walls.undoing import undone
from tests.world import APPLICANTS, applicant_id

pytestmark = pytest.mark.anyio

CASES = ("AUSY-GRAN-0001", "AUSY-LATE-0002", "AUPO-SECU-0003", "AUME-INCO-0004", "SGPO-OPEN-0006")
BUDGET = 3
SETTINGS = dict.fromkeys(("read_budget_supervisor", "read_budget_screening"), str(BUDGET))
PASSPORT = """
    query ($case: String!) @purpose(code: SUPERVISION, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { passportNumber } } }
    }
"""
LOOK_UP = """
    query ($case: String!, $name: String!) @purpose(code: SUPERVISION, reference: $case) {
        people(by: {nameAndBirthDate: {fullName: $name, birthDate: "1990-01-01"}}) { id }
    }
"""
HELD = """
    mutation ($case: String!, $input: HoldApplicationInput!)
    @purpose(code: SUPERVISION, reference: $case) {
        holdApplication(input: $input) {
            errors { code } application { applicant { identity { fullName } } }
        }
    }
"""
BANNED = """
    query ($id: ID!, $ban: String!) @purpose(code: CASEWORK, reference: $ban) {
        node(id: $id) { ... on BanEntry { person { passportNumber } } }
    }
"""
OWN = "{ myData { applicant { identity { fullName } } } }"
ALERTS = "subscription { alertRaised { position ... on Alert { kind actor } } }"


@pytest.fixture(scope="module")
async def replicas(world: str) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Two gateways on one database."""
    async with two_gateways(tokens.settings(world, **PATIENT, **SETTINGS)) as clients:
        yield clients


@pytest.fixture(scope="module")
async def bans(world: str) -> dict[str, str]:
    """More entries of the ban list than the budget has: their ids by their references."""
    connection = await connect(world)
    ids = {f"BANN-BUDG-000{number}": UUID(int=9_900 + number) for number in range(BUDGET + 1)}
    for reference, id_ in ids.items():
        await connection.execute(
            "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by,"
            " approved_by, approved_at) VALUES ($1, $2, 'CRIME', 'A letter.', '2025-01-01',"
            " 'screening-3', 'screening-4', now())",
            *(id_, reference),
        )
        await connection.execute(
            "INSERT INTO banned_person (ban_id, issuing_state, passport_number)"
            " VALUES ($1, 'SG', 'P-' || $2::text)",
            *(id_, reference),
        )
    await connection.close()
    return {reference: GlobalId("BanEntry", str(id_)).encode() for reference, id_ in ids.items()}


@pytest.mark.parametrize(
    ("seconds", "retry_after"), [(59.01, 60), (60.0, 60), (0.2, 1), (0.0, 0), (-1.0, None)]
)
def test_nobody_is_told_to_come_back_before_there_is_room(
    seconds: float, retry_after: int | None
) -> None:
    assert ReadBudgetError(BUDGET, seconds).retry_after == retry_after


@pytest.fixture(scope="module")
async def live(world: str) -> AsyncIterator[Gateway]:
    async with served(world, **SETTINGS) as running:
        yield running


def supervisor(client: httpx2.AsyncClient, name: str) -> Viewer:
    """A supervisor who has read nobody yet."""
    return Viewer(client, {"role": "SUPERVISOR", "sub": name})


def is_read(asked: Answer) -> bool:
    """Whether somebody was read; else the budget refused it, and there are no data."""
    if asked.errors:
        assert (asked.codes, "data" in asked.body) == (["READ_BUDGET"], False), asked.text
        return False
    return asked.data["application"]["applicant"]["identity"] is not None


async def test_of_many_requests_at_once_no_more_people_are_read_than_the_budget(replicas) -> None:
    asked = await asyncio.gather(
        *(
            supervisor(replicas[number % 2], "crowd")(PASSPORT, case=case)
            for number, case in enumerate(CASES * 4)
        )
    )
    read = {case for case, one in zip(CASES * 4, asked, strict=True) if is_read(one)}
    assert len(read) == BUDGET
    # Each of them is still read, by either; the others by neither.
    for client in replicas:
        again = [is_read(await supervisor(client, "crowd")(PASSPORT, case=one)) for one in CASES]
        assert again == [one in read for one in CASES]


async def test_a_budget_that_is_not_enforced_is_noticed(replicas, monkeypatch) -> None:
    """The defect: reads that are logged, and not held to the budget."""

    monkeypatch.setattr(ReadBudget, "question", lambda _: Command("NULL"))
    asked = [await supervisor(replicas[0], "unheld")(PASSPORT, case=case) for case in CASES]
    assert sum(map(is_read, asked)) > BUDGET
    # What was logged counts, whoever logged it.
    monkeypatch.undo()
    assert not is_read(await supervisor(replicas[0], "unheld")(PASSPORT, case="SGPO-HELD-0007"))


async def test_without_a_plan_the_budget_is_the_same(replicas, monkeypatch) -> None:
    monkeypatch.setattr(PlanCache, "plan", lambda *_: WhyExecutor.REFUSED)
    asked = [await supervisor(replicas[0], "unplanned")(PASSPORT, case=case) for case in CASES]
    assert [is_read(one) for one in asked] == [True] * BUDGET + [False] * (len(CASES) - BUDGET)


async def test_look_ups_have_a_count_of_their_own_whether_somebody_is_found_or_not(
    replicas,
) -> None:
    """Whoever has looked up too many people still reads those of the own cases."""
    viewer = supervisor(replicas[0], "looking")
    for name in ("Nobody Atall", "Ruby Hale", "Somebody Else"):
        assert (await viewer(LOOK_UP, case=CASES[0], name=name)).errors == []
    refused = await viewer(LOOK_UP, case=CASES[0], name="Nobody Atall")
    assert (refused.status, refused.codes, "data" in refused.body) == (429, ["READ_BUDGET"], False)
    assert 3_500 < int(refused.headers["retry-after"]) <= 3_600
    assert "looks up at most 3 people an hour" in refused.errors[0]["message"]
    asked = [await viewer(PASSPORT, case=case) for case in CASES]
    assert [is_read(one) for one in asked] == [True] * BUDGET + [False] * (len(CASES) - BUDGET)


async def test_who_has_read_too_many_people_still_looks_somebody_up(replicas) -> None:
    viewer = supervisor(replicas[0], "reading")
    for case in CASES[: BUDGET + 1]:
        await viewer(PASSPORT, case=case)
    assert (await viewer(LOOK_UP, case=CASES[0], name="Nobody Atall")).errors == []


async def test_each_role_of_a_viewer_has_budgets_of_its_own(replicas, bans, connection) -> None:
    """What the subject reads or looks up in another role counts there."""
    in_one = supervisor(replicas[0], "of-two-roles")
    other = Viewer(replicas[0], {"role": "SCREENING", "sub": "of-two-roles"})
    for case in CASES[:BUDGET]:
        assert is_read(await in_one(PASSPORT, case=case))
    [ban, *_] = bans
    assert (await other(BANNED, ban=ban, id=bans[ban])).errors == []
    for _ in range(BUDGET):
        await connection.execute(
            "INSERT INTO person_lookup (id, actor, actor_role, purpose, case_reference, by, found,"
            " trace_id) VALUES (gen_random_uuid(), 'of-two-roles', 'OFFICER', 'CASEWORK', $1,"
            " 'PASSPORT', 0, '')", CASES[0],
        )  # fmt: skip
    assert (await in_one(LOOK_UP, case=CASES[0], name="Nobody Atall")).errors == []


async def test_of_many_look_ups_at_once_no_more_are_made_than_the_budget(replicas) -> None:
    asked = await asyncio.gather(
        *(
            supervisor(replicas[number % 2], "searching")(LOOK_UP, case=CASES[0], name="Ruby Hale")
            for number in range(4 * BUDGET)
        )
    )
    assert sum(not one.errors for one in asked) == BUDGET


async def test_look_ups_older_than_an_hour_no_longer_count(replicas, connection) -> None:
    """There is room again as soon as the oldest that counts is an hour old."""
    viewer = supervisor(replicas[0], "persistent")
    for minutes in (70, 61, 40, 30, 20):
        await connection.execute(
            "INSERT INTO person_lookup (id, occurred_at, actor, actor_role, purpose,"
            " case_reference, by, found, trace_id) VALUES (gen_random_uuid(),"
            " now() - $1 * interval '1 minute', 'persistent', 'SUPERVISOR', 'SUPERVISION', $2,"
            " 'PASSPORT', 0, '')",
            *(minutes, CASES[0]),
        )
    refused = await viewer(LOOK_UP, case=CASES[0], name="Nobody Atall")
    assert refused.codes == ["READ_BUDGET"]
    assert 1_140 < int(refused.headers["retry-after"]) <= 1_200


@pytest.mark.parametrize("role", ["SUPERVISOR", "SCREENING"])
async def test_people_of_ban_entries_count_like_anybody(replicas, bans, role) -> None:
    """Entry by entry, each once in the hour, with those who are read for a case."""
    viewer = Viewer(replicas[0], {"role": role, "sub": f"banning-{role}"})
    references = list(bans)
    for ban in references[:BUDGET] * 2:
        found = (await viewer(BANNED, ban=ban, id=bans[ban])).data["node"]["person"]
        assert found == {"passportNumber": f"P-{ban}"}
    last = references[BUDGET]
    refused = await viewer(BANNED, ban=last, id=bans[last])
    assert (refused.status, refused.codes, "data" in refused.body) == (429, ["READ_BUDGET"], False)
    if role == "SUPERVISOR":
        assert not is_read(await viewer(PASSPORT, case=CASES[0]))
    # What reveals nobody is read as ever.
    listed = await viewer("{ banEntries(first: 50) { nodes { reference } } }")
    assert {one["reference"] for one in listed.data["banEntries"]["nodes"]} >= {*bans}


async def test_an_account_that_is_pointed_at_others_reads_ten_of_them(replicas, connection) -> None:
    """By whoever administers the database: the gateway opens who the account is said to be."""
    viewer = Viewer(replicas[0], {"role": "APPLICANT", "sub": "pointed"})
    answers = []
    for name in APPLICANTS:
        person = applicant_id(name)
        account = await connection.fetchval("SELECT account FROM applicant WHERE id = $1", person)
        pointing = "UPDATE applicant SET account = $2 WHERE id = $1"
        await connection.execute(pointing, person, "pointed")
        answers.append(await viewer(OWN))
        await connection.execute(pointing, person, account)
    opened = [one.data["myData"]["applicant"]["identity"] for one in answers[:10]]
    assert [one["fullName"] for one in opened] == [*APPLICANTS][:10]
    assert [(one.status, one.codes, "data" in one.body) for one in answers[10:]] == [
        (429, ["READ_BUDGET"], False)
    ] * (len(APPLICANTS) - 10)
    alerts = "SELECT kind, actor_role FROM alert WHERE actor = 'pointed'"
    assert [tuple(row) for row in await connection.fetch(alerts)] == [("READ_BUDGET", "APPLICANT")]


async def test_a_change_whose_answer_exceeds_the_budget_is_not_made(replicas, connection) -> None:
    """A change that reads whom it is about is refused before it is made."""
    viewer = supervisor(replicas[0], "changing")
    for case in CASES[:BUDGET]:
        assert is_read(await viewer(PASSPORT, case=case))
    events = "SELECT count(*) FROM application_event WHERE kind = 'HELD'"
    before = await connection.fetchval(events)
    find = "query ($case: String!) { application(by: {reference: $case}) { id } }"
    id_ = (await viewer(find, case=CASES[4])).data["application"]["id"]
    values = {"applicationId": id_, "reason": "To be looked into.", "idempotencyKey": "of-changing"}
    refused = await viewer(HELD, case=CASES[4], input=values)
    assert (refused.status, refused.codes) == (429, ["READ_BUDGET"])
    assert await connection.fetchval(events) == before
    # Why somebody is not read can still be asked.
    asked = HELD.replace("identity { fullName }", "identityAbsence")
    assert (await viewer(asked, case=CASES[4], input=values)).errors == []


async def test_the_database_names_a_read_that_never_fits_the_budget_and_its_viewer(
    connection,
) -> None:
    """More people at once than the budget has are never read; a budget is the viewer's own."""
    people = [new_key() for _ in range(BUDGET + 1)]
    asked = "SELECT viewer.admit_reads($1, $2, $3, $4)"
    viewer = ActingViewer("asking", Role.SUPERVISOR)
    async with undone(connection):
        await act(connection, viewer)
        assert await connection.fetchval(asked, "SUPERVISOR", BUDGET, people[1:], new_key()) is None
        assert await connection.fetchval(asked, "SUPERVISOR", BUDGET, people, new_key()) == -1
    async with undone(connection):
        await act(connection, viewer)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval(asked, "OFFICER", BUDGET, people, new_key())
    assert ReadBudgetError(BUDGET, -1).message.endswith("Ask for fewer at once.")


async def test_reads_older_than_an_hour_no_longer_count(replicas, connection) -> None:
    viewer = supervisor(replicas[0], "patient")
    for case in CASES[:BUDGET]:
        assert is_read(await viewer(PASSPORT, case=case))
    assert not is_read(await viewer(PASSPORT, case=CASES[3]))
    await connection.execute(
        "UPDATE budgeted_read SET read_at = read_at - interval '1 hour' WHERE actor = 'patient'"
    )
    assert is_read(await viewer(PASSPORT, case=CASES[3]))


@pytest.mark.parametrize(
    ("table", "person", "read"),
    [
        ("access_event", "applicant_id", applicant_id("Ruby Hale")),
        ("ban_read", "ban_id", UUID(int=9_900)),
    ],
)
async def test_a_read_counts_from_its_last_time_whichever_is_logged_last(
    connection, bans, table: str, person: str, read: UUID
) -> None:
    for minutes in (30, 10, 61, 50):
        await connection.execute(
            f"INSERT INTO {table} (id, occurred_at, {person}, actor, actor_role, purpose,"
            " case_reference, fields, trace_id) VALUES ($1, now() - $2 * interval '1 minute', $3,"
            " 'twice', 'SUPERVISOR', 'SUPERVISION', 'AUSY-GRAN-0001', '{fullName}', $4)",
            *(new_key(), minutes, read, "0" * 32),
        )
    age = "SELECT now() - read_at FROM budgeted_read WHERE actor = 'twice' AND person = $1"
    minutes_ago = (await connection.fetchval(age, read)).total_seconds() / 60
    assert 10 <= minutes_ago < 20


async def test_other_supervisors_and_auditors_are_alerted_of_a_spent_budget_at_once(
    live, replicas
) -> None:
    viewer = supervisor(replicas[0], "supervisor")
    async with (
        live.as_viewer("supervisor-2") as other,
        live.as_viewer("auditor") as auditor,
        live.as_viewer("supervisor") as oneself,
    ):
        for one in (other, auditor, oneself):
            await one.follows(ALERTS)
        for case in CASES[: BUDGET + 1]:
            await viewer(PASSPORT, case=case)
        for one in (other, auditor):
            payload = await one.next_value()
            assert (payload["kind"], payload["actor"]) == ("READ_BUDGET", "supervisor")
        await oneself.receives_nothing()


async def test_an_operation_that_reads_nobody_takes_no_more_statements(replicas, traffic) -> None:
    """One write, with the statements of the page and none of a budget."""
    page = "{ applications(first: 5) { nodes { reference applicant { nationality { code } } } } }"
    viewer = supervisor(replicas[0], "paging")
    await viewer(page)
    traffic.statements.clear()
    traffic.connections = 0
    assert (await viewer(page)).errors == []
    assert traffic.connections == 1
    assert not [one for one in traffic.statements if "admit_reads" in one or "INSERT" in one]
