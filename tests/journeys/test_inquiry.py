"""A supervisor looks at people for no case of theirs: for a while, up to a limit, before others."""

from asyncio import create_task, sleep
from typing import Any

import pytest

from tests.gateway.changing import MutationAnswer, change, row_id
from tests.gateway.conftest import Answer, Viewer
from tests.journeys.test_officer import WAITING as WAITED_FOR

pytestmark = pytest.mark.anyio

CASES = ("AUSY-GRAN-0001", "SGPO-OPEN-0006", "NZGR-MIDN-0008", "AUME-INCO-0004")
WHY = "Three officers granted with the same forged bank letters: who applied with them?"
INQUIRY = """
    id reference reason minutes mostPeople seen openedBy endsAt approvedBy
    isReviewed verdict reviewedBy reviewReason people(first: 9) { totalCount { value } }
"""
WAITING = f"""
    {{ inquiries(first: 9, where: {{isReviewed: {{eq: false}}}}) {{ nodes {{ {INQUIRY} }} }} }}
"""
ALERTS = """
    { alerts(first: 9, where: {isOpen: {eq: true}}) {
        nodes { kind actor inquiry { reference reason openedBy } }
    } }
"""
PEOPLE = """
    query ($cases: [String!]!, $purpose: String!) @purpose(code: SUPERVISION, reference: $purpose) {
        applications(first: 9, where: {reference: {in: $cases}}, orderBy: {field: REFERENCE}) {
            nodes { reference applicant { identity { fullName } } }
        }
    }
"""
LOOK_UP = """
    query ($purpose: String!, $name: String!) @purpose(code: SUPERVISION, reference: $purpose) {
        people(by: {nameAndBirthDate: {fullName: $name, birthDate: "1990-01-01"}}) {
            id identity { fullName } identityVersions(first: 1) { nodes { number } }
        }
    }
"""
LINKED = """
    query ($case: String!, $purpose: String!) @purpose(code: SUPERVISION, reference: $purpose) {
        application(by: {reference: $case}) { applicant { linked(first: 9) { nodes {
            reason applicant { identity { fullName } }
        } } } }
    }
"""
READS = """
    query ($case: String!) {
        accessEvents(first: 9, where: {caseReference: {eq: $case}}) { nodes {
            actor purpose caseReference fields applicant { id }
        } }
    }
"""
MY_DATA = """
    { myData { note applicant { accessEvents(first: 9) { nodes { purpose inWords } } } } }
"""


def names(asked: Answer) -> dict[str, str | None]:
    """The applicant's name in each case, as far as the viewer reads it."""
    assert asked.errors == [], asked.text
    return {
        one["reference"]: (one["applicant"]["identity"] or {}).get("fullName")
        for one in asked.data["applications"]["nodes"]
    }


def third(who: dict[str, Viewer]) -> Viewer:
    """A third supervisor."""
    return Viewer(who["supervisor"].client, {"role": "SUPERVISOR", "sub": "supervisor-3"})


async def open_inquiry(viewer: Viewer, **said: Any) -> MutationAnswer:
    given = {"reason": WHY, "minutes": 30, "mostPeople": 4, **said}
    return await change(viewer, "openInquiry", **given)


async def read(viewer: Viewer, purpose: str, *cases: str) -> Answer:
    return await viewer(PEOPLE, cases=list(cases), purpose=purpose)


async def waiting(viewer: Viewer) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await viewer(WAITING)).data["inquiries"]["nodes"]
    return nodes


async def test_an_inquiry_is_opened_used_up_alerted_and_reviewed_by_another_supervisor(
    who, connection
) -> None:
    curious, other, auditor = who["supervisor"], who["supervisor-2"], who["auditor"]
    # For no case, and for one that is not theirs, nobody is read.
    assert names(await read(curious, "INQ-NONE-SUCH-0000", *CASES)) == dict.fromkeys(CASES)

    inquiry = (await open_inquiry(curious)).payload["inquiry"]
    reference = inquiry["reference"]
    assert (reference[:4], inquiry["seen"], inquiry["approvedBy"]) == ("INQ-", 0, None)
    assert inquiry["endsAt"] is not None
    # Auditors and another supervisor are alerted at once; the person it is about is not.
    for reader in (other, auditor):
        [alert] = (await reader(ALERTS)).data["alerts"]["nodes"]
        assert alert == {
            "kind": "INQUIRY", "actor": "supervisor",
            "inquiry": {"reference": reference, "reason": WHY, "openedBy": "supervisor"},
        }  # fmt: skip
    assert (await curious(ALERTS)).data["alerts"]["nodes"] == []

    # One document reads several people, whoever they are; a second time it opens nobody new.
    for _ in range(2):
        nodes = names(await read(curious, reference, *CASES[:2]))
        assert nodes == {"AUSY-GRAN-0001": "Ruby Hale", "SGPO-OPEN-0006": "Wei Tan"}
        assert (await waiting(curious))[0]["seen"] == 2
    # It is nobody else's: not another supervisor's, and for no other purpose.
    assert names(await read(other, reference, *CASES[:2])) == dict.fromkeys(CASES[:2])
    casework = PEOPLE.replace("SUPERVISION", "CASEWORK")
    asked = await curious(casework, cases=list(CASES), purpose=reference)
    assert (asked.status, asked.codes) == (403, ["PURPOSE_NOT_ALLOWED"])
    # A linked person is one more, found by the link; a look-up is one, whoever is found.
    linked = await curious(LINKED, case="AUME-INCO-0004", purpose=reference)
    [mate] = linked.data["application"]["applicant"]["linked"]["nodes"]
    assert mate == {"reason": "PASSPORT", "applicant": {"identity": {"fullName": "Jack Doyle"}}}
    assert (await curious(LOOK_UP, purpose=reference, name="Nobody Atall")).data["people"] == []
    assert (await waiting(curious))[0]["seen"] == 4

    # The fifth is one too many: of all that were asked for at once, nobody is read.
    for asked in (
        await read(curious, reference, *CASES[:3]),
        await curious(LOOK_UP, purpose=reference, name="Nobody Atall"),
    ):
        assert (asked.status, asked.codes, "data" in asked.body) == (403, ["INQUIRY_LIMIT"], False)
    assert "no room" in asked.errors[0]["message"]
    indonesian = await curious.send(
        {"query": PEOPLE, "variables": {"cases": list(CASES), "purpose": reference}},
        **{"Accept-Language": "id"},
    )
    assert "tidak cukup" in indonesian.errors[0]["message"]
    assert names(await read(curious, reference, *CASES[:2]))["SGPO-OPEN-0006"] == "Wei Tan"
    # Each read stands in the log with the inquiry, and counts for what is read beside it.
    reads = (await auditor(READS, case=reference)).data["accessEvents"]["nodes"]
    assert {one["actor"] for one in reads} == {"supervisor"}
    assert len({one["applicant"]["id"] for one in reads}) == 3
    budgeted = "SELECT count(*) FROM budgeted_read WHERE actor = 'supervisor'"
    assert await connection.fetchval(budgeted) == 3

    # Another one within the hour takes a second supervisor.
    again = (await open_inquiry(curious)).payload["inquiry"]
    assert again["endsAt"] is None
    await connection.execute("DELETE FROM alert WHERE id = $1", row_id(again["id"]))
    await connection.execute("DELETE FROM inquiry WHERE reference = $1", again["reference"])

    # While it lasts it cannot be reviewed, nor ever by whoever opened it; and others read nothing.
    verdict = {"inquiryId": inquiry["id"], "verdict": "JUSTIFIED", "reason": "A ring was found."}
    assert (await change(other, "reviewInquiry", **verdict)).codes == ["NOT_ENDED"]
    assert (await other(READS, case=reference)).data["accessEvents"]["nodes"] == []
    assert (await waiting(other))[0]["people"]["totalCount"]["value"] == 0
    assert (await curious(READS, case=reference)).data["accessEvents"]["nodes"] == reads

    await connection.execute("UPDATE inquiry SET ends_at = now() WHERE reference = $1", reference)
    over = await read(curious, reference, "SGPO-OPEN-0006")
    assert (over.codes, "over" in over.errors[0]["message"]) == (["INQUIRY_LIMIT"], True)
    assert (await change(curious, "reviewInquiry", **verdict)).codes == ["SECOND_PERSON_REQUIRED"]
    # Whoever reviews it reads who was read; the person reads only that it waits.
    assert (await other(READS, case=reference)).data["accessEvents"]["nodes"] == reads
    assert (await waiting(other))[0]["people"]["totalCount"]["value"] == 3
    mine = (await who["applicant"](MY_DATA)).data["myData"]
    assert "once somebody else has reviewed it" in mine["note"]
    assert mine["applicant"]["accessEvents"]["nodes"] == []

    done = await change(other, "reviewInquiry", **verdict)
    assert done.payload["inquiry"]["verdict"] == "JUSTIFIED"
    assert (await change(third(who), "reviewInquiry", **verdict)).codes == ["ALREADY_REVIEWED"]
    assert await waiting(auditor) == []
    assert (await auditor(ALERTS)).data["alerts"]["nodes"] == []
    # Reviewed, the log is the auditor's again, and the person reads by whom and why, no more.
    assert (await other(READS, case=reference)).data["accessEvents"]["nodes"] == []
    nodes = (await who["applicant"](MY_DATA)).data["myData"]["applicant"]["accessEvents"]["nodes"]
    assert {
        "purpose": "SUPERVISION",
        "inWords": "A supervisor of the Directorate General of"
        " Immigration read your data to look into how your application was handled.",
    } in nodes
    assert reference not in str(nodes)


async def test_a_large_inquiry_waits_for_a_second_supervisor(who, connection) -> None:
    asking, second, another = who["supervisor-2"], who["supervisor"], third(who)
    wrong = await open_inquiry(asking, minutes=0, mostPeople=501, reason=" ")
    assert wrong.codes == ["INVALID", "INVALID", "INVALID"]
    assert (await open_inquiry(asking, minutes=1_441)).codes == ["INVALID"]
    largest = await open_inquiry(another, minutes=1_440, mostPeople=500)
    assert (largest.codes, largest.payload["inquiry"]["endsAt"]) == ([], None)
    large = (await open_inquiry(asking, mostPeople=51)).payload["inquiry"]
    assert (large["endsAt"], large["mostPeople"]) == (None, 51)
    asked = await read(asking, large["reference"], CASES[0])
    assert (asked.codes, "second supervisor" in asked.errors[0]["message"]) == (
        ["INQUIRY_LIMIT"], True,
    )  # fmt: skip
    by = {"inquiryId": large["id"]}
    assert (await change(asking, "approveInquiry", **by)).codes == ["SECOND_PERSON_REQUIRED"]
    agreed = await change(second, "approveInquiry", **by)
    assert agreed.payload["inquiry"]["approvedBy"] == "supervisor"
    assert (await change(another, "approveInquiry", **by)).codes == ["NOTHING_PROPOSED"]
    assert names(await read(asking, large["reference"], CASES[0])) == {CASES[0]: "Ruby Hale"}

    # Whoever agreed does not review it either.
    await connection.execute("UPDATE inquiry SET ends_at = now() WHERE opened_by = 'supervisor-2'")
    verdict = {**by, "verdict": "UNJUSTIFIED", "reason": "One person was known all along."}
    assert (await change(second, "reviewInquiry", **verdict)).codes == ["SECOND_PERSON_REQUIRED"]
    assert (await change(another, "reviewInquiry", **verdict)).codes == []
    nobodys = await change(another, "reviewInquiry", **{**verdict, "inquiryId": "nobody's"})
    assert nobodys.codes == ["NOT_FOUND"]


async def test_of_two_that_are_opened_at_once_the_second_waits_for_the_first(
    who, connection
) -> None:
    """Else both would begin, each within what one may read."""
    async with connection.transaction():
        lock = "SELECT pg_advisory_xact_lock(7234, hashtext('supervisor-3'))"
        await connection.execute(lock)
        opening = create_task(open_inquiry(third(who)))
        while not opening.done() and not await connection.fetchval(WAITED_FOR):  # noqa: ASYNC110
            await sleep(0.01)
        assert not opening.done()
    assert (await opening).is_done
