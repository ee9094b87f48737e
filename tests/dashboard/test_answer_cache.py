"""To look at the same figures in another way asks the gateway nothing anew, for a moment."""

from collections.abc import Iterator

import httpx2
import pytest

from dashboard.gateway import answer_cache
from tests.dashboard.asking_dash import ASK, question_of
from tests.dashboard.conftest import Line, Running

pytestmark = pytest.mark.anyio

FIRST, SORTED, NARROWED = "?language=en", "?language=en&sort=name", "?language=en&visa=B1"


@pytest.fixture
def asked(connected: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of what the dashboard has asked the gateway."""
    paths: list[str] = []
    send = Line.handle_async_request

    async def noted(line: Line, request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path)
        return await send(line, request)

    monkeypatch.setattr(Line, "handle_async_request", noted)
    return paths


async def opened(browser: httpx2.AsyncClient) -> dict[str, str]:
    """The marks of a page that shows its figures."""
    answer = await browser.post(ASK, json=await question_of(browser, FIRST))
    return answer.json()["response"]["shown"]["data"]


async def look(browser: httpx2.AsyncClient, search: str, shown: dict[str, str]) -> None:
    question = await question_of(browser, search, **{"shown.data": shown})
    assert (await browser.post(ASK, json=question)).status_code in (200, 204)


async def test_a_table_is_sorted_without_asking(connected: Running, asked: list[str]) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        shown = await opened(browser)
        asked.clear()
        await look(browser, SORTED, shown)
        assert asked == []
        await look(browser, NARROWED, shown)
        assert asked == ["/graphql"]


async def test_an_answer_is_fresh_for_seconds_only(
    connected: Running, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_cache, "FRESH_SECONDS", 0)
    browser, _ = await connected.visitor("leadership")
    async with browser:
        shown = await opened(browser)
        asked.clear()
        await look(browser, SORTED, shown)
        assert asked == ["/graphql"]


async def test_a_refresh_and_a_page_opened_anew_want_news(
    connected: Running, asked: list[str]
) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        shown = await opened(browser)
        asked.clear()
        await opened(browser)
        assert asked == ["/graphql"]
        refreshed = await question_of(browser, FIRST, **{"shown.data": shown, "refresh.data": 1})
        await browser.post(ASK, json=refreshed | {"changedPropIds": ["refresh.data"]})
        assert asked == ["/graphql"] * 2


async def test_what_is_fresh_to_one_is_nothing_to_another(
    connected: Running, asked: list[str]
) -> None:
    leader, _ = await connected.visitor("leadership")
    manager, _ = await connected.visitor("manager-au")
    async with leader, manager:
        shown = await opened(leader)
        asked.clear()
        question = await question_of(manager, FIRST, **{"shown.data": shown})
        told = (await manager.post(ASK, json=question)).json()["response"]
        assert "/graphql" in asked
        assert "Australia" in str(told["ranking"])
        # Singapore is a nationality too, which the filters offer.
        for place in ("ranking", "map", "map-title", "cards", "heading"):
            assert "Singapore" not in str(told[place])


async def test_another_role_is_asked_for_anew(connected: Running, asked: list[str]) -> None:
    browser, _ = await connected.visitor("both")
    async with browser:
        await browser.post("/role?language=en&role=AUDITOR")
        shown = await opened(browser)
        await browser.post("/role?language=en&role=OFFICER")
        asked.clear()
        await look(browser, FIRST, shown)
        assert "/graphql" in asked
