"""A gateway that takes questions and answers none: the figures stay, are marked, and come back."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from dashboard.gateway import last_good
from tests.dashboard.asking_dash import page_of
from tests.dashboard.conftest import Running, signed_in

#: Far less than a question may take (20 s), far more than this takes on a machine that is free.
SOON = 10_000
STALE, INSTEAD = "These are the last good figures", "shown is still what was chosen before"
SHOWN = "#volumes-heading, #cards, #ranking-table, #trend-table"


@contextmanager
def silence(running: Running) -> Iterator[None]:
    """Until this ends, the gateway is a port whose connections nobody answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        running.line.moved_to = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield
        finally:
            running.line.moved_to = ""


@pytest.fixture
def volumes(browser: Browser, connected: Running) -> Iterator[Page]:
    with signed_in(browser, connected, "leadership") as context:
        page = context.new_page()
        page.goto(f"{connected.url}/volumes?language=en")
        page.wait_for_selector("#ranking tbody tr")
        page.wait_for_selector("#cards .number")
        page.wait_for_selector("[data-dash-is-loading=true]", state="detached")
        yield page


def figures(page: Page) -> list[str]:
    return page.locator(SHOWN).all_inner_texts()


def want_news(page: Page) -> None:
    """As the page does by itself every minute."""
    page.evaluate("dash_clientside.set_props('asked', {data: Date.now()})")


def choose(page: Page, period: str) -> None:
    page.get_by_text(period, exact=True).click()


def test_a_page_with_figures_waits_less_than_three_seconds() -> None:
    assert last_good.PATIENCE_SECONDS <= 2.5


@pytest.mark.browser
def test_a_refresh_leaves_the_figures_and_marks_them(volumes: Page, connected: Running) -> None:
    good = figures(volumes)
    with silence(connected):
        want_news(volumes)
        volumes.wait_for_selector(".stale", timeout=SOON)
        said = volumes.inner_text(".stale")
        assert STALE in said
        assert INSTEAD not in said
        assert figures(volumes) == good
    volumes.wait_for_selector(".stale", state="detached")
    assert not volumes.locator(".notice").count()


@pytest.mark.browser
def test_a_new_question_leaves_the_figures_of_the_last_one_and_says_so(
    volumes: Page, connected: Running
) -> None:
    year = figures(volumes)
    with silence(connected):
        choose(volumes, "Last quarter")
        volumes.wait_for_selector(".stale", timeout=SOON)
        assert INSTEAD in volumes.inner_text(".stale")
        assert figures(volumes) == year
        assert not volumes.locator(".notice, .missing").count()
        assert "period=last-quarter" in volumes.url
        choose(volumes, "Last year")  # a second one changes nothing
        volumes.wait_for_timeout(1_000)
        assert figures(volumes) == year
        volumes.locator(".stale a").click()  # back to what is shown
        volumes.wait_for_function(
            "([stale, text]) => !document.querySelector(stale)?.innerText.includes(text)",
            arg=[".stale", INSTEAD],
            timeout=SOON,
        )
        assert figures(volumes) == year
        choose(volumes, "Last quarter")
        volumes.wait_for_function(
            "([stale, text]) => document.querySelector(stale)?.innerText.includes(text)",
            arg=[".stale", INSTEAD],
            timeout=SOON,
        )
    volumes.wait_for_selector(".stale", state="detached")
    assert figures(volumes) != year
    heading = volumes.inner_text("#volumes-heading").replace("\u2009", " ")
    assert "Jul – Sept 2026" in heading


@pytest.mark.browser
def test_today_stays_too(browser: Browser, connected: Running) -> None:
    with signed_in(browser, connected, "leadership") as context:
        page = context.new_page()
        page.goto(f"{connected.url}/?language=id")
        page.wait_for_selector("#today-coming h2:not(:has(.skeleton))")
        page.wait_for_selector("[data-dash-is-loading=true]", state="detached")
        answers = page.locator("#today-questions h2").all_inner_texts()
        with silence(connected):
            page.locator("#today-period label").filter(has_text="Bulan lalu").click()
            page.wait_for_selector(".stale", timeout=SOON)
            assert "angka untuk pilihan sebelumnya" in page.inner_text(".stale")
            assert page.locator("#today-questions h2").all_inner_texts() == answers
        page.wait_for_selector(".stale", state="detached")


@pytest.mark.anyio
async def test_what_comes_late_is_shown_when_the_page_asks_next(
    connected: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        await page_of(browser)
        monkeypatch.setattr(last_good, "PATIENCE_SECONDS", 0)
        late = await page_of(browser)
        assert STALE in str(late["volumes-notice"])
        for _ in range(600):
            if not session.cache.abandoned:
                break
            await asyncio.sleep(0.05)
        connected.line.is_cut = True  # so nothing but what came late can be shown
        assert STALE not in str((await page_of(browser))["volumes-notice"])
