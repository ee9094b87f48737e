"""A day at a partner's portal, in a country without a visa centre: an agent takes a file in."""

import pytest

from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    assign_to,
    change,
    document,
    key,
    pay_bill,
    perform,
)
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

#: Works for a partner in New Zealand, where it has no centre: the token names none.
AT_THE_PORTAL = {
    "role": "PARTNER_AGENT", "sub": "agent-nz", "partner": "NUSA", "countries": ["NZ"],
}  # fmt: skip
WHAT_FITS = """
    query ($nationality: CountryCode!, $purpose: TripPurpose) {
        eligibleVisaTypes(nationality: $nationality, purpose: $purpose) {
            code fees { price { amount } }
        }
    }
"""
HAND_IN = document(
    "submitApplication",
    "application { id channel country { code } centre { code } }"
    " errors { code path message ... on EligibilityError { eligibleVisaTypes } }",
)
THE_FILE = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        reference stage channel country { code } centre { code }
        allowed { step isAllowed reason {
            code message path ... on DocumentsError { missingDocuments }
        } }
        bill { fee { amount } dueAt paidAt } documents { kind recordedAt }
    } } }
"""
HAND_OVER = document(
    "markReceived",
    "application { id } errors { code message path ... on DocumentsError { missingDocuments } }",
)
MINE = "{ applications(first: 50) { nodes { id reference country { code } centre { code } } } }"


@pytest.fixture
def agent(client) -> Viewer:
    return Viewer(client, AT_THE_PORTAL)


def by_key(case: str) -> dict[str, str]:
    return {"idempotencyKey": key(), "applicationId": case}


async def hand_in(viewer: Viewer, **given: object) -> dict[str, object]:
    form = {
        "idempotencyKey": key(), "entryOn": ENTRY_ON, "identity": dict(IDENTITY), **given
    }  # fmt: skip
    answer = await viewer(HAND_IN, input=form)
    assert answer.errors == [], answer.text
    return answer.data["submitApplication"]


async def test_an_agent_without_a_centre_takes_a_file_in(who, agent) -> None:
    # Somebody from Afghanistan wants to travel as a tourist. What fits?
    fits = await agent(WHAT_FITS, nationality="AF", purpose="TOURISM")
    assert fits.data["eligibleVisaTypes"] == [
        {"code": "C1", "fees": [{"price": {"amount": 1_500_000}}]}
    ]

    # B1 all the same is refused, with what fits, and nothing is taken in.
    before = (await agent(MINE)).data
    refused = await hand_in(agent, visaType="B1", nationality="AF")
    assert refused["application"] is None
    [error] = refused["errors"]
    assert (error["code"], error["path"]) == ("NATIONALITY_NOT_ELIGIBLE", ["input", "visaType"])
    assert error["eligibleVisaTypes"] == ["C1"]
    assert (await agent(MINE)).data == before

    # C1 is taken in: by the portal of the agent's country, with no centre.
    taken = await hand_in(agent, visaType="C1", nationality="AF")
    assert taken["errors"] == []
    file = taken["application"]
    assert (file["channel"], file["country"], file["centre"]) == (
        "PARTNER_PORTAL", {"code": "NZ"}, None,
    )  # fmt: skip
    case = file["id"]
    assert case in [one["id"] for one in (await agent(MINE)).data["applications"]["nodes"]]

    # The applicant leaves with the bill, and pays it.
    found = (await agent(THE_FILE, case=case)).data["node"]
    assert (found["stage"], found["bill"]["fee"]["amount"]) == ("WAITING_FOR_APPLICANT", 1_500_000)
    await pay_bill(who, case)
    assert (await agent(THE_FILE, case=case)).data["node"]["bill"]["paidAt"] is not None

    # The file is not complete: a tourist brings a photograph and the ticket back. The photograph
    # is there. Handing over is refused, with what is missing, in words and as a list.
    await perform(agent, "recordDocuments", case, documents=["PHOTOGRAPH"])
    refused = (await agent(HAND_OVER, input=by_key(case))).data["markReceived"]
    assert refused["application"] is None
    [error] = refused["errors"]
    assert (error["code"], error["path"]) == ("DOCUMENTS_MISSING", ["input", "applicationId"])
    assert error["missingDocuments"] == ["RETURN_TICKET"]
    assert error["message"] == "Documents of the checklist are missing: RETURN_TICKET."
    found = (await agent(THE_FILE, case=case)).data["node"]
    assert [(one["kind"], one["recordedAt"] is not None) for one in found["documents"]] == [
        ("PHOTOGRAPH", True), ("RETURN_TICKET", False),
    ]  # fmt: skip
    [allowed] = [step for step in found["allowed"] if step["step"] == "MARK_RECEIVED"]
    assert not allowed["isAllowed"]
    assert allowed["reason"] == error

    # A letter that nobody requires is not on the list; and the photograph turns out to be another
    # one's, so the agent takes that back.
    letter = await change(agent, "recordDocuments", case, documents=["INVITATION_LETTER"])
    assert letter.codes == ["NOT_REQUIRED"]
    await perform(agent, "recordDocuments", case, documents=["RETURN_TICKET"])
    again = (await agent(HAND_OVER, input=by_key(case))).data["markReceived"]["errors"]
    assert again[0]["missingDocuments"] == ["PHOTOGRAPH"]

    # The agent completes the file and hands it over: from then on it stays as it is. The
    # directorate asks for more, of the same list or beyond it; the agent answers.
    await perform(agent, "recordDocuments", case, documents=["RETURN_TICKET", "PHOTOGRAPH"])
    await perform(agent, "markReceived", case)
    assert (await change(agent, "recordDocuments", case)).codes == ["ALREADY_RECEIVED"]
    await assign_to(who, "officer", case)
    missing = [{"kind": "RETURN_TICKET"}]
    await perform(who["officer"], "requestInformation", case, items=missing)
    assert (await agent(THE_FILE, case=case)).data["node"]["stage"] == "WAITING_FOR_APPLICANT"
    await perform(agent, "answerInformation", case, items=["RETURN_TICKET"])

    # Of a calling-visa national supervision is asked for clearance too.
    await perform(who["officer"], "referToScreening", case)
    asked = await who["supervisor"](
        "query ($case: ID!) { node(id: $case) { ... on Application {"
        " screenings(first: 9) { nodes { kind } } } } }",
        case=case,
    )
    kinds = [one["kind"] for one in asked.data["node"]["screenings"]["nodes"]]
    assert sorted(kinds) == ["CLEARANCE", "ENTRY_BAN"]


async def test_the_portal_of_a_country_is_no_part_of_another_nor_of_its_centres(
    who, client, agent
) -> None:
    case = (await hand_in(agent, visaType="B1", nationality="NZ"))["application"]["id"]
    mine = (await agent(MINE)).data["applications"]["nodes"]
    assert {one["country"]["code"] for one in mine} == {"NZ"}
    assert {one["centre"] for one in mine} == {None}

    # Who works at the centre in Sydney, or at the portal of Singapore, finds none of it.
    singapore = Viewer(client, {**AT_THE_PORTAL, "sub": "agent-sg", "countries": ["SG"]})
    for other in (who["agent-au"], singapore):
        assert (await other(THE_FILE, case=case)).data["node"] is None
        assert (await change(other, "markReceived", case)).codes == ["NOT_FOUND"]

    # Nor can the agent hand in anywhere else.
    elsewhere = await hand_in(agent, visaType="B1", nationality="NZ", country="SG")
    assert [e["code"] for e in elsewhere["errors"]] == ["COUNTRY_NOT_FOUND"]
    centre = await hand_in(agent, visaType="B1", nationality="NZ", centre="SG-SIN")
    assert [e["code"] for e in centre["errors"]] == ["CENTRE_NOT_FOUND"]


async def test_the_partners_own_system_hands_in_at_any_portal_or_centre_of_the_partner(
    who,
) -> None:
    service = who["service"]
    form = {"visaType": "B1", "nationality": "AU"}
    portal = (await hand_in(service, **form, country="SG"))["application"]
    assert (portal["channel"], portal["country"]) == ("PARTNER_PORTAL", {"code": "SG"})
    centre = (await hand_in(service, **form, centre="AU-MEL"))["application"]
    assert (centre["channel"], centre["centre"]) == ("PARTNER_CENTRE", {"code": "AU-MEL"})

    # Without a place, or with another partner's, nothing is taken in.
    assert [e["code"] for e in (await hand_in(service, **form))["errors"]] == ["COUNTRY_NOT_FOUND"]
    contradicting = await hand_in(service, **form, centre="AU-MEL", country="SG")
    assert [(e["code"], e["path"]) for e in contradicting["errors"]] == [
        ("COUNTRY_NOT_FOUND", ["input", "country"])
    ]
    perth = await hand_in(service, **form, centre="AU-PER")
    assert [e["code"] for e in perth["errors"]] == ["CENTRE_NOT_FOUND"]

    # It says who applies, and never reads it again.
    who_is_it = await service(
        "query ($case: ID!) { node(id: $case) { ... on Application {"
        " applicant { identity { fullName } } } } }",
        case=portal["id"],
    )
    assert who_is_it.status == 400
    await pay_bill(who, portal["id"])
    await perform(service, "markReceived", portal["id"])
