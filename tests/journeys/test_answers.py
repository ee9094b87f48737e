"""An address is asked for and answered, by an applicant and by a partner's system: the officer of
the case reads it, it is sealed, and a mistake is asked about again."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from models.rights.erasure_steps import hide
from tests.gateway.changing import assign_to, change, paid_case, pay_bill, perform, reference_of
from tests.gateway.conftest import Viewer
from tests.journeys.test_officer import notes

pytestmark = pytest.mark.anyio

ADDRESS = {
    "street": "Jalan Kenanga 17", "city": "Denpasar", "province": "Bali", "postalCode": "80361",
}  # fmt: skip
ASKED = [{"kind": "ADDRESS_IN_INDONESIA", "note": "Where you stay first."}, {"kind": "OCCUPATION"}]
_ITEMS = """
    query ($case: String!) %s { application(by: {reference: $case}) { stage
        requestedItems(first: 9) { nodes { kind answeredAt %s } }
    } }
"""
_ANSWER = "answer { text day country street city province postalCode }"
MISSING = _ITEMS % ("", "")
MINE = _ITEMS % ("", _ANSWER)
FOR_CASEWORK = _ITEMS % ("@purpose(code: CASEWORK, reference: $case)", _ANSWER)
FOR_INTAKE = _ITEMS % ("@purpose(code: INTAKE, reference: $case)", _ANSWER)


async def read(viewer: Viewer, document: str, reference: str) -> dict[str, Any]:
    """What a viewer reads of each item that is answered, by kind: None where that is nothing."""
    asked = await viewer(document, case=reference)
    assert asked.errors == [], asked.text
    items = asked.data["application"]["requestedItems"]["nodes"]
    return {one["kind"]: _given(one["answer"]) for one in items if one["answeredAt"]}


def _given(answer: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return answer and {name: value for name, value in answer.items() if value is not None}


def answer(kind: str, **value: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value}


async def hand_in(viewer: Viewer, case: str, *answers: dict[str, Any]) -> str:
    return await perform(viewer, "answerInformation", case, items=[], answers=answers)


async def asked_case(who: dict[str, Viewer], items: list[dict[str, Any]] = ASKED) -> str:
    """A case of the partner on the officer's desk, whose applicant is asked."""
    case = await paid_case(who)
    await assign_to(who, "officer", case)
    return await perform(who["officer"], "requestInformation", case, items=items)


async def test_an_applicant_is_asked_for_an_address_and_answers(who) -> None:
    ruby, officer = who["applicant"], who["officer"]
    case = await perform(ruby, "submitApplication", visaType="C1", nationality="AU")
    await pay_bill(who, case)
    await assign_to(who, "officer", case)
    reference = await reference_of(officer, case)
    await perform(officer, "requestInformation", case, items=ASKED)

    # She answers one after the other, and reads what she answered.
    await hand_in(ruby, case, answer("OCCUPATION", text="Nurse"))
    assert await read(ruby, MINE, reference) == {"OCCUPATION": {"text": "Nurse"}}
    # While something is missing, the officer sees what, and reads the rest.
    waiting = (await officer(MISSING, case=reference)).data["application"]
    assert waiting["stage"] == "WAITING_FOR_APPLICANT"
    assert [one["kind"] for one in waiting["requestedItems"]["nodes"] if not one["answeredAt"]] == [
        "ADDRESS_IN_INDONESIA"
    ]
    await hand_in(ruby, case, answer("ADDRESS_IN_INDONESIA", address=ADDRESS))
    assert await read(officer, FOR_CASEWORK, reference) == {
        "ADDRESS_IN_INDONESIA": ADDRESS, "OCCUPATION": {"text": "Nurse"},
    }  # fmt: skip

    # The street is in another city: the officer asks again, and both answers stand.
    again = [{"kind": "ADDRESS_IN_INDONESIA", "note": "There is no such street in Denpasar."}]
    await perform(officer, "requestInformation", case, items=again)
    mended = {"street": "Jalan Kenanga 17", "city": "Kabupaten Badung"}
    await hand_in(ruby, case, answer("ADDRESS_IN_INDONESIA", address=mended))
    asked = await officer(FOR_CASEWORK, case=reference)
    *_, latest = asked.data["application"]["requestedItems"]["nodes"]
    assert _given(latest["answer"]) == mended
    assert asked.text.count("Denpasar") == 1


async def test_a_partners_system_answers_and_reads_nothing_back(who, connection) -> None:
    service, officer, agent = who["service"], who["officer"], who["agent-au"]
    case = await asked_case(who)
    reference = await reference_of(officer, case)
    address, work = (
        answer("ADDRESS_IN_INDONESIA", address=ADDRESS),
        answer("OCCUPATION", text="Nurse"),
    )
    await hand_in(service, case, address, work)
    assert set((await service(MINE, case=reference)).codes) == {"FORBIDDEN_FIELD"}
    # The file was handed over: the agent sees that it is answered, and no more.
    assert await read(agent, FOR_INTAKE, reference) == {
        "ADDRESS_IN_INDONESIA": None, "OCCUPATION": None,
    }  # fmt: skip
    # Who has the case reads it with a purpose, a colleague does not, a supervisor does.
    assert (await officer(MINE, case=reference)).codes == ["PURPOSE_REQUIRED"]
    nothing = {"ADDRESS_IN_INDONESIA": None, "OCCUPATION": None}
    assert await read(who["officer-2"], FOR_CASEWORK, reference) == nothing
    everything = {"ADDRESS_IN_INDONESIA": ADDRESS, "OCCUPATION": {"text": "Nurse"}}
    assert await read(officer, FOR_CASEWORK, reference) == everything
    assert await read(who["supervisor"], FOR_CASEWORK, reference) == everything
    # Each read is one line in the log, with the fields, before the answer.
    logged = await connection.fetch(
        "SELECT actor, purpose, fields FROM access_event WHERE case_reference = $1"
        " ORDER BY occurred_at",
        reference,
    )
    fields = [f"answers.{name}" for name in ("text", "day", "country", *ADDRESS)]
    assert [(one["actor"], one["purpose"], sorted(one["fields"])) for one in logged] == [
        ("officer", "CASEWORK", sorted(fields)), ("supervisor", "CASEWORK", sorted(fields)),
    ]  # fmt: skip


async def test_each_mistake_of_an_answer_is_named_at_its_place_and_nothing_is_written(who) -> None:
    kinds = ("ADDRESS_IN_INDONESIA", "NATIONALITY", "BIRTH_DATE", "ARRIVAL_DATE", "EMAIL", "SEX",
             "LENGTH_OF_STAY", "OCCUPATION")  # fmt: skip
    case = await asked_case(who, [{"kind": kind} for kind in kinds])
    wrong = [
        answer("ADDRESS_IN_INDONESIA", address={**ADDRESS, "postalCode": "8036", "city": ""}),
        answer("NATIONALITY", country="ZZ"),
        answer("BIRTH_DATE", day="2093-01-01"),
        answer("ARRIVAL_DATE", day="2001-01-01"),
        answer("EMAIL", text="nobody"),
        answer("SEX", text="female"),
        answer("LENGTH_OF_STAY", text="a week"),
        answer("OCCUPATION", day="2030-01-01"),
        answer("PHOTOGRAPH", text="in the envelope"),
    ]
    refused = await change(
        who["service"], "answerInformation", case, items=["PHONE"], answers=wrong
    )
    places = {".".join(error["path"][1:]): error["message"] for error in refused.payload["errors"]}
    assert places.pop("applicationId")  # the photograph and the phone were not asked for
    assert places == {
        "answers.0.value.address.postalCode": "A postal code has five digits.",
        "answers.0.value.address.city": "It has from 1 to 200 characters, all of them visible.",
        "answers.1.value.country": "No country or territory has this ISO 3166 alpha-2 code.",
        "answers.2.value.day": "A date of birth lies between 1900 and today.",
        "answers.3.value.day": "The day lies between today (WIB) and the year 2100.",
        "answers.4.value.text": "This is not an e-mail address.",
        "answers.5.value.text": "A sex is `F`, `M` or `X`, as in the passport.",
        "answers.6.value.text": "A length of stay is a number of days, from 1 to 999.",
        "answers.7.value": "`OCCUPATION` is answered with `text`.",
        "answers.8.kind": "This is a document: name it among the `items`.",
        "items.0": "This is no document: answer it among the `answers`.",
    }
    twice = [answer("SEX", text="F"), answer("SEX", text="M")]
    refused = await change(who["service"], "answerInformation", case, items=[], answers=twice)
    assert [error["path"] for error in refused.payload["errors"]] == [["input", "answers"]]
    # Two values, or none, are no value of one kind.
    for value in ({"text": "F", "day": "2030-01-01"}, {}):
        answers = [{"kind": "SEX", "value": value}]
        given = {"applicationId": case, "idempotencyKey": "two-values-or-none", "answers": answers}
        asked = await who["service"](
            "mutation ($input: AnswerInformationInput!) {"
            " answerInformation(input: $input) { errors { code } } }",
            input=given,
        )
        assert asked.codes == ["INVALID_VARIABLES"], asked.text
    reference = await reference_of(who["officer"], case)
    assert await read(who["officer"], FOR_CASEWORK, reference) == {}


async def test_an_answer_is_sealed_bound_to_its_item_and_gone_with_its_person(
    who, connection: asyncpg.Connection
) -> None:
    officer, both = who["officer"], [{"kind": "OCCUPATION"}, {"kind": "TRIP_PURPOSE"}]
    case = await asked_case(who, both)
    reference = await reference_of(officer, case)
    answers = [answer("OCCUPATION", text="Lighthouse keeper"), answer("TRIP_PURPOSE", text="Rest")]
    await hand_in(who["service"], case, *answers)
    await perform(officer, "writeNote", case, text="A lighthouse, she says.")
    assert await notes(officer, case) == [("officer", "A lighthouse, she says.")]
    for table in ("item_answer", "case_note", "requested_item", "application_event", "idempotency"):
        rows = await connection.fetch(f"SELECT {table}::text FROM {table}")
        assert rows
        assert not [row for row in rows if "ighthouse" in row[0]]

    # Whoever administers the database swaps two answers of one person: nobody reads them.
    swap = """
        UPDATE item_answer AS one SET sealed = other.sealed FROM item_answer AS other
        WHERE one.applicant_id = other.applicant_id AND one.item_id <> other.item_id
            AND one.application_id = (SELECT id FROM application WHERE reference = $1)
    """
    await connection.execute(swap, reference)
    asked = await officer(FOR_CASEWORK, case=reference)
    assert asked.codes
    assert "ighthouse" not in asked.text
    await connection.execute(swap, reference)
    await connection.execute("DELETE FROM alert")
    assert await read(officer, FOR_CASEWORK, reference) == {
        "OCCUPATION": {"text": "Lighthouse keeper"}, "TRIP_PURPOSE": {"text": "Rest"},
    }  # fmt: skip

    person = await connection.fetchval(
        "SELECT applicant_id FROM application WHERE reference = $1", reference
    )
    await hide(connection, [person])
    for table in ("item_answer", "case_note"):
        left = await connection.fetch(f"SELECT sealed FROM {table} WHERE applicant_id = $1", person)
        assert {row["sealed"] for row in left} == {"{}"}
    assert await notes(officer, case) == [("officer", None)]
    assert await read(officer, FOR_CASEWORK, reference) == {"OCCUPATION": {}, "TRIP_PURPOSE": {}}
