"""A passport is mistyped, renewed, or in another name: the person on file is corrected, and what
was answered about somebody else counts no more."""

from typing import Any

import pytest

from tests.gateway.changing import (
    IDENTITY,
    PASSPORTS,
    allowed_steps,
    assign_to,
    change,
    cleared_case,
    in_screening,
    paid_case,
    pay_bill,
    perform,
    reference_of,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

WHO_IS_IT = """
    query ($case: ID!, $for: String!) @purpose(code: %s, reference: $for) {
        node(id: $case) { ... on Application { applicant {
            passportLastFour nationality { code }
            identity { fullName birthDate passportNumber passportExpiresOn email }
            identityVersions(first: 9) { nodes {
                number fullName birthDate passportNumber validFrom validUntil
            } }
        } } }
    }
"""
CORRECTIONS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        nationality { code }
        corrections(first: 9) { nodes { state proposedRole reason } }
    } } }
"""
FILE = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        isVisaHeld
        corrections(first: 9) { nodes { state proposedBy approvedBy closedBy } }
        screenings(first: 9) { nodes { kind result voidedAt } }
        events(first: 50) { nodes { kind actor } }
    } } }
"""


async def person(viewer: Viewer, case: str, purpose: str) -> dict[str, Any]:
    named = {"case": case, "for": await reference_of(viewer, case)}
    asked = await viewer(WHO_IS_IT % purpose, **named)
    assert asked.errors == [], asked.text
    return asked.data["node"]["applicant"]


async def file(who: dict[str, Viewer], case: str) -> dict[str, Any]:
    return (await who["supervisor"](FILE, case=case)).data["node"]


async def corrections(viewer: Viewer, case: str) -> list[dict[str, Any]]:
    return (await viewer(CORRECTIONS, case=case)).data["node"]["corrections"]["nodes"]


async def propose(viewer: Viewer, case: str, **identity: str) -> list[str]:
    return (await change(viewer, "proposeCorrection", case, identity=identity)).codes


def newcomer(who: dict[str, Viewer], name: str) -> Viewer:
    """Somebody who applies with the directorate, with an account of their own."""
    return Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": name})


async def with_a_visa(who: dict[str, Viewer], applicant: Viewer, visa_type: str = "C1") -> str:
    """Applied for directly, screened and granted."""
    identity = {**IDENTITY, "passportNumber": next(PASSPORTS)}
    values = {"visaType": visa_type, "nationality": "AU", "identity": identity}
    case = await pay_bill(who, await perform(applicant, "submitApplication", **values))
    await assign_to(who, "officer", case)
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    return await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_wrong_birth_date_is_corrected_before_payment_at_once(who) -> None:
    agent = who["agent-au"]
    case = await submitted_case(who)
    assert await propose(agent, case, birthDate="1991-02-03") == []

    read = await person(agent, case, "INTAKE")
    assert read["identity"]["birthDate"] == "1991-02-03"
    assert read["identity"]["fullName"] == IDENTITY["fullName"]
    # What was lodged stays in the file.
    now, before = read["identityVersions"]["nodes"]
    assert (now["number"], now["birthDate"], now["validUntil"]) == (2, "1991-02-03", None)
    assert (before["number"], before["birthDate"]) == (1, IDENTITY["birthDate"])
    assert before["validUntil"] == now["validFrom"]
    assert [one["state"] for one in await corrections(agent, case)] == ["IN_EFFECT"]
    case_file = await file(who, case)
    assert case_file["events"]["nodes"][-1] == {"kind": "CORRECTED", "actor": "agent-au"}


async def test_a_renewed_passport_after_payment_waits_for_the_officer_of_the_case(who) -> None:
    agent, officer = who["agent-au"], who["officer"]
    case = await cleared_case(who, identity=dict(IDENTITY))
    renewed = {"passportNumber": "ZX7654321", "passportExpiresOn": "2044-05-06"}
    assert await propose(agent, case, **renewed) == []

    # It is proposed and no more; nothing is granted on a person that is in question.
    assert [one["state"] for one in await corrections(agent, case)] == ["PROPOSED"]
    assert await propose(agent, case, fullName="Somebody Else") == ["CORRECTION_PENDING"]
    granted = await change(officer, "recordDecision", case, outcome="GRANTED")
    assert granted.codes == ["CORRECTION_PENDING"]

    # The officer reads what is to be other than it is, with a purpose; nobody else decides it.
    read = await person(officer, case, "CASEWORK")
    assert read["identity"]["passportNumber"] == IDENTITY["passportNumber"]
    [proposed] = read["identityVersions"]["nodes"]
    assert proposed["passportNumber"] == "ZX7654321"
    assert (proposed["fullName"], proposed["validFrom"]) == (None, None)
    assert (await change(who["officer-2"], "approveCorrection", case)).codes == ["NOT_ASSIGNED"]
    await perform(officer, "approveCorrection", case)

    read = await person(officer, case, "CASEWORK")
    assert read["identity"]["passportNumber"] == "ZX7654321"
    assert read["identity"]["passportExpiresOn"] == "2044-05-06"
    assert read["passportLastFour"] == "4321"
    # What supervision had answered was about another passport: it is asked anew.
    await wait_until_linked(who, case)
    assert (await change(officer, "recordDecision", case, outcome="GRANTED")).codes == [
        "NOT_CLEARED"
    ]
    case_file = await file(who, case)
    answers = case_file["screenings"]["nodes"]
    assert [(one["result"], one["voidedAt"] is None) for one in answers] == [
        ("CLEAR", False), ("PENDING", True),
    ]  # fmt: skip
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    await perform(officer, "recordDecision", case, outcome="GRANTED")


async def test_after_the_grant_it_takes_two_and_the_visa_is_held_until_screening_is_clear(
    who,
) -> None:
    applicant = newcomer(who, "married")
    case = await with_a_visa(who, applicant)
    assert await propose(applicant, case, fullName="Olive Married") == []

    first, second = who["supervisor"], who["supervisor-2"]
    assert (await change(first, "confirmCorrection", case)).codes == ["NOTHING_PROPOSED"]
    await perform(first, "approveCorrection", case)
    assert (await change(first, "confirmCorrection", case)).codes == ["SECOND_PERSON_REQUIRED"]
    assert (await file(who, case))["isVisaHeld"] is False
    await perform(second, "confirmCorrection", case)

    case_file = await file(who, case)
    assert case_file["isVisaHeld"] is True
    assert case_file["corrections"]["nodes"] == [{
        "state": "IN_EFFECT", "proposedBy": "married", "approvedBy": "supervisor",
        "closedBy": "supervisor-2",
    }]  # fmt: skip
    assert case_file["screenings"]["nodes"][-1] == {
        "kind": "ENTRY_BAN", "result": "PENDING", "voidedAt": None,
    }  # fmt: skip
    assert (await person(applicant, case, "OWN_DATA"))["identity"]["fullName"] == "Olive Married"

    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    assert (await file(who, case))["isVisaHeld"] is False


async def test_a_hit_on_the_corrected_holder_keeps_the_visa_held_until_it_is_revoked(who) -> None:
    applicant = newcomer(who, "hidden")
    case = await with_a_visa(who, applicant)
    assert await propose(applicant, case, birthDate="1989-12-31") == []
    await perform(who["supervisor"], "approveCorrection", case)
    await perform(who["supervisor-2"], "confirmCorrection", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="HIT")
    match = {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "Same passport."}
    await perform(who["supervisor"], "resolveHit", case, **match)
    await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")
    assert (await file(who, case))["isVisaHeld"] is True
    await perform(who["supervisor"], "revokeVisa", case, reason="A match after the grant.")
    assert (await file(who, case))["isVisaHeld"] is False


async def test_a_correction_washes_no_hit_away(who) -> None:
    case = await in_screening(who)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="HIT")
    assert await propose(who["agent-au"], case, fullName="Olive Cleaner") == []
    # The officer learns nothing of the hit, and it stands until a supervisor says what it is.
    await perform(who["officer"], "approveCorrection", case)
    await wait_until_linked(who, case)
    assert (await change(who["officer"], "recordDecision", case, outcome="GRANTED")).codes == [
        "NOT_CLEARED"
    ]
    case_file = await file(who, case)
    assert [(one["result"], one["voidedAt"]) for one in case_file["screenings"]["nodes"]] == [
        ("HIT", None)
    ]


async def test_an_address_is_corrected_without_a_new_screening(who) -> None:
    case = await cleared_case(who)
    assert await propose(who["agent-au"], case, email="olive.new@example.net") == []
    await perform(who["officer"], "approveCorrection", case)
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_refused_correction_is_answered_with_its_reason(who) -> None:
    agent, officer = who["agent-au"], who["officer"]
    case = await cleared_case(who)
    assert await propose(agent, case, fullName="Olive Nobody") == []
    unsaid = await change(officer, "rejectCorrection", case, reason=" ")
    assert unsaid.codes == ["INVALID"]
    await perform(officer, "rejectCorrection", case, reason="The passport says otherwise.")
    assert await corrections(agent, case) == [{
        "state": "REJECTED", "proposedRole": "PARTNER_AGENT",
        "reason": "The passport says otherwise.",
    }]  # fmt: skip
    read = await person(officer, case, "CASEWORK")
    assert read["identity"]["fullName"] == IDENTITY["fullName"]
    await perform(officer, "recordDecision", case, outcome="GRANTED")


async def test_a_nationality_is_corrected_unless_that_is_a_new_application(who) -> None:
    agent = who["agent-au"]
    case = await submitted_case(who)
    # Nationals of AF need clearance: that is another procedure.
    new = await change(agent, "proposeCorrection", case, nationality="AF")
    assert [(one["code"], one["path"]) for one in new.payload["errors"]] == [
        ("NEW_APPLICATION", ["input", "nationality"])
    ]
    assert (await change(agent, "proposeCorrection", case, nationality="XX")).codes == [
        "NATIONALITY_UNKNOWN"
    ]
    # The other way round it is another one too: nobody goes on with a clearance that is not needed.
    calling = await submitted_case(who, visaType="C1", nationality="AF")
    other = await change(agent, "proposeCorrection", calling, nationality="AU")
    assert other.codes == ["NEW_APPLICATION"]
    await perform(agent, "proposeCorrection", case, nationality="NZ")
    found = (await agent(CORRECTIONS, case=case)).data["node"]
    assert found["nationality"] == {"code": "NZ"}


async def test_every_mistake_of_a_correction_is_reported_by_path_and_never_by_value(who) -> None:
    case = await submitted_case(who)
    wrong = {"fullName": "", "passportExpiresOn": "2025-01-01", "passportIssuingState": "XX"}
    refused = await change(who["agent-au"], "proposeCorrection", case, identity=wrong)
    assert {error["path"][-1]: error["code"] for error in refused.payload["errors"]} == {
        "fullName": "INVALID", "passportExpiresOn": "PASSPORT_EXPIRES",
        "passportIssuingState": "INVALID",
    }  # fmt: skip
    assert await propose(who["agent-au"], case) == ["INVALID"]
    assert [one["state"] for one in await corrections(who["agent-au"], case)] == []


async def test_who_has_several_files_is_corrected_in_the_one_that_has_come_furthest(who) -> None:
    applicant = newcomer(who, "often")
    visa = await with_a_visa(who, applicant)
    again = {"visaType": "B1", "nationality": "AU"}
    unpaid = await perform(applicant, "submitApplication", **again)
    paid = await perform(applicant, "submitApplication", **again)
    await pay_bill(who, paid)
    for case in (unpaid, paid):
        assert await propose(applicant, case, fullName="Olive Often") == ["CORRECTED_ELSEWHERE"]
    assert await propose(applicant, visa, fullName="Olive Often") == []
    await perform(who["supervisor"], "approveCorrection", visa)
    await perform(who["supervisor-2"], "confirmCorrection", visa)
    # It is the same person everywhere: the other file has its event, and the name.
    kinds = [one["kind"] for one in (await file(who, unpaid))["events"]["nodes"]]
    assert kinds == ["SUBMITTED", "AWAITING_PAYMENT", "CORRECTED"]


async def test_a_visa_whose_type_is_not_corrected_is_applied_for_anew(who) -> None:
    applicant = newcomer(who, "mistyped")
    visa = await with_a_visa(who, applicant, "B1")
    corrected = {"fullName": "Olive Mistyped"}
    steps = await allowed_steps(applicant, visa)
    assert steps["proposeCorrection"]["reason"]["code"] == "CORRECTION_NOT_PROVIDED"
    assert await propose(applicant, visa, **corrected) == ["CORRECTION_NOT_PROVIDED"]
    # Nor for nothing, by a file that is not paid: an officer looks at it.
    again = await perform(applicant, "submitApplication", visaType="B1", nationality="AU")
    assert await propose(applicant, again, **corrected) == ["CORRECTION_NOT_PROVIDED"]
    await pay_bill(who, again)
    assert await propose(applicant, again, **corrected) == []
    await assign_to(who, "officer", again)
    await perform(who["officer"], "approveCorrection", again)
    assert (await person(applicant, again, "OWN_DATA"))["identity"]["fullName"] == "Olive Mistyped"
    # Of whoever holds the visa now, screening was not asked: it is held until a supervisor asks.
    assert (await file(who, visa))["isVisaHeld"] is True
    await perform(who["supervisor"], "referToScreening", visa)
    await perform(who["screening"], "recordScreening", visa, kind="ENTRY_BAN", result="CLEAR")
    assert (await file(who, visa))["isVisaHeld"] is False


async def test_of_files_that_have_come_equally_far_any_may_correct_the_person(who) -> None:
    applicant = newcomer(who, "twice")
    lodged = {"visaType": "B1", "nationality": "AU"}
    first = await perform(applicant, "submitApplication", **lodged, identity=dict(IDENTITY))
    second = await perform(applicant, "submitApplication", **lodged)
    assert await propose(applicant, first, fullName="Olive Once") == []
    assert await propose(applicant, second, fullName="Olive Twice") == []
    assert (await person(applicant, first, "OWN_DATA"))["identity"]["fullName"] == "Olive Twice"
    for case in (first, second):
        await pay_bill(who, case)
    assert await propose(applicant, second, fullName="Olive Thrice") == []
    assert await propose(applicant, first, fullName="Olive Thrice") == ["CORRECTION_PENDING"]


async def test_a_waiting_correction_lapses_with_its_case(who) -> None:
    agent = who["agent-au"]
    case = await paid_case(who)
    assert await propose(agent, case, fullName="Olive Leaving") == []
    await perform(agent, "withdrawApplication", case)
    assert [one["state"] for one in await corrections(agent, case)] == ["LAPSED"]
    assert await propose(agent, case, fullName="Olive Leaving") == ["WRONG_STAGE"]


async def test_versions_are_read_as_an_identity_is(who) -> None:
    """With a purpose, by those who read identity, and every field is in the log of reads."""
    case = await submitted_case(who)
    assert await propose(who["agent-au"], case, fullName="Olive Logged") == []
    versions = "identityVersions(first: 9) { nodes { fullName } }"
    query = f'{{ node(id: "{case}") {{ ... on Application {{ applicant {{ id {versions} }} }} }} }}'
    assert (await who["agent-au"](query)).codes == ["PURPOSE_REQUIRED"]
    for name in ("manager-au", "auditor", "service"):
        assert set((await who[name](query)).codes) == {"FORBIDDEN_FIELD"}
    applicant = (await person_of(who["agent-au"], query))["id"]
    read = await who["auditor"](
        "{ accessEvents(first: 100) { nodes { fields actor applicant { id } } } }"
    )
    assert [
        (one["fields"], one["actor"])
        for one in read.data["accessEvents"]["nodes"]
        if one["applicant"]["id"] == applicant
    ] == [(["identityVersions.fullName"], "agent-au")]
    # The case is on nobody's desk: an officer reads neither who it is, nor who it was.
    reference = await reference_of(who["officer"], case)
    casework = f'query @purpose(code: CASEWORK, reference: "{reference}") {query}'
    asked = await who["officer"](casework)
    assert asked.data["node"]["applicant"]["identityVersions"]["nodes"] == []


async def person_of(viewer: Viewer, query: str) -> dict[str, Any]:
    asked = await viewer(f"query @purpose(code: INTAKE) {query}")
    return asked.data["node"]["applicant"]
