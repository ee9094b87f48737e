"""The environment of the dashboard: how to sign in anywhere, and secrets from files."""

from pathlib import Path

import pytest

from dashboard.settings import SECRETS, SettingsError, read_settings

GIVEN = {
    "GERBANG_ISSUER": "https://sign-in.example/visa",
    "GERBANG_CLIENT_SECRET": "s3cret",
    "GERBANG_DASHBOARD_SESSIONS_URL": "valkey://:secret@store.example:6379",
    "GERBANG_SESSION_KEY": "ab" * 32,
}


def test_little_is_asked_of_a_provider_by_default() -> None:
    settings = read_settings(GIVEN)
    assert (settings.scope, settings.resource, settings.sign_in_parameters) == ("openid", None, {})


def test_figures_of_the_process_are_told_at_a_port_if_one_is_named() -> None:
    assert read_settings(GIVEN).metrics_port is None
    named = "GERBANG_DASHBOARD_METRICS_PORT"
    assert read_settings({**GIVEN, named: "9465"}).metrics_port == 9465
    with pytest.raises(SettingsError, match=named):
        read_settings({**GIVEN, named: "0"})


def test_an_api_is_chosen_as_the_provider_wants_it() -> None:
    settings = read_settings(
        {
            **GIVEN,
            "GERBANG_SIGN_IN_SCOPE": "openid  offline_access api://visa/read",
            "GERBANG_SIGN_IN_PARAMETERS": "audience=https%3A%2F%2Fapi.example&prompt=login+consent",
            "GERBANG_SIGN_IN_RESOURCE": "https://api.example",
        }
    )
    assert settings.scope == "openid offline_access api://visa/read"
    assert settings.sign_in_parameters == {
        "audience": "https://api.example",
        "prompt": "login consent",
    }
    assert settings.resource == "https://api.example"


def test_a_stronger_sign_in_is_asked_for_where_the_gateway_demands_it() -> None:
    assert read_settings(GIVEN).acr_values == ""
    assert read_settings({**GIVEN, "GERBANG_IDENTITY_ACR": "mfa, hardware"}).acr_values == (
        "mfa hardware"
    )


def test_the_front_end_of_officers_has_an_address_or_none() -> None:
    assert read_settings(GIVEN).officers_url is None
    url = "https://cases.example/desk"
    assert read_settings({**GIVEN, "GERBANG_OFFICERS_URL": url}).officers_url == url


def test_an_issuer_is_taken_exactly_as_its_tokens_name_it() -> None:
    issuer = "https://tenant.example/"
    assert read_settings({**GIVEN, "GERBANG_ISSUER": issuer}).issuer == issuer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SIGN_IN_SCOPE", "profile email"),
        ("SIGN_IN_PARAMETERS", "prompt"),
        ("SIGN_IN_PARAMETERS", "prompt=login&prompt=none"),
        ("SIGN_IN_PARAMETERS", "state=mine"),
        ("SIGN_IN_PARAMETERS", "code_challenge_method=plain"),
        ("SIGN_IN_PARAMETERS", "redirect_uri=https%3A%2F%2Felsewhere.example"),
        ("SIGN_IN_RESOURCE", "gerbang"),
        ("SIGN_IN_RESOURCE", "https://api.example/#part"),
        ("SIGN_IN_TOKEN_SECONDS", "5"),
        ("OFFICERS_URL", "javascript:alert(1)"),
    ],
)
def test_what_would_break_the_sign_in_is_refused(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"GERBANG_{name} cannot be used"):
        read_settings({**GIVEN, f"GERBANG_{name}": text})


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_come_from_a_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{GIVEN[name]}\n")
    assert read_settings({**GIVEN, name: "", f"{name}_FILE": str(path)}) == read_settings(GIVEN)
    with pytest.raises(SettingsError, match=f"{name} and {name}_FILE are both set"):
        read_settings({**GIVEN, f"{name}_FILE": str(path)})
    with pytest.raises(SettingsError, match=f"{name}_FILE names a file that cannot be read"):
        read_settings({**GIVEN, name: "", f"{name}_FILE": str(tmp_path / "none")})


def test_a_shared_store_needs_a_shared_key_and_an_address_of_its_kind() -> None:
    with pytest.raises(SettingsError, match="GERBANG_SESSION_KEY is missing"):
        read_settings({**GIVEN, "GERBANG_SESSION_KEY": ""})
    with pytest.raises(SettingsError, match="GERBANG_DASHBOARD_SESSIONS_URL cannot be used"):
        read_settings({**GIVEN, "GERBANG_DASHBOARD_SESSIONS_URL": "http://store.example"})


@pytest.mark.parametrize(
    ("given", "is_development"),
    [({}, False), ({"GERBANG_ENVIRONMENT": "production"}, False),
     ({"GERBANG_ENVIRONMENT": "development"}, True)],
)  # fmt: skip
def test_it_is_production_unless_development_is_named(
    given: dict[str, str], *, is_development: bool
) -> None:
    issuer = {"GERBANG_ISSUER": "https://sign-in.example/visa"}
    assert read_settings(issuer | given).is_development is is_development
    with pytest.raises(SettingsError, match="GERBANG_ENVIRONMENT cannot be used: expected devel"):
        read_settings(issuer | {"GERBANG_ENVIRONMENT": "Development "})


@pytest.mark.parametrize(
    ("text", "is_right"),
    [("59", False), ("60", True), ("7200", True), ("7201", False), ("1e3", False), ("-60", False)],
)
def test_tokens_are_asked_for_a_minute_to_two_hours(text: str, *, is_right: bool) -> None:
    given = {**GIVEN, "GERBANG_SIGN_IN_TOKEN_SECONDS": text}
    if is_right:
        assert read_settings(given).token_seconds == int(text)
    else:
        with pytest.raises(SettingsError, match="seconds from 60 to 7200"):
            read_settings(given)
