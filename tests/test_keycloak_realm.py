"""The realm of the demo's Keycloak, and what the gateway and the dashboard expect of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.development.users import demo_users
from models.synthetic.inputs import reference
from models.vocabulary import Role
from tests.compose import (
    ROOT,
    SERVICES,
    deployment,
    environment,
    read,
    read_dashboard,
)

__all__ = ["deployment"]

REALM = json.loads((ROOT / "deploy" / "keycloak" / "realm.json").read_text())
CLIENTS = {client["clientId"]: client for client in REALM["clients"]}
CLIENT, BROWSER = CLIENTS["gerbang-dashboard"], CLIENTS["gerbang-browser"]
# A demo user who has these is somebody's scope: who may change them may see what he likes.
SCOPE = ("partner", "countries", "centres")


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_tokens_are_what_the_gateway_asks_for(deployment: Path, client: dict[str, Any]) -> None:
    settings = read("gateway", deployment)
    mappers = {mapper["name"]: mapper["config"] for mapper in client["protocolMappers"]}
    assert mappers["audience"]["included.custom.audience"] == settings.audience
    assert (mappers["roles"]["claim.name"],) == settings.claim_roles
    for claim in SCOPE:
        assert mappers[claim]["claim.name"] == mappers[claim]["user.attribute"] == claim
        assert getattr(settings, f"claim_{claim}") == (claim,)
    assert client["attributes"]["access.token.header.type.rfc9068"] == "true"
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert REALM["accessTokenLifespan"] <= 300
    assert not client["implicitFlowEnabled"]
    assert not client["directAccessGrantsEnabled"]


def test_a_program_in_a_browser_has_no_secret_and_one_address(deployment: Path) -> None:
    assert BROWSER["publicClient"]
    assert "secret" not in BROWSER
    (back,) = BROWSER["redirectUris"]
    (origin,) = BROWSER["webOrigins"]
    assert back == f"{origin}/sign-in/callback"
    assert BROWSER["attributes"]["post.logout.redirect.uris"] == f"{origin}/"
    assert "*" not in back
    front_end = {"GERBANG_BROWSER_URL": "https://app.example"}
    assert (
        environment("keycloak", deployment, **front_end)["GERBANG_BROWSER_URL"]
        == "https://app.example"
    )
    assert read("gateway", deployment, **front_end).origins == ("https://app.example",)
    assert read("gateway", deployment).origins == ()


def test_the_realm_has_our_roles_and_demo_users() -> None:
    signed_in = set(Role) - {Role.ANONYMOUS}
    assert {role["name"] for role in REALM["roles"]["realm"]} == signed_in
    known = demo_users(reference())
    for user in REALM["users"]:
        claims: dict[str, Any] = {"roles": user["realmRoles"], **user.get("attributes", {})}
        if "partner" in claims:
            (claims["partner"],) = claims["partner"]
        ours = known[user["username"]].claims
        if "email" in user:  # a claim of OpenID Connect, which every provider makes
            claims |= {"email": user["email"], "email_verified": user["emailVerified"]}
        assert claims == {name: ours[name] for name in ours if name not in ("sub", "name")}
    assert {role for user in REALM["users"] for role in user["realmRoles"]} == signed_in


def test_only_an_administrator_changes_a_scope() -> None:
    (provider,) = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    (profile,) = map(json.loads, provider["config"]["kc.user.profile.config"])
    editors = {it["name"]: it["permissions"]["edit"] for it in profile["attributes"]}
    assert {name: editors[name] for name in SCOPE} == {name: ["admin"] for name in SCOPE}
    assert "unmanagedAttributePolicy" not in profile


def test_a_second_factor_is_asked_for_where_the_request_says_so() -> None:
    """And without one a password suffices: an access token says which it was."""
    flows = {
        flow["alias"]: flow["authenticationExecutions"] for flow in REALM["authenticationFlows"]
    }
    levels = {one["alias"]: one["config"] for one in REALM["authenticatorConfig"]}
    names = {level: name for name, level in json.loads(REALM["attributes"]["acr.loa.map"]).items()}
    cookie, forms = flows[REALM["browserFlow"]]
    assert (cookie["authenticator"], cookie["requirement"]) == ("auth-cookie", "ALTERNATIVE")
    asked: dict[str, list[str]] = {}
    for one in flows[forms["flowAlias"]]:
        assert one["requirement"] == "CONDITIONAL"
        condition, *factors = flows[one["flowAlias"]]
        assert condition["authenticator"] == "conditional-level-of-authentication"
        level = int(levels[condition["authenticatorConfig"]]["loa-condition-level"])
        assert {each["requirement"] for each in (condition, *factors)} == {"REQUIRED"}
        asked[names[level]] = [each["authenticator"] for each in factors]
    assert asked == {"pwd": ["auth-username-password-form"], "mfa": ["auth-otp-form"]}
    for client in CLIENTS.values():
        mappers = {one["protocolMapper"]: one["config"] for one in client["protocolMappers"]}
        assert mappers["oidc-acr-mapper"]["access.token.claim"] == "true"


def test_passwords_are_long_and_guessing_is_slowed_down() -> None:
    assert "length(12)" in REALM["passwordPolicy"]
    assert REALM["bruteForceProtected"]
    assert 0 < REALM["failureFactor"] <= 10 < 60 <= REALM["maxFailureWaitSeconds"]
    assert not REALM["otpPolicyCodeReusable"]


def test_what_the_realm_names_is_given_to_keycloak() -> None:
    named = set(re.findall(r"\$\{(\w+)}", json.dumps(REALM)))
    keycloak = SERVICES["keycloak"]
    (script,) = keycloak["command"]
    read_from_files = dict(re.findall(r"read -r (\w+) < /run/secrets/(\w+)", script))
    assert set(read_from_files.values()) == set(keycloak["secrets"])
    assert set(re.findall(r"\w+", script.split("export ")[1].split("\n")[0])) == set(
        read_from_files
    )
    assert named <= {*keycloak["environment"], *read_from_files}


def test_the_demo_knows_its_keycloak(deployment: Path) -> None:
    gateway, dashboard = read("gateway", deployment), read_dashboard(deployment)
    keycloak = environment("keycloak", deployment)
    assert gateway.issuer == f"{keycloak['KC_HOSTNAME']}/realms/{REALM['realm']}"
    assert gateway.jwks_url == f"{gateway.issuer}/protocol/openid-connect/certs"
    assert dashboard.client_id == CLIENT["clientId"]
    assert dashboard.own_url == keycloak["GERBANG_DASHBOARD_URL"]


def test_no_secret_is_written_into_the_realm() -> None:
    assert CLIENT["secret"] == "${GERBANG_CLIENT_SECRET}"
    for user in REALM["users"]:
        assert [it["value"] for it in user["credentials"]] == ["${GERBANG_DEMO_PASSWORD}"]
