"""Weeks of an applicant: hands in, pays, is asked for two things, and reads what came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from tests.gateway.changing import (
    IDENTITY,
    allowed_steps,
    assign_to,
    change,
    pay_bill,
    perform,
    row_id,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.world import today

pytestmark = pytest.mark.anyio

MY_CASE = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        reference stage payBy answerBy decideBy bill { dueAt }
        requestedItems(first: 9) { nodes { kind note requestedAt answeredAt } }
        decision { outcome visa { number issuedAt useBy stayDays revokedAt } }
        allowed { step isAllowed }
    } } }
"""
RETURNED = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        status decision { outcome visa { number usability returnedAt } }
        events(first: 99) { nodes { kind actor } }
    } } }
"""
MISSING = (
    {"kind": "BANK_STATEMENT", "note": "Of the last three months."},
    {"kind": "PHOTOGRAPH", "note": None},
)


async def test_an_applicant_goes_from_the_form_to_the_visa(who, connection) -> None:
    ruby = who["applicant"]

    async def my_case() -> dict:
        return (await ruby(MY_CASE, case=case)).data["node"]

    # Ruby is on record, and says which visa. She reads until when to pay.
    case = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    billed = await my_case()
    assert at(billed["payBy"]) - at(billed["bill"]["dueAt"]) == timedelta(days=7)
    assert (billed["answerBy"], billed["decideBy"], billed["decision"]) == (None, None, None)

    # Paid: now it is the directorate that has until then.
    await pay_bill(who, case)
    paid = await my_case()
    assert (paid["stage"], paid["payBy"], paid["answerBy"]) == ("IN_PROCESS", None, None)
    assert at(paid["decideBy"]) - datetime.now(tz=at(paid["decideBy"]).tzinfo) > timedelta(days=4)

    # An officer misses two things, and says what about them. She has ten days, since today.
    await connection.execute("INSERT INTO deadline VALUES ('ANSWER', wib_day(now()), 10)")
    await assign_to(who, "officer", case)
    await perform(who["officer"], "requestInformation", case, items=list(MISSING))
    asked = await my_case()
    assert asked["stage"] == "WAITING_FOR_APPLICANT"
    items = asked["requestedItems"]["nodes"]
    assert [{"kind": item["kind"], "note": item["note"]} for item in items] == list(MISSING)
    assert at(asked["answerBy"]) == at(items[0]["requestedAt"]) + timedelta(days=10)
    assert "ANSWER_INFORMATION" in possible(asked)

    # She answers one by one. The case goes on with the second.
    await perform(ruby, "answerInformation", case, items=["PHOTOGRAPH"])
    half = await my_case()
    assert (half["stage"], half["answerBy"]) == ("WAITING_FOR_APPLICANT", asked["answerBy"])
    assert [item["kind"] for item in half["requestedItems"]["nodes"] if not item["answeredAt"]] == [
        "BANK_STATEMENT"
    ]
    await perform(ruby, "answerInformation", case, items=["BANK_STATEMENT"])
    answered = await my_case()
    assert (answered["stage"], answered["answerBy"]) == ("IN_PROCESS", None)
    assert "ANSWER_INFORMATION" not in possible(answered)

    # The photograph is blurred, so that another is asked for. It comes, and the first answer stays.
    again = {"kind": "PHOTOGRAPH", "note": "The face is blurred."}
    await perform(who["officer"], "requestInformation", case, items=[again])
    await perform(ruby, "answerInformation", case, items=["PHOTOGRAPH"])
    twice = await my_case()
    assert twice["stage"] == "IN_PROCESS"
    *before, photograph = twice["requestedItems"]["nodes"]
    assert before == answered["requestedItems"]["nodes"]
    assert (photograph["note"], photograph["answeredAt"] is None) == (again["note"], False)

    # She reads the outcome, with what she needs to travel: number, last day of entry, stay.
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")
    granted = await my_case()
    assert (granted["stage"], granted["decideBy"]) == ("CLOSED", None)
    visa = granted["decision"]["visa"]
    assert (granted["decision"]["outcome"], visa["stayDays"]) == ("GRANTED", 60)
    assert visa["useBy"] == (today() + timedelta(days=90)).isoformat()
    assert visa["number"].startswith("ID")
    assert len(visa["number"]) == 14

    # If it is revoked she reads that, and not why.
    await perform(who["supervisor"], "revokeVisa", case, reason="The employer never existed.")
    revoked = await ruby(MY_CASE, case=case)
    assert revoked.data["node"]["decision"]["visa"]["revokedAt"] is not None
    assert "employer" not in revoked.text
    why = await ruby(
        "query ($case: ID!) { node(id: $case) { ... on Application {"
        " events(first: 20) { nodes { reason } } } } }",
        case=case,
    )
    assert set(why.codes) == {"FORBIDDEN_FIELD"}


async def granted_to(holder: Viewer, who: Mapping[str, Viewer], passport: str) -> str:
    identity = {**IDENTITY, "passportNumber": passport}
    given = {"visaType": "B1", "nationality": "AU", "identity": identity}
    case = await wait_until_linked(who, await perform(holder, "submitApplication", **given))
    await pay_bill(who, case)
    await perform(who["officer"], "referToScreening", await assign_to(who, "officer", case))
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    return await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


async def test_a_visa_is_given_back_once_by_its_holder_before_anybody_entered_by_it(
    who, connection
) -> None:
    client = who["applicant"].client
    holder, other = (
        Viewer(client, {"role": "APPLICANT", "sub": sub}) for sub in ("stays-at-home", "was-there")
    )
    unused = await granted_to(holder, who, "RETURN001")
    used = await granted_to(other, who, "RETURN002")
    await connection.execute(
        "INSERT INTO stay (id, visa_number, application_id, presence, is_used) SELECT"
        " gen_random_uuid(), visa_number, application_id, 'DEPARTED', false FROM visa"
        " WHERE application_id = $1",
        row_id(used),
    )
    for viewer, case in ((holder, unused), (other, used)):
        step = (await allowed_steps(viewer, case))["returnVisa"]
        assert step["isAllowed"] is (viewer is holder)
    assert (await change(other, "returnVisa", used)).codes == ["NO_UNUSED_VISA"]
    assert (await change(who["applicant"], "returnVisa", unused)).codes == ["NOT_FOUND"]

    # Somebody whose visa is held learns nothing of that here, either.
    await perform(who["supervisor"], "holdApplication", unused)
    await perform(holder, "returnVisa", unused)
    await perform(who["supervisor"], "releaseApplication", unused)
    assert (await change(holder, "returnVisa", unused)).codes == ["NO_UNUSED_VISA"]
    seen = (await who["supervisor"](RETURNED, case=unused)).data["node"]
    visa = seen["decision"]["visa"]
    assert (seen["status"], seen["decision"]["outcome"]) == ("GRANTED", "GRANTED")
    assert visa["returnedAt"] is not None
    assert visa["usability"] == "REVOKED"
    back = {"kind": "VISA_RETURNED", "actor": "stays-at-home"}
    assert seen["events"]["nodes"].count(back) == 1
    # It serves no more, and there is nothing to hold.
    passport = '{issuingState: "AU", number: "RETURN001"}'
    status = f'visaStatus(visaNumber: "{visa["number"]}", passport: {passport})'
    assert (await who["border"](f"{{ {status} }}")).data == {"visaStatus": "NOT_OK"}
    held = await change(who["supervisor"], "holdApplication", unused)
    assert held.codes == ["VISA_EXPIRED"]


async def test_of_the_visas_of_a_case_the_one_that_serves_is_given_back_until_its_last_day(
    who, connection
) -> None:
    client = who["applicant"].client
    holder = Viewer(client, {"role": "APPLICANT", "sub": "stays-at-home-too"})
    case = await granted_to(holder, who, "RETURN003")
    # Refused and granted again: the first visa is superseded, and stays as it is.
    refused = {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}
    await perform(who["supervisor"], "supersedeDecision", case, **refused)
    assert (await change(holder, "returnVisa", case)).codes == ["NO_UNUSED_VISA"]
    await perform(who["supervisor-2"], "supersedeDecision", case, outcome="GRANTED")

    last = f"""
        UPDATE visa SET {{}} WHERE application_id = '{row_id(case)}' AND superseded_at IS NULL
    """
    for over in ("use_by = wib_day(now()) - 1", "use_by = wib_day(now()), revoked_at = now()"):
        await connection.execute(last.format(over))
        assert not (await allowed_steps(holder, case))["returnVisa"]["isAllowed"]
        assert (await change(holder, "returnVisa", case)).codes == ["NO_UNUSED_VISA"]
    today_still = "wib_day(now() + interval '1 minute')"
    await connection.execute(last.format(f"use_by = {today_still}, revoked_at = NULL"))
    await perform(holder, "returnVisa", case)
    visas = await connection.fetch(
        "SELECT superseded_at IS NULL AS is_last, returned_at IS NOT NULL AS is_returned FROM visa"
        " WHERE application_id = $1 ORDER BY issued_at",
        row_id(case),
    )
    assert [tuple(one) for one in visas] == [(False, False), (True, True)]


async def test_an_applicant_withdraws_and_nothing_is_due_any_more(who) -> None:
    ruby = who["applicant"]
    case = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    await perform(ruby, "withdrawApplication", case)
    mine = (await ruby(MY_CASE, case=case)).data["node"]
    assert (mine["stage"], mine["payBy"], mine["decideBy"]) == ("CLOSED", None, None)
    assert (await change(ruby, "answerInformation", case, items=[])).codes == ["WRONG_STAGE"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def possible(case: dict) -> list[str]:
    return [step["step"] for step in case["allowed"] if step["isAllowed"]]
