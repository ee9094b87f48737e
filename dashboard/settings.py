"""Every environment variable of the dashboard, read once into a frozen ``Settings``."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

T = TypeVar("T")

_MOST_KEYS = 2
#: Each can be read from a file, which the variable with the suffix names.
SECRETS = (
    "GERBANG_CLIENT_SECRET",
    "GERBANG_SESSION_KEY",
    "GERBANG_DASHBOARD_SESSIONS_URL",  # it may hold a password
)
SUFFIX = "_FILE"
#: What the sign-in itself says: one of these in the settings would break or weaken it.
OWN_PARAMETERS = frozenset(
    {
        *("client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method", "resource"),
        *("request", "request_uri", "id_token_hint"),
    }
)
#: What to do where a variable without a default is not set.
_MISSING = {
    "GERBANG_ISSUER": "set it to the address of the provider that signs people in, exactly as it"
    " names itself; beside `gerbang serve` in development, http://127.0.0.1:8000/development",
}


class SettingsError(Exception):
    """The environment cannot be used; the text names each variable and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the dashboard listens, which gateway it asks, and which provider signs its visitors
    in."""

    #: On the machine of whoever works on it, with data of nobody: a mistake is shown on the page.
    is_development: bool
    host: str
    port: int
    #: Where metrics are served to operators; None: nowhere.
    metrics_host: str
    metrics_port: int | None
    api_url: str
    own_url: str
    issuer: str
    client_id: str
    client_secret: str | None
    scope: str
    #: What else the provider is sent when it is asked to sign somebody in.
    sign_in_parameters: Mapping[str, str]
    #: How the provider is asked to sign people in, for what the gateway demands of whoever reads
    #: identity (`acr_values` of OpenID Connect).
    acr_values: str
    #: The API that tokens are asked for (RFC 8707), where the provider chooses them by it.
    resource: str | None
    #: How long a token lives, seconds, where the provider does not say so.
    token_seconds: int
    #: The first signs and seals, each is accepted.
    session_keys: tuple[str, ...]
    #: The store of sessions that replicas share; without one they live in this process.
    sessions_url: str | None
    #: Where officers take and decide cases: a front end of the directorate's own.
    officers_url: str | None
    #: The least severe level that is logged.
    log_level: str

    @property
    def is_https(self) -> bool:
        return self.own_url.startswith("https://")

    @property
    def cookie_prefix(self) -> str:
        """Before the names of cookies with keys: a browser then takes them from this host alone,
        over TLS, and from none of its subdomains."""
        return "__Host-" if self.is_https else ""

    @property
    def issuer_origin(self) -> str:
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError, which lists every mistake."""
    given = os.environ if environ is None else environ
    mistakes: list[str] = []

    def value(name: str, default: str | None, read: Callable[[str], T]) -> T:
        try:
            value = text_of_secret(given, name) if name in SECRETS else given.get(name, "").strip()
            text = value or default
            if text is not None:
                return read(text)
            mistakes.append(f"{name} is missing: {_MISSING[name]}.")
        except ValueError as error:
            # The text stays out of the message: it may be a secret.
            mistakes.append(f"{name} cannot be used: {error}.")
        return cast(T, None)  # nobody sees it: where there is a mistake, there are no settings

    port = value("GERBANG_DASHBOARD_PORT", "8050", _port)
    settings = Settings(
        is_development=value("GERBANG_ENVIRONMENT", "production", _environment),
        host=value("GERBANG_DASHBOARD_HOST", "127.0.0.1", str),
        port=port,
        metrics_host=value("GERBANG_METRICS_HOST", "127.0.0.1", str),
        metrics_port=value("GERBANG_DASHBOARD_METRICS_PORT", "", _no_port_or_one),
        api_url=value("GERBANG_API_URL", "http://127.0.0.1:8000", _address),
        own_url=value("GERBANG_DASHBOARD_URL", f"http://127.0.0.1:{port}", _address),
        issuer=value("GERBANG_ISSUER", None, _exact_address),
        client_id=value("GERBANG_CLIENT_ID", "dashboard", str),
        # Without a secret the dashboard is a public client, which PKCE protects.
        client_secret=value("GERBANG_CLIENT_SECRET", "", str) or None,
        # Providers choose the API that a token is for in different ways: by `resource` (RFC 8707),
        # by a parameter `audience` (Auth0), or by a scope (Entra, Keycloak). Each can be set.
        scope=value("GERBANG_SIGN_IN_SCOPE", "openid", _scope),
        sign_in_parameters=value("GERBANG_SIGN_IN_PARAMETERS", "", _parameters),
        acr_values=value("GERBANG_IDENTITY_ACR", "", _acr_values),
        resource=value("GERBANG_SIGN_IN_RESOURCE", "", _resource),
        token_seconds=value("GERBANG_SIGN_IN_TOKEN_SECONDS", "300", _seconds),
        # Signs who is in the middle of signing in, and seals sessions that are stored: replicas
        # must share it, one process need not.
        # To rotate it, restart every replica with `old,new`, then `new,old`, then `new`.
        session_keys=value("GERBANG_SESSION_KEY", secrets.token_hex(32), _keys),
        sessions_url=value("GERBANG_DASHBOARD_SESSIONS_URL", "", _store),
        officers_url=value("GERBANG_OFFICERS_URL", "", _optional_address),
        log_level=value("GERBANG_LOG_LEVEL", "info", _log_level),
    )
    names = ("GERBANG_SESSION_KEY", "GERBANG_SESSION_KEY_FILE")
    if settings.sessions_url and not any(given.get(name, "").strip() for name in names):
        mistakes.append(
            "GERBANG_SESSION_KEY is missing: a shared store needs a shared key, as"
            " `openssl rand -hex 32` prints one."
        )
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


def _environment(text: str) -> bool:
    if text not in ("development", "production"):
        raise ValueError("expected development or production")
    return text == "development"


def _no_port_or_one(text: str) -> int | None:
    return _port(text) if text else None


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65_535:
        raise ValueError("expected a port from 1 to 65535")
    return int(text)


def _address(text: str) -> str:
    return _exact_address(text).rstrip("/")


def _optional_address(text: str) -> str | None:
    return _exact_address(text) if text else None


def _exact_address(text: str) -> str:
    """As it is given: some issuers end with a stroke, and their tokens say so."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("expected an address that starts with https:// or http://")
    return text


def _log_level(text: str) -> str:
    if text not in ("debug", "info", "warning"):
        raise ValueError("expected debug, info or warning")
    return text.upper()


def _store(text: str) -> str | None:
    if text and urlsplit(text).scheme not in ("valkey", "valkeys", "redis", "rediss"):
        raise ValueError("expected an address that starts with valkey:// or valkeys://")
    return text or None


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(","))
    if len(keys) > _MOST_KEYS or not all(re.fullmatch(r"[0-9a-fA-F]{64}", key) for key in keys):
        raise ValueError(
            "expected 64 hexadecimal digits, as `openssl rand -hex 32` prints them, or two such"
            " keys with a comma between"
        )
    return keys


def _scope(text: str) -> str:
    scopes = text.split()
    if "openid" not in scopes:
        raise ValueError("expected scopes with spaces between, openid among them")
    return " ".join(scopes)


def _parameters(text: str) -> Mapping[str, str]:
    """Parameters as they stand in an address: ``prompt=consent&audience=https%3A%2F%2Fapi``."""
    pairs = parse_qsl(text, strict_parsing=True) if text else []
    given = dict(pairs)
    if len(given) < len(pairs) or not all(given.values()):
        raise ValueError("expected name=value&name=value, each name once")
    if own := sorted(OWN_PARAMETERS & given.keys()):
        raise ValueError(f"{', '.join(own)} is not a parameter to set here")
    return given


def _acr_values(text: str) -> str:
    return " ".join(word.strip() for word in text.split(","))


def _resource(text: str) -> str | None:
    """An absolute address without a fragment (RFC 8707)."""
    if not text:
        return None
    parts = urlsplit(text)
    if not parts.scheme or not (parts.netloc or parts.path) or "#" in text:
        raise ValueError("expected the identifier of the API, an absolute URI")
    return text


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 60 <= int(text) <= 7_200:
        raise ValueError("expected seconds from 60 to 7200")
    return int(text)


def text_of_secret(environ: Mapping[str, str], name: str) -> str:
    """A secret from its variable or from its file; empty where neither is set.

    Raises ValueError, whose text is a sentence that names the variable.
    """
    given, path = environ.get(name, "").strip(), environ.get(name + SUFFIX, "").strip()
    if not path:
        return given
    if given:
        raise ValueError(f"{name} and {name}{SUFFIX} are both set: set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{name}{SUFFIX} names a file that cannot be read ({type(error).__name__})"
        ) from None
