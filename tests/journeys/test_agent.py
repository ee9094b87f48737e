"""A morning at the visa centre in Sydney: an agent takes a file in and hands it over."""

from datetime import timedelta

import pytest

from tests.gateway.changing import IDENTITY, assign_to, change, pay_bill, perform
from tests.world import today

pytestmark = pytest.mark.anyio

FILES_AT_THE_COUNTER = """
    query { applications(
        first: 20
        where: {stage: {in: [SUBMITTED, WAITING_FOR_APPLICANT]}}
    ) {
        totalCount { value }
        nodes { reference centre { code } stage }
    } }
"""
WHO_IS_IT = """
    query ($case: String!) @purpose(code: INTAKE, reference: $case) {
        application(by: {reference: $case}) {
            stage
            applicant { identity { fullName passportNumber } identityAbsence }
        }
    }
"""


KINDS_MISSING = """
    query ($case: String!) { application(by: {reference: $case}) {
        stage requestedItems(first: 9) { nodes { kind answeredAt } }
    } }
"""
WHAT_IS_MISSING = KINDS_MISSING.replace("kind", "kind note")


async def test_an_agent_takes_a_file_in_and_hands_it_over(who) -> None:
    agent = who["agent-au"]

    # A form with a typing error comes back with the place of the error, and nothing is taken in.
    before = (await agent(FILES_AT_THE_COUNTER)).data["applications"]["totalCount"]
    form = {"visaType": "B1", "nationality": "AU", "identity": {**IDENTITY, "email": "olive"}}
    rejected = await change(agent, "submitApplication", **form)
    assert [error["path"] for error in rejected.payload["errors"]] == [
        ["input", "identity", "email"]
    ]
    assert (await agent(FILES_AT_THE_COUNTER)).data["applications"]["totalCount"] == before

    # Mended, it gets a reference that the applicant can quote.
    case_id = await perform(agent, "submitApplication", **{**form, "identity": dict(IDENTITY)})
    node = await agent(
        "query ($id: ID!) { node(id: $id) { ... on Application { reference stage } } }", id=case_id
    )
    reference = node.data["node"]["reference"]
    assert node.data["node"]["stage"] == "WAITING_FOR_APPLICANT", "it is billed, and not paid yet"

    # The agent finds it among the centre's open files, and nobody else's centre is in the list.
    at_the_counter = (await agent(FILES_AT_THE_COUNTER)).data["applications"]["nodes"]
    assert reference in [file["reference"] for file in at_the_counter]
    assert {file["centre"]["code"] for file in at_the_counter} == {"AU-SYD"}

    # While the file is being taken in, the agent can read who it is about, for this case.
    person = (await agent(WHO_IS_IT, case=reference)).data["application"]["applicant"]["identity"]
    assert person == {
        "fullName": IDENTITY["fullName"],
        "passportNumber": IDENTITY["passportNumber"],
    }

    # Paid and handed over, the person is no longer the agent's business.
    await pay_bill(who, case_id)
    await perform(agent, "markReceived", case_id)
    later = (await agent(WHO_IS_IT, case=reference)).data["application"]
    closed = {"identity": None, "identityAbsence": "NOT_IN_HAND"}
    assert later == {"stage": "IN_PROCESS", "applicant": closed}

    # The directorate asks for more, the applicant brings it, and work goes on.
    await assign_to(who, "officer", case_id)
    missing = [
        {"kind": "RETURN_TICKET", "note": "The booking ends in Singapore."},
        {"kind": "PHOTOGRAPH"},
    ]
    await perform(who["officer"], "requestInformation", case_id, items=missing)
    asked_for = (await agent(WHAT_IS_MISSING, case=reference)).data["application"]
    assert asked_for["stage"] == "WAITING_FOR_APPLICANT"
    assert [(item["kind"], item["note"]) for item in asked_for["requestedItems"]["nodes"]] == [
        ("RETURN_TICKET", "The booking ends in Singapore."), ("PHOTOGRAPH", None),
    ]  # fmt: skip

    # The photograph is there at once; the case waits for the ticket.
    await perform(agent, "answerInformation", case_id, items=["PHOTOGRAPH"])
    half = (await agent(WHAT_IS_MISSING, case=reference)).data["application"]
    assert half["stage"] == "WAITING_FOR_APPLICANT"
    assert [item["kind"] for item in half["requestedItems"]["nodes"] if not item["answeredAt"]] == [
        "RETURN_TICKET"
    ]
    # What nobody asked for is no answer, nor is what was handed in before, nor nothing.
    for wrong in (["BANK_STATEMENT"], ["PHOTOGRAPH"], []):
        answer = await change(agent, "answerInformation", case_id, items=wrong)
        assert answer.codes == ["NOT_REQUESTED"]

    # The partner's own system says that the ticket came; it never reads what was written of it.
    service = await who["service"](KINDS_MISSING, case=reference)
    assert service.data["application"]["requestedItems"]["nodes"][0]["kind"] == "RETURN_TICKET"
    noted = await who["service"](WHAT_IS_MISSING, case=reference)
    assert set(noted.codes) == {"FORBIDDEN_FIELD"}
    await perform(who["service"], "answerInformation", case_id, items=["RETURN_TICKET"])
    whole = (await agent(WHAT_IS_MISSING, case=reference)).data["application"]
    assert whole["stage"] == "IN_PROCESS"
    assert all(item["answeredAt"] for item in whole["requestedItems"]["nodes"])

    # The outcome can be handed to the applicant, without the directorate's reasons.
    await perform(who["officer"], "referToScreening", case_id)
    await perform(who["screening"], "recordScreening", case_id, kind="ENTRY_BAN", result="CLEAR")
    await perform(who["officer"], "recordDecision", case_id, outcome="GRANTED")
    outcome = await agent(
        "query ($case: String!) {"
        " application(by: {reference: $case}) {"
        " stage decision { outcome visa { number useBy stayDays } } } }",
        case=reference,
    )
    handed_over = outcome.data["application"]
    assert (handed_over["stage"], handed_over["decision"]["outcome"]) == ("CLOSED", "GRANTED")
    assert handed_over["decision"]["visa"]["useBy"] == (today() + timedelta(days=90)).isoformat()
    assert handed_over["decision"]["visa"]["stayDays"] == 30

    # A grant that was a mistake leaves no visa to hand over, nor its number.
    correction = {"outcome": "REFUSED", "grounds": ["FALSE_STATEMENT"]}
    await perform(who["supervisor"], "supersedeDecision", case_id, **correction)
    corrected = await agent(
        "query ($case: String!) {"
        " application(by: {reference: $case}) { decision { outcome visa { number } } } }",
        case=reference,
    )
    assert corrected.data["application"]["decision"] == {"outcome": "REFUSED", "visa": None}


async def test_a_file_of_another_centre_is_as_absent_as_one_that_never_was(who) -> None:
    agent = who["agent-au"]
    melbourne = await agent(WHO_IS_IT, case="AUME-INCO-0004")
    nowhere = await agent(WHO_IS_IT, case="AUME-NONE-0004")
    assert (melbourne.status, melbourne.data) == (nowhere.status, nowhere.data)
    assert melbourne.data == {"application": None}
