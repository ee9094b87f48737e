"""A supervisor looks for patterns: who refuses otherwise than the others, who looks and passes on,
and who applies through one partner after another."""

from datetime import timedelta
from typing import Any

import pytest

from models.database.connections import connect
from models.volumes import fold
from tests.gateway.changing import (
    IDENTITY,
    in_verification,
    perform,
    row_id,
    submitted_case,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.world import application_id, at, today

pytestmark = pytest.mark.anyio

OFFICERS = """
    query ($from: Date!, $to: Date!) { officers(from: $from, to: $to) { rows {
        officer
        refusalRate { cases of value low high } expectedRefusalRate { value position }
        givenBackAfterReadingRate { cases of low high }
        expectedGivenBackAfterReadingRate { value position }
    } } }
"""
SEVERAL = """
    query ($from: Date!, $to: Date!, $partner: String, $after: ID) {
        peopleAtSeveralPartners(from: $from, to: $to, partner: $partner, after: $after) {
            rate { cases of value low high }
            rows {
                applicant files { value } partners countries
                granted { value } refused { value } firstSubmittedAt lastSubmittedAt
            }
        }
    }
"""
FILES = """
    query ($person: ID!) { node(id: $person) { ... on Applicant {
        applications(first: 5) { nodes { id } }
        linked(first: 5) { nodes { id state } }
    } } }
"""
PERSON_OF = "query ($case: ID!) { node(id: $case) { ... on Application { applicant { id } } } }"

#: Decisions of a day, and of these the refusals: one officer refuses five times as many as others.
DECIDED = {**{f"calm-{number}": (100, 5) for number in range(1, 7)}, "stern": (60, 15)}
#: Decisions of one who also gave eight cases back, each a moment after reading who applies.
LOOKS = ("keen", 40, 8)
A_CASE = application_id("AUSY-GRAN-0001")


async def test_who_refuses_or_passes_on_otherwise_than_the_others_stands_out(who, world) -> None:
    await plant_officers(world)
    asked = await who["supervisor"](OFFICERS, **{"from": "2025-03-10", "to": "2025-03-10"})
    rows = {row.pop("officer"): row for row in asked.data["officers"]["rows"]}
    rows = {name: rows[name] for name in (*DECIDED, "keen")}

    # Of 700 decisions on the same visa type 45 were refusals.
    stern = rows["stern"]
    assert stern["refusalRate"] == pytest.approx(
        {"cases": 15, "of": 60, "value": 0.25, "low": 0.1578, "high": 0.3723}, abs=1e-4
    )
    assert stern["expectedRefusalRate"]["value"] == pytest.approx(45 / 700)
    assert {name: row["expectedRefusalRate"]["position"] for name, row in rows.items()} == {
        **dict.fromkeys(DECIDED, "WITHIN"), "stern": "ABOVE_CONTROL", "keen": "WITHIN",
    }  # fmt: skip

    # Of 708 cases that officers were done with, eight were passed on after a look: all by one.
    keen = rows["keen"]
    assert keen["givenBackAfterReadingRate"] == pytest.approx(
        {"cases": 8, "of": 48, "low": 0.0870, "high": 0.2958}, abs=1e-4
    )
    assert keen["expectedGivenBackAfterReadingRate"]["value"] == pytest.approx(8 / 708)
    assert {
        name: row["expectedGivenBackAfterReadingRate"]["position"] for name, row in rows.items()
    } == {**dict.fromkeys(DECIDED, "WITHIN"), "keen": "ABOVE_CONTROL"}


async def test_a_supervisor_sees_who_applies_through_one_partner_after_another(
    who, connection
) -> None:
    supervisor, officer = who["supervisor"], who["officer"]
    before = await at_several(supervisor)
    assert before["rows"] == []

    # One person is refused in Sydney, and comes again by another partner, under another name.
    in_sydney = await in_verification(who, identity=person("Shandra Opper", "SHOP00001"))
    refusal = {"outcome": "REFUSED", "grounds": ["FORGED_DOCUMENT"]}
    await perform(officer, "recordDecision", in_sydney, **refusal)
    in_perth = await lodged_in_perth(who, person("Sandra Hopper", "SHOP00001", "1985-01-01"))
    # Another one comes twice by the same partner; and a third one comes for the first time since
    # long before, which is once.
    for _ in range(2):
        await submitted_case(who, identity=person("Toni Same", "SAME00001", "1971-02-02"))
    for number in range(2):
        case = await submitted_case(who, identity=person("Lia Late", "LATE00001", "1972-02-02"))
        await connection.execute(
            "UPDATE application SET submitted_at = submitted_at - $2 * interval '40 days'"
            " WHERE id = $1", *(row_id(case), number),
        )  # fmt: skip
    # And two may be one person: the name and the birth date are the same, the passport is not.
    case = await in_verification(who, identity=person("Ana López", "OLD000001", "1966-03-03"))
    await lodged_in_perth(who, person("Lopez Ana", "NEW000001", "1966-03-03"))

    found = await at_several(supervisor)
    n = before["rate"]["of"] + 2
    assert (found["rate"]["cases"], found["rate"]["of"]) == (1, n)
    assert found["rate"]["value"] == pytest.approx(1 / n)
    assert 0 < found["rate"]["low"] < 1 / n < found["rate"]["high"] < 1
    [shopper] = found["rows"]
    first = await person_of(supervisor, in_sydney)
    assert shopper.pop("firstSubmittedAt") < shopper.pop("lastSubmittedAt")
    assert shopper == {
        "applicant": first, "files": {"value": 2}, "partners": ["ANDALAN", "NUSA"],
        "countries": ["AU"], "granted": {"value": 0}, "refused": {"value": 1},
    }  # fmt: skip
    # It is a pseudonym, from which the files are found.
    files = (await supervisor(FILES, person=first)).data["node"]
    assert [one["id"] for one in files["applications"]["nodes"]] == [in_sydney]

    # A name counts once an officer has confirmed it, and no more once it was rejected.
    other = await person_of(supervisor, case)
    [link] = (await supervisor(FILES, person=other)).data["node"]["linked"]["nodes"]
    values = {"linkId": link["id"], "reason": "The same face."}
    await perform(officer, "confirmLink", case, **values)
    both = await at_several(supervisor)
    assert [row["applicant"] for row in both["rows"]] == [other, first]
    assert (both["rate"]["cases"], both["rate"]["of"]) == (2, n + 1)

    # Whoever has seen one row asks for those behind it, at one partner, or in another window.
    behind = await at_several(supervisor, after=other)
    assert [row["applicant"] for row in behind["rows"]] == [first]
    assert (await at_several(supervisor, after=first))["rows"] == []
    assert (await at_several(supervisor, partner="ANDALAN"))["rows"] == both["rows"]
    nowhere = await at_several(supervisor, partner="NOWHERE")
    assert (nowhere["rows"], nowhere["rate"]) == ([], both["rate"])
    last_week = {"from": days_ago(8), "to": days_ago(2)}
    assert await at_several(supervisor, **last_week) == {"rate": nothing(), "rows": []}

    await perform(officer, "rejectLink", case, **values)
    rejected = await at_several(supervisor)
    assert [row["applicant"] for row in rejected["rows"]] == [first]
    assert rejected["rate"] == found["rate"]
    # A window has the whole of its first day and of its last one.
    for case, day in ((in_sydney, days_ago(20)), (in_perth, days_ago(18))):
        await connection.execute(
            "UPDATE application SET submitted_at = $2::text::timestamp AT TIME ZONE 'Asia/Jakarta'"
            " WHERE id = $1", row_id(case), day,
        )  # fmt: skip
    for last, people in ((19, []), (18, [first])):
        window = {"from": days_ago(20), "to": days_ago(last)}
        assert [
            row["applicant"] for row in (await at_several(supervisor, **window))["rows"]
        ] == people
    asked = await supervisor(SEVERAL, **{"from": days_ago(1), "to": days_ago(-1), "after": "x"})
    assert (asked.status, "data" in asked.body) == (400, False)
    asked = await supervisor(SEVERAL, **{"from": "2024-01-01", "to": "2025-01-01"})
    assert (asked.status, "data" in asked.body) == (400, False)


@pytest.mark.parametrize("name", ["auditor", "officer", "leadership", "manager-au", "agent-au"])
async def test_who_applies_where_is_a_pattern_for_supervisors_alone(who, name: str) -> None:
    asked = await who[name](SEVERAL, **{"from": "2025-01-01", "to": "2025-02-28"})
    assert (asked.status, "data" in asked.body) == (400, False)
    assert set(asked.codes) == {"FORBIDDEN_FIELD"}


# --- What the patterns are made of ---------------------------------------------------------------


def days_ago(number: int) -> str:
    return (today() - timedelta(days=number)).isoformat()


def nothing() -> dict[str, Any]:
    """A rate of no cases."""
    return {"cases": 0, "of": 0, "value": None, "low": 0.0, "high": 1.0}


def person(name: str, passport: str, born: str = "1984-05-06") -> dict[str, str]:
    return {**IDENTITY, "fullName": name, "passportNumber": passport, "birthDate": born}


async def at_several(viewer: Viewer, **given: Any) -> dict[str, Any]:
    """Who applied through several partners, yesterday or today if nothing else is said."""
    asked = await viewer(SEVERAL, **{"from": days_ago(1), "to": days_ago(0), **given})
    assert asked.errors == [], asked.text
    return asked.data["peopleAtSeveralPartners"]


async def lodged_in_perth(who, identity: dict[str, str]) -> str:
    """An application that another partner's agent hands in."""
    agent = Viewer(who["officer"].client, {
        "role": "PARTNER_AGENT", "sub": "agent-perth", "partner": "ANDALAN",
        "countries": ["AU"], "centres": ["AU-PER"],
    })  # fmt: skip
    values = {"visaType": "B1", "nationality": "AU", "identity": identity}
    return await wait_until_linked(who, await perform(agent, "submitApplication", **values))


async def person_of(viewer: Viewer, case: str) -> str:
    return (await viewer(PERSON_OF, case=case)).data["node"]["applicant"]["id"]


async def plant_officers(url: str) -> None:
    """Write what officers did on 10 March, in a case that was granted long before."""
    name, granted, passed_on = LOOKS
    owner = await connect(url)
    for officer, (decisions, refused) in {**DECIDED, name: (granted, 0)}.items():
        await owner.execute(
            "INSERT INTO application_event"
            " (application_id, sequence, kind, occurred_at, actor, actor_role)"
            " SELECT $1, (SELECT max(sequence) FROM application_event WHERE application_id = $1)"
            " + number, CASE WHEN number <= $3 THEN 'REFUSED' ELSE 'GRANTED' END, $4, $5, 'OFFICER'"
            " FROM generate_series(1, $2::int) AS number",
            A_CASE, decisions, refused, at("03-10 09:00"), officer,
        )  # fmt: skip
    await owner.execute(
        "INSERT INTO access_event (id, occurred_at, applicant_id, actor, actor_role, purpose,"
        " case_reference, fields, trace_id)"
        " SELECT gen_random_uuid(), $2, applicant_id, $3, 'OFFICER', 'CASEWORK', reference,"
        " '{fullName}', '' FROM application WHERE id = $1",
        A_CASE, at("03-10 10:05"), name,
    )  # fmt: skip
    for number in range(passed_on):
        taken_at = at("03-10 10:00") + timedelta(seconds=number)
        await owner.execute(
            "INSERT INTO assignment (application_id, officer, role, assigned_by, assigned_at)"
            " VALUES ($1, $2, 'OFFICER', $2, $3)",
            A_CASE, name, taken_at,
        )  # fmt: skip
        await owner.execute(
            "UPDATE assignment SET ended_at = $3, ended_by = $2, reason = 'Not mine.'"
            " WHERE application_id = $1 AND officer = $2 AND ended_at IS NULL",
            A_CASE, name, at("03-10 10:10"),
        )  # fmt: skip
    await fold(owner)
    await owner.close()
