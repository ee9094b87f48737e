"""To look at the same figures in another way asks the gateway nothing anew, for a moment."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx2
import pytest

from dashboard.gateway import last_good, session
from dashboard.gateway.client import GatewayClient, GatewayError
from dashboard.gateway.last_good import LastGood
from tests.dashboard.asking_dash import ASKED, draw, page_of
from tests.dashboard.conftest import Line, Running

pytestmark = pytest.mark.anyio

FIRST, SORTED, NARROWED = "?language=en", "?language=en&sort=name", "?language=en&visa=B1"


@pytest.fixture
def asked(connected: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of what the gateway has answered; what it refuses under overload is asked again."""
    paths: list[str] = []
    send = Line.handle_async_request

    async def send_and_note(line: Line, request: httpx2.Request) -> httpx2.Response:
        response = await send(line, request)
        if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            paths.append(request.url.path)
        return response

    monkeypatch.setattr(Line, "handle_async_request", send_and_note)
    # However slow the machine is, no answer grows old while a page is put together.
    monkeypatch.setattr(session, "FRESH_SECONDS", 3_600)
    return paths


#: A page asks the gateway this many questions, whichever and however many parts wait for each.
QUESTIONS = ["/graphql"] * 5


async def open_page(browser: httpx2.AsyncClient) -> int:
    """The mark of a page that shows its figures."""
    mark = next(ASKED)
    await page_of(browser, FIRST, asked=mark)
    return mark


async def test_parts_that_wait_for_the_same_are_answered_by_one_fetch(
    connected: Running, asked: list[str]
) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        await open_page(browser)
        assert asked == ["/graphql", *QUESTIONS]  # and first who is asking


async def test_a_table_is_sorted_without_asking(connected: Running, asked: list[str]) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        mark = await open_page(browser)
        asked.clear()
        await page_of(browser, SORTED, asked=mark)
        assert asked == []
        await page_of(browser, NARROWED, asked=mark)
        assert asked == QUESTIONS[2:]  # names, and what the filters offer, are known


async def test_an_answer_is_fresh_for_seconds_only(
    connected: Running, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FRESH_SECONDS", 0)
    browser, _ = await connected.visitor("leadership")
    async with browser:
        mark = await open_page(browser)
        asked.clear()
        await page_of(browser, SORTED, asked=mark)
        assert set(asked) == {"/graphql"}
        assert len(asked) >= len(QUESTIONS)


async def test_a_refresh_and_a_page_opened_anew_want_news(
    connected: Running, asked: list[str]
) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        await open_page(browser)
        asked.clear()
        await open_page(browser)  # a refresh is nothing else: another mark
        assert asked == QUESTIONS


async def test_an_answer_of_one_session_is_not_given_to_another(
    connected: Running, asked: list[str]
) -> None:
    leader, _ = await connected.visitor("leadership")
    manager, _ = await connected.visitor("manager-au")
    async with leader, manager:
        mark = await open_page(leader)
        asked.clear()
        page = await page_of(manager, FIRST, asked=mark)
        assert "/graphql" in asked
        assert "Australia" in str(page["ranking-table"])
        # Singapore is a nationality too, which the filters offer.
        for place in ("ranking-table", "map", "map-title", "cards", "volumes-heading"):
            assert "Singapore" not in str(page[place])


async def test_another_role_is_asked_for_anew(connected: Running, asked: list[str]) -> None:
    browser, _ = await connected.visitor("both")
    async with browser:
        await browser.post("/role?language=en&role=PARTNER_AGENT")
        mark = await open_page(browser)
        await browser.post("/role?language=en&role=PARTNER_MANAGER")
        await draw(browser)
        asked.clear()
        await page_of(browser, FIRST, asked=mark)
        assert "/graphql" in asked


async def test_of_many_answers_those_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_ANSWERS", 2)
    kept = session.AnswerCache()
    for question in ("first", "second", "first", "third"):
        kept.keep(question, {"of": question}, mark=1)
    assert [kept.has(each) for each in ("first", "second", "third")] == [True, False, True]
    assert kept.find("first") == {"of": "first"}


async def test_all_answers_together_have_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_BYTES", 3_000)
    kept = session.AnswerCache()
    for question in ("first", "second"):
        kept.keep(question, {"text": secrets.token_hex(2_000)}, mark=1)  # packs to two thousand
    assert [kept.has(each) for each in ("first", "second")] == [False, True]


async def test_an_outage_began_with_the_first_question_that_failed() -> None:
    kept, now = session.AnswerCache(), datetime.now(UTC)
    second = session.Outage(now, "UNREACHABLE", "b" * 32, mark=1)
    first = session.Outage(now - timedelta(seconds=9), "INTERNAL", "a" * 32, mark=1)
    kept.fail("second", second)
    kept.fail("first", first)
    assert kept.outage == first
    kept.keep("first", {}, mark=1)  # one question of this page is answered again
    assert kept.outage == second
    kept.keep("third", {}, mark=2)  # and so is a later page: what failed before says nothing
    assert kept.outage is None


@dataclass
class Asked(GatewayClient):
    """A gateway that answers by a function of the test."""

    answer: Callable[[], dict[str, Any]]

    async def ask(self, *_: Any, **__: Any) -> dict[str, Any]:
        return self.answer()


async def test_what_was_asked_in_another_role_is_not_kept() -> None:
    signed_in = session.Session("token", None, "id", 0, role="PARTNER_AGENT")

    def answer() -> dict[str, Any]:
        signed_in.role = roles.pop()
        return {}

    roles = ["PARTNER_MANAGER", "PARTNER_AGENT"]
    for name in ("first", "second"):
        await LastGood(Asked(answer), signed_in).ask(name, {}, "token", "PARTNER_AGENT")
        assert len(signed_in.cache) == 1


@pytest.mark.parametrize(
    ("code", "mark", "is_asked"),
    [("UNREACHABLE", 1, False), ("UNREACHABLE", 2, True), ("INTERNAL", 1, True)],
)
async def test_a_gateway_that_cannot_be_reached_is_asked_once_for_a_page(
    code: str, mark: int, is_asked: bool
) -> None:
    """What broke over one question says nothing of another."""
    asked: list[str] = []

    def fail() -> dict[str, Any]:
        asked.append(code)
        raise GatewayError(code, "no", f"{len(asked)}" * 32)

    signed_in = session.Session("token", None, "id", 0)
    with pytest.raises(GatewayError, match=code):
        await LastGood(Asked(fail), signed_in, 1).ask("first", {}, "token")
    with pytest.raises(GatewayError, match="1" * 32):
        await LastGood(Asked(fail), signed_in, mark).ask("second", {}, "token")
    assert len(asked) == 1 + is_asked


@dataclass
class Silent(GatewayClient):
    """A gateway that answers only when it is let."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: int = 0

    async def ask(self, *_: Any, **__: Any) -> dict[str, Any]:
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return {"a": 1}


async def test_a_silent_gateway_is_away_only_for_a_page_with_something_to_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(last_good, "PATIENCE_SECONDS", 0.01)
    signed_in, silent = session.Session("token", None, "id", 0), Silent()
    with pytest.raises(GatewayError, match="UNREACHABLE"):
        await LastGood(silent, signed_in, 1, has_other=True).ask("q", {}, "token")
    # The next page asks anew, in the turn of the question that nobody waits for.
    with pytest.raises(GatewayError, match="UNREACHABLE"):
        await LastGood(silent, signed_in, 2, has_other=True).ask("q", {}, "token")
    await asyncio.sleep(0)
    assert silent.given_up == 1
    waiting = asyncio.ensure_future(LastGood(silent, signed_in, 3).ask("other", {}, "token"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    silent.may_answer.set()
    assert await waiting == {"a": 1}


@pytest.mark.parametrize("has_other", [True, False])
async def test_a_refusal_ends_all_that_was_kept(has_other: bool) -> None:
    def refuse() -> dict[str, Any]:
        raise GatewayError("FORBIDDEN", "no", "a" * 32)

    signed_in = session.Session("token", None, "id", 0)
    await LastGood(Asked(dict), signed_in).ask("q", {}, "token")
    assert len(signed_in.cache) == 1
    with pytest.raises(GatewayError, match="no"):
        await LastGood(Asked(refuse), signed_in, has_other=has_other).ask("q", {}, "token")
    assert len(signed_in.cache) == 0


async def test_an_answer_is_fresh_for_its_page_and_a_late_one_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(session.time, "monotonic", lambda: now[0])
    kept = session.AnswerCache()
    kept.keep("asked", {}, mark=1)
    kept.keep("late", {}, session.LATE)
    assert kept.find_fresh("asked", 1) == kept.find_fresh("late", 2) == {}
    assert kept.find_fresh("asked", 2) is None
    now[0] += session.FRESH_SECONDS
    assert kept.find_fresh("asked", 1) is kept.find_fresh("late", 2) is None
    assert kept.find("asked") == kept.find("late") == {}
