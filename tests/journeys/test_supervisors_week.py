"""A supervisor's weekly look: who has how much on the desk, who refuses more than others would, who
reads a person and passes the case on."""

from datetime import timedelta
from typing import Any

import pytest

from models.database.connections import connect
from models.volumes import fold
from tests.gateway.changing import IDENTITY, assign_to, paid_case, perform, refused_case
from tests.gateway.conftest import Viewer
from tests.world import APPLICANTS, applicant_id, at, today

pytestmark = pytest.mark.anyio

OFFICERS = """
    query ($from: Date!, $to: Date!) { officers(from: $from, to: $to) { rows {
        officer onDesk { value } overdue { value }
        decisions { value } refused { value }
        refusalRate { cases of value low high }
        expectedRefusalRate { value warningLow warningHigh position }
        givenBack { value } givenBackAfterReading { value }
        givenBackAfterReadingRate { cases of }
        expectedGivenBackAfterReadingRate { value }
    } } }
"""
REQUESTS = """
    query ($from: Date!, $to: Date!) { informationRequests(from: $from, to: $to) { rows {
        partner country centre
        rate { cases of } expectedRate { value position }
    } } }
"""
READERS = """
    query ($from: Date!, $to: Date!) { readers(from: $from, to: $to) { rows {
        viewer role people { value } reads { value }
        others lowerQuartile median upperQuartile isUnusual
    } } }
"""
REFERENCE = "query ($case: ID!) { node(id: $case) { ... on Application { reference } } }"
WHO_IS_IT = """
    query ($case: ID!, $reference: String!) @purpose(code: CASEWORK, reference: $reference) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }
"""
PASSED_ON = {"reason": "Better seen by somebody else."}


async def test_a_supervisor_sees_who_reads_people_and_passes_their_cases_on(who, world) -> None:
    before = await officers(who["supervisor"], world, *this_week())

    # One officer gives a case back unseen, and another one after a look at who applies.
    for is_read in (False, True):
        case = await assign_to(who, "officer-2", await paid_case(who))
        if is_read:
            assert await person(who["officer-2"], case) == IDENTITY["fullName"]
        await perform(who["officer-2"], "releaseCase", case, **PASSED_ON)
    # What a supervisor takes away is not given back, whoever was read.
    case = await assign_to(who, "officer-2", await paid_case(who))
    await person(who["officer-2"], case)
    await perform(who["supervisor"], "reassignCase", case, officer="officer", **PASSED_ON)

    after = await officers(who["supervisor"], world, *this_week())
    assert counts(after["officer-2"], "givenBack", "givenBackAfterReading") == (2, 1)
    was, now = (
        {name: counts(row, "onDesk", "overdue") for name, row in rows.items()}
        for rows in (before, after)
    )
    # What was paid a moment ago is not overdue.
    assert {name: (now[name][0] - was[name][0], now[name][1] - was[name][1]) for name in now} == {
        "officer": (1, 0), "officer-2": (0, 0),
    }  # fmt: skip


async def test_a_supervisor_compares_an_officer_with_what_all_make_of_such_cases(who) -> None:
    """Of early 2025, in the small world: one refused 1 of 4, and another one 2 of 3."""
    asked = await who["supervisor"](OFFICERS, **{"from": "2025-01-01", "to": "2025-02-28"})
    one, other = asked.data["officers"]["rows"]
    assert (one["officer"], other["officer"]) == ("officer", "officer-2")
    on_desk, overdue, *decided = counts(one, "onDesk", "overdue", "decisions", "refused")
    assert (on_desk >= overdue >= 1, decided) == (True, [4, 1])
    # All together refused 2 of 5 on B1 and 1 of 2 on C1; the officer decided three and one of them.
    assert one["refusalRate"] == pytest.approx(
        {"cases": 1, "of": 4, "value": 0.25, "low": 0.0456, "high": 0.6994}, abs=1e-4
    )
    expected = one["expectedRefusalRate"]
    assert expected["value"] == pytest.approx((3 * 2 / 5 + 1 / 2) / 4)
    assert expected["position"] == "WITHIN"
    # A correction by a supervisor takes no refusal from who refused.
    assert counts(other, "decisions", "refused") == (3, 2)


async def test_rates_are_of_what_an_officer_decided_or_was_done_with(who, world) -> None:
    connection = await connect(world)
    try:
        await connection.executemany(
            "INSERT INTO volume_officer (starts_on, visa_type_code, officer, granted, refused,"
            " given_back, given_back_after_reading)"
            " VALUES ('2024-03-01', 'B1', $1, $2, $3, $4, $5)",
            [("passes-on", 6, 2, 2, 1), ("works", 8, 0, 0, 0)],
        )
        asked = await who["supervisor"](OFFICERS, **{"from": "2024-03-01", "to": "2024-03-15"})
    finally:
        await connection.execute("DELETE FROM volume_officer WHERE starts_on = '2024-03-01'")
        await connection.close()
    rows = {row["officer"]: row for row in asked.data["officers"]["rows"]}
    assert counts(rows["passes-on"], "onDesk", "decisions", "refused", "givenBack") == (0, 8, 2, 2)
    refused = rows["passes-on"]["refusalRate"]
    assert (refused["cases"], refused["of"]) == (2, 8)
    assert rows["passes-on"]["expectedRefusalRate"]["value"] == pytest.approx(2 / 16)
    passed_on = rows["passes-on"]["givenBackAfterReadingRate"]
    assert (passed_on["cases"], passed_on["of"]) == (1, 10)
    expected = rows["passes-on"]["expectedGivenBackAfterReadingRate"]["value"]
    assert expected == pytest.approx(1 / 18)
    assert rows["works"]["givenBackAfterReadingRate"]["of"] == 8


async def test_a_refusal_of_today_is_counted_for_who_refused(who, world) -> None:
    before = await officers(who["auditor"], world, today().isoformat(), today().isoformat())
    await refused_case(who)
    after = await officers(who["auditor"], world, today().isoformat(), today().isoformat())
    was, now = (
        counts(rows["officer"], "decisions", "refused", "givenBack") for rows in (before, after)
    )
    assert now == (was[0] + 1, was[1] + 1, was[2])
    # Of yesterday there is nothing of it.
    yesterday = (today() - timedelta(days=1)).isoformat()
    rows = await officers(who["auditor"], world, yesterday, yesterday)
    assert counts(rows["officer"], "decisions", "refused") == (0, 0)


async def test_a_supervisor_sees_where_files_come_in_incomplete(who) -> None:
    """In early 2025 more had to be asked for twice: in Melbourne, and of the other partner."""
    asked = await who["supervisor"](REQUESTS, **{"from": "2025-01-01", "to": "2025-02-28"})
    rows = {
        (row["partner"], row["country"], row["centre"]): row
        for row in asked.data["informationRequests"]["rows"]
    }
    assert {place: (row["rate"]["cases"], row["rate"]["of"]) for place, row in rows.items()} == {
        ("ANDALAN", "AU", None): (1, 2),
        ("NUSA", "AU", None): (0, 1),
        ("NUSA", "AU", "AU-MEL"): (1, 1),
        ("NUSA", "AU", "AU-SYD"): (0, 3),
        ("NUSA", "NZ", None): (0, 2),
        ("NUSA", "SG", None): (0, 2),
    }
    # Of nine on B1 more was asked twice, of two on C1 never: one of each came in by the portals.
    assert rows["NUSA", "SG", None]["expectedRate"]["value"] == pytest.approx((2 / 9 + 0) / 2)
    assert {row["expectedRate"]["position"] for row in rows.values()} == {"WITHIN"}
    # The window's last day belongs to it, as does its first.
    for window in (("2025-01-20", "2025-01-31"), ("2025-01-01", "2025-01-20")):
        asked = await who["supervisor"](REQUESTS, **dict(zip(("from", "to"), window, strict=True)))
        assert "AU-MEL" in {row["centre"] for row in asked.data["informationRequests"]["rows"]}


async def test_a_supervisor_sees_who_reads_unusually_many_people(who, world) -> None:
    """Of six officers, five read one or two people on a day, and the other one twelve."""
    owner = await connect(world)
    people = list(APPLICANTS)
    for number, (officer, read) in enumerate(
        [("calm-1", 1), ("calm-2", 2), ("calm-3", 2), ("calm-4", 1), ("calm-5", 2), ("keen", 12)]
    ):
        for of in people[:read]:
            for again in range(2):
                await owner.execute(
                    "INSERT INTO access_event (id, occurred_at, applicant_id, actor, actor_role,"
                    " purpose, case_reference, fields, trace_id) VALUES"
                    " (gen_random_uuid(), $1, $2, $3, 'OFFICER', 'CASEWORK', 'READ', $4, '')",
                    at("03-03 09:00") + timedelta(minutes=number, seconds=again),
                    applicant_id(of),
                    officer,
                    ["fullName"],
                )
    await owner.close()
    asked = await who["supervisor"](READERS, **{"from": "2025-03-03", "to": "2025-03-03"})
    first, *others = asked.data["readers"]["rows"]
    assert first == {
        "viewer": "keen", "role": "OFFICER", "people": {"value": 12}, "reads": {"value": 24},
        "others": 5, "lowerQuartile": 1.0, "median": 2.0, "upperQuartile": 2.0, "isUnusual": True,
    }  # fmt: skip
    assert {row["viewer"] for row in others} == {f"calm-{number}" for number in range(1, 6)}
    assert not any(row["isUnusual"] for row in others)
    # Nothing of it says who was read; and the day after there was nothing.
    assert not any(name in asked.text for name in people)
    after = await who["auditor"](READERS, **{"from": "2025-03-04", "to": "2025-03-04"})
    assert after.data["readers"]["rows"] == []


@pytest.mark.parametrize("question", ["officers", "informationRequests", "readers"])
@pytest.mark.parametrize(
    "name", ["officer", "leadership", "manager-au", "screening", "administrator"]
)
async def test_what_others_do_is_shown_to_nobody_else(who, name: str, question: str) -> None:
    asked = await who[name](f'{{ {question}(from: "2025-01-01", to: "2025-02-28") {{ asOf }} }}')
    assert (asked.status, "data" in asked.body) == (400, False)
    assert set(asked.codes) == {"FORBIDDEN_FIELD"}


# --- What the week consists of -------------------------------------------------------------------


def this_week() -> tuple[str, str]:
    return (today() - timedelta(days=6)).isoformat(), today().isoformat()


async def officers(viewer: Viewer, world: str, from_on: str, to_on: str) -> dict[str, Any]:
    """The rows by officer, with all that was done so far."""
    owner = await connect(world)
    await fold(owner)
    await owner.close()
    asked = await viewer(OFFICERS, **{"from": from_on, "to": to_on})
    assert asked.errors == [], asked.text
    return {row["officer"]: row for row in asked.data["officers"]["rows"]}


def counts(row: dict[str, Any], *names: str) -> tuple[int, ...]:
    return tuple(row[name]["value"] for name in names)


async def person(viewer: Viewer, case: str) -> str | None:
    """The name of who applies, read for the case."""
    reference = (await viewer(REFERENCE, case=case)).data["node"]["reference"]
    asked = await viewer(WHO_IS_IT, case=case, reference=reference)
    identity = asked.data["node"]["applicant"]["identity"]
    return identity and identity["fullName"]
