"""While the gateway is away a visitor sees the last good figures, said to be that, and only own."""

import re
import time
from typing import Any

import httpx2
import pytest

from dashboard.gateway.session import MOST_ANSWERS, AnswerCache, Outage
from dashboard.pages.volumes.layout import NO_FIGURE
from dashboard.web.sessions import COOKIE
from tests.dashboard.asking_dash import ASK, draw, page_of
from tests.dashboard.conftest import Running

pytestmark = pytest.mark.anyio

YEAR, QUARTER = "?language=en", "?language=en&period=last-quarter"
TITLE = "These are the last good figures"
MISSING = "Cannot be shown just now"
PICTURES = ("map", "trend", "ranking")
BROKEN = "UNREACHABLE", "INTERNAL", "TIMEOUT", "UNAVAILABLE"
REFUSALS = "UNAUTHENTICATED", "ROLE_NOT_HELD", "SUSPENDED", "FORBIDDEN_FIELD", "TOO_COSTLY"


def fail(running: Running, code: str) -> None:
    """Let the gateway fail, or refuse, from now on."""
    running.line.is_cut = code == "UNREACHABLE"
    error = {"message": "no", "extensions": {"code": code, "traceId": "a" * 32}}
    running.line.instead = httpx2.Response(200, json={"errors": [error]})


shown = page_of


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["figures"] == {"hidden": False}
    assert MISSING not in str(answer)
    names = ("volumes-heading", "cards", "map", "trend", "ranking-table")
    return {name: answer[name] for name in names}


def has_no_figure(answer: dict[str, Any]) -> bool:
    """The page stands, and every part says that it has nothing to show."""
    parts = (answer[name]["data-html"] for name in ("cards", *(f"{n}-title" for n in PICTURES)))
    return (
        all(MISSING in str(each) for each in parts)
        and answer["map"]["figure"] == answer["trend"]["figure"] == NO_FIGURE
        and not answer["ranking-table"]["data-html"]
    )


@pytest.mark.parametrize("code", BROKEN)
async def test_the_last_good_figures_stay_with_their_time(connected: Running, code: str) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        good = await shown(browser)
        assert TITLE not in str(good)
        fail(connected, code)
        stale = await shown(browser)
        assert figures(stale) == figures(good)
        (as_of,) = re.findall(r"Figures as of ([^'\"]+ WIB)", str(good["volumes-heading"]))
        found = str(stale["volumes-notice"])
        assert TITLE in found
        assert f"The figures are as of {as_of}" in found
        assert session.cache.outage
        assert session.cache.outage.trace_id in found
        assert (await shown(browser))["volumes-notice"] == stale[
            "volumes-notice"
        ]  # nothing new is announced
        connected.line.is_cut, connected.line.instead = False, None
        back = await shown(browser)
        assert TITLE not in str(back)
        assert session.cache.outage is None


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_shows_nothing_and_ends_what_was_kept(
    connected: Running, code: str
) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        await shown(browser)
        assert len(session.cache)
        fail(connected, code)
        refused = await shown(browser)
        assert has_no_figure(refused)
        assert len(session.cache) == 0
        fail(connected, "UNREACHABLE")
        assert has_no_figure(await shown(browser))


@pytest.mark.parametrize(
    ("language", "title", "way_on"),
    [("en", "Access is suspended", "Try again"), ("id", "Akses ditangguhkan", "Coba lagi")],
)
async def test_a_suspended_viewer_learns_so_and_is_not_asked_to_try_again(
    connected: Running, language: str, title: str, way_on: str
) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        fail(connected, "SUSPENDED")
        found = str((await shown(browser, f"?language={language}"))["volumes-notice"])
        assert title in found
        assert way_on not in found


async def test_what_was_never_asked_fails_with_its_trace_id(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        await shown(browser)
        fail(connected, "UNREACHABLE")
        failed = await shown(browser, QUARTER)
        assert has_no_figure(failed)
        assert session.cache.outage
        assert f"Trace id: {session.cache.outage.trace_id}" in str(failed["volumes-notice"])
        assert (await shown(browser, QUARTER))["volumes-notice"] == failed["volumes-notice"]


async def test_the_language_is_part_of_the_question(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        await shown(browser)
        fail(connected, "UNREACHABLE")
        assert session.cache.outage is None
        indonesian = await shown(browser, "?language=id")
        assert session.cache.outage
        assert "Belum dapat ditampilkan" in str(indonesian["ranking-title"])


async def test_sessions_share_nothing_not_even_of_one_user(connected: Running) -> None:
    leader, _ = await connected.visitor("leadership")
    again, _ = await connected.visitor("leadership")
    manager, _ = await connected.visitor("manager-au")
    async with leader, again, manager:
        assert "Singapore" in str(await shown(leader))
        own = await shown(manager)
        fail(connected, "UNREACHABLE")
        assert has_no_figure(await shown(again))
        stale = await shown(manager)
        assert figures(stale) == figures(own)
        assert "Australia" in str(stale["ranking-table"])
        assert "Singapore" not in str(stale["ranking-table"])


async def test_another_role_finds_nothing_of_the_last_one(connected: Running) -> None:
    browser, session = await connected.visitor("both")
    async with browser:
        await browser.post("/role?language=en&role=PARTNER_AGENT")
        await shown(browser)
        assert len(session.cache)
        await browser.post("/role?language=en&role=PARTNER_MANAGER")
        assert len(session.cache) == 0
        await draw(browser)
        fail(connected, "UNREACHABLE")
        assert has_no_figure(await shown(browser))


async def test_another_scope_finds_nothing_of_the_last_one(connected: Running) -> None:
    browser, session = await connected.visitor("manager-au")
    async with browser:
        await shown(browser)
        other = await connected.visitor("manager-sg")
        session.access_token, session.viewer = other[1].access_token, None
        await draw(browser)
        fail(connected, "UNREACHABLE")
        assert has_no_figure(await shown(browser))


async def test_signing_out_ends_what_was_kept(connected: Running) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        await shown(browser)
        key = browser.cookies[COOKIE]
        await browser.post("/sign-out")
        fail(connected, "UNREACHABLE")
        browser.cookies.set(COOKIE, key)
        response = await browser.post(ASK, json={})
        assert response.status_code == 401


async def test_a_file_is_never_made_of_old_figures(connected: Running) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        assert (await browser.get(f"/export.csv{YEAR}")).status_code == 200
        await shown(browser)
        fail(connected, "UNAVAILABLE")
        response = await browser.get(f"/export.csv{YEAR}")
        assert response.status_code == 502
        assert "could not be loaded" in response.text


async def test_a_handful_of_answers_is_kept(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        for year in range(2016, 2027):
            months = f"&period=custom&first={year}-01&last={year}-02"
            await shown(browser, YEAR + months)
        assert len(session.cache) == MOST_ANSWERS
        fail(connected, "UNREACHABLE")
        figures(await shown(browser, YEAR + months))
        oldest = "&period=custom&first=2016-01&last=2016-02"
        assert has_no_figure(await shown(browser, YEAR + oldest))


def test_an_outage_ends_with_the_first_answer_to_a_later_page() -> None:
    cache = AnswerCache()
    cache.fail("map", Outage(1.0, "TIMEOUT", "a" * 32, mark=1))
    cache.keep("trend", {}, mark=1)  # of the page whose map is missing
    assert cache.outage is not None
    cache.keep("trend", {}, mark=2)
    assert cache.outage is None
    cache.fail("map", Outage(2.0, "TIMEOUT", "a" * 32, mark=2))
    cache.keep("map", {}, mark=2)
    assert cache.outage is None


async def test_a_provider_that_is_away_too_ends_no_session(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        good = await shown(browser)
        fail(connected, "UNREACHABLE")
        connected.line.is_provider_cut = True
        session.refresh_token, session.expires_at = "refresh", time.time()
        assert figures(await shown(browser)) == figures(good)
