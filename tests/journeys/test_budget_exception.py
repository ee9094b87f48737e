"""An officer whose budget of people is spent goes on with a case: two supervisors let them."""

from typing import Any
from uuid import UUID

import pytest

from gateway.mapping.ids import GlobalId
from tests.gateway.changing import FURTHER_PEOPLE, change, in_verification, reference_of
from tests.gateway.conftest import Answer, Viewer
from tests.gateway.judged import judged_gateway
from tests.world import today

pytestmark = pytest.mark.anyio

WHO_IS_IT = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { fullName } } }
    }
"""
LISTED = """
    { budgetExceptions(first: 9) { nodes {
        viewer role mostPeople minutes proposedBy proposedAt approvedBy approvedAt endsAt seen
    } } }
"""
ALERTS = """
    { alerts(first: 9, where: {isOpen: {eq: true}}) { nodes {
        id kind actor actorRole budgetException { viewer reason }
    } } }
"""
LOG = "{ accessEvents(first: 9) { nodes { actor caseReference } } }"
READERS = "query ($day: Date!) { readers(from: $day, to: $day) { rows { viewer budget } } }"
ADVICE = "If it cannot wait, ask a supervisor for an exception."


def name_told(asked: Answer) -> str | None:
    """The name that was answered; None where the budget is spent, which says what to do."""
    if asked.status == 200:
        name: str = asked.data["application"]["applicant"]["identity"]["fullName"]
        return name
    assert (asked.status, asked.codes) == (429, ["READ_BUDGET"]), asked.text
    assert asked.errors[0]["message"].endswith(ADVICE), asked.text
    return None


async def propose(by: Viewer, /, **given: Any) -> Any:
    return await change(by, "proposeBudgetException", **{**FURTHER_PEOPLE, **given})


async def approve(viewer: Viewer, id_: str) -> list[str]:
    return (await change(viewer, "approveBudgetException", exceptionId=id_)).codes


async def budget_of_officer(reader: Viewer) -> int:
    """What stands beside the people whom the officer has read."""
    day = today().isoformat()
    rows = (await reader(READERS, day=day)).data["readers"]["rows"]
    [budget] = [row["budget"] for row in rows if row["viewer"] == "officer"]
    return budget


async def test_a_budget_that_is_spent_is_widened_by_two_supervisors(world: str) -> None:
    async with judged_gateway(world, people_an_hour=1, read_budget_officer="1") as judged:
        who = judged.who
        officer, one, two = who["officer"], who["supervisor"], who["supervisor-2"]
        third = Viewer(officer.client, {"role": "SUPERVISOR", "sub": "supervisor-3"})
        cases = [await reference_of(officer, await in_verification(who)) for _ in range(4)]

        async def read(case: str) -> str | None:
            return name_told(await officer(WHO_IS_IT, case=case))

        assert await read(cases[0])
        assert await read(cases[1]) is None

        # Somebody else proposes it, within bounds, once.
        for given, refused in (
            ({"mostPeople": 51}, ["INVALID"]),
            ({"mostPeople": 0, "minutes": 61}, ["INVALID", "INVALID"]),
            ({"role": "CARRIER"}, ["INVALID"]),
            ({"role": "APPLICANT"}, ["INVALID"]),
            ({"viewer": ""}, ["INVALID"]),
            ({"viewer": "supervisor", "role": "SUPERVISOR"}, ["SECOND_PERSON_REQUIRED"]),
        ):
            assert (await propose(one, **given)).codes == refused, given
        proposed = await propose(one)
        assert proposed.codes == []
        id_ = proposed.payload["budgetException"]["id"]
        assert (await propose(two)).codes == ["ALREADY_REQUESTED"]
        assert await read(cases[1]) is None

        # Another one agrees, who is nobody's reader here: once.
        assert await approve(one, id_) == ["SECOND_PERSON_REQUIRED"]
        nobodys = GlobalId("BudgetException", str(UUID(int=1))).encode()
        assert await approve(two, nobodys) == await approve(two, "nobody's") == ["NOT_FOUND"]
        assert await approve(two, id_) == []
        assert await approve(third, id_) == ["ALREADY_APPROVED"]

        # One further person, and no second one.
        assert await read(cases[1])
        assert await read(cases[0])
        assert await read(cases[2]) is None
        assert (await propose(one)).codes == ["ALREADY_REQUESTED"]
        for reader in (third, who["auditor"]):
            [row] = (await reader(LISTED)).data["budgetExceptions"]["nodes"]
            assert row.pop("proposedAt") < row.pop("approvedAt") < row.pop("endsAt")
            assert row == {
                "viewer": "officer", "role": "OFFICER", "mostPeople": 1, "minutes": 30,
                "proposedBy": "supervisor", "approvedBy": "supervisor-2", "seen": 1,
            }  # fmt: skip
        log = (await officer(LOG)).data["accessEvents"]["nodes"]
        assert {one["caseReference"] for one in log} == {*cases[:2]}

        assert await budget_of_officer(third) == await budget_of_officer(who["auditor"]) == 2

        # It is looked into by a supervisor who had no part in it.
        raised = (await third(ALERTS)).data["alerts"]["nodes"]
        [alert] = [one for one in raised if one["kind"] == "BUDGET_EXCEPTION"]
        assert (alert["actor"], alert["actorRole"]) == ("supervisor-2", "SUPERVISOR")
        assert alert["budgetException"] == {"viewer": "officer", "reason": FURTHER_PEOPLE["reason"]}
        assert all(one["budgetException"] is None for one in raised if one is not alert)
        close = {"alertId": alert["id"], "reason": "Agreed with the airport."}
        assert (await change(one, "closeAlert", **close)).codes == ["SECOND_PERSON_REQUIRED"]
        assert (await change(two, "closeAlert", **close)).codes == ["NOT_FOUND"]
        assert (await change(third, "closeAlert", **close)).codes == []

        # It is over, so that all is as it was; a proposal that nobody answers in time lapses.
        await judged.administer("UPDATE budget_exception SET ends_at = now()")
        assert await read(cases[3]) is None
        assert await budget_of_officer(third) == 1
        late = (await propose(one)).payload["budgetException"]["id"]
        await judged.administer(
            "UPDATE budget_exception SET proposed_at = now() - interval '1 hour'"
            " WHERE approved_by IS NULL"
        )
        assert await approve(two, late) == ["NOTHING_PROPOSED"]
        assert (await propose(two)).codes == []
        listed = (await third(LISTED)).data["budgetExceptions"]["nodes"]
        assert [(one["proposedBy"], one["approvedBy"]) for one in listed] == [
            ("supervisor-2", None), ("supervisor", "supervisor-2"), ("supervisor", None),
        ]  # fmt: skip
