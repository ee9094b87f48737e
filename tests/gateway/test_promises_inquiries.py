"""What is promised of inquiries, in sentences; none of it is read from the policy."""

from typing import Any

import pytest

from tests.gateway.changing import change
from tests.gateway.conftest import Answer, Viewer

pytestmark = pytest.mark.anyio

CASE = "AUSY-GRAN-0001"
#: Whoever may know that there are inquiries.
READERS = ("supervisor", "supervisor-2", "auditor", "auditor-2")
WHY = "Who signed the forged bank letters?"
LISTED = "{ inquiries(first: 50) { nodes { reference } } }"
OPENED = """
    { inquiries(first: 50, where: {openedBy: {eq: "supervisor"}}) { nodes {
        id reference reason openedBy seen people(first: 9) { nodes { applicant { id } } }
    } } }
"""
PERSON = """
    query ($case: String!, $for: String!) @purpose(code: %s, reference: $for) {
        application(by: {reference: $case}) { applicant { identity { fullName } } }
    }
"""
SPOKEN = {
    "openInquiry": {"reason": WHY, "minutes": 5, "mostPeople": 5},
    "approveInquiry": {"inquiryId": "nobody's"},
    "reviewInquiry": {"inquiryId": "nobody's", "verdict": "JUSTIFIED", "reason": WHY},
}
#: The purposes by which each other role reads people.
OTHERS = {
    "supervisor-2": "SUPERVISION", "officer": "CASEWORK", "screening": "CASEWORK",
    "agent-au": "INTAKE",
}  # fmt: skip


@pytest.fixture(scope="module")
async def inquiry(who: dict[str, Viewer]) -> dict[str, Any]:
    """An inquiry of `supervisor` that lasts, and has opened one person."""
    opened = await change(who["supervisor"], "openInquiry", reason=WHY, minutes=60, mostPeople=2)
    one: dict[str, Any] = opened.payload["inquiry"]
    asked = await read(who["supervisor"], "SUPERVISION", one["reference"])
    assert asked.data["application"]["applicant"]["identity"] == {"fullName": "Ruby Hale"}
    return one


async def read(viewer: Viewer, purpose: str, reference: str) -> Answer:
    return await viewer(PERSON % purpose, **{"case": CASE, "for": reference})


async def test_inquiries_are_read_by_supervisors_and_auditors_alone(who, inquiry) -> None:
    for name, viewer in who.items():
        asked = await viewer(LISTED)
        if name in READERS:
            assert {"reference": inquiry["reference"]} in asked.data["inquiries"]["nodes"], name
            continue
        assert (asked.status, set(asked.codes)) == (400, {"FORBIDDEN_FIELD"}), name
        known = await viewer('{ __type(name: "Inquiry") { name } }')
        assert known.data == {"__type": None}, name
        node = "query ($id: ID!) { node(id: $id) { id } }"
        found, missing = [await viewer(node, id=id_) for id_ in (inquiry["id"], "SW5xdWlyeTox")]
        assert (found.status, found.data) == (missing.status, missing.data) == (200, {"node": None})


async def test_supervisors_alone_open_approve_and_review_inquiries(who) -> None:
    for name in who.keys() - {"supervisor", "supervisor-2"}:
        for mutation, text in SPOKEN.items():
            document = (
                f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!)"
                f" {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
            )
            given = {**text, "idempotencyKey": f"promised-{mutation}"}
            asked = await who[name](document, input=given)
            assert (asked.status, set(asked.codes)) == (400, {"FORBIDDEN_FIELD"}), (name, mutation)
            assert "data" not in asked.body


async def test_people_read_in_an_inquiry_are_shown_to_its_supervisor_and_auditors_alone(
    who, inquiry
) -> None:
    """Another supervisor reads why, and how many; whom, once it is over and to be reviewed."""
    seen = {}
    for name in READERS:
        [one] = [
            one for one in (await who[name](OPENED)).data["inquiries"]["nodes"]
            if one["reference"] == inquiry["reference"]
        ]  # fmt: skip
        assert (one["reason"], one["seen"], "Ruby" in str(one)) == (WHY, 1, False)
        seen[name] = len(one["people"]["nodes"])
    assert seen == {"supervisor": 1, "supervisor-2": 0, "auditor": 1, "auditor-2": 1}


async def test_an_inquiry_opens_nobody_to_anybody_else(who, inquiry) -> None:
    """An inquiry of somebody else is answered like one that does not exist."""
    for name, purpose in OTHERS.items():
        answers = [
            await read(who[name], purpose, reference)
            for reference in (inquiry["reference"], "INQ-NONE-NONE-NONE")
        ]
        found, missing = ((one.status, one.body.get("data"), one.codes) for one in answers)
        assert found == missing, name
        assert "Ruby Hale" not in answers[0].text, name
    # Nor for whoever opened it by another purpose.
    asked = await read(who["supervisor"], "CASEWORK", inquiry["reference"])
    assert (asked.status, asked.codes) == (403, ["PURPOSE_NOT_ALLOWED"])


async def test_no_answer_of_an_error_names_an_inquiry_or_a_person(who, inquiry) -> None:
    """Foreign, missing and malformed are one; a full one reveals neither who was read nor why."""
    values = {"verdict": "JUSTIFIED", "reason": WHY}
    for id_ in ("nobody's", "", "SW5xdWlyeTox", "QWxlcnQ6MQ=="):
        for mutation, given in (("approveInquiry", {}), ("reviewInquiry", values)):
            asked = await change(who["supervisor-2"], mutation, inquiryId=id_, **given)
            assert asked.codes == ["NOT_FOUND"], (mutation, id_)
    own = who["supervisor"]
    for case in ("SGPO-OPEN-0006", "AUME-INCO-0004"):
        asked = await own(PERSON % "SUPERVISION", **{"case": case, "for": inquiry["reference"]})
    assert (asked.status, asked.codes, "data" in asked.body) == (403, ["INQUIRY_LIMIT"], False)
    for word in (inquiry["reference"], WHY, "Ruby", "Tan", "Doyle"):
        assert word not in asked.text
