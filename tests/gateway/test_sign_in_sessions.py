"""Sessions of the development sign-in: codes, tokens that are renewed, and when they end."""

from typing import Any

import httpx2
import pytest

from gateway.development.grants import Grants, challenge_of
from tests.gateway.test_sign_in import ASKED, BACK, VERIFIER, client, code_for, demo, role_of

__all__ = ["client", "demo"]

pytestmark = pytest.mark.anyio

REDEEMED = {
    "grant_type": "authorization_code",
    "client_id": "dashboard",
    "redirect_uri": BACK,
    "code_verifier": VERIFIER,
}


async def redeem(client: httpx2.AsyncClient, **given: str) -> httpx2.Response:
    return await client.post("/development/token", data=given)


async def signed_in(client: httpx2.AsyncClient, user: str = "officer") -> dict[str, Any]:
    return (await redeem(client, **REDEEMED, code=await code_for(client, user))).json()


async def renew(client: httpx2.AsyncClient, refresh_token: str) -> httpx2.Response:
    return await redeem(
        client, grant_type="refresh_token", client_id="dashboard", refresh_token=refresh_token
    )


# --- Codes and refresh tokens --------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"code_verifier": ASKED["code_challenge"]},
        {"client_id": "other"},
        {"redirect_uri": "http://localhost:8050/sign-in/callback"},
        {"code": "invented"},
        {"grant_type": "password"},
        {"grant_type": ""},
    ],
)
async def test_a_code_is_bound_to_its_client_address_and_verifier(client, changed) -> None:
    given = {**REDEEMED, "code": await code_for(client), **changed}
    response = await redeem(client, **given)
    assert response.status_code == 400
    assert response.json()["error"] in ("invalid_grant", "unsupported_grant_type")
    if "code" not in changed and "grant_type" not in changed:
        again = await redeem(client, **REDEEMED, code=given["code"])
        assert again.status_code == 400, "a code that was tried is spent"


async def test_a_code_shown_twice_ends_the_session_it_opened(client) -> None:
    code = await code_for(client)
    first = await redeem(client, **REDEEMED, code=code)
    assert (await redeem(client, **REDEEMED, code=code)).status_code == 400
    assert (await renew(client, first.json()["refresh_token"])).status_code == 400


async def test_refresh_tokens_rotate_and_a_stolen_one_ends_the_session(client) -> None:
    first = (await signed_in(client))["refresh_token"]
    second = (await renew(client, first)).json()["refresh_token"]
    assert second != first
    assert (await renew(client, first)).status_code == 400
    assert (await renew(client, second)).status_code == 400


async def test_a_refresh_token_belongs_to_its_client(client) -> None:
    given = await signed_in(client)
    stolen = await redeem(
        client,
        grant_type="refresh_token",
        client_id="other",
        refresh_token=given["refresh_token"],
    )
    assert stolen.status_code == 400


async def test_signing_out_ends_the_session_and_returns_to_the_dashboard(client) -> None:
    given = await signed_in(client)
    response = await client.get(
        "/development/sign-out",
        params={
            "id_token_hint": given["id_token"],
            "post_logout_redirect_uri": "http://127.0.0.1:8050/",
            "state": "a state",
        },
    )
    assert response.headers["location"] == "http://127.0.0.1:8050/?state=a+state"
    assert (await renew(client, given["refresh_token"])).status_code == 400


async def test_signing_out_redirects_to_no_strange_address(client) -> None:
    response = await client.get(
        "/development/sign-out",
        params={"post_logout_redirect_uri": "https://evil.test/", "id_token_hint": "x.y.z"},
    )
    assert response.status_code == 200
    assert "location" not in response.headers


async def test_user_information_needs_an_access_token(client) -> None:
    given = await signed_in(client, "auditor")
    for token, status in ((given["access_token"], 200), (given["id_token"], 401), ("", 401)):
        response = await client.get(
            "/development/userinfo", headers={"Authorization": f"Bearer {token}"}
        )
        assert response.status_code == status


async def test_an_id_token_opens_no_gateway(client) -> None:
    assert await role_of(client, (await signed_in(client))["id_token"]) is None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&" * 100, b"a=" + b"b" * 20_000])
async def test_a_malformed_form_is_refused(client, body) -> None:
    response = await client.post(
        "/development/token",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status_code in (400, 413)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_code_lives_sixty_seconds() -> None:
    clock = Clock()
    grants = Grants(clock)
    for waited, is_good in ((60, True), (61, False)):
        code = grants.give_code("officer", "dashboard", BACK, challenge_of(VERIFIER), None, "demo")
        clock.now += waited
        assert bool(grants.redeem_code(code, "dashboard", BACK, VERIFIER)) is is_good


def test_a_session_lives_eight_hours() -> None:
    clock = Clock()
    grants = Grants(clock)
    code = grants.give_code("officer", "dashboard", BACK, challenge_of(VERIFIER), None, "demo")
    session = grants.redeem_code(code, "dashboard", BACK, VERIFIER)
    assert session
    clock.now += 8 * 3600 - 1
    session = grants.redeem_refresh_token(session.refresh_token, "dashboard")
    assert session
    clock.now += 2
    assert grants.redeem_refresh_token(session.refresh_token, "dashboard") is None


# --- Keys ----------------------------------------------------------------------------------------


async def test_tokens_outlive_one_rotation_of_the_keys(demo, client) -> None:
    old = (await signed_in(client))["access_token"]
    assert await role_of(client, old)
    demo.sign_in.rotate_keys()
    keys = (await client.get("/development/keys")).json()["keys"]
    assert len(keys) == 2
    assert all("d" not in key for key in keys)
    assert await role_of(client, old)
