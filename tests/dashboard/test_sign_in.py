"""Signing in and out: the browser holds a key that nobody can guess, and never a token."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from starlette.applications import Starlette

from dashboard.gateway.session import Session
from dashboard.settings import read_settings
from dashboard.web.sessions import (
    COOKIE,
    MOST_OF_A_PERSON,
    SESSION_SECONDS,
    MemorySessions,
    StoreError,
)
from dashboard.web.sign_in import SignIn, SignInCookie
from tests.dashboard.conftest import ISSUER, Running, development_provider

pytestmark = pytest.mark.anyio


def a_session(subject: str = "") -> Session:
    return Session("access", "refresh", "id", expires_at=time.time() + 300, subject=subject)


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


@pytest.mark.parametrize(
    ("code", "logged"),
    [("access_denied", "OAuthError: access_denied ("), ("Olive Octopus is locked", "OAuthError (")],
)
async def test_what_a_provider_says_of_a_person_is_not_logged(
    running: Running, caplog: pytest.LogCaptureFixture, code: str, logged: str
) -> None:
    async with running.browser() as browser:
        asked = await browser.get("/sign-in")
        state = parse_qs(urlsplit(asked.headers["location"]).query)["state"][0]
        given = {"state": state, "error": code, "error_description": "Olive Octopus is locked"}
        answer = await browser.get("/sign-in/callback", params=given)
    assert (answer.status_code, "Olive" in answer.text + caplog.text) == (400, False)
    assert f"sign-in failed: {logged}" in caplog.text


async def test_sessions_end_with_age() -> None:
    now = [0.0]
    sessions = MemorySessions(lambda: now[0])
    key = await sessions.begin(a_session())
    assert await sessions.find(key) is not None
    now[0] += SESSION_SECONDS
    assert await sessions.find(key) is None


async def test_a_new_sign_in_ends_nobody_elses_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room, it is refused, until sessions have ended by age."""
    monkeypatch.setattr("dashboard.web.sessions.MOST_SESSIONS", 3)
    now = [0.0]
    sessions = MemorySessions(lambda: now[0])
    keys = [await sessions.begin(a_session(f"somebody-{number}")) for number in range(3)]
    for _ in range(2):
        with pytest.raises(StoreError):
            await sessions.begin(a_session("somebody-else"))
    assert [await sessions.find(key) is not None for key in keys] == [True, True, True]
    now[0] += SESSION_SECONDS
    assert await sessions.find(await sessions.begin(a_session("somebody-else")))


async def test_a_person_with_many_sessions_loses_the_own_oldest() -> None:
    sessions = MemorySessions()
    other = await sessions.begin(a_session("other"))
    keys = [await sessions.begin(a_session("many")) for _ in range(MOST_OF_A_PERSON + 2)]
    found = [await sessions.find(key) is not None for key in keys]
    assert found == [False] * 2 + [True] * MOST_OF_A_PERSON
    assert await sessions.find(other)
    # Of sessions without a name it is not known whether they are one person's.
    keys = [await sessions.begin(a_session("")) for _ in range(MOST_OF_A_PERSON + 1)]
    assert all([await sessions.find(key) for key in keys])


async def test_where_there_is_no_room_a_page_says_so(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.web.sessions.MOST_SESSIONS", 0)
    async with running.browser() as browser:
        asked = await browser.get("/sign-in")
        async with httpx2.AsyncClient(transport=running.provider) as provider:
            given = await provider.post(asked.headers["location"], data={"user": "leadership"})
        refused = await browser.get(given.headers["location"])
    assert refused.status_code == 503
    assert "terlalu banyak orang yang masuk" in refused.text
    assert COOKIE not in browser.cookies


async def test_a_session_is_of_whom_the_provider_names(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        session = await running.sessions.find(browser.cookies[COOKIE])
    assert session
    assert session.subject == "leadership"


def query_of(address: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def cookie_in(answer: httpx2.Response) -> tuple[str, set[str]]:
    """The key that an answer gives the browser, and what it says of it."""
    (given,) = (
        each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}=")
    )
    value, *attributes = given.split("; ")
    return value.removeprefix(f"{COOKIE}="), {each.lower() for each in attributes}


async def test_a_stronger_sign_in_is_asked_for_and_the_token_says_so(running: Running) -> None:
    """Where the gateway demands it of whoever reads people (GERBANG_IDENTITY_ACR)."""
    own = {"GERBANG_DASHBOARD_URL": running.url, "GERBANG_ISSUER": ISSUER}
    settings = read_settings({**own, "GERBANG_IDENTITY_ACR": "mfa,hardware"})
    sessions = MemorySessions()
    sign_in = SignIn(settings, sessions, ["/"], running.line)
    app = SignInCookie(Starlette(routes=sign_in.routes()), settings)
    own_line = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=own_line, base_url=running.url) as browser:
        asked = await browser.get("/sign-in")
        assert query_of(asked.headers["location"])["acr_values"] == "mfa hardware"
        async with httpx2.AsyncClient(transport=running.provider) as provider:
            given = await provider.post(asked.headers["location"], data={"user": "officer"})
        key, _ = cookie_in(await browser.get(given.headers["location"]))
    session = await sessions.find(key)
    assert session
    assert jwt.decode(session.access_token, running.signing).claims["acr"] == "mfa"


async def test_the_browser_keeps_the_key_from_scripts_and_other_sites(running: Running) -> None:
    async with running.browser() as browser:
        asked = await browser.get("/sign-in")
        assert query_of(asked.headers["location"])["code_challenge_method"] == "S256"
        async with httpx2.AsyncClient(transport=running.provider) as provider:
            given = await provider.post(asked.headers["location"], data={"user": "leadership"})
        key, attributes = cookie_in(await browser.get(given.headers["location"]))
        # Not secure, since the dashboard of this test is at http.
        assert attributes == {
            "httponly",
            "max-age=28800",
            "path=/",
            "samesite=lax",
        }
        session = await running.sessions.find(key)
        assert session
        out = await browser.post("/sign-out")
        emptied, said = cookie_in(out)
        assert emptied == '""'
        assert "max-age=0" in said
        asked_for = query_of(out.headers["location"])
        assert asked_for["id_token_hint"] == session.id_token
        assert asked_for["post_logout_redirect_uri"] == f"{running.url}/"


async def test_a_sign_in_under_way_is_good_for_ten_minutes(running: Running) -> None:
    async with running.browser() as browser:
        (cookie,) = (await browser.get("/sign-in")).headers.get_list("set-cookie")
    said = {each.lower() for each in cookie.split("; ")[1:]}
    assert said == {"path=/sign-in", "max-age=600", "httponly", "samesite=lax"}


async def test_a_role_is_remembered_as_it_was_named(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[str | None] = []
    save = running.sessions.save

    async def save_and_note(session: Session) -> None:
        saved.append(session.role)
        await save(session)

    monkeypatch.setattr(running.sessions, "save", save_and_note)
    async with running.browser() as browser:
        await running.sign_in(browser, "both")
        session = await running.sessions.find(browser.cookies[COOKIE])
        assert session
        for named, remembered in (
            ("PARTNER_MANAGER", "PARTNER_MANAGER"),
            ("A" * 41, "A" * 40),
            ("", None),
        ):
            chosen = await browser.post(f"/role?page=/volumes&role={named}&country=AU")
            assert chosen.headers["location"] == "/volumes?country=AU"
            assert session.role == saved[-1] == remembered
        assert len(saved) == 3


async def test_over_tls_the_browser_takes_no_cookie_of_another_host() -> None:
    """Both cookies have the prefix by which browsers refuse them from a subdomain, from a page
    without TLS, and for another path."""
    url = "https://figures.example"
    provider = httpx2.ASGITransport(Starlette(routes=[development_provider(url).mount()]))
    settings = read_settings({"GERBANG_DASHBOARD_URL": url, "GERBANG_ISSUER": ISSUER})
    sessions = MemorySessions()
    sign_in = SignIn(settings, sessions, ["/"], provider)
    app = SignInCookie(Starlette(routes=sign_in.routes()), settings)
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=url) as browser,
        httpx2.AsyncClient(transport=provider) as at_provider,
    ):
        asked = await browser.get("/sign-in")
        form = await at_provider.post(asked.headers["location"], data={"user": "leadership"})
        given = await browser.get(form.headers["location"])
        assert given.status_code == 303
        out = await browser.post("/sign-out")
    answers = (asked, given, out)
    set_cookies = [each for answer in answers for each in answer.headers.get_list("set-cookie")]
    named = {each.partition("=")[0] for each in set_cookies}
    assert named == {f"__Host-{COOKIE}", "__Host-gerbang_sign_in"}
    for each in set_cookies:
        said = {part.lower() for part in each.split("; ")[1:]}
        assert {"secure", "path=/"} <= said
        assert not [part for part in said if part.startswith("domain=")]
