"""What is read for one follower is sent to others alike, and to nobody else."""

from contextlib import AsyncExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.execution.operation import Answer
from gateway.execution.subscriptions import SharedAnswers
from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.gateway.live import APPLICATIONS, Client, Gateway, happens
from tests.gateway.test_live import live, writer

__all__ = ["live", "writer"]

pytestmark = pytest.mark.anyio


async def test_subscribers_of_one_reach_share_what_is_read(live: Gateway, writer, traffic) -> None:
    async with AsyncExitStack() as stack:
        managers = list[Client]()
        for number in range(6):
            viewer = live.as_viewer("manager-au", sub=f"manager-{number}")
            managers.append(await stack.enter_async_context(viewer))
            await managers[-1].follows(APPLICATIONS)
        await managers[-1].receives_nothing()  # they have caught up
        traffic.statements.clear()
        await happens(writer, "AUSY-PAID-0013", "RECEIVED")
        for manager in managers:
            assert await manager.references(1) == ["AUSY-PAID-0013"]
        looks = [text for text in traffic.statements if "FROM application_change" in text]
        assert len(looks) == 2  # for the places of the changes, and for the changes
        assert sum(text.startswith("SELECT application.") for text in traffic.statements) == 1


async def test_nothing_is_read_for_those_whom_a_change_does_not_concern(
    live: Gateway, writer, traffic
) -> None:
    async with live.as_viewer("manager-au") as manager, live.as_viewer("applicant") as applicant:
        await manager.follows(APPLICATIONS)
        await applicant.follows(APPLICATIONS)
        await manager.receives_nothing()
        traffic.statements.clear()
        await happens(writer, "NZGR-WITH-0009", "RECEIVED")
        await manager.receives_nothing()
        assert not [text for text in traffic.statements if "FROM application_change" in text]


ENDING = """subscription { applicationChanged { position ... on ApplicationChange {
    application { reference applicant { passportLastFour } } } } }"""


@pytest.mark.parametrize("names", [("officer", "officer-2"), ("officer-2", "officer")])
async def test_what_depends_on_who_asks_is_not_shared(
    live: Gateway, writer, names: tuple[str, str]
) -> None:
    """The case is on the desk of `officer`, who alone reads how the passport's number ends."""
    async with live.as_viewer(names[0]) as first, live.as_viewer(names[1]) as second:
        for viewer in (first, second):
            await viewer.follows(ENDING)
        await happens(writer, "SGPO-OPEN-0006", "RECEIVED")
        payloads = [await first.next_value(), await second.next_value()]
    endings = (each["application"]["applicant"]["passportLastFour"] for each in payloads)
    read = dict(zip(names, endings, strict=True))
    assert read["officer"]
    assert not read["officer-2"]


@pytest.mark.parametrize("scope", ["subject", "partner", "countries", "centres", "places"])
def test_answers_are_for_those_alone_who_are_alike_in_all_that_was_asked_of_them(
    scope: str,
) -> None:
    one = Viewer("one", Role.PARTNER_AGENT, partner="NUSA", countries=("AU",), centres=("AU-SYD",))
    changed = {"centres" if scope == "places" else scope: ("others",)}
    other, alike = replace(one, **changed), replace(one, name="somebody")

    def read(**how: Any) -> SharedAnswers:
        answers, session = how.get("answers", [Answer(None)]), SimpleNamespace(scopes={scope})
        context: Any = SimpleNamespace(session=session, disclosed=how.get("disclosed", {}))
        admitted: Any = SimpleNamespace(viewer=one, charge=SimpleNamespace(actual=1))
        return SharedAnswers(answers, admitted, context)

    assert read().are_for(one)
    assert read().are_for(alike)
    assert not read().are_for(other)
    # What is noted of one viewer was not done for another.
    for noted in ({"disclosed": {"PassportEnding": set()}}, {"answers": [Answer(None, [{}])]}):
        assert read(**noted).are_for(one)
        assert not read(**noted).are_for(alike)
