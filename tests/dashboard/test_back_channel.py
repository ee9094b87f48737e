"""Whoever is signed out at the provider is signed out here within seconds, without the browser."""

import time
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from valkey.asyncio import Valkey

from dashboard.gateway.session import Session
from dashboard.web.sessions import COOKIE, MemorySessions
from dashboard.web.shared_sessions import SharedSessions
from tests.dashboard.conftest import ISSUER, Line, Running
from tests.dashboard.test_shared_sessions import NEW, OLD, url

__all__ = ["url"]

pytestmark = pytest.mark.anyio

EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}
PATH = "/back-channel-logout"
#: What ends a session within 5 seconds.
SECONDS = 5


async def provider_signs_out(running: Running, user: str) -> int:
    """As an administrator of the provider does; how many clients were told."""
    async with httpx2.AsyncClient(transport=running.provider) as provider:
        answer = await provider.post(f"{ISSUER}/users/{user}/sign-out")
    return answer.json()["told"]


async def test_who_is_signed_out_at_the_provider_reads_nothing_here(running: Running) -> None:
    async with running.browser() as browser, running.browser() as other:
        await running.sign_in(browser, "treasury")
        await running.sign_in(other, "leadership")
        assert (await browser.get("/_dash-layout")).status_code == 200
        began = time.monotonic()
        assert await provider_signs_out(running, "treasury") == 1
        assert (await browser.get("/_dash-layout")).status_code == 401
        assert time.monotonic() - began < SECONDS
        assert (await other.get("/_dash-layout")).status_code == 200
        assert await running.sessions.find(other.cookies[COOKIE]) is not None

        # It is over there, too; and whoever signs in again stays.
        assert await provider_signs_out(running, "treasury") == 0
        await running.sign_in(browser, "treasury")
        assert (await browser.get("/_dash-layout")).status_code == 200


@pytest.fixture
def signed(running: Running) -> Any:
    """A logout token as the provider signs it, changed: what is None is left out."""
    signing = running.signing

    def sign(kind: str = "logout+jwt", key: ECKey | None = None, **changes: Any) -> str:
        claims = {
            "iss": ISSUER, "aud": "dashboard", "sub": "somebody", "jti": "one", "events": EVENT,
            "iat": int(time.time()), "exp": int(time.time()) + 100, **changes,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        own = key or signing
        header = {"alg": "ES256", "typ": kind, "kid": own.kid}
        return jwt.encode(header, claims, own, algorithms=["ES256"])

    return sign


async def told(running: Running, token: str) -> int:
    async with running.browser() as sender:
        return (await sender.post(PATH, data={"logout_token": token})).status_code


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "another audience": {"aud": "browser"},
    "no audience": {"aud": None},
    "old": {"iat": 0},
    "expired": {"exp": 1},
    "without an end": {"exp": None},
    "without a name of its own": {"jti": None},
    "another event": {"events": {"https://example/event": {}}},
    "no event": {"events": None},
    "an id token": {"nonce": "n"},
    "nobody's": {"sub": None},
    "an empty name": {"sub": ""},
    "no word": {"sub": 7},
    "an access token": {"kind": "at+jwt"},
    "another key": {"key": ECKey.generate_key("P-256", {"kid": "another"})},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
async def test_what_is_no_logout_token_ends_nothing(
    running: Running, signed: Any, changes: dict[str, Any]
) -> None:
    key = await running.sessions.begin(a_session("somebody", "s-1"))
    assert await told(running, signed(**changes)) == 400
    assert await running.sessions.find(key) is not None
    assert await told(running, signed()) == 200
    assert await running.sessions.find(key) is None


@pytest.mark.parametrize(
    ("claim", "seconds", "status"),
    [("iat", -290, 200), ("iat", -310, 400), ("iat", 290, 200), ("iat", 310, 400),
     ("exp", -50, 200), ("exp", -70, 400)],
)  # fmt: skip
async def test_a_logout_token_is_of_the_last_minutes_of_whichever_clock(
    running: Running, signed: Any, claim: str, seconds: int, status: int
) -> None:
    token = signed(**{claim: int(time.time()) + seconds, "sub": "nobody here"})
    assert await told(running, token) == status


async def test_of_two_tokens_none_counts(running: Running, signed: Any) -> None:
    key = await running.sessions.begin(a_session("somebody"))
    async with running.browser() as sender:
        answer = await sender.post(PATH, data={"logout_token": [signed(), signed()]})
        assert answer.status_code == 400
        # What is filled in beside it counts, too.
        for letters, status in ((15_000, 200), (17_000, 400)):
            data = {"logout_token": signed(sub="nobody here"), "more": "x" * letters}
            assert (await sender.post(PATH, data=data)).status_code == status
    assert await running.sessions.find(key) is not None


async def test_keys_are_fetched_anew_for_an_unknown_one_but_not_for_each(
    running: Running, signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    send = Line.handle_async_request

    async def send_and_note(line: Line, request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return await send(line, request)

    monkeypatch.setattr(Line, "handle_async_request", send_and_note)
    for _ in range(3):
        unknown = signed(key=ECKey.generate_key("P-256", {"kid": "unknown"}))
        assert await told(running, unknown) == 400
    assert sum("keys" in path or "jwks" in path for path in asked) <= 2


async def test_without_a_token_or_with_too_much_it_is_refused(running: Running) -> None:
    async with running.browser() as sender:
        for data in ({}, {"logout_token": "x"}, {"logout_token": "x" * 20_000}):
            answer = await sender.post(PATH, data=data)
            assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
            assert answer.headers["cache-control"] == "no-store"
        for path in (PATH, "/sign-out"):
            assert (await sender.get(path)).status_code == 405


async def test_one_session_of_the_provider_ends_alone(running: Running, signed: Any) -> None:
    one = await running.sessions.begin(a_session("somebody", "s-1"))
    other = await running.sessions.begin(a_session("somebody", "s-2"))
    foreign = await running.sessions.begin(a_session("else", "s-1"))
    assert await told(running, signed(sid="s-1")) == 200
    found = [await running.sessions.find(key) for key in (one, other, foreign)]
    assert [each is not None for each in found] == [False, True, True]
    assert await told(running, signed(sub=None, sid="s-1")) == 200
    assert await running.sessions.find(foreign) is None


async def test_who_signed_in_since_the_token_stays(running: Running, signed: Any) -> None:
    session = a_session("somebody", "s-1")
    key = await running.sessions.begin(session)
    session.begun_at = time.time() + 2
    assert await told(running, signed()) == 200
    assert await running.sessions.find(key) is session


def a_session(subject: str, sid: str = "") -> Session:
    return Session("a", "r", "i", expires_at=time.time() + 300, subject=subject, sid=sid)


async def test_processes_that_share_sessions_end_them_for_each_other(url: str) -> None:
    one, other = SharedSessions(url, [OLD]), SharedSessions(url, [OLD])
    keys = [await one.begin(a_session("mary", sid)) for sid in ("s-1", "s-2")]
    stays = await one.begin(a_session("john", "s-3"))
    assert await other.end_all("mary", "s-1", before=time.time() + 1) == 1
    assert [await one.find(key) is None for key in (*keys, stays)] == [True, False, False]
    # With the next key first, what the last one listed is found, too.
    rotated = SharedSessions(url, [NEW, OLD])
    assert await rotated.end_all("mary", "", before=0) == 0
    assert await rotated.end_all("mary", "", before=time.time() + 1) == 1
    assert await one.find(keys[1]) is None
    assert await one.find(stays) is not None
    async with Valkey.from_url(url) as store:
        named = b" ".join(await store.keys("*"))
    assert (b"mary" in named, b"s-1" in named) == (False, False)


async def test_a_session_of_before_is_ended_by_its_person_alone() -> None:
    sessions = MemorySessions()
    key = await sessions.begin(a_session("mary"))
    assert await sessions.end_all("", "s-1", before=time.time() + 1) == 0
    assert await sessions.end_all("mary", "", before=time.time() + 1) == 1
    assert await sessions.find(key) is None
