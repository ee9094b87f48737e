"""An agent pages through the last four of passports: nothing is refused, and an alert is raised."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from tests import tokens
from tests.gateway.changing import change
from tests.gateway.conftest import PATIENT, Answer
from tests.gateway.in_process import running_gateway
from tests.journeys.test_harvest import ALERTS, CLOSED, WHY, alerts
from tests.linking import linking

pytestmark = pytest.mark.anyio

#: Of how many people an hour somebody reads it here without an alert.
USUAL = 2
PAGE = """
    query ($first: Int!) { applications(first: $first) {
        nodes { reference applicant { passportLastFour } } pageInfo { hasNextPage }
    } }
"""


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway with a small number of what is usual."""
    settings = tokens.settings(world, **PATIENT, last_four_alert=str(USUAL))
    async with running_gateway(settings) as application, linking(world):
        yield application


def endings(asked: Answer) -> list[str]:
    assert asked.errors == [], asked.text
    found = [node["applicant"]["passportLastFour"] for node in asked.data["applications"]["nodes"]]
    assert all(found)
    return found


async def test_a_harvest_of_last_fours_alerts_another_supervisor(who) -> None:
    agent, supervisor, auditor = who["agent-au"], who["supervisor"], who["auditor"]
    # A page of two people, read again and again, is work: they count once.
    for _ in range(3):
        asked = await agent(PAGE, first=USUAL)
        assert (len(endings(asked)), asked.data["applications"]["pageInfo"]) == (
            USUAL, {"hasNextPage": True},
        )  # fmt: skip
    assert await alerts(supervisor) == []

    # The third person is one more than usual: answered like the others, with one alert.
    for _ in range(2):
        assert len(endings(await agent(PAGE, first=50))) > USUAL
    [alert] = await alerts(supervisor)
    assert (alert["kind"], alert["actor"], alert["actorRole"]) == (
        "READ_BUDGET", "agent-au", "PARTNER_AGENT",
    )  # fmt: skip
    assert await alerts(auditor) == [alert]
    # Whom it is about does not know that there are alerts.
    assert (await agent(ALERTS)).status == 400

    # A supervisor who does the same has theirs in the queue of the other, and closes it nowhere.
    assert len(endings(await supervisor(PAGE, first=50))) > USUAL
    assert await alerts(supervisor) == [alert]
    own, _ = await alerts(who["supervisor-2"])
    assert (own["actor"], own["actorRole"]) == ("supervisor", "SUPERVISOR")
    assert (await change(supervisor, "closeAlert", alertId=own["id"], **WHY)).codes == ["NOT_FOUND"]
    done = await change(who["supervisor-2"], "closeAlert", alertId=own["id"], **WHY)
    assert done.payload["alert"] == {"id": own["id"]}
    closed = (await auditor(CLOSED)).data["alerts"]["nodes"]
    assert {(one["actor"], one["closedBy"]) for one in closed} == {
        ("supervisor", "supervisor-2"), ("agent-au", None),
    }  # fmt: skip
