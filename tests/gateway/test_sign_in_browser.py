"""Programs in browsers sign in at the development sign-in: a public client, at exact addresses."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from gateway.app import create_app
from gateway.development import SignIn
from gateway.settings import SettingsError
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.test_sign_in import ASKED, VERIFIER, settings

pytestmark = pytest.mark.anyio

APP = "http://app.localhost:5173"
PHONE = "org.example.visa:/sign-in"
OWN = "http://127.0.0.1:8000"


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    chosen = settings(GERBANG_ORIGINS=APP, GERBANG_REDIRECTS=PHONE)
    app = create_app(chosen, SmallExecutor(), sign_in=SignIn(chosen))
    transport = httpx2.ASGITransport(app, client=("127.0.0.1", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url=OWN) as client:
        yield client


async def _pick(client: httpx2.AsyncClient, back: str, **changed: str) -> httpx2.Response:
    asked = {**ASKED, "client_id": "browser", "redirect_uri": back, **changed}
    return await client.post(f"/development/authorize?{urlencode(asked)}", data={"user": "officer"})


@pytest.mark.parametrize(
    "back",
    [f"{APP}/sign-in/callback", f"{OWN}/graphql", "http://localhost:8000/graphql", PHONE],
)
async def test_a_page_signs_somebody_in_without_a_secret(
    client: httpx2.AsyncClient, back: str
) -> None:
    returned = await _pick(client, back)
    assert returned.status_code == 303
    assert returned.headers["location"].startswith(f"{back}?")
    code = dict(parse_qsl(urlsplit(returned.headers["location"]).query))["code"]
    grant = {
        "grant_type": "authorization_code",
        "client_id": "browser",
        "redirect_uri": back,
        "code": code,
        "code_verifier": VERIFIER,
    }
    answer = await client.post("/development/token", data=grant, headers={"Origin": APP})
    assert answer.headers["access-control-allow-origin"] == APP
    token = answer.json()["access_token"]
    asked = await client.post(
        "/graphql", json={"query": "{ role }"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert asked.json()["data"] == {"role": "OFFICER"}


@pytest.mark.parametrize(
    "back",
    [
        f"{APP}/",
        f"{APP}/sign-in/callback/",
        f"{APP}/sign-in/callback?to=elsewhere",
        "http://app.localhost/sign-in/callback",
        f"{OWN}/sign-in/callback",
        "http://127.0.0.1:8050/sign-in/callback",
        "org.example.visa:/elsewhere",
        "org.example.visa.evil:/sign-in",
    ],
)
async def test_nobody_is_sent_to_another_address(client: httpx2.AsyncClient, back: str) -> None:
    refused = await _pick(client, back)
    assert (refused.status_code, "location" in refused.headers) == (400, False)


async def test_a_page_takes_the_challenge_of_pkce(client: httpx2.AsyncClient) -> None:
    refused = await _pick(client, f"{APP}/sign-in/callback", code_challenge_method="plain")
    assert "error=invalid_request" in refused.headers["location"]


@pytest.mark.parametrize("changed", [{"client_id": "dashboard"}, {"code_verifier": "w" * 43}])
async def test_a_code_is_useless_to_another_client_or_page(
    client: httpx2.AsyncClient, changed: dict[str, str]
) -> None:
    back = f"{APP}/sign-in/callback"
    returned = await _pick(client, back)
    code = dict(parse_qsl(urlsplit(returned.headers["location"]).query))["code"]
    answer = await client.post(
        "/development/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "browser",
            "redirect_uri": back,
            "code": code,
            "code_verifier": VERIFIER,
            **changed,
        },
    )
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("back", "source"), [(f"{APP}/sign-in/callback", APP), (PHONE, "org.example.visa:")]
)
async def test_the_form_leads_back_to_whoever_asked_and_nobody_else(
    client: httpx2.AsyncClient, back: str, source: str
) -> None:
    asked = {**ASKED, "client_id": "browser", "redirect_uri": back}
    page = await client.get(f"/development/authorize?{urlencode(asked)}")
    assert f"form-action 'self' {source};" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "address", ["https://app.example.org/", "visa:/sign-in", "org.example.visa://host/", "nothing"]
)
def test_an_address_that_no_application_owns_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="GERBANG_REDIRECTS"):
        settings(GERBANG_REDIRECTS=address)
