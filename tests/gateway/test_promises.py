"""What the product promises, in sentences; none of it is read from the policy."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from tests.gateway.conftest import Asked, Viewer, without_budget
from tests.world import (
    CASES,
    REASONS,
    TICKET,
    WIB,
    application_id,
    at,
    decision_id,
    visa_number,
)

pytestmark = pytest.mark.anyio

REFERENCES = "{ applications(first: 100) { totalCount { value } nodes { reference } } }"
DECISION = """query($r: String!) {
    application(by: {reference: $r}) { reference decision { %s } }
}"""
AU_2025 = 'volumes(from: "2025-01-01", to: "2025-02-28", groupBy: [%s], where: {%s})'


async def references(viewer: Viewer) -> set[str]:
    answer = await viewer(REFERENCES)
    found = [row["reference"] for row in answer.data["applications"]["nodes"]]
    assert answer.data["applications"]["totalCount"]["value"] == len(found)
    return set(found)


def stranger(who: dict[str, Viewer], role: str, **scope: Any) -> Viewer:
    return Viewer(who["anonymous"].client, {"role": role, "sub": "stranger", **scope})


def without_trace(answer: Asked) -> tuple[int, Any]:
    body = json.loads(without_budget(answer.text))
    for error in body.get("errors", []):
        del error["extensions"]["traceId"]
    return answer.status, body


# --- Scope ---------------------------------------------------------------------------------------


async def test_partner_manager_reaches_only_own_partner_and_own_countries(who) -> None:
    nusa = {"AUSY-GRAN-0001", "AUSY-LATE-0002", "AUPO-SECU-0003", "AUME-INCO-0004",
            "AUSY-PAID-0013"}  # fmt: skip
    assert await references(who["manager-au"]) == nusa
    # Taken in in Australia too, but by the other partner.
    assert await references(who["manager-andalan"]) == {"ANDA-CORR-0005", "ANDA-LAPS-0012"}
    assert await references(who["manager-pacific"]) == nusa | {"NZGR-MIDN-0008", "NZGR-WITH-0009"}


async def test_agent_reaches_only_the_own_centre(who) -> None:
    sydney = {"AUSY-GRAN-0001", "AUSY-LATE-0002", "AUSY-PAID-0013"}
    assert await references(who["agent-au"]) == sydney


async def test_applicant_reaches_only_own_applications(who) -> None:
    assert await references(who["applicant"]) == {"AUSY-GRAN-0001", "DIRE-UNPA-0011"}


async def test_direct_applications_reach_no_partner(who) -> None:
    every_country = ["AU", "SG", "NZ", "IN", "AF"]
    manager = stranger(who, "PARTNER_MANAGER", partner="NUSA", countries=every_country)
    for viewer in (manager, who["service"], who["agent-au"]):
        assert not {r for r in await references(viewer) if r.startswith("DIRE")}


async def test_an_agent_without_a_centre_reaches_the_portal_of_own_countries_alone(who) -> None:
    portal = {"partner": "NUSA", "countries": ["AU"]}
    assert await references(stranger(who, "PARTNER_AGENT", **portal)) == {"AUPO-SECU-0003"}
    # With a centre in the token, the portal is none of the agent's.
    assert "AUPO-SECU-0003" not in await references(who["agent-au"])
    nobodys = stranger(who, "PARTNER_AGENT", **portal, centres=["AU-XXX"])
    assert await references(nobodys) == set()


@pytest.mark.parametrize(
    "scope",
    [
        {"role": "PARTNER_MANAGER"},
        {"role": "PARTNER_MANAGER", "partner": "NUSA"},
        {"role": "PARTNER_MANAGER", "countries": ["AU"]},
        {"role": "PARTNER_MANAGER", "partner": "NUSA", "countries": []},
        {"role": "PARTNER_MANAGER", "partner": "NOBODY", "countries": ["AU"]},
        {"role": "PARTNER_AGENT", "partner": "NUSA"},
        {"role": "PARTNER_AGENT", "countries": ["AU"]},
        {"role": "PARTNER_AGENT", "centres": ["AU-SYD"]},
        {"role": "PARTNER_AGENT", "partner": "ANDALAN", "centres": ["AU-SYD"]},
        {"role": "PARTNER_SERVICE"},
        {"role": "APPLICANT"},
    ],
)
async def test_an_empty_or_foreign_scope_reaches_nothing(who, scope) -> None:
    assert await references(stranger(who, **scope)) == set()


@pytest.mark.parametrize("name", ["leadership", "administrator", "anonymous"])
async def test_who_reads_no_application_has_no_way_in_to_one(who, traffic, name) -> None:
    for query in (REFERENCES, '{ application(by: {reference: "AUSY-GRAN-0001"}) { stage } }'):
        answer = await who[name](query)
        assert (answer.status, set(answer.codes)) == (400, {"FORBIDDEN_FIELD"})
        assert traffic.statements == []


async def test_anonymous_reads_the_public_directory_and_published_figures_only(who) -> None:
    found = (await who["anonymous"]("{ __schema { queryType { fields { name } } } }")).data
    assert {field["name"] for field in found["__schema"]["queryType"]["fields"]} == {
        "viewer", "policies", "node", "nodes", "countries", "country", "visaTypes", "visaType",
        "eligibleVisaTypes", "partners", "partner", "centres", "centre", "volumes",
    }  # fmt: skip


# --- Foreign, missing and malformed are one ------------------------------------------------------


async def test_foreign_missing_and_malformed_ids_answer_alike(who) -> None:
    foreign = GlobalId("Application", str(application_id("ANDA-CORR-0005"))).encode()
    missing = GlobalId("Application", str(application_id("AUSY-GRAN-0001"))[:-1] + "f").encode()
    uppercase = GlobalId("Application", str(application_id("ANDA-CORR-0005")).upper()).encode()
    malformed = ("", "x", "é", "a" * 500, "QXBwbGljYXRpb246", "Application:1", foreign + "=",
                 uppercase, GlobalId("Nothing", "1").encode(), GlobalId("Query", "1").encode(),
                 GlobalId("Application", "1").encode(),
                 GlobalId("Country", "\0").encode())  # fmt: skip
    for query in (
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { nodes(ids: [$id]) { id } }",
        "query($id: ID!) { application(by: {id: $id}) { reference } }",
    ):
        first = without_trace(await who["manager-au"](query, id=foreign))
        assert first[0] == 200
        for id_ in (missing, *malformed):
            assert without_trace(await who["manager-au"](query, id=id_)) == first


async def test_foreign_missing_and_malformed_names_answer_alike(who) -> None:
    for query, foreign in (
        ("query($n: String!) { application(by: {reference: $n}) { stage } }", "ANDA-CORR-0005"),
        ("query($n: String!) { partner(by: {code: $n}) { name } }", "ANDALAN"),
        ("query($n: String!) { centre(by: {code: $n}) { city } }", "AU-PER"),
        ("query($n: String!) { centre(by: {code: $n}) { city } }", "SG-SIN"),
    ):
        first = without_trace(await who["manager-au"](query, n=foreign))
        for name in ("", "ZZZZ-ZZZZ-ZZZZ", "nonsense", "x" * 10_000, "' OR true --"):
            assert without_trace(await who["manager-au"](query, n=name)) == first


async def test_a_filter_on_what_is_foreign_tells_nothing(who) -> None:
    query = """query($w: ApplicationWhere) {
        applications(first: 9, where: $w) { totalCount { value } nodes { id } }
    }"""
    first = await who["manager-au"](query, w={"partner": {"eq": "NOBODY"}})
    for where in ({"partner": {"eq": "ANDALAN"}}, {"country": {"in": ["SG", "NZ"]}}):
        answer = await who["manager-au"](query, w=where)
        assert without_trace(answer) == without_trace(first)
        assert answer.data["applications"] == {"totalCount": {"value": 0}, "nodes": []}


async def test_another_viewers_cursor_opens_no_row(who) -> None:
    page = "applications(first: 100%s) { nodes { reference } pageInfo { startCursor } }"
    start = await who["officer"](f"{{ {page % ''} }}")
    cursor = start.data["applications"]["pageInfo"]["startCursor"]
    after = f', after: "{cursor}"'
    answer = await who["manager-au"](f"{{ {page % after} }}")
    found = {row["reference"] for row in answer.data["applications"]["nodes"]}
    assert found < await references(who["manager-au"])


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
    """IN_VERIFICATION and SCREENING would tell how, and since when, one looks into a case."""
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
    for field in ("ground", "publicReason", "internalNote", "officer"):
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
        answer = await arjun(DECISION % "outcome publicReason", r="AUPO-SECU-0003")
        assert answer.data["application"]["decision"] == {
            "outcome": "REFUSED", "publicReason": "NOT_DISCLOSED",
        }  # fmt: skip
        for field in ("ground", "internalNote", "isIncomplete"):
            assert (await arjun(DECISION % field, r="AUPO-SECU-0003")).codes == ["FORBIDDEN_FIELD"]
    finally:
        await connection.execute("UPDATE applicant SET account = NULL WHERE account = 'arjun'")
        await connection.close()
    staff = await who["officer"](DECISION % "ground internalNote", r="AUPO-SECU-0003")
    assert staff.data["application"]["decision"]["ground"] == "SECURITY"


async def test_an_agent_is_not_told_incomplete_of_a_security_refusal(
    who, world, incomplete_of_today
) -> None:
    connection = await connect(world)
    await connection.execute("SET session_replication_role = replica")  # decisions stay as they are
    change = (
        "UPDATE decision SET ground = $1, is_incomplete = $1 = 'INCOMPLETE', public_reason ="
        " CASE $1 WHEN 'INCOMPLETE' THEN $1 ELSE 'NOT_DISCLOSED' END WHERE id = $2"
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


# --- Leadership ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reads"),
    [("officer", True), ("supervisor", True), ("auditor", True), ("manager-andalan", False),
     ("service-andalan", False)],
)  # fmt: skip
async def test_partners_read_what_is_missing_and_not_what_was_written_of_it(
    who, name, reads
) -> None:
    viewer = (
        stranger(who, "PARTNER_SERVICE", partner="ANDALAN")
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


@pytest.mark.parametrize("name", ["manager-au", "service", "leadership", "screening", "treasury"])
async def test_a_visa_number_is_told_to_whoever_is_told_the_outcome(who, name) -> None:
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


async def test_leadership_reads_figures_and_no_row(who) -> None:
    found = (await who["leadership"]("{ __schema { types { name } } }")).data["__schema"]["types"]
    names = {one["name"] for one in found}
    assert not names & {"Application", "Applicant", "Identity", "Decision", "Screening",
                        "ApplicationEvent", "Assignment", "AccessEvent"}  # fmt: skip
    for case in CASES:
        id_ = GlobalId("Application", str(application_id(case.reference))).encode()
        answer = await who["leadership"](f'{{ node(id: "{id_}") {{ id }} }}')
        assert answer.data == {"node": None}


async def test_leadership_counts_accesses_without_reading_one(who) -> None:
    await read_wei(who)
    counted = await who["leadership"]("{ accessEvents { totalCount { value } } }")
    listed = await who["auditor"](
        "{ accessEvents(first: 1) { totalCount { value } nodes { id } } }"
    )
    assert counted.data["accessEvents"]["totalCount"] == listed.data["accessEvents"]["totalCount"]
    [event] = listed.data["accessEvents"]["nodes"]
    answer = await who["leadership"](f'{{ node(id: "{event["id"]}") {{ id }} }}')
    assert (answer.data, answer.errors) == ({"node": None}, [])
    for rows in ("nodes { __typename }", "edges { cursor }", "pageInfo { endCursor }"):
        answer = await who["leadership"](f"{{ accessEvents(first: 1) {{ {rows} }} }}")
        assert set(answer.codes) == {"FORBIDDEN_FIELD"}


# --- Identity and its log ------------------------------------------------------------------------

WEI = """query($case: String!) %s {
    application(by: {reference: "SGPO-OPEN-0006"}) { applicant { id identity { fullName email } } }
}"""
CASEWORK = "@purpose(code: CASEWORK, reference: $case)"


async def read_wei(who: dict[str, Viewer]) -> Asked:
    answer = await who["officer"](WEI % CASEWORK, case="SGPO-OPEN-0006")
    assert answer.data["application"]["applicant"]["identity"]["fullName"] == "Wei Tan"
    return answer


async def test_identity_takes_a_purpose(who, traffic) -> None:
    query = '{ application(by: {reference: "SGPO-OPEN-0006"}) { applicant { identity { %s } } } }'
    for field in ("fullName", "phone", "__typename"):
        answer = await who["officer"](query % field)
        assert (answer.status, answer.codes) == (403, ["PURPOSE_REQUIRED"])
        assert "data" not in answer.body
    refused = await who["officer"](WEI % "@purpose(code: SUPERVISION, reference: $case)", case="X")
    assert (refused.status, refused.codes) == (403, ["PURPOSE_NOT_ALLOWED"])
    assert traffic.statements == []


async def test_officer_reads_the_identity_of_assigned_open_cases_and_sure_links_only(who) -> None:
    """By the same passport, or a name that an officer confirmed: not by a name that is proposed or
    rejected, not of who travels along, and not by a case that was on the desk once."""
    query = """query($case: String!) @purpose(code: CASEWORK, reference: $case) {
        applications(first: 100) { nodes { reference applicant { identity { fullName } } } }
    }"""
    open_cases = ("SGPO-OPEN-0006", "SGPO-HELD-0007", "AUSY-PAID-0013")
    for name, own, linked in (
        ("officer", "SGPO-OPEN-0006", "DIRE-REVO-0010"),
        ("officer-2", "SGPO-HELD-0007", "NZGR-WITH-0009"),
    ):
        for case in (*open_cases, "AUSY-GRAN-0001", "NONE-SUCH-0000"):
            rows = (await who[name](query, case=case)).data["applications"]["nodes"]
            found = {row["reference"] for row in rows if row["applicant"]["identity"]}
            assert found == ({own, linked} if case == own else set())


async def test_supervisor_reads_the_identity_of_the_named_case_alone(who) -> None:
    """A supervisor read everybody's under a reference that was none."""
    query = """query($case: String!) @purpose(code: SUPERVISION, reference: $case) {
        applications(first: 100) { nodes { applicant { identity { fullName } } } }
    }"""
    for case, names in (("AUME-INCO-0004", {"Mia Lund"}), ("ZZZZ-ZZZZ-ZZZZ", set())):
        answer = await who["supervisor"](query, case=case)
        people = [row["applicant"]["identity"] for row in answer.data["applications"]["nodes"]]
        assert {one["fullName"] for one in people if one} == names


async def test_a_case_out_of_reach_opens_what_one_that_does_not_exist_opens(who) -> None:
    query = """query($case: String!) @purpose(code: %s, reference: $case) {
        application(by: {reference: "%s"}) { applicant { identity { fullName } } }
    }"""
    for name, purpose, own, foreign in (
        ("officer", "CASEWORK", "SGPO-OPEN-0006", "SGPO-HELD-0007"),
        ("agent-au", "INTAKE", "AUSY-PAID-0013", "SGPO-OPEN-0006"),
    ):
        found = [await who[name](query % (purpose, own), case=one) for one in (foreign, "NO-0000")]
        assert without_budget(found[0].text) == without_budget(found[1].text)
        assert found[0].data["application"]["applicant"] == {"identity": None}


async def test_agent_reads_identity_until_the_file_is_handed_over(who, world) -> None:
    query = """query @purpose(code: INTAKE) {
        application(by: {reference: "AUSY-PAID-0013"}) {
            applicant { passportLastFour identity { fullName } }
        }
    }"""
    before = (await who["agent-au"](query)).data["application"]["applicant"]
    assert before == {"passportLastFour": "0012", "identity": {"fullName": "Noah Finch"}}
    connection = await connect(world)
    change = "UPDATE application SET received_at = $1 WHERE reference = 'AUSY-PAID-0013'"
    try:
        paid = "SELECT paid_at FROM application WHERE reference = 'AUSY-PAID-0013'"
        await connection.execute(change, await connection.fetchval(paid))
        after = (await who["agent-au"](query)).data["application"]["applicant"]
        assert after == {"passportLastFour": "0012", "identity": None}
    finally:
        await connection.execute(change, None)
        await connection.close()


@pytest.mark.parametrize("name", ["manager-au", "auditor", "service", "leadership"])
async def test_identity_is_closed_to_all_others(who, name) -> None:
    id_ = GlobalId("Applicant", str(application_id("AUSY-GRAN-0001"))).encode()
    answer = await who[name](
        f'{{ node(id: "{id_}") {{ ... on Applicant {{ identity {{ email }} }} }} }}'
    )
    assert "FORBIDDEN_FIELD" in answer.codes


async def test_each_read_of_identity_is_logged_before_the_answer(who, world) -> None:
    answer = await read_wei(who)
    connection = await connect(world)
    try:
        event = await connection.fetchrow(
            "SELECT * FROM access_event ORDER BY occurred_at DESC, id DESC LIMIT 1"
        )
    finally:
        await connection.close()
    assert event is not None
    person = GlobalId("Applicant", str(event["applicant_id"])).encode()
    assert person == answer.data["application"]["applicant"]["id"]
    named = ("actor", "actor_role", "purpose", "case_reference", "fields")
    assert {name: event[name] for name in named} == {
        "actor": "officer", "actor_role": "OFFICER", "purpose": "CASEWORK",
        "case_reference": "SGPO-OPEN-0006", "fields": ["email", "fullName"],
    }  # fmt: skip


async def test_a_read_that_cannot_be_logged_is_not_told(who, world) -> None:
    connection = await connect(world)
    try:
        await connection.execute("ALTER TABLE access_event RENAME TO access_event_away")
        answer = await who["officer"](WEI % CASEWORK, case="SGPO-OPEN-0006")
    finally:
        await connection.execute("ALTER TABLE access_event_away RENAME TO access_event")
        await connection.close()
    assert (answer.status, answer.codes) == (503, ["UNAVAILABLE"])
    assert "Wei Tan" not in answer.text


async def test_what_is_out_of_reach_is_not_logged_as_read(who, traffic) -> None:
    foreign = (WEI % CASEWORK).replace("SGPO-OPEN-0006", "SGPO-HELD-0007")
    answer = await who["officer"](foreign, case="X")
    assert answer.data["application"]["applicant"]["identity"] is None
    assert not [text for text in traffic.statements if "INSERT" in text]


async def test_the_log_is_read_by_auditor_applicant_and_own_team(who) -> None:
    intake = """query @purpose(code: INTAKE, reference: "AUSY-PAID-0013") {
        application(by: {reference: "AUSY-PAID-0013"}) { applicant { identity { phone } } }
    }"""
    assert (await who["agent-au"](intake)).errors == []
    own = '{ application(by: {reference: "AUSY-GRAN-0001"}) { applicant { identity { email } } } }'
    assert (await who["applicant"](own)).errors == []

    log = "{ accessEvents(first: 100) { nodes { %s } } }"

    async def entries_for(name: str, fields: str) -> list[dict[str, Any]]:
        return (await who[name](log % fields)).data["accessEvents"]["nodes"]

    assert {"agent-au", "applicant"} <= {
        e["actor"] for e in await entries_for("auditor", "actor purpose")
    }
    # Who saw mine: in which role and why, never the name of who.
    mine = await entries_for("applicant", "actorRole purpose fields")
    assert mine
    assert {"actorRole": "APPLICANT", "purpose": "OWN_DATA", "fields": ["email"]} in mine
    assert {event["actorRole"] for event in mine} == {"APPLICANT"}
    assert (await who["applicant"](log % "actor")).codes == ["FORBIDDEN_FIELD"]
    # The own team: the partner's, in the own countries.
    assert {e["actor"] for e in await entries_for("manager-au", "actor fields")} == {"agent-au"}
    assert await entries_for("manager-andalan", "actor") == []
    assert {e["actor"] for e in await entries_for("agent-au", "actor")} == {"agent-au"}
    assert (await who["manager-au"](log % "applicant { id }")).codes[0] == "FORBIDDEN_FIELD"


# --- Volumes -------------------------------------------------------------------------------------


async def test_managers_volumes_are_those_of_own_partner_and_countries(who) -> None:
    measures = "intake { value } wip { value } backlog { value } revenue { value }"
    group = "country { code } partner { code } period { startsOn }"
    own = f"{{ {AU_2025 % ('COUNTRY, PARTNER, QUARTER', '')} {{ rows {{ {group} {measures} }} }} }}"
    same = own.replace("where: {}", 'where: {country: {eq: "AU"}, partner: {eq: "NUSA"}}')
    mine = (await who["manager-au"](own)).data
    assert mine["volumes"]["rows"]
    assert mine == (await who["leadership"](same)).data
    total = f"{{ {AU_2025 % ('', '')} {{ rows {{ {measures} }} }} }}"
    theirs = total.replace("where: {}", 'where: {country: {eq: "AU"}, partner: {eq: "NUSA"}}')
    assert (await who["manager-au"](total)).data == (await who["leadership"](theirs)).data


async def test_manager_asking_for_foreign_volumes_gets_none(who) -> None:
    for where in ('country: {eq: "SG"}', 'partner: {in: ["ANDALAN"]}', 'centre: {in: ["SG-SIN"]}'):
        query = f"{{ {AU_2025 % ('COUNTRY', where)} {{ rows {{ intake {{ value }} }} }} }}"
        assert (await who["manager-au"](query)).data == {"volumes": {"rows": []}}


async def test_manager_has_no_exact_outcome_among_the_measures(who) -> None:
    """By the day, of any window, of two visa types: how cases ended is told on the grid alone."""
    grid = 'volumes(from: "2025-01-01", to: "2025-03-31", groupBy: [QUARTER])'
    for measure in ("granted", "refused", "refusalRate"):
        for groups, where in (("", ""), ("DAY", ""), ("MONTH", 'visaType: {in: ["B1", "C1"]}')):
            query = f"{{ {AU_2025 % (groups, where)} {{ rows {{ {measure} {{ precision }} }} }} }}"
            assert (await who["manager-au"](query)).codes == ["INVALID_INPUT"]
        rows = (
            await who["manager-au"](f"{{ {grid} {{ rows {{ {measure} {{ precision }} }} }} }}")
        ).data
        assert rows["volumes"]["rows"]
        assert "EXACT" not in str(rows)
    # Which decisions did not stand is published to nobody.
    query = f"{{ {grid} {{ rows {{ overturned {{ precision }} }} }} }}"
    for name in ("manager-au", "anonymous"):
        assert (await who[name](query)).codes == ["FORBIDDEN_FIELD"]


@pytest.mark.parametrize("name", ["manager-au", "service"])
async def test_no_other_door_leads_to_how_a_case_ended(who, name) -> None:
    """A status, an event, a decision, a filter or an order by them."""
    for selection in (
        "status",
        "events(first: 9) { nodes { kind } }",
        "decision { outcome }",
        "decisions(first: 9) { nodes { id } }",
    ):
        query = f"{{ applications(first: 5) {{ nodes {{ {selection} }} }} }}"
        assert set((await who[name](query)).codes) == {"FORBIDDEN_FIELD"}
    query = "{ applications(first: 5, where: {status: {eq: REFUSED}}) { totalCount { value } } }"
    assert (await who[name](query)).status == 400
    query = '{ refusalGrounds(from: "2025-01-01", to: "2025-03-31") { rows { ground } } }'
    assert set((await who[name](query)).codes) == {"FORBIDDEN_FIELD"}


# --- One role a request --------------------------------------------------------------------------


async def test_one_role_acts_per_request(who) -> None:
    both = Viewer(
        who["anonymous"].client,
        {**who["agent-au"].claims, "role": ["PARTNER_AGENT", "PARTNER_MANAGER"], "sub": "both"},
    )
    body = {"query": "{ viewer { role heldRoles } }"}
    refused = await both.send(body)
    assert (refused.status, refused.codes) == (400, ["ROLE_REQUIRED"])
    held = ["PARTNER_AGENT", "PARTNER_MANAGER"]
    for role in held:
        answer = await both.send(body, **{"Gerbang-Role": role})
        assert answer.data["viewer"] == {"role": role, "heldRoles": held}
    outcome = {"query": "{ applications(first: 1) { nodes { decision { outcome } } } }"}
    assert (await both.send(outcome, **{"Gerbang-Role": "PARTNER_AGENT"})).errors == []
    # The manager gains nothing from being an agent too.
    refused = await both.send(outcome, **{"Gerbang-Role": "PARTNER_MANAGER"})
    assert set(refused.codes) == {"FORBIDDEN_FIELD"}
    other = await both.send(body, **{"Gerbang-Role": "SUPERVISOR"})
    assert (other.status, other.codes) == (403, ["ROLE_NOT_HELD"])


@pytest.mark.parametrize(
    "roles",
    [
        ["OFFICER", "AUDITOR"],
        ["SUPERVISOR", "SCREENING"],
        ["TREASURY", "PARTNER_SERVICE"],
        ["ADMINISTRATOR", "APPLICANT"],
        ["LEADERSHIP", "PARTNER_MANAGER"],
        ["OFFICER", "LEADERSHIP"],
    ],
)
async def test_roles_that_exclude_each_other_are_refused_in_one_token(who, traffic, roles) -> None:
    viewer = Viewer(who["anonymous"].client, {"role": roles, "sub": "somebody"})
    for named in ({}, {"Gerbang-Role": roles[0]}):
        refused = await viewer.send({"query": "{ viewer { role } }"}, **named)
        assert (refused.status, refused.codes) == (403, ["ROLES_EXCLUDED"])
        assert "data" not in refused.body
    assert traffic.statements == []
