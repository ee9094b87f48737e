"""What is promised of identity and its log, in sentences; none of it is read from the policy."""

from typing import Any

import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from tests.gateway.conftest import Answer, Viewer, without_budget
from tests.world import application_id

pytestmark = pytest.mark.anyio


WEI = """query($case: String!) %s {
    application(by: {reference: "SGPO-OPEN-0006"}) { applicant { id identity { fullName email } } }
}"""
CASEWORK = "@purpose(code: CASEWORK, reference: $case)"


async def read_wei(who: dict[str, Viewer]) -> Answer:
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


async def test_a_read_that_cannot_be_logged_is_not_answered(who, world) -> None:
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
