"""A day of the data protection officer, whole: somebody asks who read their data, corrects a name,
asks to be erased, is held by a case, and is erased later."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.jobs.erase_people import erase_due
from tests.gateway.changing import IDENTITY, perform, reference_of, wait_until_linked
from tests.gateway.conftest import Viewer
from tests.linking import KEYS
from tests.rights import READ, applicant_of, payload_of, withdrawn_case

pytestmark = pytest.mark.anyio

WORK = """
    { dataRequests(first: 9, where: {state: {eq: OPEN}}) { nodes {
        id reference kind state lodgedRole lodgedBy lodgedAt dueAt
        applicant { id
            accessEvents(first: 9) { nodes { actor purpose } }
            applications(first: 9) { nodes { corrections(first: 9) { nodes { state } } } }
        }
    } } }
"""
MINE = """
    query ($language: Language) {
        myData { applicant {
            identity { fullName }
            accessEvents(first: 9) { nodes { inWords(language: $language) } }
        } }
        dataRequests(first: 9) { nodes {
            kind state reason dueAt legalBasis(language: $language) erasure { erasedAt copiesEndAt }
        } }
    }
"""
OF_ALL = """
    { dataRequests(first: 50) { nodes { kind state erasure { erasedAt } } } }
"""
HOLDS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        legalHolds(first: 9) { nodes { heldBy reason releasedBy } }
        applicant { erasedAt erasure { erasedAt } }
    } } }
"""
LOOK_UP = """
    query ($letter: String!) @purpose(code: DATA_REQUEST, reference: $letter) {
        people(by: {passport: {issuingState: "AU", number: "LETTER001"}}) { id }
    }
"""
LOG = """
    { personLookups(first: 1) { nodes { actor actorRole purpose caseReference by found } } }
"""


def newcomer(who: dict[str, Viewer], name: str) -> Viewer:
    """Somebody who applies with the directorate, with an account of their own."""
    return Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": name})


async def work(who: dict[str, Viewer]) -> list[dict[str, Any]]:
    """What waits for the auditor, what is due first before the others."""
    asked = await who["auditor"](WORK)
    assert asked.errors == [], asked.text
    return asked.data["dataRequests"]["nodes"]


async def own_data(subject: Viewer, language: str = "EN") -> Any:
    asked = await subject(MINE, language=language)
    assert asked.errors == [], asked.text
    return asked.data


async def answer(who: dict[str, Viewer], request: dict[str, Any], outcome: str, why: str) -> None:
    given = {"dataRequestId": request["id"], "outcome": outcome, "reason": why}
    found = await payload_of(who["auditor"], "answerDataRequest", "dataRequest { state }", **given)
    assert found == {"dataRequest": {"state": outcome}, "errors": []}
    again = await payload_of(who["auditor"], "answerDataRequest", "dataRequest { state }", **given)
    assert [one["code"] for one in again["errors"]] == ["ALREADY_ANSWERED"]


async def test_a_subject_asks_corrects_is_held_and_is_erased(who, connection) -> None:
    subject, supervisor = newcomer(who, "person-of-rights"), who["supervisor"]
    nothing = await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="ACCESS")
    assert [one["code"] for one in nothing["errors"]] == ["NOTHING_ON_FILE"]
    identity = {**IDENTITY, "fullName": "Olvie Zephyrine", "passportNumber": "RIGHTS001"}
    case = await perform(
        subject, "submitApplication", visaType="B1", nationality="AU", identity=identity
    )
    await wait_until_linked(who, case)
    named = {"case": case, "for": await reference_of(supervisor, case)}
    assert (await supervisor(READ, **named)).errors == []

    # Who read my data? The subject reads it at once, and asks the auditor as well.
    found = await own_data(subject)
    [read] = found["myData"]["applicant"]["accessEvents"]["nodes"]
    assert read["inWords"].startswith("A supervisor of the Directorate General of Immigration")
    lodged = await payload_of(
        subject, "lodgeDataRequest", "dataRequest { id state }", kind="ACCESS"
    )
    assert lodged["dataRequest"]["state"] == "OPEN"
    twice = await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="ACCESS")
    assert [one["code"] for one in twice["errors"]] == ["ALREADY_REQUESTED"]
    [request] = await work(who)
    assert (request["kind"], request["lodgedRole"]) == ("ACCESS", "APPLICANT")
    due, at = (datetime.fromisoformat(request[name]) for name in ("dueAt", "lodgedAt"))
    assert due - at == timedelta(hours=72)
    actors = [one["actor"] for one in request["applicant"]["accessEvents"]["nodes"]]
    assert actors == ["person-of-rights", "supervisor"]
    await answer(who, request, "GRANTED", "A supervisor read it once, to work on the case.")

    # The name was mistyped: a request, the correction by the usual way, and the answer.
    await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="RECTIFICATION")
    await perform(subject, "proposeCorrection", case, identity={"fullName": "Olive Zephyrine"})
    [request] = await work(who)
    [corrected] = request["applicant"]["applications"]["nodes"][0]["corrections"]["nodes"]
    assert corrected["state"] == "IN_EFFECT"
    await answer(who, request, "GRANTED", "The name was corrected.")
    found = await own_data(subject)
    assert found["myData"]["applicant"]["identity"] == {"fullName": "Olive Zephyrine"}

    # Erase me. The case is withdrawn first; then a supervisor keeps the file for a court.
    await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="ERASURE")
    await perform(subject, "withdrawApplication", case)
    held = await payload_of(
        *(supervisor, "holdErasure", "legalHold { id heldBy }"),
        applicationId=case, reason="A court asked for the file.",
    )  # fmt: skip
    [request] = await work(who)
    await answer(who, request, "GRANTED", "It is done as soon as the law allows.")
    while await erase_due(KEYS, connection):
        pass
    assert (await supervisor(READ, **named)).data["node"]["applicant"]["identity"] is not None
    kept = (await who["auditor"](HOLDS, case=case)).data["node"]
    assert [one["heldBy"] for one in kept["legalHolds"]["nodes"]] == ["supervisor"]
    found = await own_data(subject, "ID")
    erasure = found["dataRequests"]["nodes"][-1]
    # It shows that it waits, and what the law says of it; not that there is a hold.
    assert (erasure["state"], erasure["erasure"]["erasedAt"]) == ("GRANTED", None)
    assert "Undang-Undang Nomor 27 Tahun 2022" in erasure["legalBasis"]
    assert set((await subject(HOLDS, case=case)).codes) == {"FORBIDDEN_FIELD"}

    # Released, it goes on by itself.
    over = {"legalHoldId": held["legalHold"]["id"], "reason": "The court has it."}
    await payload_of(who["supervisor-2"], "releaseErasure", "legalHold { releasedBy }", **over)
    while await erase_due(KEYS, connection):
        pass
    assert (await supervisor(READ, **named)).data["node"]["applicant"]["identity"] is None
    assert (await supervisor(HOLDS, case=case)).data["node"]["applicant"]["erasedAt"] is not None
    found = await own_data(subject)
    assert found["myData"] is None
    erasure = found["dataRequests"]["nodes"][-1]["erasure"]
    gone, erased = (datetime.fromisoformat(erasure[name]) for name in ("copiesEndAt", "erasedAt"))
    assert timedelta(days=29) < gone - erased <= timedelta(days=30)

    # Whoever applies again is somebody new.
    again = await perform(
        subject, "submitApplication", visaType="B1", nationality="AU", identity=identity
    )
    assert await applicant_of(who, again) != await applicant_of(who, case)


async def test_an_erasure_is_shown_by_the_request_that_ordered_it_alone(who, connection) -> None:
    """Somebody who was refused learns of no erasure that came later, for whatever cause."""
    subject = newcomer(who, "person-refused")
    identity = {**IDENTITY, "passportNumber": "RIGHTS002"}
    case = await perform(
        subject, "submitApplication", visaType="B1", nationality="AU", identity=identity
    )
    await perform(subject, "withdrawApplication", case)
    for kind, outcome in (("ERASURE", "REFUSED"), ("ACCESS", "GRANTED"), ("ERASURE", "GRANTED")):
        await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind=kind)
        [request] = await work(who)
        await answer(who, request, outcome, "As the law says.")
    while await erase_due(KEYS, connection):
        pass
    for found in (await own_data(subject), (await who["auditor"](OF_ALL)).data):
        shown = {
            (one["kind"], one["state"]): (one["erasure"] or {}).get("erasedAt") is not None
            for one in found["dataRequests"]["nodes"][-3:]
        }
        assert shown == {
            ("ERASURE", "REFUSED"): False, ("ACCESS", "GRANTED"): False,
            ("ERASURE", "GRANTED"): True,
        }  # fmt: skip

    # Nor of one that nobody asked for: a file that was kept for long enough.
    subject = newcomer(who, "person-kept")
    case = await perform(
        subject, "submitApplication", visaType="B1", nationality="AU", identity=identity
    )
    await perform(subject, "withdrawApplication", case)
    await payload_of(subject, "lodgeDataRequest", "dataRequest { id }", kind="ERASURE")
    [request] = await work(who)
    await answer(who, request, "REFUSED", "The file is kept for now.")
    await connection.execute(
        "INSERT INTO erasure (id, applicant_id, cause)"
        " SELECT gen_random_uuid(), id, 'RETENTION' FROM applicant WHERE account = 'person-kept'"
    )
    while await erase_due(KEYS, connection):
        pass
    found = await own_data(subject)
    assert (found["myData"], [one["erasure"] for one in found["dataRequests"]["nodes"]]) == (
        None, [None],
    )  # fmt: skip


async def test_a_letter_is_registered_and_its_writer_is_found_under_a_pseudonym(who) -> None:
    case = await withdrawn_case(who, identity={**IDENTITY, "passportNumber": "LETTER001"})
    auditor = who["auditor"]
    row = await payload_of(
        auditor, "registerDataRequest", "dataRequest { id reference }", kind="ACCESS"
    )
    request = row["dataRequest"]
    early = await payload_of(
        *(auditor, "answerDataRequest", "dataRequest { id }"),
        dataRequestId=request["id"], outcome="GRANTED", reason="Here it is.",
    )  # fmt: skip
    assert [one["code"] for one in early["errors"]] == ["SUBJECT_UNKNOWN"]

    found = await auditor(LOOK_UP, letter=request["reference"])
    assert [one["id"] for one in found.data["people"]] == [await applicant_of(who, case)]
    assert (await auditor(LOG)).data["personLookups"]["nodes"] == [
        {
            "actor": "auditor", "actorRole": "AUDITOR", "purpose": "DATA_REQUEST",
            "caseReference": request["reference"], "by": "PASSPORT", "found": 1,
        }
    ]  # fmt: skip
    # For no letter, for a case, or for another purpose nobody is looked up; nor who it is read.
    for letter in ("NONE-SUCH-0000", await reference_of(auditor, case)):
        refused = await auditor(LOOK_UP, letter=letter)
        assert refused.codes == ["PURPOSE_NOT_ALLOWED"], letter
    other = await auditor(LOOK_UP.replace("DATA_REQUEST", "CASEWORK"), letter=request["reference"])
    assert other.codes == ["PURPOSE_NOT_ALLOWED"]
    curious = await auditor(LOOK_UP.replace("{ id }", "{ identity { fullName } }"), letter="X")
    assert set(curious.codes) == {"FORBIDDEN_FIELD"}

    named = {"dataRequestId": request["id"], "applicantId": found.data["people"][0]["id"]}
    seen = await payload_of(auditor, "nameDataSubject", "dataRequest { applicant { id } }", **named)
    assert seen["dataRequest"]["applicant"]["id"] == named["applicantId"]
    again = await payload_of(auditor, "nameDataSubject", "dataRequest { id }", **named)
    assert "ALREADY_SAID" in [one["code"] for one in again["errors"]]
    # Of another kind the same person can have a letter too, of the same kind one at a time.
    for kind, codes in (("ERASURE", []), ("ACCESS", ["ALREADY_REQUESTED"])):
        letter = await payload_of(auditor, "registerDataRequest", "dataRequest { id }", kind=kind)
        other = {**named, "dataRequestId": letter["dataRequest"]["id"]}
        seen = await payload_of(auditor, "nameDataSubject", "dataRequest { id }", **other)
        assert [one["code"] for one in seen["errors"]] == codes
    mine_ = {"id": request["id"]}
    await answer(who, mine_, "REFUSED", "The letter is not signed.")
    # Once it is answered, it is in the way of no other, and a purpose no more.
    seen = await payload_of(auditor, "nameDataSubject", "dataRequest { id }", **other)
    assert seen["errors"] == []
    assert (await auditor(LOOK_UP, letter=request["reference"])).codes == ["PURPOSE_NOT_ALLOWED"]
    # Of a letter nobody else reads, nor of somebody else's request.
    asked = await who["applicant"]("{ dataRequests(first: 9) { nodes { id } } }")
    assert asked.data["dataRequests"]["nodes"] == []
