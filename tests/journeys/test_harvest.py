"""Somebody reads one person after the other: the budget ends it, and raises an alert."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from tests import tokens
from tests.gateway.changing import change
from tests.gateway.conftest import PATIENT, Answer, Viewer
from tests.gateway.in_process import running_gateway
from tests.linking import linking

pytestmark = pytest.mark.anyio

#: As many people as a supervisor reads in an hour here.
BUDGET = 3
CASES = ("AUSY-GRAN-0001", "AUSY-LATE-0002", "AUPO-SECU-0003", "AUME-INCO-0004", "SGPO-OPEN-0006")
PASSPORT = """
    query ($case: String!) @purpose(code: SUPERVISION, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { passportNumber } } }
    }
"""
ALERTS = """
    { alerts(first: 9, where: {isOpen: {eq: true}}) {
        nodes { id kind actor actorRole isOpen } totalCount { value }
    } }
"""
CLOSED = "{ alerts(first: 9) { nodes { kind actor isOpen closedBy closeReason } } }"
READS = "{ accessEvents(first: 20) { totalCount { value } } }"
WHY = {"reason": "She was asked to look for a forger's earlier files; her head knew of it."}


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway with a small budget."""
    settings = tokens.settings(world, **PATIENT, read_budget_supervisor=str(BUDGET))
    async with running_gateway(settings) as application, linking(world):
        yield application


async def alerts(viewer: Viewer) -> list[dict]:
    found = (await viewer(ALERTS)).data["alerts"]
    assert found["totalCount"]["value"] == len(found["nodes"])
    return found["nodes"]


def passport(asked: Answer) -> str | None:
    assert asked.errors == [], asked.text
    return asked.data["application"]["applicant"]["identity"]["passportNumber"]


async def test_a_harvest_ends_at_its_budget_and_alerts_another_supervisor(who) -> None:
    curious, other, auditor = who["supervisor"], who["supervisor-2"], who["auditor"]
    # Three people are read, each for the own case. There is no alert: that is work.
    for case in CASES[:BUDGET]:
        assert passport(await curious(PASSPORT, case=case)) is not None
    assert await alerts(other) == []

    # The fourth is one too many: nothing is read, and it is said when there is room again.
    refused = await curious(PASSPORT, case=CASES[BUDGET])
    assert (refused.status, refused.codes, "data" in refused.body) == (429, ["READ_BUDGET"], False)
    assert 3_500 < int(refused.headers["retry-after"]) <= 3_600
    assert "3 people an hour" in refused.errors[0]["message"]
    indonesian = await curious.send(
        {"query": PASSPORT, "variables": {"case": CASES[BUDGET]}}, **{"Accept-Language": "id"}
    )
    assert "3 orang per jam" in indonesian.errors[0]["message"]
    assert (await auditor(READS)).data["accessEvents"]["totalCount"]["value"] == BUDGET
    # Whom one has read this hour one may read again, and what names nobody is read as ever.
    assert passport(await curious(PASSPORT, case=CASES[0])) is not None
    assert (await curious("{ applications(first: 5) { nodes { reference } } }")).errors == []

    # It stands in the queue of the other supervisor and of the auditor, once; not in the own.
    [alert] = await alerts(other)
    assert (alert["kind"], alert["actor"], alert["actorRole"]) == (
        "READ_BUDGET", "supervisor", "SUPERVISOR",
    )  # fmt: skip
    assert await alerts(auditor) == [alert]
    assert await alerts(curious) == []

    # Nobody closes the own: to whom it is about, there is none.
    own = await change(curious, "closeAlert", alertId=alert["id"], **WHY)
    assert own.codes == ["NOT_FOUND"]
    done = await change(other, "closeAlert", alertId=alert["id"], **WHY)
    assert done.payload["alert"] == {"id": alert["id"]}
    again = await change(other, "closeAlert", alertId=alert["id"], **WHY)
    assert again.codes == ["ALREADY_CLOSED"]
    assert await alerts(other) == []
    [closed] = (await auditor(CLOSED)).data["alerts"]["nodes"]
    assert closed == {
        "kind": "READ_BUDGET", "actor": "supervisor", "isOpen": False,
        "closedBy": "supervisor-2", "closeReason": WHY["reason"],
    }  # fmt: skip
