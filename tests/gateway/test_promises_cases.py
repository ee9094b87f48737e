"""What is promised of each case within reach, in sentences; none of it is read from the policy."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from models.database.connections import connect
from tests.gateway.conftest import Viewer
from tests.gateway.test_promises import stranger
from tests.world import REASONS, TICKET, WIB, at, decision_id, visa_number

pytestmark = pytest.mark.anyio

DECISION = """query($r: String!) {
    application(by: {reference: $r}) { reference decision { %s } }
}"""


# --- Stages, outcomes, grounds -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["manager-au", "agent-au"])
async def test_partners_see_a_stage_and_never_a_status(who, name) -> None:
    for field in ("status", "events(first: 9) { nodes { kind } }", "isReferred", "isHeld"):
        answer = await who[name](f"{{ applications(first: 1) {{ nodes {{ {field} }} }} }}")
        assert "FORBIDDEN_FIELD" in answer.codes
    [row] = (
        await who[name](
            "{ applications(first: 1, where: {stage: {eq: CLOSED}}) { nodes { stage } } }"
        )
    ).data["applications"]["nodes"]
    assert row == {"stage": "CLOSED"}


async def test_an_applicant_sees_a_stage_and_the_own_steps_and_never_a_status(who) -> None:
    """IN_VERIFICATION and SCREENING would reveal how, and since when, a case is looked into."""
    for field in (
        "status",
        "isReferred",
        "isHeld",
        "assignments(first: 1) { nodes { officer } }",
        "screenings(first: 1) { nodes { kind } }",
    ):
        answer = await who["applicant"](f"{{ applications(first: 1) {{ nodes {{ {field} }} }} }}")
        assert "FORBIDDEN_FIELD" in answer.codes
    for where in ('{status: {eq: "GRANTED"}}', "{status: {eq: GRANTED}}"):
        answer = await who["applicant"](
            f"{{ applications(first: 1, where: {where}) {{ __typename }} }}"
        )
        assert answer.codes == ["INVALID_DOCUMENT"]
    answer = await who["applicant"](
        '{ application(by: {reference: "AUSY-GRAN-0001"})'
        " { stage events(first: 9) { nodes { kind } } } }"
    )
    assert answer.data["application"] == {
        "stage": "CLOSED",
        "events": {
            "nodes": [
                {"kind": kind}
                for kind in ("SUBMITTED", "AWAITING_PAYMENT", "PAID", "RECEIVED", "GRANTED")
            ]
        },
    }


@pytest.fixture
async def incomplete_of_today(world: str) -> AsyncIterator[None]:
    """For once, the refusal in Melbourne is of today, so that agents read it."""
    closed = "UPDATE application SET closed_at = $2 WHERE reference = $1"
    connection = await connect(world)
    try:
        await connection.execute(closed, "AUME-INCO-0004", datetime.now(WIB))
        yield
        await connection.execute(closed, "AUME-INCO-0004", at("01-20 21:00"))
    finally:
        await connection.close()


async def test_a_security_ground_never_reaches_agents(who, incomplete_of_today) -> None:
    portal = Viewer(
        who["anonymous"].client,
        {"role": "PARTNER_AGENT", "sub": "a", "partner": "NUSA", "countries": ["AU"],
         "centres": ["AU-MEL", "AU-SYD"]},
    )  # fmt: skip
    answer = await portal(DECISION % "outcome isIncomplete", r="AUME-INCO-0004")
    assert answer.data["application"]["decision"] == {"outcome": "REFUSED", "isIncomplete": True}
    for field in ("grounds", "publicReasons", "internalNote", "officer"):
        assert (await portal(DECISION % field, r="AUME-INCO-0004")).codes == ["FORBIDDEN_FIELD"]


async def test_officers_read_the_security_ground_that_applicants_are_not_told(who, world) -> None:
    connection = await connect(world)
    try:
        # For once, the refused case is that of somebody with an account.
        await connection.execute(
            "UPDATE applicant SET account = 'arjun' WHERE id ="
            " (SELECT applicant_id FROM application WHERE reference = 'AUPO-SECU-0003')"
        )
        arjun = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "arjun"})
        answer = await arjun(DECISION % "outcome publicReasons", r="AUPO-SECU-0003")
        assert answer.data["application"]["decision"] == {
            "outcome": "REFUSED", "publicReasons": ["NOT_DISCLOSED"],
        }  # fmt: skip
        for field in ("grounds", "internalNote", "isIncomplete"):
            assert (await arjun(DECISION % field, r="AUPO-SECU-0003")).codes == ["FORBIDDEN_FIELD"]
    finally:
        await connection.execute("UPDATE applicant SET account = NULL WHERE account = 'arjun'")
        await connection.close()
    staff = await who["officer"](DECISION % "grounds internalNote", r="AUPO-SECU-0003")
    assert staff.data["application"]["decision"]["grounds"] == ["SECURITY"]


async def test_a_security_refusal_is_never_incomplete_to_an_agent(
    who, world, incomplete_of_today
) -> None:
    connection = await connect(world)
    await connection.execute("SET session_replication_role = replica")  # decisions stay as they are
    change = (
        "UPDATE decision SET grounds = ARRAY[$1], is_incomplete = $1 = 'INCOMPLETE', public_reasons"
        " = ARRAY[CASE $1 WHEN 'INCOMPLETE' THEN $1 ELSE 'NOT_DISCLOSED' END] WHERE id = $2"
    )
    refusal = decision_id("AUME-INCO-0004")
    melbourne = Viewer(
        who["anonymous"].client,
        {"role": "PARTNER_AGENT", "sub": "a", "partner": "NUSA", "centres": ["AU-MEL"]},
    )
    try:
        for ground in ("SECURITY", "ENTRY_BAN"):
            await connection.execute(change, ground, refusal)
            answer = await melbourne(DECISION % "isIncomplete", r="AUME-INCO-0004")
            assert answer.data["application"]["decision"] == {"isIncomplete": False}
    finally:
        await connection.execute(change, "INCOMPLETE", refusal)
        await connection.close()


@pytest.mark.parametrize(
    ("name", "sees"),
    [("supervisor", True), ("officer", False), ("auditor", False)],
)
async def test_a_hold_is_seen_by_supervisors_alone(who, name, sees) -> None:
    query = """{
        application(by: {reference: "SGPO-HELD-0007"}) { events(first: 99) { nodes { kind } } }
    }"""
    kinds = [e["kind"] for e in (await who[name](query)).data["application"]["events"]["nodes"]]
    assert ("HELD" in kinds) is sees
    assert kinds[:5] == ["SUBMITTED", "PAID", "RECEIVED", "IN_VERIFICATION", "SCREENING"]


# --- What is said of a case, and by whom ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reads"),
    [("officer", True), ("supervisor", True), ("auditor", True), ("manager-andalan", False),
     ("service-andalan", False)],
)  # fmt: skip
async def test_partners_read_what_is_missing_and_not_what_was_written_of_it(
    who, name, reads
) -> None:
    viewer = (
        stranger(who, "PARTNER_SERVICE", partner="ANDALAN", countries=["AU"])
        if name == "service-andalan"
        else who[name]
    )
    asked = """query { application(by: {reference: "ANDA-LAPS-0012"}) {
        requestedItems(first: 5) { nodes { kind %s } } } }"""
    kinds = (await viewer(asked % "")).data["application"]["requestedItems"]["nodes"]
    assert kinds == [{"kind": "RETURN_TICKET"}]
    noted = await viewer(asked % "note")
    if reads:
        items = noted.data["application"]["requestedItems"]["nodes"]
        assert items == [{"kind": "RETURN_TICKET", "note": TICKET}]
    else:
        assert set(noted.codes) == {"FORBIDDEN_FIELD"}
        assert TICKET not in noted.text


@pytest.mark.parametrize(
    ("name", "reads"),
    [("officer", True), ("auditor", True), ("manager-au", False), ("agent-au", False)],
)
async def test_whoever_reads_a_case_reads_its_checklist_and_the_directorate_who_said_so(
    who, name, reads
) -> None:
    if name == "agent-au":
        viewer = stranger(who, "PARTNER_AGENT", partner="NUSA", countries=["AU"])
    else:
        viewer = who[name]
    asked = """query { application(by: {reference: "AUPO-SECU-0003"}) { documents { kind %s } } }"""
    kinds = (await viewer(asked % "")).data["application"]["documents"]
    assert kinds == [{"kind": "PHOTOGRAPH"}, {"kind": "RETURN_TICKET"}]
    answer = await viewer(asked % "recordedBy")
    if reads:
        by = {one["recordedBy"] for one in answer.data["application"]["documents"]}
        assert by == {"agent-au"}
    else:
        assert set(answer.codes) == {"FORBIDDEN_FIELD"}


@pytest.mark.parametrize("name", ["officer", "auditor"])
async def test_the_reason_of_a_hold_is_read_by_supervisors_alone(who, name) -> None:
    asked = """{ application(by: {reference: "SGPO-HELD-0007"}) {
        events(first: 20) { nodes { kind reason } } } }"""
    assert REASONS["HELD"] in (await who["supervisor"](asked)).text
    assert REASONS["HELD"] not in (await who[name](asked)).text


@pytest.mark.parametrize("name", ["manager-au", "leadership", "screening", "treasury"])
async def test_a_visa_number_is_read_by_the_roles_that_read_the_outcome(who, name) -> None:
    asked = """{ application(by: {reference: "AUSY-GRAN-0001"}) {
        decision { visa { number useBy stayDays } } } }"""
    found = (await who["applicant"](asked)).data["application"]["decision"]["visa"]
    assert found == {
        "number": visa_number("AUSY-GRAN-0001"), "useBy": "2025-04-06", "stayDays": 30,
    }  # fmt: skip
    refused = await who[name](asked)
    assert set(refused.codes) == {"FORBIDDEN_FIELD"}
    assert visa_number("AUSY-GRAN-0001") not in refused.text


async def test_an_agent_reads_a_visa_while_the_decision_is_to_be_handed_over(
    who, connection
) -> None:
    asked = """{ application(by: {reference: "AUSY-GRAN-0001"}) {
        decision { visa { number } } } }"""
    assert (await who["agent-au"](asked)).data["application"]["decision"] is None
