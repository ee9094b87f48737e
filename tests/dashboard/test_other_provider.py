"""Signing in at a provider that is not ours (node-oidc-provider), with everything running."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from playwright.sync_api import Browser

from gateway.app import create_app
from models.row_security import login_at
from tests import tokens
from tests.dashboard.visiting import browser
from tests.free_ports import free_port
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.surviving.processes import ROOT, Process
from tests.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Provider,
    oidc_provider,
    wait_until_served,
    with_provider,
)

__all__ = ["browser"]

pytestmark = [pytest.mark.anyio, with_provider]

AUDIENCE = "https://gerbang.example"
#: The dashboard renews a token thirty seconds before its end: this one at once.
RESOURCES = {
    "https://gerbang.example/short": {"audience": AUDIENCE, "seconds": 31},
    "https://gerbang.example/usual": {"audience": AUDIENCE, "seconds": 300},
    "https://gerbang.example/long": {"audience": AUDIENCE, "seconds": 3_600},
    "https://elsewhere.example": {"audience": "https://elsewhere.example", "seconds": 300},
}
PEOPLE = {"a director": {"role": ["LEADERSHIP"]}}
FIGURES = "/export.csv?language=en"
#: The gateway asks for keys that it does not know at most so often.
KEYS_SECONDS = 12


@dataclass(frozen=True)
class House:
    """A gateway and a dashboard, as processes, that know no provider but this one."""

    provider: Provider
    gateway: Process

    @property
    def dashboard_url(self) -> str:
        return self.provider.dashboard

    def browser(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self.dashboard_url, headers={"Accept": "text/html"}, timeout=30
        )

    async def sign_in(self, visitor: httpx2.AsyncClient) -> httpx2.Response:
        """Go through the provider; the answer of the dashboard in the end."""
        asked = await visitor.get("/sign-in")
        async with httpx2.AsyncClient(timeout=30) as elsewhere:
            back = await self.provider.sign_in(elsewhere, asked.headers["location"], "a director")
        return await visitor.get(back)

    def role_of(self, token: str) -> str | None:
        """The role in which the gateway lets the bearer act, if it does."""
        answer = httpx2.post(
            f"{self.gateway.url}/graphql",
            json={"query": "{ viewer { role } }"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        ).json()
        return answer["data"]["viewer"]["role"] if "data" in answer else None


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oidc_provider(f"http://127.0.0.1:{free_port()}", RESOURCES, PEOPLE) as running:
        yield running


@pytest.fixture(scope="module")
def house(
    world: str, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    gateway = Process(
        {
            "ENVIRONMENT": "production",
            "DATABASE_URL": login_at(world, tokens.PASSWORD),
            "ISSUER": provider.issuer,
            "JWKS_URL": provider.jwks_url,
            "AUDIENCE": AUDIENCE,
            "CLAIM_ROLES": "role",
        }
    )
    secret = tmp_path_factory.mktemp("secrets") / "client"
    secret.write_text(f"{CLIENT_SECRET}\n")
    given = {
        "GERBANG_API_URL": gateway.url,
        "GERBANG_DASHBOARD_URL": provider.dashboard,
        "GERBANG_DASHBOARD_PORT": provider.dashboard.rpartition(":")[2],
        "GERBANG_ISSUER": provider.issuer,
        "GERBANG_CLIENT_ID": CLIENT_ID,
        "GERBANG_CLIENT_SECRET_FILE": str(secret),
        "GERBANG_SIGN_IN_SCOPE": "openid offline_access visa",
        "GERBANG_SIGN_IN_PARAMETERS": "prompt=consent",
        "GERBANG_SIGN_IN_RESOURCE": "https://gerbang.example/short",
    }
    gateway.start()
    dashboard = subprocess.Popen(
        [sys.executable, "-m", "dashboard"], cwd=ROOT, env={**os.environ, **given}
    )
    try:
        gateway.until_ready()
        wait_until_served(f"{provider.dashboard}/health/live")
        yield House(provider, gateway)
    finally:
        dashboard.terminate()
        dashboard.wait()
        gateway.end(signal.SIGINT)


async def test_somebody_signs_in_and_reads_figures(house: House) -> None:
    async with house.browser() as visitor:
        done = await house.sign_in(visitor)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        figures = await visitor.get(FIGURES)
    assert figures.status_code == 200
    assert "Australia" in figures.text


async def test_a_token_is_renewed_for_the_same_api(house: House) -> None:
    async with house.browser() as visitor:
        await house.sign_in(visitor)
        before = house.provider.renewals()
        await asyncio.sleep(1.5)
        figures = await visitor.get(FIGURES)
    assert house.provider.renewals() == before + 1
    # The gateway took the new token, so it names the audience.
    assert figures.status_code == 200


async def test_signing_out_ends_the_session_here(house: House) -> None:
    async with house.browser() as visitor:
        await house.sign_in(visitor)
        out = await visitor.post("/sign-out")
        assert out.headers["location"].startswith(f"{house.provider.issuer}/session/end?")
        assert (await visitor.get(FIGURES)).status_code == 303


async def test_keys_are_rotated_while_both_run(house: House) -> None:
    before = (await house.provider.token("a director", "https://gerbang.example/usual"))[
        "access_token"
    ]
    assert house.role_of(before) == "LEADERSHIP"
    house.provider.rotate()
    after = (await house.provider.token("a director", "https://gerbang.example/usual"))[
        "access_token"
    ]
    end = time.monotonic() + KEYS_SECONDS
    while house.role_of(after) is None:
        assert time.monotonic() < end, "the new key was never asked for"
        await asyncio.sleep(0.5)
    # The retired key is still published, so what it signed stays good until it expires.
    assert house.role_of(before) == "LEADERSHIP"
    async with house.browser() as visitor:
        assert (await house.sign_in(visitor)).status_code == 303
        assert (await visitor.get(FIGURES)).status_code == 200


async def ask_gateway(
    provider: Provider, resource: str | None, **variables: str
) -> tuple[int, str]:
    """What a gateway with such settings says of a token for that API."""
    settings = tokens.settings(
        issuer=provider.issuer, jwks_url=provider.jwks_url, audience=AUDIENCE, claim_roles="role",
        **variables,
    )  # fmt: skip
    token = (await provider.token("a director", resource))["access_token"]
    transport = httpx2.ASGITransport(create_app(settings, SmallExecutor()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post(
            "/graphql",
            json={"query": "{ role }"},
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/graphql-response+json",
            },
        )
    return answer.status_code, answer.text


async def test_a_token_for_another_api_is_refused(provider: Provider) -> None:
    status, text = await ask_gateway(provider, "https://elsewhere.example")
    assert status == 401
    assert "another audience" in text


async def test_a_token_for_no_api_is_refused(provider: Provider) -> None:
    """Without a resource this provider gives a token that only itself can read."""
    status, text = await ask_gateway(provider, None)
    assert status == 401
    assert "not a signed JSON Web Token" in text


async def test_a_token_that_lives_too_long_is_refused_unless_that_is_accepted(
    provider: Provider,
) -> None:
    status, text = await ask_gateway(provider, "https://gerbang.example/long")
    assert status == 401
    assert "lives longer than 900 seconds" in text
    status, _ = await ask_gateway(provider, "https://gerbang.example/long", token_seconds="3600")
    assert status == 200


async def test_an_api_that_the_provider_does_not_know_gets_no_token(provider: Provider) -> None:
    refused = await provider.token("a director", "https://unknown.example")
    assert refused["error"] == "invalid_target"


@pytest.mark.browser
def test_a_browser_signs_in_and_out_again(house: House, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(f"{house.dashboard_url}/?language=en")
        page.fill("input[name=login]", "a director")
        page.click("button")
        page.wait_for_selector("#today-change h2:not(:has(.skeleton))")
        page.click('form[action="/sign-out"] button')
        page.click("button[name=logout]")
        # Back at the dashboard, which sends whom it does not know to a provider that does not.
        page.wait_for_selector("input[name=login]")
        assert all(url.startswith((house.dashboard_url, house.provider.issuer)) for url in asked)
        assert {cookie["name"] for cookie in context.cookies(house.dashboard_url)}.isdisjoint(
            {"gerbang_session"}
        )
    finally:
        context.close()
