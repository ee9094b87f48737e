"""The development sign-in: who may use it, what its page shows, and whom it asks for."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest
import uvicorn
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway.app import create_app
from gateway.development import SignIn, SignInRefusedError
from gateway.development.grants import challenge_of
from gateway.development.page import ROLES, SECTIONS, TEXTS
from gateway.development.users import demo_users
from gateway.settings import Settings, SettingsError, read_settings
from models.synthetic.inputs import reference
from models.vocabulary import Role
from tests import tokens
from tests.gateway.serving import bound_port, serving
from tests.gateway.small_schema import SmallExecutor

pytestmark = pytest.mark.anyio

BACK = "http://127.0.0.1:8050/sign-in/callback"
VERIFIER = "v" * 43
ASKED = {
    "client_id": "dashboard",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid",
    "state": "a state",
    "nonce": "a nonce",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


def settings(port: int = 8000, **more: str) -> Settings:
    return read_settings(
        {
            **more,
            "GERBANG_ENVIRONMENT": "development",
            "GERBANG_DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
            "GERBANG_PORT": str(port),
        }
    )


class Demo:
    """A gateway with its sign-in, asked without a network."""

    def __init__(self) -> None:
        self.sign_in = SignIn(settings())
        self.app = create_app(settings(), SmallExecutor(), sign_in=self.sign_in)

    def client(
        self, address: str = "http://127.0.0.1:8000", peer: str = "127.0.0.1"
    ) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(self.app, client=(peer, 50_000))
        return httpx2.AsyncClient(transport=transport, base_url=address)


@pytest.fixture
def demo() -> Demo:
    return Demo()


@pytest.fixture
async def client(demo: Demo) -> AsyncIterator[httpx2.AsyncClient]:
    async with demo.client() as client:
        yield client


def authorize(**changed: str | None) -> str:
    given = {name: value for name, value in {**ASKED, **changed}.items() if value is not None}
    return f"/development/authorize?{urlencode(given)}"


async def code_for(client: httpx2.AsyncClient, user: str = "officer", **changed: str) -> str:
    response = await client.post(authorize(**changed), data={"user": user})
    assert response.status_code == 303
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))["code"]


async def role_of(client: httpx2.AsyncClient, access_token: str) -> Any:
    response = await client.post(
        "/graphql",
        json={"query": "{ role scope }"},
        headers={"Authorization": f"Bearer {access_token}"},
    )
    return response.json().get("data")


# --- From end to end -----------------------------------------------------------------------------


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The gateway of a demo on a real port of this machine."""
    with bound_port() as (bound, port):
        app = create_app(settings(port), SmallExecutor(), sign_in=SignIn(settings(port)))
        async with serving(uvicorn.Config(app, log_level="warning"), bound):
            yield f"http://127.0.0.1:{port}"


async def test_a_standard_client_signs_in_through_discovery() -> None:
    async with served() as address, httpx2.AsyncClient() as browser:
        issuer = f"{address}/development"
        found = (await browser.get(f"{issuer}/.well-known/openid-configuration")).json()
        assert found["issuer"] == issuer
        verifier, nonce = generate_token(64), generate_token()
        async with AsyncOAuth2Client(
            "dashboard",
            redirect_uri=BACK,
            scope="openid",
            code_challenge_method="S256",
            token_endpoint_auth_method="none",
        ) as oauth:
            address_of_page, state = oauth.create_authorization_url(
                found["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
            picked = await browser.post(address_of_page, data={"user": "manager-au"})
            given = await oauth.fetch_token(
                found["token_endpoint"],
                authorization_response=picked.headers["location"],
                state=state,
                code_verifier=verifier,
            )
            renewed = await oauth.refresh_token(found["token_endpoint"])
        keys = KeySet.import_key_set((await browser.get(found["jwks_uri"])).json())
        who = jwt.decode(given["id_token"], keys, algorithms=["ES256"]).claims
        assert (who["iss"], who["aud"], who["sub"]) == (issuer, "dashboard", "manager-au")
        assert who["nonce"] == nonce
        for token in (given["access_token"], renewed["access_token"]):
            response = await browser.post(
                f"{address}/graphql",
                json={"query": "{ role scope }"},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert response.json()["data"] == {"role": "PARTNER_MANAGER", "scope": ["NUSA", "AU"]}


async def test_the_command_gets_a_token_for_a_user(client) -> None:
    answer = (await client.post("/development/users/agent-au/token")).json()
    assert await role_of(client, answer["access_token"]) == {
        "role": "PARTNER_AGENT",
        "scope": ["NUSA", "AU", "AU-SYD"],
    }
    assert answer["expires_in"] == 900


async def test_there_is_no_token_for_somebody_unknown(client) -> None:
    response = await client.post("/development/users/nobody/token")
    assert response.status_code == 404
    assert "access_token" not in response.text


# --- Where it exists -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"environment": "production", "cursor_key": "ab" * 32},
        {"environment": "development"},  # with a provider of its own
    ],
)
async def test_the_sign_in_exists_only_in_development_without_another_provider(elsewhere) -> None:
    with pytest.raises(SignInRefusedError):
        SignIn(tokens.settings(**elsewhere))
    app = create_app(tokens.settings(**elsewhere), SmallExecutor(), key_source=tokens.key_source)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        assert (await client.post("/development/users/officer/token")).status_code == 404


def test_production_refuses_to_start_without_a_provider() -> None:
    with pytest.raises(SettingsError, match="GERBANG_ISSUER"):
        read_settings({"GERBANG_DATABASE_URL": "postgresql://h/d", "GERBANG_CURSOR_KEY": "ab" * 32})


@pytest.mark.parametrize(
    ("address", "peer", "headers"),
    [
        ("http://127.0.0.1:8000", "192.0.2.7", {}),
        ("http://127.0.0.1:8000", "::ffff:192.0.2.7", {}),
        ("http://127.0.0.1:8000", "nonsense", {}),
        ("http://evil.test:8000", "127.0.0.1", {}),
        ("http://127.0.0.1.evil.test", "127.0.0.1", {}),
        ("http://0.0.0.0:8000", "127.0.0.1", {}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Host": "[::1"}),
    ],
)
async def test_the_sign_in_answers_this_machine_only(demo, address, peer, headers) -> None:
    async with demo.client(address, peer) as client:
        for path in ("/development/users/officer/token", "/development/token"):
            response = await client.post(path, headers=headers)
            assert response.status_code == 403
            assert "access_token" not in response.text


@pytest.mark.parametrize(
    ("address", "peer"), [("http://localhost:8000", "127.0.0.1"), ("http://[::1]:8000", "::1")]
)
async def test_this_machine_has_several_names(demo, address, peer) -> None:
    async with demo.client(address, peer) as client:
        assert (await client.post("/development/users/officer/token")).status_code == 200


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "accept_language", "language"),
    [
        ("en", "id", "en"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr,id;q=0.5", "id"),
        (None, "fr", "id"),
    ],
)
async def test_the_page_speaks_the_visitors_language(
    client, wish, accept_language, language
) -> None:
    page = await client.get(
        authorize(ui_locales=wish), headers={"Accept-Language": accept_language}
    )
    assert f'<html lang="{language}">' in page.text
    assert TEXTS[language]["title"] in page.text


async def test_the_page_loads_nothing_and_may_send_its_form_only_back(client) -> None:
    page = await client.get(authorize())
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "form-action 'self' http://127.0.0.1:8050; frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "private, no-store"
    assert not re.search(r"https?://|<script", page.text)
    for user in ("leadership", "both", "manager-pacific", "agent-au", "applicant"):
        assert f'<button name="user" value="{user}">' in page.text
    assert "<strong>both</strong> <small>Manajer mitra, Agen mitra</small>" in page.text


def test_every_role_of_a_demo_user_has_a_name_and_a_place() -> None:
    held = {role for user in demo_users(reference()).values() for role in user.roles}
    assert held == set().union(*SECTIONS.values())
    for language in TEXTS:
        assert held == set(ROLES[language])


async def test_an_unknown_user_is_asked_again(client) -> None:
    page = await client.post(authorize(), data={"user": "<script>"})
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "<script" not in page.text


# --- The authorization request -------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.test/sign-in/callback"},
        {"redirect_uri": f"{BACK}/"},
        {"redirect_uri": f"{BACK}?x=1"},
        {"redirect_uri": "http://127.0.0.1:8050@evil.test/sign-in/callback"},
        {"redirect_uri": "http://127.0.0.1:8051/sign-in/callback"},
    ],
)
async def test_a_strange_client_or_address_is_never_redirected_to(client, changed) -> None:
    for response in (
        await client.get(authorize(**changed)),
        await client.post(authorize(**changed), data={"user": "officer"}),
    ):
        assert response.status_code == 400
        assert "location" not in response.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_mistaken_request_goes_back_with_its_error(client, changed, error) -> None:
    for response in (
        await client.get(authorize(**changed)),
        await client.post(authorize(**changed), data={"user": "officer"}),
    ):
        address = urlsplit(response.headers["location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
        assert parse_qs(address.query) == {
            "error": [error],
            "state": ["a state"],
            "iss": ["http://127.0.0.1:8000/development"],
        }


# --- Users ---------------------------------------------------------------------------------------


def test_the_demo_users_are_the_roles_and_the_partners_countries() -> None:
    users = demo_users(reference())
    assert {role for user in users.values() for role in user.roles} == set(Role) - {Role.ANONYMOUS}
    assert users["both"].roles == (Role.PARTNER_MANAGER, Role.PARTNER_AGENT)
    assert users["manager-au"].claims == {
        "sub": "manager-au", "name": "manager-au", "roles": ["PARTNER_MANAGER"],
        "email": "manager-au@gerbang.example", "email_verified": True,
        "partner": "NUSA", "countries": ["AU"],
    }  # fmt: skip
    assert users["agent-au"].centres == ("AU-SYD",)
    assert len(users["manager-pacific"].countries) > 3
    open_countries = [r for r in reference().partner_countries if r.partner_code == "NUSA"]
    assert sum(name.startswith("manager-") for name in users) == len(open_countries) + 1


async def test_every_demo_user_is_accepted_by_the_gateway(demo, client) -> None:
    for name in (await client.get("/development/users")).json()["users"]:
        token = (await client.post(f"/development/users/{name['name']}/token")).json()
        role = await client.post(
            "/graphql",
            json={"query": "{ role }"},
            headers={
                "Authorization": f"Bearer {token['access_token']}",
                "Gerbang-Role": name["roles"][0],
            },
        )
        assert role.json()["data"] == {"role": name["roles"][0]}
