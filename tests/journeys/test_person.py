"""One person behind several applications: who decides sees them all, and whoever takes in, none."""

import pytest

from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    allowed_steps,
    assign_to,
    change,
    hand_over,
    in_verification,
    paid_case,
    pay_bill,
    perform,
    reference_of,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import Answer, Viewer

pytestmark = pytest.mark.anyio

LINKED = """
    query ($case: ID!) { node(id: $case) { ... on Application { applicant {
        id
        linked(first: 20) { nodes {
            id reason state resolvedBy resolution
            applicant { id applications(first: 5) { nodes {
                id status partner { code } country { code } decision { outcome grounds }
            } } }
        } }
    } } } }
"""
WHO_THEY_ARE = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { applicant {
            identity { passportNumber }
            linked(first: 20) { nodes { applicant { identity { passportNumber } } } }
        } } }
    }
"""
WHAT_IS_TOLD = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        stage allowed { step isAllowed reason { code message } }
        decision { outcome } requestedItems(first: 9) { nodes { kind } }
    } } }
"""
LIFE = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        events(first: 50) { nodes { kind actor reason } }
    } } }
"""
#: At another partner, in another country.
SINGAPORE = {"centre": "AU-PER"}


def person(name: str, passport: str, born: str = "1984-05-06", **more: str) -> dict[str, str]:
    values = {"fullName": name, "passportNumber": passport, "birthDate": born}
    return {**IDENTITY, **values, **more}


FIGURES = "{ linkFigures { certain confirmed rejected waiting } }"


async def who_they_are(viewer: Viewer, case: str) -> Answer:
    """Who applies in a case and who is linked, read for that case."""
    return await viewer(WHO_THEY_ARE, **{"case": case, "for": await reference_of(viewer, case)})


async def links(viewer: Viewer, case: str) -> list[dict]:
    found = (await viewer(LINKED, case=case)).data["node"]["applicant"]["linked"]["nodes"]
    return sorted(found, key=lambda link: link["reason"])


async def test_who_was_refused_for_a_forged_document_is_known_at_another_partner(who) -> None:
    officer = who["officer"]
    # Refused in Sydney …
    forged = person("Shandra Opper", "SHOP00001")
    in_sydney = await in_verification(who, identity=forged)
    await perform(
        officer, "recordDecision", in_sydney, outcome="REFUSED", grounds=["FORGED_DOCUMENT"]
    )

    # … and handed in by another partner's agent, with the name written otherwise.
    again = person("OPPER, Shándra", "SHOP00001")
    elsewhere = Viewer(officer.client, {
        "role": "PARTNER_AGENT", "sub": "agent-perth", "partner": "ANDALAN",
        "countries": ["AU"], "centres": ["AU-PER"],
    })  # fmt: skip
    values = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": again}
    in_perth = await wait_until_linked(who, await perform(elsewhere, "submitApplication", **values))

    # The officer sees the refusal, with both reasons for which it is the same person.
    by_name, by_passport = await links(officer, in_perth)
    assert (by_passport["reason"], by_passport["state"]) == ("PASSPORT", "CERTAIN")
    assert (by_name["reason"], by_name["state"]) == ("NAME_AND_BIRTH_DATE", "PROPOSED")
    [earlier] = by_passport["applicant"]["applications"]["nodes"]
    assert earlier == {
        "id": in_sydney, "status": "REFUSED", "partner": {"code": "NUSA"},
        "country": {"code": "AU"},
        "decision": {"outcome": "REFUSED", "grounds": ["FORGED_DOCUMENT"]},
    }  # fmt: skip
    # A passport is sure: nobody says that it is another person.
    await assign_to(who, "officer", await hand_over(elsewhere, await pay_bill(who, in_perth), "B1"))
    sure = {"linkId": by_passport["id"], "reason": "Another face."}
    assert (await change(officer, "rejectLink", in_perth, **sure)).codes == ["NO_LINK"]

    # So do supervisors and auditors; an auditor sees when it was looked for, and never who it is.
    assert await links(who["supervisor"], in_perth) == await links(who["auditor"], in_perth)
    refused = await who_they_are(who["auditor"], in_perth)
    assert refused.codes == ["FORBIDDEN_FIELD"]

    # Whoever took it in cannot even ask.
    asked = await elsewhere(LINKED, case=in_perth)
    assert (asked.status, set(asked.codes)) == (400, {"FORBIDDEN_FIELD"})
    await granted_by_two(who, in_perth, elsewhere)


async def granted_by_two(who, case: str, agent: Viewer) -> None:
    """Nobody grants alone what a refusal for forgery counts for; whoever took it in notices
    nothing."""
    officer, supervisor = who["officer"], who["supervisor"]
    await perform(officer, "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    before = await agent(WHAT_IS_TOLD, case=case)

    async def refusals(viewer: Viewer, *mutations: str) -> list[str | None]:
        steps = await allowed_steps(viewer, case)
        return [reason and reason["code"] for reason in (steps[one]["reason"] for one in mutations)]

    # The officer knows before trying, and is told what to do.
    assert await refusals(officer, "proposeGrant") == [None]
    granted = await change(officer, "recordDecision", case, outcome="GRANTED")
    assert granted.codes == ["LINK_COUNTS"]
    assert await refusals(supervisor, "proposeGrant", "approveGrant") == [
        "WRONG_STATUS", "NOTHING_PROPOSED",
    ]  # fmt: skip
    assert (await change(supervisor, "approveGrant", case)).codes == ["NOTHING_PROPOSED"]
    # With a reason, by whoever has it on the desk.
    why = {"reason": "The forged page was another's: the embassy has said so."}
    assert (await change(who["officer-2"], "proposeGrant", case, **why)).codes == ["NOT_ASSIGNED"]
    assert (await change(officer, "proposeGrant", case, reason=" ")).codes == ["INVALID"]
    await perform(officer, "proposeGrant", case, **why)
    assert (await change(officer, "proposeGrant", case, **why)).codes == ["ALREADY_PROPOSED"]
    granted = await change(officer, "recordDecision", case, outcome="GRANTED")
    assert granted.codes == ["LINK_COUNTS"]
    # A supervisor is told, and approves it as another person.
    alerts = "{ alerts(first: 9) { nodes { kind actor isOpen closedBy application { id } } } }"
    told = {"kind": "GRANT_PROPOSED", "actor": "officer", "application": {"id": case}}
    is_open, is_closed = {"isOpen": True, "closedBy": None}, {
        "isOpen": False, "closedBy": "supervisor"
    }  # fmt: skip
    assert {**told, **is_open} in (await supervisor(alerts)).data["alerts"]["nodes"]
    oneself = Viewer(officer.client, {"role": "SUPERVISOR", "sub": "officer"})
    assert (await change(oneself, "approveGrant", case)).codes == ["SECOND_PERSON_REQUIRED"]
    assert await refusals(oneself, "approveGrant") == ["SECOND_PERSON_REQUIRED"]
    # Or rejects it, with a reason; then it is proposed anew.
    assert (await change(supervisor, "rejectGrant", case, reason=" ")).codes == ["INVALID"]
    no = {"reason": "Show me what the embassy wrote."}
    await perform(supervisor, "rejectGrant", case, **no)
    assert {**told, **is_closed} in (await supervisor(alerts)).data["alerts"]["nodes"]
    assert await refusals(supervisor, "approveGrant", "rejectGrant") == 2 * ["NOTHING_PROPOSED"]
    # Whoever has it on the desk takes it back in the same way.
    await perform(officer, "proposeGrant", case, **why)
    assert (await change(who["officer-2"], "rejectGrant", case, **no)).codes == ["NOT_ASSIGNED"]
    await perform(officer, "rejectGrant", case, **no)
    await perform(officer, "proposeGrant", case, **why)
    assert await refusals(supervisor, "approveGrant", "rejectGrant") == [None, None]
    await perform(supervisor, "approveGrant", case)
    assert await refusals(supervisor, "rejectGrant") == ["NOTHING_PROPOSED"]
    assert {**told, **is_closed} in (await supervisor(alerts)).data["alerts"]["nodes"]
    assert await refusals(officer, "proposeGrant") == ["NO_LINK_COUNTS"]
    # Byte for byte, but for what is left of the minute's budget.
    after = await agent(WHAT_IS_TOLD, case=case)
    assert after.text.partition('"extensions"')[0] == before.text.partition('"extensions"')[0]
    await perform(officer, "recordDecision", case, outcome="GRANTED")
    life = (await who["auditor"](LIFE, case=case)).data["node"]["events"]["nodes"]
    proposed = {"kind": "GRANT_PROPOSED", "actor": "officer", **why}
    assert life[-7:] == [
        proposed,
        {"kind": "GRANT_REJECTED", "actor": "supervisor", **no},
        proposed,
        {"kind": "GRANT_REJECTED", "actor": "officer", **no},
        proposed,
        {"kind": "GRANT_APPROVED", "actor": "supervisor", "reason": None},
        {"kind": "GRANTED", "actor": "officer", "reason": None},
    ]


async def test_a_renewed_passport_is_found_by_name_and_opens_once_it_is_confirmed(who) -> None:
    officer = who["officer"]
    before = await submitted_case(who, identity=person("Ana María López", "OLD000001"))
    case = await in_verification(who, identity=person("Lopez Ana-Maria", "NEW000001"))
    [found] = await links(officer, case)
    assert (found["reason"], found["state"]) == ("NAME_AND_BIRTH_DATE", "PROPOSED")

    async def passports() -> list[str | None]:
        asked = (await who_they_are(officer, case)).data["node"]["applicant"]
        nodes = asked["linked"]["nodes"]
        return [one["applicant"]["identity"] and one["applicant"]["identity"]["passportNumber"]
                for one in nodes]  # fmt: skip

    # A name alone opens nothing.
    assert await passports() == [None]
    values = {"linkId": found["id"], "reason": "Same face, same signature."}
    await perform(officer, "confirmLink", case, **values)
    assert await passports() == ["OLD000001"]
    twice = await change(officer, "confirmLink", case, **values)
    assert twice.codes == ["ALREADY_SAID"]

    # It is said from both sides.
    [back] = await links(officer, before)
    assert (back["state"], back["resolvedBy"]) == ("CONFIRMED", "officer")
    # Each read through the link is logged.
    log = "{ accessEvents(first: 1) { nodes { actor applicant { id } } } }"
    [read] = (await who["auditor"](log)).data["accessEvents"]["nodes"]
    assert read["actor"] == "officer"


async def test_a_false_link_is_rejected_with_the_reason(who) -> None:
    officer, other = who["officer"], who["officer-2"]
    await submitted_case(who, identity=person("Siti Rahma", "NAMESAKE1", "1991-01-01"))
    case = await in_verification(who, identity=person("Siti Rahma", "NAMESAKE2", "1991-01-01"))
    [found] = await links(officer, case)
    values = {"linkId": found["id"], "reason": "Another face: a namesake born on the same day."}

    # Nobody else says so: not an officer without the case, nor by another case.
    assert (await change(other, "rejectLink", case, **values)).codes == ["NOT_ASSIGNED"]
    aside = await in_verification(who, identity=person("Ben Aside", "ASIDE0001"))
    assert (await change(officer, "rejectLink", aside, **values)).codes == ["NO_LINK"]
    assert (await change(officer, "rejectLink", case, linkId="PersonLink", reason=" ")).codes

    before = await link_figures(who["supervisor"])
    await perform(officer, "rejectLink", case, **values)
    rejected = await link_figures(who["supervisor"])
    moved = {"waiting": before["waiting"] - 1, "rejected": before["rejected"] + 1}
    assert rejected == {**before, **moved}
    [link] = await links(officer, case)
    assert (link["state"], link["resolution"]) == ("REJECTED", values["reason"])
    answer = await who_they_are(officer, case)
    opened = answer.data["node"]["applicant"]["linked"]["nodes"]
    assert opened == [{"applicant": {"identity": None}}]

    # It stays where it was looked at, and whoever knows better can say so.
    await perform(officer, "confirmLink", case, linkId=found["id"], reason="The scar is the same.")
    [link] = await links(officer, case)
    assert link["state"] == "CONFIRMED"
    # Each pair counts once, for who supervises.
    moved = {"rejected": before["rejected"], "confirmed": before["confirmed"] + 1}
    assert await link_figures(who["auditor"]) == {**rejected, **moved}
    assert before["certain"] > 0
    for other in ("officer", "leadership", "agent-au"):
        assert (await who[other](FIGURES)).codes == ["FORBIDDEN_FIELD"]


async def link_figures(viewer: Viewer) -> dict[str, int]:
    return (await viewer(FIGURES)).data["linkFigures"]


async def test_a_family_is_shown_together_and_nobody_is_opened_by_it(who) -> None:
    family = [
        {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON,
         "identity": person(name, passport, born)}
        for name, passport, born in (
            ("Ida Familia", "FAMILIA01", "1980-01-02"), ("Otto Familia", "FAMILIA02", "1982-03-04"),
        )
    ]  # fmt: skip
    asked = await who["agent-au"](
        "mutation($input: SubmitApplicationsInput!) { submitApplications(input: $input)"
        " { results { application { id } } errors { code } } }",
        input={"idempotencyKey": "family-of-two", "applications": family, "isGroup": True},
    )
    first, second = (one["application"]["id"] for one in
                     asked.data["submitApplications"]["results"])  # fmt: skip
    await wait_until_linked(who, first)
    [link] = await links(who["officer"], await wait_until_linked(who, second))
    assert (link["reason"], link["state"]) == ("GROUP", None)
    assert [one["id"] for one in link["applicant"]["applications"]["nodes"]] == [first]


async def test_a_corrected_passport_is_linked_anew_and_the_old_one_still_counts(who) -> None:
    officer = who["officer"]
    await submitted_case(who, identity=person("Mara Vell", "TYPO00001", "1970-07-07"))
    case = await submitted_case(who, identity=person("Nils Vell", "TYPO00001", "1971-07-07"))
    [found] = await links(officer, case)
    assert found["reason"] == "PASSPORT"
    # A typing error, corrected before payment: the file is linked anew, and what was stays known.
    await perform(
        who["agent-au"],
        "proposeCorrection",
        case,
        identity={"passportNumber": "RIGHT0001", "passportExpiresOn": "2041-07-23"},
    )
    await wait_until_linked(who, case)
    [found] = await links(officer, case)
    assert (found["reason"], found["state"]) == ("PASSPORT", "CERTAIN")
    other = await submitted_case(who, identity=person("Olaf Vell", "RIGHT0001", "1972-07-07"))
    assert [one["reason"] for one in await links(officer, other)] == ["PASSPORT"]


async def test_nothing_is_granted_before_the_case_is_linked(who, connection) -> None:
    officer = who["officer"]
    case = await assign_to(
        who, "officer", await paid_case(who, identity=person("Una Paso", "PASO00001"))
    )
    await perform(officer, "referToScreening", case)
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    # As long as the LINKER stands still …
    async with connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('gerbang linker', 0))"
        )
        await perform(
            who["agent-au"], "proposeCorrection", case, identity={"email": "una@example.net"}
        )
        await perform(officer, "approveCorrection", case)
        answer = await officer(
            "query ($case: ID!) { node(id: $case) { ... on Application { isLinked"
            " allowed { step isAllowed reason { code } } } } }", case=case,
        )  # fmt: skip
        assert answer.data["node"]["isLinked"] is False
        granting = await change(officer, "recordDecision", case, outcome="GRANTED")
        assert granting.codes == ["NOT_LINKED"]
    # … and as soon as it has looked, it is granted.
    await wait_until_linked(who, case)
    await perform(officer, "recordDecision", case, outcome="GRANTED")
