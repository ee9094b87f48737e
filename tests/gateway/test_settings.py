"""The environment: what is read from it, and what is refused with a reason."""

from dataclasses import fields
from pathlib import Path

import pytest

from dashboard.gateway.client import HttpGatewayClient
from gateway.settings import Command, Settings, SettingsError, read_settings, variable_name
from gateway.settings.commands import NEEDS
from gateway.settings.parsers import database_url
from models.vocabulary import Role

DEVELOPMENT = {
    "GERBANG_ENVIRONMENT": "development",
    "GERBANG_DATABASE_URL": "postgresql://gerbang_gateway:secret@127.0.0.1/gerbang",
}
PRODUCTION = {
    "GERBANG_DATABASE_URL": "postgresql://gerbang_gateway:secret@database/gerbang"
    f"?sslmode=verify-full&sslrootcert={__file__}",
    "GERBANG_ISSUER": "https://sign-in.example/realms/visa",
    "GERBANG_JWKS_URL": "https://sign-in.example/realms/visa/keys",
    "GERBANG_CURSOR_KEY": "ab" * 32,
    "GERBANG_SEAL_KEY": "cd" * 32,
}


def test_little_needs_to_be_set_in_development() -> None:
    settings = read_settings(DEVELOPMENT)
    assert settings.signs_in_itself
    assert settings.token_issuer == "http://127.0.0.1:8000/development"
    (key,) = settings.cursor_key
    assert len(key) == 32
    assert settings.cursor_key != read_settings(DEVELOPMENT).cursor_key


def test_production_is_the_default_environment() -> None:
    settings = read_settings(PRODUCTION)
    assert not settings.in_development
    assert not settings.signs_in_itself


def test_empty_variables_are_as_good_as_none() -> None:
    assert read_settings({**DEVELOPMENT, "GERBANG_PORT": " "}).port == 8000


def test_claims_and_roles_of_other_issuers_can_be_mapped() -> None:
    settings = read_settings(
        {
            **PRODUCTION,
            "GERBANG_CLAIM_ROLES": "realm_access.roles",
            "GERBANG_CLAIM_PARTNER": '"https://visa.example/partner".code',
            "GERBANG_ROLE_NAMES": "Visa.Officer=OFFICER, /groups/audit=AUDITOR",
        }
    )
    assert settings.claim_roles == ("realm_access", "roles")
    assert settings.claim_partner == ("https://visa.example/partner", "code")
    assert settings.role_names == {"Visa.Officer": Role.OFFICER, "/groups/audit": Role.AUDITOR}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ENVIRONMENT", "staging"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("PORT", "8_000"),
        ("DATABASE_URL", "sqlite:///visa.db"),
        ("DATABASE_URL", "postgresql+asyncpg://user:s3cret@host/visa"),
        ("DATABASE_URL", "postgresql://user:s3cret@host/visa?ssl=true"),
        ("DATABASE_URL", "postgresql://user@host/visa?sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://user@host/visa?sslmode=verify-ca&sslrootcert=/no/such/file"),
        ("DATABASE_TLS", "off"),
        ("TOKEN_SECONDS", "86400"),
        ("ISSUER", "sign-in.example"),
        ("ISSUER", "https://user:password@sign-in.example"),
        ("ALGORITHMS", "HS256"),
        ("ALGORITHMS", "ES256,none"),
        ("TOKEN_TYPES", "id+jwt"),
        ("CLAIM_ROLES", "."),
        ("CLAIM_ROLES", "a..b"),
        ("ROLE_NAMES", "Officer"),
        ("ROLE_NAMES", "Everybody=ANONYMOUS"),
        ("ROLE_NAMES", "Root=SUPERUSER"),
        ("CURSOR_KEY", "s3cret"),
        ("SEAL_KEY", f"{'ab' * 32},"),
        ("SEAL_KEY", ",".join(["ab" * 32] * 2)),
        ("SEAL_KEY", ",".join(["ab" * 32, "cd" * 32, "ef" * 32])),
        ("BODY_LIMIT", "-1"),
        ("REQUEST_SECONDS", "0"),
        ("REQUEST_SECONDS", "1e2"),
        ("QUEUE_SECONDS", "-0.5"),
    ],
)
def test_a_bad_value_is_named_and_not_repeated(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"^GERBANG_{name} ") as raised:
        read_settings({**DEVELOPMENT, f"GERBANG_{name}": text})
    if len(text) > 4:
        assert text not in str(raised.value)


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"GERBANG_DATABASE_URL": ""}, "GERBANG_DATABASE_URL"),
        ({"GERBANG_CURSOR_KEY": ""}, "GERBANG_CURSOR_KEY"),
        ({"GERBANG_SEAL_KEY": ""}, "GERBANG_SEAL_KEY"),
        ({"GERBANG_ISSUER": "", "GERBANG_JWKS_URL": ""}, "GERBANG_ISSUER"),
        ({"GERBANG_JWKS_URL": ""}, "GERBANG_JWKS_URL"),
        ({"GERBANG_ISSUER": "http://sign-in.example"}, "GERBANG_ISSUER"),
        ({"GERBANG_JWKS_URL": "http://sign-in.example/keys"}, "GERBANG_JWKS_URL"),
        ({"GERBANG_ISSUER": "http://127.0.0.1.example"}, "GERBANG_ISSUER"),
    ],
)
def test_production_refuses_what_is_missing_or_weak(changed: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=names):
        read_settings({**PRODUCTION, **changed})


@pytest.mark.parametrize(
    ("changed", "inside", "outside"),
    [
        ({"LOCK_SECONDS": "10"}, "LOCK_SECONDS", "STATEMENT_SECONDS"),
        ({"STATEMENT_SECONDS": "2.5"}, "LOCK_SECONDS", "STATEMENT_SECONDS"),
        ({"STATEMENT_SECONDS": "12"}, "QUEUE_SECONDS", "REQUEST_SECONDS"),
        ({"QUEUE_SECONDS": "5"}, "STATEMENT_SECONDS", "REQUEST_SECONDS"),
        ({"CONNECT_SECONDS": "15"}, "CONNECT_SECONDS", "REQUEST_SECONDS"),
        ({"REQUEST_SECONDS": "21"}, "REQUEST_SECONDS", "DRAIN_SECONDS"),
        ({"DATABASE_CONNECTIONS": "9"}, "OPERATIONS", "DATABASE_CONNECTIONS"),
    ],
)
def test_limits_that_do_not_nest_are_refused_by_their_names(
    changed: dict[str, str], inside: str, outside: str
) -> None:
    given = {f"GERBANG_{name}": text for name, text in changed.items()}
    with pytest.raises(SettingsError, match=f"GERBANG_{inside}.*GERBANG_{outside}.*Lower the"):
        read_settings({**DEVELOPMENT, **given})


def test_the_dashboard_waits_longer_than_the_gateway_takes() -> None:
    client = HttpGatewayClient("http://gateway")._client
    assert client.timeout.read > read_settings(DEVELOPMENT).request_seconds


ALL = {
    **PRODUCTION,
    "GERBANG_OWNER_URL": PRODUCTION["GERBANG_DATABASE_URL"].replace("_gateway", "_owner"),
    "GERBANG_KEY_SERVICE": "file:/srv/keys.json",
    "GERBANG_CHECKPOINTS": "/srv/checkpoints",
    "GERBANG_KEY_STORE": "postgresql://keys:secret@127.0.0.1/keys",
    "GERBANG_KEY_STORE_OWNER": "postgresql://keys_owner:secret@127.0.0.1/keys",
}


@pytest.mark.parametrize("command", Command)
def test_a_command_asks_for_what_it_uses_and_for_nothing_else(command: Command) -> None:
    needed = [variable_name(name) for name in NEEDS[command]]
    assert read_settings({name: ALL[name] for name in needed}, command)
    with pytest.raises(SettingsError) as raised:
        read_settings({}, command)
    assert [sentence.split()[0] for sentence in raised.value.sentences] == needed
    assert all("is missing: " in sentence for sentence in raised.value.sentences)


def test_a_key_is_made_up_only_to_serve_in_development() -> None:
    owner = {**DEVELOPMENT, "GERBANG_OWNER_URL": "postgresql://owner@127.0.0.1/gerbang"}
    assert not read_settings(owner, Command.DOCTOR).seal_key
    with pytest.raises(SettingsError, match=r"^GERBANG_SEAL_KEY is missing"):
        read_settings(owner, Command.MIGRATE)


def test_all_wrong_settings_are_reported_together() -> None:
    given = {**PRODUCTION, "GERBANG_PORT": "0", "GERBANG_ISSUER": "http://sign-in.example"}
    given |= {"GERBANG_SEAL_KEY": "", "GERBANG_LOCK_SECONDS": "20", "GERBANG_OPERATIONS": "11"}
    with pytest.raises(SettingsError) as raised:
        read_settings(given)
    found = [sentence.split()[0] for sentence in raised.value.sentences]
    assert found == [
        "GERBANG_PORT",
        "GERBANG_SEAL_KEY",
        "GERBANG_LOCK_SECONDS",
        "GERBANG_OPERATIONS",
        "GERBANG_ISSUER",
    ]


def test_every_setting_says_what_it_means() -> None:
    for item in fields(Settings):
        assert variable_name(item.name) == f"GERBANG_{item.name.upper()}"
        assert item.metadata["meaning"]


def test_no_secret_shows_when_settings_are_printed() -> None:
    shown = repr(read_settings(PRODUCTION))
    assert "secret" not in shown
    assert "\\xab" not in shown


#: Every setting that names a database.
DATABASES = [
    variable_name(item.name) for item in fields(Settings) if item.metadata["read"] is database_url
]
UNPROTECTED = ("", "?sslmode=disable", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require")


@pytest.mark.parametrize("query", UNPROTECTED)
@pytest.mark.parametrize("name", DATABASES)
def test_production_refuses_another_machine_without_verified_tls(name: str, query: str) -> None:
    for hosts in ("database.example", "127.0.0.1,database.example"):
        with pytest.raises(SettingsError, match=f"{name} reaches database.example .*verify-full"):
            read_settings({**PRODUCTION, name: f"postgresql://somebody@{hosts}/gerbang{query}"})


@pytest.mark.parametrize("hosts", ["127.0.0.1", "localhost,[::1]", "%2Frun%2Fpostgresql", ""])
def test_this_machine_needs_no_tls(hosts: str) -> None:
    url = f"postgresql://somebody@{hosts}/gerbang"
    assert read_settings({**PRODUCTION, "GERBANG_DATABASE_URL": url}).database_url == url


def test_a_network_that_protects_by_itself_is_named_as_such() -> None:
    url = "postgresql://somebody@database.example/gerbang"
    given = {"GERBANG_DATABASE_URL": url, "GERBANG_DATABASE_TLS": "by-network"}
    assert read_settings({**PRODUCTION, **given}).database_url == url


SECRETS = [item for item in fields(Settings) if item.metadata["is_secret"]]


@pytest.mark.parametrize("name", [variable_name(item.name) for item in SECRETS])
def test_every_secret_may_come_from_a_file(name: str, tmp_path: Path) -> None:
    given = {
        **PRODUCTION,
        "GERBANG_OWNER_URL": "postgresql://owner:secret@127.0.0.1/gerbang",
        "GERBANG_KEY_STORE": "postgresql://keys:secret@127.0.0.1/keys",
        "GERBANG_KEY_STORE_OWNER": "postgresql://owner:secret@127.0.0.1/keys",
        "GERBANG_READ_URL": "postgresql://viewer:secret@127.0.0.1:5433/gerbang",
        "GERBANG_WEBHOOK_KEY": "ef" * 32,
        "GERBANG_MAIL": "smtps://gerbang:secret@mail.example.org",
        "GERBANG_MAIL_FROM": "gerbang@example.org",
    }
    path = tmp_path / "secret"
    path.write_text(f"{given[name]}\n")
    from_a_file = {**given, name: "", f"{name}_FILE": str(path)}
    assert read_settings(from_a_file) == read_settings(given)
    with pytest.raises(SettingsError, match=f"{name} and {name}_FILE are both set"):
        read_settings({**given, f"{name}_FILE": str(path)})
    with pytest.raises(SettingsError, match=f"{name}_FILE names a file that cannot be read"):
        read_settings({**given, name: "", f"{name}_FILE": str(tmp_path / "none")})
