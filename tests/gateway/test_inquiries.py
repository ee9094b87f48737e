"""The limit of an inquiry: exact over gateways, for many requests at once, on both ways to read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from gateway.access.read_budget import InquiryRoom
from gateway.execution.plan.plans import PlanCache
from gateway.logs import WhyExecutor
from models.database.command_pipeline import Command
from tests import tokens
from tests.gateway.changing import change
from tests.gateway.conftest import PATIENT, Answer, Viewer
from tests.gateway.in_process import two_gateways
from tests.gateway.live import served

pytestmark = pytest.mark.anyio

CASES = ("AUSY-GRAN-0001", "AUSY-LATE-0002", "AUPO-SECU-0003", "AUME-INCO-0004", "SGPO-OPEN-0006")
LIMIT = 3
#: Fewer than an inquiry opens: in one, they are no limit.
SETTINGS = {"read_budget_supervisor": "1"}
PASSPORT = """
    query ($case: String!, $inquiry: String!) @purpose(code: SUPERVISION, reference: $inquiry) {
        application(by: {reference: $case}) { applicant { identity { passportNumber } } }
    }
"""
CASE = """
    query ($case: String!) @purpose(code: SUPERVISION, reference: $case) {
        application(by: {reference: $case}) { applicant { identity { passportNumber } } }
    }
"""
HOLD = """
    mutation ($inquiry: String!, $input: HoldApplicationInput!)
    @purpose(code: SUPERVISION, reference: $inquiry) {
        holdApplication(input: $input) {
            errors { code } application { applicant { identity { fullName } } }
        }
    }
"""
SCHEMA = """
    query ($inquiry: String!) @purpose(code: SUPERVISION, reference: $inquiry) {
        __schema { queryType { name } }
        applications(first: 1) { nodes { applicant { identity { fullName } } } }
    }
"""
ALERTS = "subscription { alertRaised { position ... on Alert { kind actor inquiry { reason } } } }"


@pytest.fixture(scope="module")
async def replicas(world: str) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Two gateways on one database."""
    async with two_gateways(tokens.settings(world, **PATIENT, **SETTINGS)) as clients:
        yield clients


def supervisor(client: httpx2.AsyncClient, name: str) -> Viewer:
    """A supervisor who has opened no inquiry yet."""
    return Viewer(client, {"role": "SUPERVISOR", "sub": name})


async def open_inquiry(viewer: Viewer) -> str:
    """The reference of an inquiry that begins now."""
    values: dict[str, Any] = {"reason": "A ring of forgers.", "minutes": 60, "mostPeople": LIMIT}
    reference: str = (await change(viewer, "openInquiry", **values)).payload["inquiry"]["reference"]
    return reference


def is_read(asked: Answer) -> bool:
    """Whether somebody was read; else the inquiry refused it, and there are no data."""
    if asked.errors:
        assert (asked.codes, "data" in asked.body) == (["INQUIRY_LIMIT"], False), asked.text
        return False
    return asked.data["application"]["applicant"]["identity"] is not None


async def test_of_many_requests_at_once_no_more_people_are_opened_than_the_limit(replicas) -> None:
    inquiry = await open_inquiry(supervisor(replicas[0], "crowd"))
    asked = await asyncio.gather(
        *(
            supervisor(replicas[number % 2], "crowd")(PASSPORT, case=case, inquiry=inquiry)
            for number, case in enumerate(CASES * 4)
        )
    )
    read = {case for case, one in zip(CASES * 4, asked, strict=True) if is_read(one)}
    assert len(read) == LIMIT
    for client in replicas:
        again = [
            is_read(await supervisor(client, "crowd")(PASSPORT, case=one, inquiry=inquiry))
            for one in CASES
        ]
        assert again == [one in read for one in CASES]
    # They count in the budget for what is read beside it: there is no room for anybody further.
    beside = await supervisor(replicas[0], "crowd")(CASE, case="SGPO-HELD-0007")
    assert beside.codes == ["READ_BUDGET"]
    # Who was counted already stays readable.
    [known, *_] = read
    beside = await supervisor(replicas[0], "crowd")(CASE, case=known)
    assert beside.data["application"]["applicant"]["identity"] is not None


async def test_a_gateway_that_admits_nobody_opens_nobody(replicas, monkeypatch) -> None:
    """The defect: people who are read without having been admitted. The row rules do not let it."""

    viewer = supervisor(replicas[0], "unheld")
    inquiry = await open_inquiry(viewer)
    monkeypatch.setattr(InquiryRoom, "question", lambda _: Command("NULL"))
    asked = [await viewer(PASSPORT, case=case, inquiry=inquiry) for case in CASES]
    assert [is_read(one) for one in asked] == [False] * len(CASES)


async def test_without_a_plan_the_limit_is_the_same(replicas, monkeypatch) -> None:
    viewer = supervisor(replicas[0], "unplanned")
    inquiry = await open_inquiry(viewer)
    monkeypatch.setattr(PlanCache, "plan", lambda *_: WhyExecutor.REFUSED)
    asked = [await viewer(PASSPORT, case=case, inquiry=inquiry) for case in CASES]
    assert [is_read(one) for one in asked] == [True] * LIMIT + [False] * (len(CASES) - LIMIT)


async def test_mutations_and_introspection_admit_nobody_to_an_inquiry(replicas) -> None:
    """A change is made once, so it is not run to find out whom it would read."""
    viewer = supervisor(replicas[0], "changing")
    inquiry = await open_inquiry(viewer)
    find = "query ($case: String!) { application(by: {reference: $case}) { id } }"
    id_ = (await viewer(find, case=CASES[4])).data["application"]["id"]
    values = {"applicationId": id_, "reason": "To be looked into.", "idempotencyKey": "of-changing"}
    held = (await viewer(HOLD, inquiry=inquiry, input=values)).data["holdApplication"]
    assert held == {"errors": [], "application": {"applicant": {"identity": None}}}
    assert (await viewer(SCHEMA, inquiry=inquiry)).codes == ["TOO_COSTLY"]
    seen = (await viewer("{ inquiries(first: 1) { nodes { seen } } }")).data["inquiries"]["nodes"]
    assert seen == [{"seen": 0}]


async def test_other_supervisors_and_auditors_are_alerted_of_an_inquiry_at_once(
    world, replicas
) -> None:
    async with (
        served(world) as live,
        live.as_viewer("supervisor-2") as other,
        live.as_viewer("auditor") as auditor,
        live.as_viewer("supervisor") as oneself,
    ):
        for one in (other, auditor, oneself):
            await one.follows(ALERTS)
        await open_inquiry(supervisor(replicas[0], "supervisor"))
        for one in (other, auditor):
            payload = await one.next_value()
            assert (payload["kind"], payload["actor"]) == ("INQUIRY", "supervisor")
            assert payload["inquiry"] == {"reason": "A ring of forgers."}
        await oneself.receives_nothing()
