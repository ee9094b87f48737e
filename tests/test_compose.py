"""docker-compose.yml, the realm and the programs agree with each other, without a Docker."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url

from dashboard import settings as dashboard_settings
from gateway import settings as gateway_settings
from gateway.development.users import demo_users
from models.synthetic.reference import reference
from models.vocabulary import Role

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
REALM = json.loads((ROOT / "deploy" / "keycloak" / "realm.json").read_text())
(CLIENT,) = REALM["clients"]

# A demo user who has these is somebody's scope: who may change them may see what he likes.
SCOPE = ("partner", "countries", "centres")


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    """What `deploy/env` writes."""
    made = subprocess.run(
        ["sh", str(ROOT / "deploy" / "env")], capture_output=True, text=True, check=True
    )
    return dict(line.split("=") for line in made.stdout.splitlines())


def environment(service: str, secrets: dict[str, str]) -> dict[str, str]:
    """The environment of a service with compose's variables filled in."""

    def fill(variable: re.Match[str]) -> str:
        name, _, usual = variable[1].partition(":")
        return secrets[name] if usual.startswith("?") else secrets.get(name, usual[1:])

    given = SERVICES[service]["environment"]
    return {name: re.sub(r"\$\{([^}]+)}", fill, str(value)) for name, value in given.items()}


def test_follows_the_compose_schema() -> None:
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_mounted_file_exists() -> None:
    sources = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert len(sources) == 3
    assert all((ROOT / source).is_file() for source in sources)


def test_only_this_machine_reaches_the_ports_and_none_is_the_databases() -> None:
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}
    assert all(port.startswith("127.0.0.1:") for several in ports.values() for port in several)
    assert ports["postgres"] == []


def test_gateway_is_given_the_time_it_takes_to_stop(secrets: dict[str, str]) -> None:
    given = gateway_settings.read_settings(environment("gateway", secrets))
    granted = int(SERVICES["gateway"]["stop_grace_period"].removesuffix("s"))
    assert given.drain_grace_seconds + given.drain_seconds < granted


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if name.endswith(("PASSWORD", "SECRET", "KEY")):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+}", value), name
    assert CLIENT["secret"] == "${GERBANG_CLIENT_SECRET}"
    for user in REALM["users"]:
        assert [it["value"] for it in user["credentials"]] == ["${GERBANG_DEMO_PASSWORD}"]


def test_what_the_realm_names_is_given_to_keycloak() -> None:
    named = set(re.findall(r"\$\{(\w+)}", json.dumps(REALM)))
    assert named <= SERVICES["keycloak"]["environment"].keys()


def test_gateway_and_dashboard_start_with_their_environment(secrets: dict[str, str]) -> None:
    given = environment("gateway", secrets)
    gateway = gateway_settings.read_settings(given)
    dashboard = dashboard_settings.read_settings(environment("dashboard", secrets))
    keycloak = environment("keycloak", secrets)
    issuer = f"{keycloak['KC_HOSTNAME']}/realms/{REALM['realm']}"
    assert not gateway.signs_in_itself
    assert (gateway.issuer, dashboard.issuer) == (issuer, issuer)
    assert dashboard.client_id == CLIENT["clientId"]
    assert dashboard.client_secret == keycloak["GERBANG_CLIENT_SECRET"]
    assert dashboard.own_url == keycloak["GERBANG_DASHBOARD_URL"]
    known = {
        gateway_settings.variable_name(field.name)
        for field in gateway_settings.Settings.__dataclass_fields__.values()
    }
    assert given.keys() <= known


def test_the_owner_is_the_one_that_is_prepared(secrets: dict[str, str]) -> None:
    owner = make_url(environment("migrate", secrets)["GERBANG_OWNER_URL"])
    server = environment("postgres", secrets)
    prepared = (ROOT / "deploy" / "postgres" / "owner.sql").read_text()
    assert f"\\set owner {owner.username}\n" in prepared
    assert f"\\set database {owner.database}\n" in prepared
    assert "\\getenv password GERBANG_OWNER_PASSWORD\n" in prepared
    assert server["GERBANG_OWNER_PASSWORD"] == owner.password
    assert server["POSTGRES_PASSWORD"] != owner.password
    assert server["POSTGRES_USER"] != owner.username


def test_tokens_are_what_the_gateway_asks_for(secrets: dict[str, str]) -> None:
    settings = gateway_settings.read_settings(environment("gateway", secrets))
    mappers = {mapper["name"]: mapper["config"] for mapper in CLIENT["protocolMappers"]}
    assert mappers["audience"]["included.custom.audience"] == settings.audience
    assert (mappers["roles"]["claim.name"],) == settings.claim_roles
    for claim in SCOPE:
        assert mappers[claim]["claim.name"] == mappers[claim]["user.attribute"] == claim
        assert getattr(settings, f"claim_{claim}") == (claim,)
    assert CLIENT["attributes"]["access.token.header.type.rfc9068"] == "true"
    assert CLIENT["attributes"]["pkce.code.challenge.method"] == "S256"
    assert REALM["accessTokenLifespan"] <= 300
    assert not CLIENT["implicitFlowEnabled"]
    assert not CLIENT["directAccessGrantsEnabled"]


def test_the_realm_has_our_roles_and_demo_users() -> None:
    signed_in = set(Role) - {Role.ANONYMOUS}
    assert {role["name"] for role in REALM["roles"]["realm"]} == signed_in
    known = demo_users(reference())
    for user in REALM["users"]:
        claims: dict[str, Any] = {"roles": user["realmRoles"], **user.get("attributes", {})}
        if "partner" in claims:
            (claims["partner"],) = claims["partner"]
        ours = known[user["username"]].claims
        assert claims == {name: ours[name] for name in ours if name not in ("sub", "name")}
    assert {role for user in REALM["users"] for role in user["realmRoles"]} == signed_in


def test_only_an_administrator_changes_a_scope() -> None:
    (provider,) = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    (profile,) = map(json.loads, provider["config"]["kc.user.profile.config"])
    editors = {it["name"]: it["permissions"]["edit"] for it in profile["attributes"]}
    assert {name: editors[name] for name in SCOPE} == {name: ["admin"] for name in SCOPE}
    assert "unmanagedAttributePolicy" not in profile
