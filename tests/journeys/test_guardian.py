"""Whoever is a minor on the day of entry applies with a guardian, who consents and is named or
travels in the same group; officers grant it once such an adult is there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    assign_to,
    change,
    document,
    everything,
    key,
    pay_bill,
    perform,
    reference_of,
    row,
    row_id,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.gateway.guaranteeing import IN_GROUP, MOTHER

pytestmark = pytest.mark.anyio

ENTRY = date.fromisoformat(ENTRY_ON)
#: Of age on the day of entry, and a day later.
EIGHTEEN = {**IDENTITY, "birthDate": ENTRY.replace(year=ENTRY.year - 18).isoformat()}
ALMOST = {**IDENTITY, "birthDate": date(ENTRY.year - 18, 12, 31).isoformat()}
CHILD = {**IDENTITY, "birthDate": date(ENTRY.year - 9, 1, 1).isoformat()}
WORDS = "kind name relation phone consentedAt validFrom validUntil"
READ = f"""
    query ($case: ID!, $for: String!) @purpose(code: %s, reference: $for) {{
        node(id: $case) {{ ... on Application {{ guardians(first: 9) {{ nodes {{ {WORDS} }} }} }} }}
    }}
"""
ALLOWED = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        allowed { step isAllowed reason { code message } }
    } } }
"""
B1: Mapping[str, Any] = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON}


async def guardians(viewer: Viewer, case: str, purpose: str = "INTAKE") -> list[dict[str, Any]]:
    named = {"case": case, "for": await reference_of(viewer, case)}
    asked = await viewer(READ % purpose, **named)
    assert asked.errors == [], asked.text
    return asked.data["node"]["guardians"]["nodes"]


async def family(who: dict[str, Viewer], *members: Mapping[str, Any]) -> list[str]:
    """Applications of a group, handed in together."""
    asked = await who["agent-au"](
        document("submitApplications", "results { application { id } errors { code path } }"),
        input={
            "idempotencyKey": key(), "isGroup": True,
            "applications": [{**B1, **one} for one in members],
        },
    )  # fmt: skip
    results = asked.data["submitApplications"]["results"]
    assert all(one["application"] for one in results), results
    return [await wait_until_linked(who, one["application"]["id"]) for one in results]


async def ready(who: dict[str, Viewer], case: str) -> str:
    """Paid, on the officer's desk, and cleared: but for the adult it could be granted."""
    await pay_bill(who, case)
    await perform(who["agent-au"], "markReceived", case)
    await assign_to(who, "officer", case)
    await perform(who["officer"], "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    return case


async def decision(who: dict[str, Viewer], case: str) -> list[str]:
    return (await change(who["officer"], "recordDecision", case, outcome="GRANTED")).codes


@pytest.mark.parametrize(
    ("identity", "guardian", "code", "place"),
    [
        (CHILD, None, "GUARDIAN_REQUIRED", ["guardian"]),
        (ALMOST, None, "GUARDIAN_REQUIRED", ["guardian"]),
        (EIGHTEEN, MOTHER, "INVALID", ["guardian"]),
        (IDENTITY, MOTHER, "INVALID", ["guardian"]),
        (CHILD, {**MOTHER, "hasConsented": False}, "INVALID", ["guardian", "hasConsented"]),
        (CHILD, {**MOTHER, "name": None}, "INVALID", ["guardian"]),
        (CHILD, {**MOTHER, "relation": None}, "INVALID", ["guardian"]),
        (CHILD, {**MOTHER, "phone": None}, "INVALID", ["guardian"]),
        (CHILD, {"hasConsented": True}, "INVALID", ["guardian"]),
        (CHILD, {**MOTHER, "name": "\u202e"}, "INVALID", ["guardian", "name"]),
        (CHILD, {**MOTHER, "phone": "0812"}, "INVALID", ["guardian", "phone"]),
        # Of no group, and named as well.
        (CHILD, IN_GROUP, "INVALID", ["guardian", "travelsInGroup"]),
    ],
)
async def test_what_is_missing_not_needed_or_malformed_is_said_of_its_field(
    who, connection, identity, guardian, code, place
) -> None:
    before = await everything(connection)
    values = {**B1, "identity": dict(identity), "guardian": guardian}
    for viewer in ("agent-au", "service"):
        own = {"country": "AU"} if viewer == "service" else {}
        asked = await change(who[viewer], "submitApplication", **values, **own)
        assert asked.codes == [code], asked.payload
        assert asked.payload["errors"][0]["path"] == ["input", *place]
        assert "Zephyrine" not in asked.asked.text
    assert await everything(connection) == before


async def test_of_age_is_who_is_eighteen_on_the_day_of_entry(who) -> None:
    case = await submitted_case(who, identity=dict(EIGHTEEN), entryOn=ENTRY_ON)
    assert await guardians(who["agent-au"], case) == []


async def test_whoever_is_in_a_group_and_named_besides_is_refused(who) -> None:
    child = {**B1, "identity": dict(CHILD), "guardian": {**MOTHER, "travelsInGroup": True}}
    asked = await who["agent-au"](
        document("submitApplications", "results { errors { code path } }"),
        input={"idempotencyKey": key(), "isGroup": True, "applications": [child]},
    )
    [result] = asked.data["submitApplications"]["results"]
    assert [one["code"] for one in result["errors"]] == ["INVALID"]


async def test_who_applies_alone_again_is_known_to_be_a_minor(who, connection) -> None:
    minor = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "minor"})
    first = {"visaType": "C1", "nationality": "IN", "identity": dict(CHILD)}
    asked = await change(minor, "submitApplication", **first)
    assert asked.codes == ["GUARDIAN_REQUIRED"]
    other = await perform(minor, "submitApplication", **first, guardian=dict(MOTHER))
    again = {**first, "identity": None}
    assert (await change(minor, "submitApplication", **again)).codes == ["GUARDIAN_REQUIRED"]
    case = await perform(minor, "submitApplication", **again, guardian=dict(MOTHER))
    [read] = await guardians(minor, case, "OWN_DATA")
    assert (read["name"], read["relation"]) == (MOTHER["name"], MOTHER["relation"])
    # Somebody else is named in one file, which changes nothing in another.
    father = {**MOTHER, "name": "Ben Zephyrine"}
    await perform(minor, "proposeCorrection", case, guardian=father)
    named = [await guardians(minor, one, "OWN_DATA") for one in (case, other)]
    assert [[(one["name"], one["validUntil"] is None) for one in each] for each in named] == [
        [("Ben Zephyrine", True), (MOTHER["name"], False)], [(MOTHER["name"], True)]
    ]  # fmt: skip
    # Whoever is of age is so in each.
    of_age = {"birthDate": IDENTITY["birthDate"]}
    await perform(minor, "proposeCorrection", case, identity=of_age)
    assert [(await row(connection, one))["guardian_kind"] for one in (case, other)] == [None, None]


async def test_whoever_reads_the_person_reads_who_accompanies_it(who, connection) -> None:
    case = await submitted_case(who, identity=dict(CHILD), guardian=dict(MOTHER))
    [read] = await guardians(who["agent-au"], case)
    assert {name: read[name] for name in ("kind", "name", "relation", "phone")} == {
        "kind": "NAMED", "name": MOTHER["name"], "relation": "PARENT", "phone": MOTHER["phone"],
    }  # fmt: skip
    assert read["consentedAt"] == read["validFrom"]
    written = await connection.fetchval(
        "SELECT to_jsonb(guardian)::text FROM guardian WHERE application_id = $1", row_id(case)
    )
    assert "Zephyrine" not in written
    assert MOTHER["phone"] not in written
    for role in ("auditor", "manager-au", "service", "leadership", "treasury"):
        refused = await who[role](READ % "CASEWORK", case=case, **{"for": "x"})
        assert refused.errors, role
        assert "Zephyrine" not in refused.text
    await ready(who, case)
    assert await guardians(who["officer-2"], case, "CASEWORK") == []
    [read] = await guardians(who["officer"], case, "CASEWORK")
    assert read["name"] == MOTHER["name"]
    # Whoever is named stands for the minor: nothing else is needed.
    assert await decision(who, case) == []


async def test_a_child_is_granted_once_an_adult_of_the_group_is_there(who) -> None:
    adult, child = await family(
        who, {"identity": dict(IDENTITY)}, {"identity": dict(CHILD), "guardian": dict(IN_GROUP)}
    )
    await ready(who, child)
    await perform(who["agent-au"], "withdrawApplication", adult)
    assert await decision(who, child) == ["ADULT_REQUIRED"]
    told = await who["officer"](ALLOWED, case=child)
    [decide] = [one for one in told.data["node"]["allowed"] if one["step"] == "RECORD_DECISION"]
    # A refusal is possible all the same.
    assert decide["isAllowed"]
    reference = await who["agent-au"](
        "query ($id: ID!) { application(by: {id: $id}) { groupReference } }", id=child
    )
    group = reference.data["application"]["groupReference"]
    another = {**IDENTITY, "passportNumber": "ZX7654321"}
    await perform(
        who["agent-au"], "submitApplication", **B1, identity=another, groupReference=group
    )
    assert await decision(who, child) == []


async def test_another_child_is_no_adult(who) -> None:
    one, _ = await family(
        who,
        {"identity": dict(CHILD), "guardian": dict(IN_GROUP)},
        {"identity": {**CHILD, "passportNumber": "ZX7654322"}, "guardian": dict(MOTHER)},
    )
    await ready(who, one)
    assert await decision(who, one) == ["ADULT_REQUIRED"]
    # Somebody is named instead, which the officer agrees to.
    await perform(who["agent-au"], "proposeCorrection", one, guardian=dict(MOTHER))
    await perform(who["officer"], "approveCorrection", one)
    await wait_until_linked(who, one)
    assert await decision(who, one) == []
    now, before = await guardians(who["supervisor"], one, "SUPERVISION")
    assert (now["kind"], before["kind"]) == ("NAMED", "IN_GROUP")


async def test_a_corrected_birth_date_makes_a_minor_or_an_adult(who, connection) -> None:
    case = await submitted_case(who, entryOn=ENTRY_ON)
    agent, born = who["agent-au"], {"birthDate": CHILD["birthDate"]}
    asked = await change(agent, "proposeCorrection", case, identity=born)
    assert asked.codes == ["GUARDIAN_REQUIRED"]
    assert asked.payload["errors"][0]["path"] == ["input", "guardian"]
    vain = await change(agent, "proposeCorrection", case, guardian=dict(MOTHER))
    assert vain.codes == ["INVALID"]
    in_group = await change(
        agent, "proposeCorrection", case, identity=born, guardian=dict(IN_GROUP)
    )
    assert in_group.payload["errors"][0]["path"] == ["input", "guardian", "travelsInGroup"]
    # Who is a minor today and of age on the day of entry needs none.
    on_the_day = {"birthDate": EIGHTEEN["birthDate"]}
    await perform(agent, "proposeCorrection", case, identity=on_the_day)
    assert (await row(connection, case))["guardian_kind"] is None
    await perform(agent, "proposeCorrection", case, identity=born, guardian=dict(MOTHER))
    assert (await row(connection, case))["guardian_kind"] == "NAMED"
    # By the partner's system, whose right to read nothing of it makes no difference.
    of_age = {"birthDate": IDENTITY["birthDate"]}
    vain = await change(
        who["service"], "proposeCorrection", case, identity=of_age, guardian=dict(MOTHER)
    )
    assert vain.codes == ["INVALID"]
    await perform(who["service"], "proposeCorrection", case, identity=of_age)
    assert (await row(connection, case))["guardian_kind"] is None
    ended, before = await guardians(agent, case)
    assert (ended["kind"], ended["consentedAt"], before["kind"]) == (None, None, "NAMED")
    assert before["validUntil"] == ended["validFrom"]
    await perform(agent, "proposeCorrection", case, identity=born, guardian=dict(MOTHER))
    again, ended, first = await guardians(agent, case)
    assert again["validFrom"] == ended["validUntil"]
    assert first["validUntil"] == ended["validFrom"]  # what ended before stays so
