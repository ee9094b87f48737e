"""Of the sample of a rule some files are decided by two officers, each for themselves: the second
learns of no first, nobody outside of anything, and where they differ, a supervisor is told."""

from typing import Any

import asyncpg
import pytest

from models.ban_list.comparison import BanList
from models.jobs.granting import grant_certain_cases
from models.jobs.screening import screen_paid_cases
from tests.gateway.changing import change, perform
from tests.gateway.conftest import Viewer
from tests.journeys.test_granted_by_rule import (
    ON_A_DESK,
    count_grants,
    decree,
    hours_pass,
    lodge,
    look,
)
from tests.journeys.test_officer import notes
from tests.linking import KEYS

pytestmark = pytest.mark.anyio

TOLD = """query ($id: ID!) { node(id: $id) { ... on Application {
    grantCheck { verdict isDecidedTwice }
    withheldDecision { outcome grounds officer internalNote }
    decision { outcome officer }
} } }"""
LODGED = """query ($id: ID!) { node(id: $id) { ... on Application {
    stage decision { outcome }
} } }"""
ALERTS = """{ alerts(first: 50) { nodes { kind actor isOpen application { id } } } }"""


async def put_on_desk(who: dict[str, Viewer], case: str, officer: str) -> Any:
    await perform(who["supervisor"], "reassignCase", case, officer=officer, reason="In turn.")
    return await look(who[officer], ON_A_DESK, case)


async def decide(viewer: Viewer, case: str, outcome: str, **given: Any) -> None:
    await perform(viewer, "recordDecision", case, outcome=outcome, **given)


async def differing(viewer: Viewer) -> list[str]:
    answer = await viewer(ALERTS)
    assert answer.errors == [], answer.text
    found = [one for one in answer.data["alerts"]["nodes"] if one["kind"] == "DECISIONS_DIFFER"]
    assert {(one["actor"], one["isOpen"]) for one in found} <= {("keeper", True)}
    return [one["application"]["id"] for one in found]


async def test_two_decide_a_file_and_neither_is_told_of_the_other(
    who: dict[str, Viewer], world: str, connection: asyncpg.Connection
) -> None:
    first, second = who["officer"], who["officer-2"]
    supervisor, agent = who["supervisor"], who["agent-au"]
    await decree(who)
    alike, apart, plain = [await lodge(who, number) for number in (31, 32, 33)]
    while await screen_paid_cases(KEYS, connection, BanList()):
        pass
    await hours_pass(connection, alike, apart)
    assert await grant_certain_cases(KEYS, connection, lambda: 0.0) == 0

    # To the first officer it is a file like any other, and what stops a grant stops it here too.
    for case in (alike, apart):
        await put_on_desk(who, case, "officer")
        await perform(supervisor, "holdApplication", case, reason="To be looked into.")
        stopped = await change(first, "recordDecision", case, outcome="GRANTED")
        assert stopped.codes == ["NOT_CLEARED"]
        await perform(supervisor, "releaseApplication", case, reason="Nothing there.")
    await perform(first, "writeNote", alike, text="No bank statement.")
    assert await notes(first, alike) == [("officer", "No bank statement.")]
    await decide(first, alike, "REFUSED", grounds=["INCOMPLETE"])
    await decide(first, apart, "GRANTED", internalNote="As plain as can be.")
    for case in (alike, apart):
        # Nothing is decided, and nobody is told anything.
        assert await look(agent, LODGED, case) == {"stage": "IN_PROCESS", "decision": None}
        assert set((await first(TOLD, id=case)).codes) == {"FORBIDDEN_FIELD"}
        again = await change(first, "recordDecision", case, outcome="GRANTED")
        assert again.codes == ["NOT_ASSIGNED"]
    assert await differing(supervisor) == []

    # Whoever was the first is not the second, though a supervisor gives it to them.
    await put_on_desk(who, alike, "officer")
    for given in ({"outcome": "GRANTED"}, {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}):
        again = await change(first, "recordDecision", alike, **given)
        assert again.codes == ["SECOND_PERSON_REQUIRED"]

    # The second officer sees a file that somebody had before, as one that was given back.
    await put_on_desk(who, plain, "officer")
    await perform(first, "writeNote", plain, text="A cousin of mine.")
    await perform(first, "releaseCase", plain, reason="Better looked at by somebody else.")
    await put_on_desk(who, apart, "officer-2")
    seen = []
    for case in (alike, plain):
        found = await put_on_desk(who, case, "officer-2")
        had_it = [one["officer"] for one in found["assignments"]["nodes"]]
        kinds = [one["kind"] for one in found["events"]["nodes"]]
        seen.append({**found, "assignments": None, "events": None})
        assert sorted({*had_it}) == ["officer", "officer-2"]
        assert [one for one in kinds if one not in ("HELD", "RELEASED")] == [
            "SUBMITTED", "AWAITING_PAYMENT", "PAID", "RECEIVED", "IN_VERIFICATION"
        ]  # fmt: skip
    assert seen[0] == seen[1]
    # What the first of two noted is kept from the second, unlike what one noted who gave it back.
    assert await notes(second, alike) == []
    assert await notes(supervisor, alike) == [("officer", "No bank statement.")]
    assert await notes(second, plain) == [("officer", "A cousin of mine.")]
    await perform(second, "writeNote", alike, text="Looks the same.")
    for case in (alike, apart):
        await decide(second, case, "REFUSED", grounds=["INCOMPLETE"])
        decided = await look(agent, LODGED, case)
        assert decided == {"stage": "CLOSED", "decision": {"outcome": "REFUSED"}}
    await decide(second, plain, "GRANTED")

    # Where they differ, supervisors and auditors are told, and read both.
    for viewer in (supervisor, who["auditor"]):
        assert await differing(viewer) == [apart]
        assert await look(viewer, TOLD, apart) == {
            "grantCheck": {"verdict": "SAMPLED", "isDecidedTwice": True},
            "withheldDecision": {
                "outcome": "GRANTED", "grounds": [], "officer": "officer",
                "internalNote": "As plain as can be.",
            },
            "decision": {"outcome": "REFUSED", "officer": "officer-2"},
        }  # fmt: skip
        assert (await look(viewer, TOLD, plain))["withheldDecision"] is None
    await perform(supervisor, "supersedeDecision", apart, outcome="GRANTED")
    for outside in ("officer", "agent-au", "manager-au", "service", "applicant", "leadership"):
        assert set((await who[outside](TOLD, id=apart)).codes) <= {"FORBIDDEN_FIELD"}, outside
    await count_grants(who, connection, by_rule=0, sampled=2, refused=2, twice=2, differing=1)
    # What is withheld is in no figure of an officer, neither as decided nor as given back.
    noted = "SELECT sum(granted + refused), sum(given_back) FROM volume_officer WHERE officer = $1"
    assert tuple(
        await connection.fetchrow(f"{noted} AND starts_on = wib_day(now())", "officer")
    ) == (0, 1)
