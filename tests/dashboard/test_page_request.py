"""What parts of a page read together: once for all of them, for a moment, and for nobody else."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from dashboard.components import page_request
from dashboard.components.page_request import (
    PageRequest,
    ViewerChangedError,
    mark_of,
    mark_of_opening,
    refuse_other_viewer,
    shown_instead,
)
from dashboard.gateway.client import GatewayError, HttpGatewayClient
from dashboard.gateway.last_good import LastGood
from dashboard.gateway.session import Session
from dashboard.model.page_state import Address
from dashboard.texts import texts
from dashboard.web.visit import Visit, current_visit
from tests.dashboard.some_volumes import LEADER

pytestmark = pytest.mark.anyio


def new_request(session: Session, mark: float = 1) -> PageRequest:
    gateway = LastGood(HttpGatewayClient("http://127.0.0.1:9"), session, mark)
    return PageRequest(Address("en"), session, gateway, texts("en"), mark)


class Readings:
    """What was read, one after the other; each reading lets others begin meanwhile."""

    def __init__(self, *, fails: bool = False) -> None:
        self.count = 0
        self.fails = fails

    async def __call__(self) -> int:
        self.count += 1
        await asyncio.sleep(0)
        if self.fails:
            raise GatewayError("TIMEOUT", "too slow", "trace")
        return self.count


@pytest.fixture
def session() -> Session:
    return Session("access", None, "id", 0)


def test_another_role_begins_with_nothing_that_the_last_one_read(session: Session) -> None:
    session.viewer = LEADER
    session.cache.keep("question", {"answer": 1}, 1)
    session.act_as("OFFICER")
    assert (session.role, session.viewer, len(session.cache)) == ("OFFICER", None, 0)


async def test_parts_that_ask_at_one_time_share_one_reading(session: Session) -> None:
    read = Readings()
    together = await asyncio.gather(
        *(new_request(session).share("figures", read) for _ in range(3))
    )
    later = await new_request(session).share("figures", read)
    assert [*together, later] == [1, 1, 1, 1]


async def test_news_another_address_another_role_and_another_visitor_are_read_for_themselves(
    session: Session,
) -> None:
    read = Readings()
    elsewhere = replace(new_request(session), address=Address("en", country=("AU",)))
    of_others = new_request(Session("access", None, "id", 0))
    for request in (new_request(session), new_request(session, mark=2), elsewhere, of_others):
        await request.share("figures", read)
    session.role = "AUDITOR"
    await new_request(session).share("figures", read)
    await new_request(session).share("others", read)
    assert read.count == 6


async def test_a_failure_reaches_whoever_waits_and_nobody_later(session: Session) -> None:
    read = Readings(fails=True)
    failures = await asyncio.gather(
        *(new_request(session).share("figures", read) for _ in range(2)), return_exceptions=True
    )
    assert [type(each) for each in failures] == [GatewayError, GatewayError]
    await asyncio.sleep(0.01)
    read.fails = False
    assert await new_request(session).share("figures", read) == 2


async def test_a_shared_answer_is_kept_for_a_moment_only(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_request, "SHARED_SECONDS", 0.01)
    await new_request(session).share("figures", Readings())
    assert session.cache.shared
    await asyncio.sleep(0.1)
    assert not session.cache.shared


@contextmanager
def visiting(session: Session, drawn_for: str | None = None) -> Iterator[None]:
    gateway = HttpGatewayClient("http://127.0.0.1:9")
    token = current_visit.set(Visit(session, gateway, "en", drawn_for=drawn_for))
    try:
        yield
    finally:
        current_visit.reset(token)


async def test_a_page_that_says_for_whom_it_was_drawn_is_theirs_alone(session: Session) -> None:
    for drawn_for in (None, mark_of(LEADER, session)):
        with visiting(session, drawn_for):
            refuse_other_viewer(LEADER)
    other = replace(session, id_token="another sign-in")
    for drawn_for in (
        "",
        mark_of(replace(LEADER, role="AUDITOR"), session),
        mark_of(LEADER, other),
    ):
        with visiting(session, drawn_for), pytest.raises(ViewerChangedError):
            refuse_other_viewer(LEADER)


async def test_a_layout_takes_the_mark_of_its_document_once(session: Session) -> None:
    session.cache.opened_with = 7
    with visiting(session):
        assert mark_of_opening() == 7
        assert mark_of_opening() > 1_700_000_000_000


@pytest.mark.parametrize("said", [None, "yes", 1, [True], False])
async def test_what_the_browser_sends_as_its_state_may_be_anything(
    session: Session, said: Any
) -> None:
    with visiting(session):
        assert (
            shown_instead({"search": "?country=AU", "instead": True}) == "?language=en&country=AU"
        )
        assert shown_instead({"search": "?country=AU", "instead": said}) is None
        request = page_request.page_request({"search": said, "asked": "now", "instead": True})
        assert (request.address, request.mark) == (Address("en"), None)
        assert page_request.page_request(said).mark is None
        assert page_request.page_request({"asked": 7.5}).mark == 7.5
