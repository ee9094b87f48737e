"""Tokens are renewed before they end, by a provider that may be away, hang or refuse."""

import asyncio
import json
import time

import httpx2
import pytest

from dashboard.gateway.session import Session
from dashboard.model.user import User
from dashboard.web.sessions import COOKIE
from tests.dashboard.conftest import Line, Running

pytestmark = pytest.mark.anyio


@pytest.fixture
def saved(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """What was handed to the store, of which other processes read: tokens, and when the provider
    is to be asked again."""
    handed: list[tuple[str, float]] = []
    save = running.sessions.save

    async def save_and_note(session: Session) -> None:
        handed.append((session.access_token, session.renew_again_at))
        await save(session)

    monkeypatch.setattr(running.sessions, "save", save_and_note)
    return handed


async def test_a_stale_token_is_renewed_before_it_is_used(
    running: Running, saved: list[tuple[str, float]]
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session is not None
        old, session.expires_at = session.access_token, time.time()
        assert (await browser.get("/_dash-layout")).status_code == 200
        assert session.access_token != old
        assert session.expires_at > time.time() + 60
    assert saved == [(session.access_token, 0)]


async def test_a_session_whose_token_cannot_be_renewed_ends(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session is not None
        session.refresh_token, session.expires_at = "revoked", 0
        assert (await browser.get("/_dash-layout")).status_code == 401
        assert await running.sessions.find(browser.cookies[COOKIE]) is None


@pytest.mark.parametrize(("seconds", "is_renewed"), [(40, False), (20, True)])
async def test_a_token_is_renewed_half_a_minute_before_it_ends(
    running: Running, seconds: float, *, is_renewed: bool
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session
        session.viewer = viewer = User("LEADERSHIP", ("LEADERSHIP",), None, None, ())
        old, session.expires_at = session.access_token, time.time() + seconds
        assert (await browser.get("/_dash-dependencies")).status_code == 200
        assert (session.access_token != old) is is_renewed
        # Who a new token is, the gateway is asked anew.
        assert session.viewer is (None if is_renewed else viewer)


async def test_a_provider_that_is_away_is_not_asked_at_each_request(
    running: Running, saved: list[tuple[str, float]]
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session
        old, session.expires_at = session.access_token, time.time() - 5
        running.line.is_provider_cut = True
        try:
            assert (await browser.get("/_dash-dependencies")).status_code == 200
        finally:
            running.line.is_provider_cut = False
        assert (await browser.get("/_dash-dependencies")).status_code == 200
        assert session.access_token == old
        assert saved == [(old, session.renew_again_at)]
        session.renew_again_at = 0  # later
        assert (await browser.get("/_dash-dependencies")).status_code == 200
        assert session.access_token != old


async def test_requests_that_find_a_token_stale_at_once_renew_it_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    send = Line.handle_async_request

    async def send_and_note(line: Line, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            asked.append(request.url.path)
            await asyncio.sleep(0.05)
        return await send(line, request)

    monkeypatch.setattr(Line, "handle_async_request", send_and_note)
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        asked.clear()
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session
        session.expires_at = time.time()
        pages = [browser.get("/_dash-dependencies") for _ in range(4)]
        assert {page.status_code for page in await asyncio.gather(*pages)} == {200}
    assert len(asked) == 1


class Hangs(httpx2.AsyncBaseTransport):
    """A provider that answers only once it may; the dashboard runs in another thread."""

    def __init__(self, provider: httpx2.AsyncBaseTransport) -> None:
        self._provider = provider
        self.may_answer = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        while not self.may_answer:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return await self._provider.handle_async_request(request)


async def test_nobody_waits_for_a_provider_that_hangs_while_the_old_token_serves(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.web.sign_in.PATIENCE_SECONDS", 0.01)
    hanging = Hangs(running.provider)
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session
        old, session.expires_at = session.access_token, time.time() + 25
        monkeypatch.setattr(running.line, "provider", hanging)
        assert (await browser.get("/_dash-dependencies")).status_code == 200
        assert session.access_token == old
        hanging.may_answer = True  # and what it answers in the end is not lost
        async with asyncio.timeout(20):
            while session.access_token == old:  # noqa: ASYNC110 - another thread sets it
                await asyncio.sleep(0.01)
        assert (await browser.get("/_dash-dependencies")).status_code == 200


async def test_without_a_way_to_renew_it_a_session_lasts_as_long_as_its_token(
    running: Running,
) -> None:
    for refresh_token in (None, "revoked"):
        async with running.browser() as browser:
            await running.sign_in(browser, "leadership")
            session = await running.sessions.find(browser.cookies[COOKIE])
            assert session
            session.refresh_token, session.expires_at = refresh_token, time.time() + 20
            assert (await browser.get("/_dash-dependencies")).status_code == 200
            session.expires_at = time.time() - 1
            assert (await browser.get("/_dash-dependencies")).status_code == 401


class KeepsRefreshTokens(httpx2.AsyncBaseTransport):
    """A provider that renews a token without a new refresh token, as it may (RFC 6749, 6)."""

    def __init__(self, provider: httpx2.AsyncBaseTransport) -> None:
        self._provider = provider

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._provider.handle_async_request(request)
        given = json.loads(await response.aread())
        given.pop("refresh_token", None)
        return httpx2.Response(response.status_code, json=given)


async def test_a_refresh_token_stays_good_where_no_other_comes(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session
        token, refresh_token = session.access_token, session.refresh_token
        monkeypatch.setattr(running.line, "provider", KeepsRefreshTokens(running.provider))
        session.expires_at = 0
        assert (await browser.get("/_dash-dependencies")).status_code == 200
        assert session.access_token != token
        assert session.refresh_token == refresh_token
