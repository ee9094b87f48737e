"""No session, no answer: on every path that Dash serves, and on every path that it does not."""

import re
from typing import Any

import httpx2
import pytest

from dashboard.pages.registry import PATHS
from dashboard.settings import read_settings
from dashboard.web.gate import FILES, LONGEST_QUERY, POSTED
from dashboard.web.headers import Headers, found_in_bundles, style_hashes
from dashboard.web.sessions import COOKIE
from tests.dashboard.conftest import Running, scripts_of

pytestmark = pytest.mark.anyio

SERVED_BY_DASH = [
    ("GET", "/_dash-layout"),
    ("GET", "/_dash-dependencies"),
    ("POST", "/_dash-update-component"),
    ("GET", "/_dash-component-suites/dash/dcc/async-graph.js"),
    ("GET", "/assets/style.css"),
    ("GET", "/assets/topojson/world_110m.json"),
    ("POST", "/role?role=LEADERSHIP"),
]
NOT_THERE = [
    "/docs",
    "/redoc",
    "/openapi.json",
    "/_reload-hash",
    "/_dash-ws-callback",
    "/_favicon.ico",
    "/anything",
    "/volumes/AU",
    "/today",
]


@pytest.mark.parametrize(("method", "path"), SERVED_BY_DASH)
async def test_nothing_is_served_without_a_session(
    running: Running, method: str, path: str
) -> None:
    async with running.browser() as browser:
        answer = await browser.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 401
    assert answer.json() == {"error": "Sign in first."}


@pytest.mark.parametrize("path", NOT_THERE)
async def test_other_paths_do_not_exist_even_with_a_session(running: Running, path: str) -> None:
    async with running.browser() as browser:
        assert (await browser.get(path)).status_code == 404
        await running.sign_in(browser, "leadership")
        assert (await browser.get(path)).status_code == 404


async def test_the_page_sends_a_stranger_to_sign_in_and_back(running: Running) -> None:
    async with running.browser() as browser:
        sent = await browser.get("/?language=en&period=3-months")
        assert sent.status_code == 303
        assert sent.headers["location"] == "/sign-in?language=en&period=3-months"
        back = await running.sign_in(browser, "leadership", "?language=en&period=3-months")
        assert back == "/?language=en&period=3-months"
    async with running.browser() as browser:  # the page, rather than a file that nobody asked for
        sent = await browser.get("/report.pdf?language=en")
        assert sent.headers["location"] == "/sign-in?language=en"


async def test_every_registered_page_leads_a_stranger_back_to_itself(running: Running) -> None:
    for path in sorted(PATHS - {"/"}):
        async with running.browser() as browser:
            sent = await browser.get(f"{path}?language=en")
            assert sent.headers["location"] == f"/sign-in?page={path}&language=en"
            back = await running.sign_in(browser, "leadership", f"?page={path}&language=en")
            assert back == f"{path}?language=en"


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/nothing", "/role"])
async def test_a_sign_in_leads_to_no_other_page(running: Running, page: str) -> None:
    async with running.browser() as browser:
        assert await running.sign_in(browser, "leadership", f"?page={page}&language=en") == (
            "/?language=en"
        )


async def test_each_page_has_a_nonce_of_its_own(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        pages = [await browser.get("/volumes") for _ in range(2)]
    nonces = [re.findall(r'name="csp-nonce" content="([\w-]{20,})"', page.text) for page in pages]
    assert nonces[0] != nonces[1]
    for page, (nonce,) in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].count("nonce-") == 1  # for styles alone


async def test_a_made_up_session_is_no_session(running: Running) -> None:
    async with running.browser() as browser:
        browser.cookies.set(COOKIE, "made-up")
        assert (await browser.get("/_dash-layout")).status_code == 401


async def test_the_page_and_all_that_it_loads_come_from_here(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        page = await browser.get("/?language=en")
        assert '<html lang="en">' in page.text
        assert "//" not in "".join(scripts_of(page.text))
        for address in scripts_of(page.text):
            loaded = await browser.get(address)
            assert loaded.status_code == 200, address
            assert loaded.headers["cache-control"].startswith("private, max-age=")


#: One of every kind of answer: a page, a file, a redirect, a refusal, an error.
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/?" + "a" * 5_000, 414),
    ("GET", "/volumes", 200),
    ("GET", "/definitions", 200),
    ("GET", "/nothing", 404),
    ("GET", "/_dash-layout", 200),
    ("POST", "/_dash-layout", 405),
    ("POST", "/_dash-update-component", 415),
    ("GET", "/assets/style.css", 200),
    ("GET", "/assets/nothing.css", 404),
    ("GET", "/export.csv", 502),
    ("GET", "/health/live", 200),
    ("GET", "/sign-in", 302),
    ("GET", "/sign-in/callback", 400),
    ("POST", "/role", 303),
    ("POST", "/sign-out", 303),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_every_answer_is_guarded(
    running: Running, method: str, path: str, status: int
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        answer = await browser.request(method, path)
    assert answer.status_code == status
    _assert_guarded(answer)
    # A file alone may be kept, and not that there is none.
    assert (answer.headers["cache-control"] == "no-store") is (path != "/assets/style.css")


async def test_a_mistake_of_ours_is_guarded_and_masked(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(running.sessions, "find", fail)
    async with running.browser() as browser:
        answer = await browser.get("/")
    assert answer.status_code == 500
    assert "a secret" not in answer.text
    assert "Trace id: " in answer.text
    _assert_guarded(answer)
    assert answer.headers["cache-control"] == "no-store"


def _assert_guarded(answer: httpx2.Response) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert policy.count("unsafe-inline") == policy.count("style-src-attr 'unsafe-inline'") == 1
    assert "frame-ancestors 'none'" in policy
    for name, value in {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }.items():
        assert answer.headers[name] == value
    assert "camera=()" in answer.headers["permissions-policy"]


#: What a browser says of where a request comes from, unless it is a page of this very origin.
ELSEWHERE = ("cross-site", "same-site", "none", "")
CHANGES = ("/sign-out", "/role?role=LEADERSHIP", "/_dash-update-component")


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("site", ELSEWHERE)
async def test_nobody_else_can_post_here_not_even_a_neighbour(
    running: Running, site: str, path: str
) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        refused = await browser.post(path, headers={"Sec-Fetch-Site": site})
        assert (refused.status_code, refused.text) == (403, "Not from here.")
        assert (await browser.get("/_dash-layout")).status_code == 200


@pytest.mark.parametrize("path", sorted(FILES))
async def test_no_file_of_figures_is_kept_anywhere(connected: Running, path: str) -> None:
    user = "applicant" if path == "/my-data.json" else "leadership"
    browser, _ = await connected.visitor(user)
    async with browser:
        made = await browser.get(f"{path}?language=en")
        connected.line.is_cut = True
        failed = await browser.get(f"{path}?language=en")
    assert (made.status_code, failed.status_code) == (200, 502)
    assert made.headers["content-disposition"].startswith("attachment; filename=")
    for answer in (made, failed):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["a b", "a/b", "a:80:80", "a:123456", "[::1]x", "a\\b", "@a"])
async def test_an_address_that_is_none_is_refused(running: Running, host: str) -> None:
    async with running.browser() as browser:
        assert (await browser.get("/health/live")).status_code == 200
        assert (await browser.get("/health/live", headers={"Host": host})).status_code == 400


@pytest.mark.parametrize("path", sorted(POSTED))
async def test_what_changes_something_is_posted(running: Running, path: str) -> None:
    async with running.browser() as browser:
        answer = await browser.get(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_nothing_is_followed_through_a_socket(running: Running) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nothing is heard")

    async def send(message: Any) -> None:
        sent.append(message)

    await running.gate({"type": "websocket", "path": "/", "headers": []}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]  # against the policy


@pytest.mark.parametrize(("length", "status"), [(LONGEST_QUERY, 200), (LONGEST_QUERY + 1, 414)])
async def test_an_address_has_a_longest_length(running: Running, length: int, status: int) -> None:
    async with running.browser() as browser:
        assert (await browser.get(f"/health/live?{'a' * length}")).status_code == status


async def test_a_page_alone_remembers_its_language(running: Running) -> None:
    async with running.browser() as browser:
        # Sent to sign in: nobody has seen a page yet.
        assert "set-cookie" not in (await browser.get("/?language=en")).headers
        await running.sign_in(browser, "leadership")
        english = await browser.get("/?language=en")
        assert english.headers["set-cookie"] == (
            "gerbang_language=en; Path=/; SameSite=Lax; HttpOnly"
        )
        assert '<html lang="en">' in (await browser.get("/")).text
        assert '<html lang="id">' in (await browser.get("/?language=id")).text
        assert "set-cookie" not in (await browser.get("/_dash-layout?language=en")).headers


@pytest.mark.parametrize(
    ("url", "security"),
    [
        ("https://figures.example", "max-age=31536000; includeSubDomains"),
        ("http://127.0.0.1:8050", None),
    ],
)
async def test_headers_suit_the_address_and_the_provider(url: str, security: str | None) -> None:
    settings = read_settings(
        {"GERBANG_DASHBOARD_URL": url, "GERBANG_ISSUER": "https://sign-in.example:8443/visa"}
    )
    headers = Headers(settings, lambda: ("'sha256-a'",), ("'sha256-b'",)).for_page("once")
    assert headers.get("Strict-Transport-Security") == security
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["form-action"] == "'self' https://sign-in.example:8443"
    assert policy["script-src"] == "'self' 'sha256-a'"
    assert policy["style-src-elem"].startswith("'self' 'nonce-once' 'sha256-b' ")
    assert policy["base-uri"] == policy["default-src"] == policy["script-src-attr"] == "'none'"
    assert policy["connect-src"] == policy["font-src"] == "'self'"


def test_every_style_of_the_bundles_is_allowed_and_no_other() -> None:
    assert tuple(found_in_bundles()) == style_hashes()
