"""A page that was drawn for one viewer never shows the figures of another: it is reloaded."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

from dashboard.model.user import User
from dashboard.web.gate import DRAWN_FOR, FILE_FOR, FILES
from dashboard.web.sessions import COOKIE
from tests.dashboard.asking_dash import ASK, PARTS, draw, page_of, question_of
from tests.dashboard.conftest import Running
from tests.dashboard.visiting import Visitor
from tests.running_demo import Demo

proof = pytest.mark.proof

RELOAD = {"error": "Reload the page."}


async def answers_of(browser: httpx2.AsyncClient) -> list[httpx2.Response]:
    """What each part answers to a page that stands open."""
    return [
        await browser.post(ASK, json=await question_of(browser, "?language=en&sort=name", part))
        for part in PARTS
    ]


async def must_reload(browser: httpx2.AsyncClient) -> None:
    for answer in await answers_of(browser):
        assert (answer.status_code, answer.json()) == (409, RELOAD)


@pytest.mark.anyio
async def test_a_page_of_another_viewer_is_answered_nothing(connected: Running) -> None:
    browser, _ = await connected.visitor("manager-sg")
    async with browser:
        await page_of(browser)
        browser.cookies.set(COOKIE, (await connected.session_of("leadership"))[0])
        await must_reload(browser)
        await draw(browser)  # which is what the browser does then
        assert "Australia" in str((await page_of(browser))["ranking-table"])


@pytest.mark.anyio
async def test_a_page_of_another_role_of_the_same_viewer_is_answered_nothing(
    connected: Running,
) -> None:
    browser, _ = await connected.visitor("both")
    async with browser:
        await browser.post("/role?language=en&role=PARTNER_AGENT")
        await page_of(browser)
        await browser.post("/role?language=en&role=PARTNER_MANAGER")
        await must_reload(browser)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "change",
    [{"countries": ("AU", "SG")}, {"role": "LEADERSHIP"}, {"partner": "ELSE"}, {"name": "else"}],
    ids=str,
)
async def test_a_page_of_another_scope_is_answered_nothing(
    connected: Running, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    browser, session = await connected.visitor("manager-sg")
    async with browser:
        await page_of(browser)
        before = session.viewer
        assert before
        # As after its token was renewed, which carries what the provider says by now.
        session.viewer = User(
            **{
                name: change.get(name, getattr(before, name))
                for name in ("role", "held_roles", "name", "partner", "countries")
            }
        )
        await must_reload(browser)
        session.viewer = before
        assert {answer.status_code for answer in await answers_of(browser)} == {200}


@pytest.mark.anyio
@pytest.mark.parametrize("mark", ["", "0" * 32])
async def test_a_page_that_does_not_say_for_whom_it_was_drawn_is_answered_nothing(
    connected: Running, mark: str
) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        await page_of(browser)
        browser.headers[DRAWN_FOR] = mark
        await must_reload(browser)


@pytest.mark.anyio
@pytest.mark.parametrize("file", sorted(FILES - {"/my-data.json"}))
async def test_a_file_of_a_page_of_another_viewer_is_their_own_page(
    connected: Running, file: str
) -> None:
    browser, _ = await connected.visitor("manager-sg")
    async with browser:
        await page_of(browser)
        drawn_for = browser.headers[DRAWN_FOR]
        asked = {"language": "en", FILE_FOR: drawn_for}
        assert (await browser.get(file, params=asked)).status_code == 200
        browser.cookies.set(COOKIE, (await connected.session_of("leadership"))[0])
        answer = await browser.get(file, params=asked)
        assert (answer.status_code, answer.text) == (303, "")
        page = "/?" if file.startswith("/report") else "/volumes"
        assert answer.headers["location"].startswith(page)
        assert (await browser.get(file)).status_code == 200  # by its address, of whoever asks


@pytest.fixture
def two_tabs(visitor: Visitor) -> Iterator[Visitor]:
    """A browser in which another tab signs in or out: the refused questions are its only faults."""
    yield visitor
    visitor.page.context.unroute_all(behavior="ignoreErrors")
    for other in visitor.page.context.pages[1:]:
        other.close()
    visitor.user = ""  # whoever signed in beside it
    assert [each for each in visitor.faults if not re.search("status of 40[19]", each)] == []
    visitor.faults.clear()


def sign_in_beside(old: Page, demo: Demo, user: str) -> None:
    other = old.context.new_page()
    other.goto(f"{demo.dashboard_url}/sign-in?language=en")
    other.fill("input[name=user]", user)
    other.locator("form").last.locator("button").last.click()
    other.wait_for_selector(f"#account .name:text-is('{user}')")
    old.bring_to_front()


def hears_nothing(visitor: Visitor) -> None:
    """Keep the open tabs from being told by the server what another tab does."""
    visitor.page.context.route("**/news?*", lambda route: None)


def watch(old: Page) -> list[int]:
    """The answers that the old tab is given until it is reloaded."""
    statuses: list[int] = []
    old.on("response", lambda each: statuses.append(each.status) if ASK in each.url else None)
    return statuses


@pytest.mark.browser
@pytest.mark.parametrize("user", ["leadership", pytest.param("manager-sg", marks=proof)])
def test_the_older_tab_becomes_the_new_viewers(two_tabs: Visitor, demo: Demo, user: str) -> None:
    hears_nothing(two_tabs)
    old = two_tabs.opens_today("manager-sg")
    assert "Five answers" in old.inner_text("h1")
    sign_in_beside(old, demo, user)
    statuses = watch(old)
    with old.expect_event("domcontentloaded"):
        old.get_by_text("Last quarter", exact=True).click()
    two_tabs.reads_today()
    assert statuses[0] == 409
    assert 200 not in statuses[: statuses.count(409)]
    assert old.inner_text("#account .name") == user
    assert ("All partner countries" in old.inner_text("#today-facts")) is (user == "leadership")
    assert "period=last-quarter" in old.url  # what was chosen is answered to whom it now is


@pytest.mark.browser
def test_the_older_tab_hears_that_its_session_has_ended(two_tabs: Visitor, demo: Demo) -> None:
    old = two_tabs.opens_today("manager-sg")
    sign_in_beside(old, demo, "leadership")
    old.wait_for_selector("#account .name:text-is('leadership')")
    two_tabs.reads_today()


@proof
@pytest.mark.browser
def test_the_older_tab_gives_no_file_of_the_new_viewers(two_tabs: Visitor, demo: Demo) -> None:
    hears_nothing(two_tabs)
    old = two_tabs.opens("manager-sg")
    old.wait_for_selector("#ranking tbody tr")
    sign_in_beside(old, demo, "leadership")
    old.get_by_role("link", name="XLSX").first.click()
    old.wait_for_selector("#account .name:text-is('leadership')")


@pytest.mark.browser
def test_the_older_tab_of_whoever_signed_out_shows_nothing(two_tabs: Visitor, demo: Demo) -> None:
    hears_nothing(two_tabs)
    old = two_tabs.opens_today("manager-sg")
    other = old.context.new_page()
    other.goto(f"{demo.dashboard_url}/volumes?language=en")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_selector("input[name=user], a")
    old.bring_to_front()
    old.get_by_text("Last quarter", exact=True).click()
    old.wait_for_selector("input[name=user]")
    assert "Singapore" not in old.content()


@proof
@pytest.mark.browser
def test_the_older_tab_takes_the_role_that_was_chosen_beside_it(
    two_tabs: Visitor, demo: Demo
) -> None:
    hears_nothing(two_tabs)
    old = two_tabs.opens("both")
    old.locator(".roles button").first.click()
    old.wait_for_selector("#ranking tbody tr")
    acting = old.inner_text(".roles [aria-pressed=true]")
    other = old.context.new_page()
    other.goto(f"{demo.dashboard_url}/volumes?language=en")
    other.locator(".roles [aria-pressed=false]").click()
    other.wait_for_selector(f".roles [aria-pressed=false]:text-is('{acting}')")
    old.bring_to_front()
    with old.expect_event("domcontentloaded"):
        old.get_by_text("Last quarter", exact=True).click()
    old.wait_for_selector(f".roles [aria-pressed=false]:text-is('{acting}')")
