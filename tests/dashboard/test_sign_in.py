"""Signing in and out: the browser holds a key that nobody can guess, and never a token."""

import time

import pytest

from dashboard.gateway.session import Session
from dashboard.web.sessions import COOKIE, SESSION_SECONDS, MemorySessions
from tests.dashboard.conftest import Running

pytestmark = pytest.mark.anyio


def a_session() -> Session:
    return Session("access", "refresh", "id", expires_at=time.time() + 300)


async def test_the_key_is_new_at_every_sign_in_and_the_old_one_ends(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        first = browser.cookies[COOKIE]
        await running.sign_in(browser, "manager-au")
        second = browser.cookies[COOKIE]
    assert first != second
    assert await running.sessions.find(first) is None
    assert await running.sessions.find(second) is not None


async def test_a_planted_key_is_not_taken_over(running: Running) -> None:
    async with running.browser() as browser:
        browser.cookies.set(COOKIE, "planted")
        await running.sign_in(browser, "leadership")
    assert await running.sessions.find("planted") is None


async def test_no_token_reaches_the_browser(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        page = await browser.get("/")
        layout = await browser.get("/_dash-layout")
    assert session is not None
    text = page.text + layout.text + str(page.headers) + str(dict(browser.cookies))
    for token in (session.access_token, session.refresh_token, session.id_token):
        assert token
        assert token not in text


async def test_a_stale_token_is_renewed_before_it_is_used(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session is not None
        old, session.expires_at = session.access_token, time.time()
        assert (await browser.get("/_dash-layout")).status_code == 200
        assert session.access_token != old
        assert session.expires_at > time.time() + 60


async def test_a_session_whose_token_cannot_be_renewed_ends(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session is not None
        session.refresh_token, session.expires_at = "revoked", 0
        assert (await browser.get("/_dash-layout")).status_code == 401
        assert await running.sessions.find(browser.cookies[COOKIE]) is None


async def test_signing_out_ends_the_session_here_and_at_the_provider(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        key = browser.cookies[COOKIE]
        out = await browser.post("/sign-out")
        assert out.status_code == 303
        assert "/development/sign-out?" in out.headers["location"]
        assert COOKIE not in browser.cookies
    assert await running.sessions.find(key) is None


@pytest.mark.parametrize("query", ["", "?code=x&state=y", "?error=access_denied", "?state=y"])
async def test_a_callback_that_nobody_asked_for_is_refused(running: Running, query: str) -> None:
    async with running.browser() as browser:
        answer = await browser.get(f"/sign-in/callback{query}")
        assert answer.status_code == 400
        assert COOKIE not in browser.cookies


async def test_sessions_end_with_age() -> None:
    now = [0.0]
    sessions = MemorySessions(lambda: now[0])
    key = await sessions.begin(a_session())
    assert await sessions.find(key) is not None
    now[0] += SESSION_SECONDS
    assert await sessions.find(key) is None


async def test_sessions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.web.sessions.MOST_SESSIONS", 3)
    sessions = MemorySessions()
    keys = [await sessions.begin(a_session()) for _ in range(5)]
    found = [await sessions.find(key) is not None for key in keys]
    assert found == [False, False, True, True, True]
