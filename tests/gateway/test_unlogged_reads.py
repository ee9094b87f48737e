"""Whoever administers the database swallows what accounts for a read: then nothing is answered."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from gateway.doctor.database import examine_partitions
from gateway.faults import Fault
from gateway.mapping.ids import GlobalId
from tests import tokens
from tests.accounts import swallowed, without_partition
from tests.gateway.changing import change, global_id
from tests.gateway.conftest import PATIENT, Answer, Viewer, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.gateway.live import happens, served
from tests.gateway.log_lines import log_lines
from tests.gateway.metrics_page import Figures
from tests.gateway.surviving.standing import metrics_of
from tests.gateway.test_live import IDENTITY as FOLLOWED
from tests.world import APPLICANTS, CASES, applicant_id

pytestmark = pytest.mark.anyio

PERSON = "applicant { identity { fullName passportNumber } }"
CASE = f"""
    query ($case: String!) @purpose(code: SUPERVISION, reference: $case) {{
        application(by: {{reference: $case}}) {{ {PERSON} }}
    }}
"""
LOOK_UP = """
    query @purpose(code: SUPERVISION, reference: "SGPO-OPEN-0006") {
        people(by: {passport: {issuingState: "SG", number: "PSG0001"}}) { id }
    }
"""
BANNED = """
    query ($id: ID!) @purpose(code: CASEWORK, reference: "BANN-SWAL-0001") {
        node(id: $id) { ... on BanEntry { person { passportNumber } } }
    }
"""
BREACH = """{
    peopleRead(from: "2025-01-01T00:00Z", before: "2025-02-01T00:00Z") { rows { applicant } }
}"""
PASSPORT = 'passport: {issuingState: "AU", number: "X"}'
LAST_FOUR = "query ($id: ID!) { node(id: $id) { ... on Applicant { passportLastFour } } }"
OWN = f"{{ myData {{ {PERSON} }} }}"
HELD = f"""
    mutation ($input: HoldApplicationInput!)
    @purpose(code: SUPERVISION, reference: "SGPO-OPEN-0006") {{
        holdApplication(input: $input) {{ application {{ {PERSON} }} }}
    }}
"""
OPENED = f"""
    query ($inquiry: String!) @purpose(code: SUPERVISION, reference: $inquiry) {{
        applications(first: 2) {{ nodes {{ {PERSON} }} }}
    }}
"""
#: As in the world: the applicant of a case, and an entry of the ban list.
SOMEBODY = GlobalId("Applicant", str(applicant_id("Wei Tan"))).encode()
BAN = UUID(int=9_950)


def is_withheld(asked: Answer) -> bool:
    return (asked.status, asked.codes, "data" in asked.body) == (503, ["UNAVAILABLE"], False)


async def counted(connection: asyncpg.Connection, table: str) -> int:
    number: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
    return number


@pytest.fixture(scope="module")
async def ban(world: str) -> str:
    """The global id of an entry of the ban list."""
    connection = await asyncpg.connect(world)
    await connection.execute(
        "INSERT INTO ban_entry (id, reference, ground, reason, banned_from, proposed_by,"
        " approved_by, approved_at) VALUES ($1, 'BANN-SWAL-0001', 'CRIME', 'A letter.',"
        " '2025-01-01', 'screening-3', 'screening-4', now())",
        BAN,
    )
    await connection.execute(
        "INSERT INTO banned_person (ban_id, issuing_state, passport_number)"
        " VALUES ($1, 'SG', 'P-SWALLOWED')",
        BAN,
    )
    await connection.close()
    return GlobalId("BanEntry", str(BAN)).encode()


async def test_a_read_whose_entry_is_swallowed_answers_no_identity(who, connection) -> None:
    """Of everybody in the world, in the name of the one viewer whom the trigger serves."""
    supervisor = who["supervisor-2"]
    references = [one.reference for one in CASES]
    before = await counted(connection, "access_event")
    async with swallowed(connection, "access_event"):
        with log_lines() as log:
            asked = [await supervisor(CASE, case=case) for case in references]
    assert len(asked) == 13
    assert all(map(is_withheld, asked)), [one.text for one in asked]
    names = {one.split()[0] for one in APPLICANTS}
    assert not [one.text for one in asked if any(name in one.text for name in names)]
    assert await counted(connection, "access_event") == before
    # Repeated complaints are held back.
    event = "the log of reads did not take an entry"
    assert [line["table"] for line in log.of(event)] == ["access_event"]
    unlogged = [line["unlogged"] for line in log.of("request")]
    assert unlogged == [True] * len(CASES)
    assert (await supervisor(CASE, case="SGPO-OPEN-0006")).errors == []


async def test_metrics_count_answers_that_were_withheld_since_no_entry_was_written(
    who, connection, app
) -> None:
    before = Figures(await metrics_of(app.state.internal))
    async with swallowed(connection, "access_event"):
        assert is_withheld(await who["supervisor-2"](CASE, case="SGPO-OPEN-0006"))
    after = Figures(await metrics_of(app.state.internal))
    assert after.rise(before, "gerbang_unlogged_reads_total") == 1


@pytest.mark.parametrize(
    ("table", "name", "document"),
    [
        ("budgeted_read", "supervisor", CASE),
        ("person_lookup", "supervisor-2", LOOK_UP),
        ("ban_read", "screening-2", BANNED),
        ("budgeted_read", "screening", BANNED),
        ("breach_lookup", "auditor", BREACH),
        ("ending_told", "supervisor-2", LAST_FOUR),
        ("access_event", "applicant", OWN),
        ("budgeted_read", "applicant", OWN),
    ],
)
async def test_whatever_accounts_for_a_read_must_be_written(
    who, connection, ban, table: str, name: str, document: str
) -> None:
    variables = {"case": "SGPO-OPEN-0006", "id": ban if document is BANNED else SOMEBODY}
    given = {key: value for key, value in variables.items() if f"${key}" in document}
    async with swallowed(connection, table):
        asked = await who[name](document, **given)
    assert is_withheld(asked), asked.text
    answered = await who[name](document, **given)
    assert answered.errors == [], answered.text


async def test_more_last_fours_than_usual_are_withheld_whose_alert_is_swallowed(
    world, connection
) -> None:
    settings = tokens.settings(world, **PATIENT, last_four_alert="1")
    async with running_gateway(settings) as app, InProcessClient(app) as client:
        supervisor = viewers(client)["supervisor"]
        one, other = (
            GlobalId("Applicant", str(applicant_id(name))).encode()
            for name in ("Wei Tan", "Li Goh")
        )
        async with swallowed(connection, "alert"):
            assert (await supervisor(LAST_FOUR, id=one)).errors == []
            assert is_withheld(await supervisor(LAST_FOUR, id=other))
        assert (await supervisor(LAST_FOUR, id=other)).errors == []


@pytest.mark.parametrize(
    ("table", "name", "question"),
    [
        ("access_event", "supervisor-2", CASE),
        ("visa_check", "border", f'{{ visaStatus(visaNumber: "ID000000000000", {PASSPORT}) }}'),
        (
            "tracking_try",
            "anonymous",
            '{ trackedFile(reference: "0000-0000-0000", birthDate: "1990-02-03",'
            f" {PASSPORT}) {{ stage }} }}",
        ),
    ],
)
async def test_what_has_no_partition_for_its_entry_is_not_answered(
    who, connection, table: str, name: str, question: str
) -> None:
    """All else is answered, and the reason is named; with a partition, each entry is there once."""
    asked = {"case": CASES[0].reference} if "$case" in question else {}
    before = await counted(connection, table)
    async with without_partition(connection, table):
        withheld = await who[name](question, **asked)
        others = await who["supervisor-2"]("{ applications(first: 1) { nodes { reference } } }")
        [found] = [each async for each in examine_partitions(connection)]
    assert (is_withheld(withheld), others.status) == (True, 200)
    assert not [one for one in APPLICANTS if one.split()[0] in withheld.text]
    assert (found.fault, table in found.what) == (Fault.PARTITIONS, True)
    assert not is_withheld(await who[name](question, **asked))
    assert await counted(connection, table) == before + 1


@pytest.mark.parametrize("table", ["access_event", "inquiry", "inquiry_person"])
async def test_in_an_inquiry_nobody_is_read_whose_entry_is_swallowed(
    client, connection, table: str
) -> None:
    supervisor = Viewer(client, {"role": "SUPERVISOR", "sub": f"swallowing-{table}"})
    opening = {"reason": "A ring.", "minutes": 60, "mostPeople": 10}
    opened = await change(supervisor, "openInquiry", **opening)
    reference = opened.payload["inquiry"]["reference"]
    async with swallowed(connection, table, "UPDATE" if table == "inquiry" else "INSERT"):
        asked = await supervisor(OPENED, inquiry=reference)
    assert is_withheld(asked), asked.text


async def test_a_change_does_not_answer_with_somebody_whose_read_is_swallowed(
    who, connection
) -> None:
    case = global_id("SGPO-OPEN-0006")
    given = {"applicationId": case, "reason": "To be seen.", "idempotencyKey": str(uuid4())}
    async with swallowed(connection, "access_event"):
        assert is_withheld(await who["supervisor-2"](HELD, input=given))


async def test_a_subscription_delivers_nobody_whose_read_is_swallowed(world, connection) -> None:
    async with served(world) as live, live.as_viewer("officer") as officer:
        await officer.subscribe(
            FOLLOWED % '@purpose(code: CASEWORK, reference: "SGPO-OPEN-0006")', id="2"
        )
        assert set(await officer.next_value()) == {"position"}
        async with swallowed(connection, "access_event"):
            await happens(connection, "SGPO-OPEN-0006", "RECEIVED")
            await officer.receives_nothing()
        payload = await officer.next_value()
        assert payload["application"]["applicant"]["identity"] == {"fullName": "Wei Tan"}


@pytest.mark.parametrize("verb", ["lodge", "register"])
async def test_a_data_request_that_is_swallowed_is_not_confirmed(who, connection, verb) -> None:
    document = """mutation ($input: RegisterDataRequestInput!) {
        registerDataRequest(input: $input) { errors { code } dataRequest { id } } }"""
    lodged = document.replace("Register", "Lodge").replace("register", "lodge")
    given = {"kind": "ACCESS", "idempotencyKey": str(uuid4())}
    async with swallowed(connection, "data_request"):
        if verb == "lodge":
            asked = await who["applicant"](lodged, input=given)
        else:
            asked = await who["auditor"](document, input=given)
    payload = next(iter(asked.data.values())) if asked.body.get("data") else None
    assert payload is None or payload["dataRequest"] is None, asked.text
