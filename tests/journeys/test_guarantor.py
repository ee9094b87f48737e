"""An investor applies with a company that answers for them in Indonesia: it is asked for where the
visa type needs it, kept like the person, corrected with the person, and erased with them."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    change,
    everything,
    key,
    paid_case,
    pay_bill,
    perform,
    reference_of,
    row_id,
)
from tests.gateway.conftest import Viewer
from tests.gateway.guaranteeing import COMPANY, PERSON, ask_for_the_letter, guaranteed_case

pytestmark = pytest.mark.anyio

WORDS = "kind name registrationNumber street city province postalCode validFrom validUntil"
READ = f"""
    query ($case: ID!, $for: String!) @purpose(code: %s, reference: $for) {{
        node(id: $case) {{ ... on Application {{
            guarantors(first: 9) {{ nodes {{ {WORDS} }} }}
        }} }}
    }}
"""
TERMS = '{ visaType(by: {code: "C1"}) { current { needsGuarantor } } }'


@pytest.fixture(autouse=True, scope="module")
async def needed(world: str) -> None:
    """Since a decree, a C1 is applied for with the letter of a guarantor."""
    connection = await asyncpg.connect(world)
    await ask_for_the_letter(connection)
    await connection.close()


async def guarantors(viewer: Viewer, case: str, purpose: str = "CASEWORK") -> list[dict[str, Any]]:
    named = {"case": case, "for": await reference_of(viewer, case)}
    asked = await viewer(READ % purpose, **named)
    assert asked.errors == [], asked.text
    return asked.data["node"]["guarantors"]["nodes"]


def as_read(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is read of a guarantor that was given, but when."""
    flat = {**given, **given["address"]}
    return {name: flat.get(name) for name in WORDS.split()[:7]}


def without_days(read: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in read.items() if not name.startswith("valid")}


async def test_the_visa_type_says_whether_somebody_has_to_answer(who) -> None:
    for viewer in (who["anonymous"], who["agent-au"]):
        asked = await viewer(TERMS)
        assert asked.data["visaType"]["current"]["needsGuarantor"] is True
    asked = await who["anonymous"](TERMS.replace("C1", "B1"))
    assert asked.data["visaType"]["current"]["needsGuarantor"] is False


@pytest.mark.parametrize(
    ("visa_type", "guarantor", "code", "place"),
    [
        ("C1", None, "GUARANTOR_REQUIRED", ["guarantor"]),
        ("B1", COMPANY, "INVALID", ["guarantor"]),
        ("C1", {**COMPANY, "name": ""}, "INVALID", ["guarantor", "name"]),
        ("C1", {**COMPANY, "name": "PT\u202e X"}, "INVALID", ["guarantor", "name"]),
        ("C1", {**COMPANY, "name": "x" * 201}, "INVALID", ["guarantor", "name"]),
        *(
            ("C1", {**of, "registrationNumber": number}, "INVALID",
             ["guarantor", "registrationNumber"])
            for of, number in (
                (COMPANY, "912000123456"), (COMPANY, PERSON["registrationNumber"]),
                (COMPANY, "91200012345x7"), (COMPANY, ""), (COMPANY, "٩١٢٠٠٠١٢٣٤٥٦٧"),
                (PERSON, COMPANY["registrationNumber"]), (PERSON, "31740123098500011"),
            )
        ),
        *(
            ("C1", {**COMPANY, "address": {**COMPANY["address"], field: value}}, "INVALID",
             ["guarantor", "address", field])
            for field, value in (
                ("street", ""), ("city", "\u200b"), ("province", "x" * 201),
                ("postalCode", "1219"), ("postalCode", "1219o"),
            )
        ),
    ],
)  # fmt: skip
async def test_what_is_missing_not_needed_or_malformed_is_said_of_its_field(
    who, connection, visa_type, guarantor, code, place
) -> None:
    before = await everything(connection)
    values = {"visaType": visa_type, "nationality": "AU", "identity": dict(IDENTITY)}
    for viewer in ("agent-au", "service", "applicant"):
        of_role = dict(values) if viewer != "applicant" else {**values, "identity": None}
        if viewer == "service":
            of_role["country"] = "AU"
        asked = await change(who[viewer], "submitApplication", **of_role, guarantor=guarantor)
        assert asked.codes == [code], asked.payload
        assert asked.payload["errors"][0]["path"] == ["input", *place]
        assert "Zephyr" not in asked.asked.text
        assert not any(str(digits) in asked.asked.text for digits in ("9120001", "3174012"))
    assert await everything(connection) == before


async def test_a_batch_says_it_of_each_application(who) -> None:
    one = {"nationality": "AU", "country": "AU", "entryOn": "2100-01-01", "tripPurpose": None}
    of_batch = [
        {**one, "visaType": "C1", "identity": dict(IDENTITY)},
        {**one, "visaType": "B1", "identity": dict(IDENTITY), "guarantor": dict(PERSON)},
    ]
    asked = await who["service"](
        "mutation ($input: SubmitApplicationsInput!) { submitApplications(input: $input) {"
        " results { errors { code path } } } }",
        input={"idempotencyKey": key(), "applications": of_batch},
    )
    told = [
        [(error["code"], error["path"][-1]) for error in one["errors"]]
        for one in asked.data["submitApplications"]["results"]
    ]
    assert ("GUARANTOR_REQUIRED", "guarantor") in told[0]
    assert ("INVALID", "guarantor") in told[1]


async def test_a_large_batch_has_one_for_each(who, connection) -> None:
    entry_on = (await connection.fetchval("SELECT wib_day(now()) + 30")).isoformat()
    of_batch = [
        {
            "nationality": "AU", "country": "AU", "entryOn": entry_on, "visaType": "C1",
            "identity": {**IDENTITY, "passportNumber": f"PA{number:07}"},
            "guarantor": dict(COMPANY),
        }
        for number in range(30)
    ]  # fmt: skip
    asked = await who["service"](
        "mutation ($input: SubmitApplicationsInput!) { submitApplications(input: $input) {"
        " results { application { reference } errors { code path } } } }",
        input={"idempotencyKey": key(), "applications": of_batch},
    )
    results = asked.data["submitApplications"]["results"]
    assert [one["errors"] for one in results] == [[]] * len(of_batch)
    answering = await connection.fetch(
        "SELECT guarantor.applicant_id = application.applicant_id FROM guarantor"
        " JOIN application ON application.id = application_id WHERE reference = ANY ($1)",
        [one["application"]["reference"] for one in results],
    )
    assert [row[0] for row in answering] == [True] * len(of_batch)


async def test_whoever_reads_the_person_reads_who_answers_and_nobody_else(who, connection) -> None:
    case = await guaranteed_case(who, connection)
    [read] = await guarantors(who["agent-au"], case, "INTAKE")
    assert without_days(read) == as_read(COMPANY)
    assert read["validFrom"] is not None
    assert read["validUntil"] is None
    await pay_bill(who, case, paid={"amount": 1_500_000, "currency": "IDR"})
    kinds = ["PHOTOGRAPH", "RETURN_TICKET"]
    lacks = await change(who["service"], "recordDocuments", case, documents=kinds)
    assert lacks.is_done
    assert (await change(who["service"], "markReceived", case)).codes == ["DOCUMENTS_MISSING"]
    await perform(who["service"], "recordDocuments", case, documents=[*kinds, "GUARANTEE_LETTER"])
    await perform(who["service"], "markReceived", case)
    assert await guarantors(who["agent-au"], case, "INTAKE") == []
    assert await guarantors(who["officer-2"], case) == []
    await assign_to(who, "officer", case)
    [by_officer] = await guarantors(who["officer"], case)
    assert without_days(by_officer) == as_read(COMPANY)
    assert len(await guarantors(who["supervisor"], case, "SUPERVISION")) == 1
    unstated = await who["officer"](
        "query ($case: ID!) { node(id: $case) { ... on Application {"
        " guarantors(first: 9) { nodes { name } } } } }",
        case=case,
    )
    assert "PURPOSE_REQUIRED" in unstated.text
    for role in ("auditor", "manager-au", "service", "leadership"):
        refused = await who[role](READ % "CASEWORK", case=case, **{"for": "x"})
        assert "Zephyr" not in refused.text
        assert refused.errors, role
    logged = await connection.fetch(
        "SELECT fields FROM access_event JOIN application USING (applicant_id)"
        " WHERE application.id = $1 AND actor = 'officer'",
        row_id(case),
    )
    assert any("guarantor.name" in one["fields"] for one in logged)


async def test_nothing_of_it_lies_in_plain(who, connection) -> None:
    case = await guaranteed_case(who, connection)
    row = await connection.fetchrow(
        "SELECT to_jsonb(guarantor) AS all FROM guarantor WHERE application_id = $1", row_id(case)
    )
    assert {"name", "registration_number", "street", "city", "province", "postal_code"} <= set(
        await connection.fetchval(
            "SELECT array_agg(sealed_one) FROM guarantor, jsonb_object_keys(sealed) AS sealed_one"
            " WHERE application_id = $1",
            row_id(case),
        )
    )
    for value in (COMPANY["name"], COMPANY["registrationNumber"], "Kenanga"):
        assert value not in row["all"]


async def test_another_guarantor_answers_once_the_officer_agrees(who, connection) -> None:
    case = await guaranteed_case(who, connection)
    # Before the payment at once.
    await perform(who["agent-au"], "proposeCorrection", case, guarantor=dict(PERSON))
    now, before = await guarantors(who["agent-au"], case, "INTAKE")
    assert (without_days(now), without_days(before)) == (as_read(PERSON), as_read(COMPANY))
    assert before["validUntil"] == now["validFrom"]
    await pay_bill(who, case, paid={"amount": 1_500_000, "currency": "IDR"})
    third = {**COMPANY, "name": "PT Zephyr Ketiga"}
    bad = {**COMPANY, "registrationNumber": "1"}
    asked = await change(who["agent-au"], "proposeCorrection", case, guarantor=bad)
    assert (asked.codes, asked.payload["errors"][0]["path"]) == (
        ["INVALID"], ["input", "guarantor", "registrationNumber"],
    )  # fmt: skip
    await perform(who["agent-au"], "proposeCorrection", case, guarantor=third)
    kinds = ["PHOTOGRAPH", "RETURN_TICKET", "GUARANTEE_LETTER"]
    await perform(who["service"], "recordDocuments", case, documents=kinds)
    await perform(who["service"], "markReceived", case)
    await assign_to(who, "officer", case)
    proposed, now, _ = await guarantors(who["officer"], case)
    assert proposed["validFrom"] is None
    assert now["validUntil"] is None
    await perform(who["officer"], "approveCorrection", case)
    became, was, first = await guarantors(who["officer"], case)
    assert became["name"] == third["name"]
    assert became["validUntil"] is None
    assert was["validUntil"] == became["validFrom"]
    assert first["validUntil"] == was["validFrom"]  # what ended before stays so


async def test_a_case_without_one_gets_none_by_a_correction(who) -> None:
    case = await paid_case(who)
    asked = await change(who["agent-au"], "proposeCorrection", case, guarantor=dict(PERSON))
    assert asked.codes == ["INVALID"]
    assert asked.payload["errors"][0]["path"] == ["input", "guarantor"]


async def test_who_applies_again_answers_anew_and_reads_it_among_the_own_data(
    who, connection
) -> None:
    newcomer = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "investor"})
    values: dict[str, Any] = {"visaType": "C1", "nationality": "IN", "guarantor": dict(COMPANY)}
    first = await perform(newcomer, "submitApplication", **values, identity=dict(IDENTITY))
    second = await perform(newcomer, "submitApplication", **{**values, "guarantor": dict(PERSON)})
    assert [without_days(one) for one in await guarantors(newcomer, first, "OWN_DATA")] == [
        as_read(COMPANY)
    ]
    assert [without_days(one) for one in await guarantors(newcomer, second, "OWN_DATA")] == [
        as_read(PERSON)
    ]
