"""The page keeps itself fresh without a flicker, and says when it cannot."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page

from dashboard.web.sessions import COOKIE
from tests.dashboard.asking_dash import ASK, PARTS, question_of
from tests.dashboard.conftest import Running

MINUTE = 61_000


@pytest.mark.anyio
async def test_what_the_page_shows_already_is_not_sent_again(connected: Running) -> None:
    visitor, _ = await connected.visitor("leadership")
    async with visitor:
        for _ in range(2):  # the minute up to which figures are complete may turn in between
            shown = await marks_of(visitor)
            again = {
                part: await visitor.post(
                    ASK, json=await question_of(visitor, part=part, shown=mark)
                )
                for part, mark in shown.items()
            }
            sent = {part: answer.content for part, answer in again.items()}
            if not any(sent.values()):
                break
        assert sent == dict.fromkeys(PARTS, b"")
        assert {answer.status_code for answer in again.values()} == {204}
        changed: set[str] = set()
        for part, mark in shown.items():
            question = await question_of(visitor, "?language=en&sort=name", part, shown=mark)
            answer = await visitor.post(ASK, json=question)
            response = answer.json()["response"] if answer.status_code == 200 else {}
            changed |= {f"{id_}.{name}" for id_, written in response.items() for name in written}
        assert {"ranking-title.data-html", "ranking-table.data-html"} <= changed
        assert not {"map-title.data-html", "map.figure", "trend-title.data-html"} & changed
        assert "trend.figure" not in changed


async def marks_of(visitor: httpx2.AsyncClient) -> dict[str, str]:
    """The mark of each part of a page that shows its figures."""
    marks = {}
    for part in PARTS:
        answer = await visitor.post(ASK, json=await question_of(visitor, part=part))
        response = answer.json()["response"]
        (marks[part],) = (each["data-mark"] for each in response.values() if "data-mark" in each)
    return marks


@pytest.mark.anyio
@pytest.mark.parametrize("shown", [7, "x", [], {"map": 1}, {"no such thing": "x"}], ids=repr)
async def test_a_browser_that_shows_something_else_is_sent_everything(
    connected: Running, shown: Any
) -> None:
    visitor, _ = await connected.visitor("leadership")
    async with visitor:
        question = await question_of(visitor, shown=shown)
        response = (await visitor.post(ASK, json=question)).json()["response"]
    assert "card-intake" in str(response["cards"])


@pytest.fixture
def page(browser: Browser, connected: Running) -> Iterator[Page]:
    """The page of a leader, with a clock that can be moved on."""
    with ThreadPoolExecutor() as aside:  # the browser's driver runs a loop in this thread
        key, _ = aside.submit(asyncio.run, connected.session_of("leadership")).result()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": key, "url": connected.url}])
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.clock.install()
    page.goto(f"{connected.url}/volumes?language=en")
    page.wait_for_selector("#ranking tbody tr")
    page.wait_for_selector(".scattergeo path.point", state="attached")
    yield page
    context.close()
    assert faults == []


def refresh(page: Page, milliseconds: int = MINUTE) -> None:
    """Let the time pass until the page asks, and has its answers."""
    with page.expect_response(lambda answer: ASK in answer.url):
        page.clock.fast_forward(milliseconds)
    page.wait_for_timeout(1_500)


def mark(page: Page) -> None:
    """Mark what stands on the page: what is redrawn loses its mark."""
    page.evaluate("document.querySelectorAll('main *').forEach((each) => (each.isOld = true))")


@pytest.mark.browser
def test_a_refresh_moves_nothing(page: Page) -> None:
    page.locator(".picture-trend .twin summary").click()
    page.get_by_role("link", name="Backlog").first.focus()
    mark(page)
    height = page.evaluate("[document.body.scrollHeight, scrollY]")
    refresh(page)
    for place in (
        "#cards .number",
        "#map svg",
        "#trend svg",
        "#ranking tbody tr",
        "#volumes-country",
    ):
        assert page.locator(place).first.evaluate("(each) => each.isOld"), place
    assert page.locator(".picture-trend .twin").evaluate("(each) => each.open")
    assert page.evaluate("document.activeElement.innerText").startswith("Backlog")
    assert page.evaluate("[document.body.scrollHeight, scrollY]") == height
    assert page.evaluate("'quiet' in document.documentElement.dataset")


@pytest.mark.browser
def test_nobody_is_interrupted(page: Page) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url) if ASK in request.url else None)
    page.locator("[data-define=intake]").click()
    page.wait_for_selector("[role=dialog]")
    asked.clear()
    page.clock.fast_forward(2 * MINUTE)
    page.wait_for_timeout(1_500)
    assert asked == []
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
    refresh(page)
    page.locator("#volumes-country").focus()
    asked.clear()
    page.clock.fast_forward(2 * MINUTE)
    page.wait_for_timeout(1_500)
    assert asked == []


@pytest.mark.browser
def test_an_outage_shows_above_the_last_good_figures_until_it_ends(
    page: Page, connected: Running
) -> None:
    shown = page.inner_text("#cards")
    page.get_by_role("link", name="Backlog").first.focus()
    mark(page)
    connected.line.is_cut = True
    refresh(page)
    assert "The gateway has not answered since" in page.inner_text(".stale")
    assert page.inner_text("#cards") == shown
    assert page.locator("#ranking tbody tr").first.evaluate("(each) => each.isOld")
    assert page.evaluate("document.activeElement.innerText").startswith("Backlog")
    page.locator(".stale").evaluate("(each) => (each.isOld = true)")
    refresh(page, 11_000)  # nothing is said twice
    assert page.locator(".stale").evaluate("(each) => each.isOld")
    connected.line.is_cut = False
    refresh(page, 11_000)
    assert not page.locator(".stale").count()


@pytest.mark.browser
def test_a_page_that_failed_comes_back_by_itself(page: Page, connected: Running) -> None:
    connected.line.is_cut = True
    page.goto(f"{connected.url}/volumes?language=en&period=last-quarter")
    page.wait_for_selector(".notice.failed")
    assert "Trace id" in page.inner_text(".notice.failed")
    # The page stands with what was asked for, and says what is missing.
    assert page.locator("#volumes-period input:checked").input_value() == "last-quarter"
    assert page.locator("#volumes-country").is_visible()
    assert "Cannot be shown just now" in page.inner_text("#cards")
    connected.line.is_cut = False
    refresh(page, 11_000)
    page.wait_for_selector("#ranking tbody tr")
    page.wait_for_selector("#cards .number")
    assert not page.locator(".notice").count()
