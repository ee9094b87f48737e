"""Every environment variable of the gateway, read once into a frozen ``Settings``."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.settings import nesting, readers
from models.vocabulary import Role

PREFIX = "GERBANG_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Environment(StrEnum):
    """Where this gateway stands; production refuses whatever only development may do."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The environment cannot be used; the text names the variable and what to do."""


def setting(
    meaning: str,
    read: Callable[[str], Any] = str,
    default: Any = MISSING,
    *,
    is_secret: bool = False,
) -> Any:
    """One environment variable: what it means, how its text is read, what it is if not given."""
    metadata = {"meaning": meaning, "read": read}
    return field(default=default, metadata=metadata, repr=not is_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The table of settings: the field ``cursor_key`` is the variable ``GERBANG_CURSOR_KEY``."""

    environment: Environment = setting(  # noqa: RUF009  setting() is a dataclass field
        "development, or production with its stricter rules",
        readers.one_of(Environment),
        Environment.PRODUCTION,
    )
    host: str = setting("address to listen on", readers.text, "127.0.0.1")
    port: int = setting("port to listen on", readers.whole(1, 65_535), 8000)

    database_url: str = setting(
        "the PostgreSQL database as the gateway logs in, postgresql://…; `gerbang migrate` makes "
        "the login, which owns nothing; behind PgBouncer in transaction mode, let it keep prepared "
        "statements (1.21 or newer, max_prepared_statements above 0)",
        readers.database_url,
        is_secret=True,
    )
    owner_url: str | None = setting(
        "the same database as its owner logs in, for `gerbang migrate` and `gerbang keep`; "
        "a gateway that is not given it cannot lose it",
        readers.database_url,
        None,
        is_secret=True,
    )
    database_connections: int = setting(
        "how many database connections this process may hold, besides one that hears of changes",
        readers.whole(1, 200),
        10,
    )
    postgres_bin: Path | None = setting(  # noqa: RUF009
        "folder of the PostgreSQL programs for the embedded server; found by itself if not given",
        Path,
        None,
    )

    issuer: str | None = setting(
        "issuer of the tokens, exactly as in their claim iss; "
        "in development without one, the gateway's own sign-in for the demo",
        readers.web_address,
        None,
    )
    jwks_url: str | None = setting(
        "where the issuer publishes its keys (jwks_uri of its discovery document)",
        readers.web_address,
        None,
    )
    audience: str = setting("the audience that tokens must name", readers.text, "gerbang")
    algorithms: tuple[str, ...] = setting(
        "signature algorithms that are accepted",
        readers.several_of("ES256", "ES384", "PS256", "PS384", "RS256", "Ed25519", "EdDSA"),
        ("ES256", "PS256", "RS256", "Ed25519"),
    )
    token_types: tuple[str, ...] = setting(
        "header typ of access tokens; add JWT only for an issuer that cannot mark them (RFC 9068)",
        readers.several_of("at+jwt", "JWT"),
        ("at+jwt",),
    )
    claim_roles: tuple[str, ...] = setting(
        "dotted path of the claim that lists the roles (Keycloak: realm_access.roles)",
        readers.path,
        ("roles",),
    )
    claim_partner: tuple[str, ...] = setting(
        "dotted path of the claim with the partner's code", readers.path, ("partner",)
    )
    claim_countries: tuple[str, ...] = setting(
        "dotted path of the claim with the partner countries", readers.path, ("countries",)
    )
    claim_centres: tuple[str, ...] = setting(
        "dotted path of the claim with the visa centres", readers.path, ("centres",)
    )
    role_names: Mapping[str, Role] | None = setting(
        "the issuer's names of our roles, as Their.Name=OFFICER,…; "
        "once given, only these names count",
        readers.role_names,
        None,
    )

    cursor_key: bytes = setting(
        "key that signs cursors, the same on every replica: 64 hexadecimal digits; "
        "in development a new one at each start if not given",
        readers.key,
        b"",
        is_secret=True,
    )
    seal_key: bytes = setting(
        "key that seals who is asking for the database, the same on every replica and for "
        "`gerbang migrate`, which makes the database trust it: 64 hexadecimal digits; "
        "in development a new one at each start if not given",
        readers.key,
        b"",
        is_secret=True,
    )
    body_limit: int = setting(
        "largest request body, bytes", readers.whole(1_024, 16_777_216), 262_144
    )
    request_seconds: float = setting(
        "how long a request may take, its wait included, seconds; "
        "clients wait longer than this (the dashboard 20)",
        readers.seconds(0.1, 300),
        15.0,
    )
    statement_seconds: float = setting(
        "how long one database statement may take, seconds", readers.seconds(0.1, 300), 10.0
    )
    lock_seconds: float = setting(
        "how long a statement may wait for somebody else's lock, seconds",
        readers.seconds(0.01, 60),
        3.0,
    )
    connect_seconds: float = setting(
        "how long the database may take to accept a connection, seconds",
        readers.seconds(0.1, 60),
        3.0,
    )
    operations: int = setting(
        "how many operations run at once; each takes one database connection at a time",
        readers.whole(1, 200),
        10,
    )
    queue: int = setting(
        "how many operations may wait for their turn; more are refused at once",
        readers.whole(0, 10_000),
        100,
    )
    queue_seconds: float = setting(
        "how long an operation waits for its turn before it is refused, seconds",
        readers.seconds(0.01, 60),
        3.0,
    )
    viewer_operations: int = setting(
        "how many operations of one viewer run at once, while nobody else asks too; anonymous "
        "people together are one viewer, and a person is one in each role",
        readers.whole(1, 200),
        5,
    )
    viewer_queue: int = setting(
        "how many operations of one viewer may wait for their turn; fewer than `queue`, so that "
        "no viewer fills it alone",
        readers.whole(0, 10_000),
        50,
    )
    # A process answers about a million values a second. A full budget is twenty seconds of that,
    # for whoever asks page after page; what refills is half a second of each. The dashboard asks
    # for at most 46,500 values at a time, and uses a third.
    budget: int = setting(
        "how many values a viewer may ask for at once, whoever has asked for none for a while; "
        "see gateway/execution/budgets.py",
        readers.whole(1, 10_000_000_000),
        20_000_000,
    )
    budget_refill: int = setting(
        "how many values a second are added to a viewer's budget, until it is full",
        readers.whole(1, 1_000_000_000),
        500_000,
    )
    budget_processes: int = setting(
        "by how many gateway processes those limits are shared: each keeps its part to itself",
        readers.whole(1, 1_000),
        1,
    )
    keep_alive_seconds: int = setting(
        "how long an idle connection of a client stays open, seconds; longer than a proxy "
        "keeps its own, so that it never asks on one that just closes",
        readers.whole(1, 3_600),
        75,
    )
    drain_grace_seconds: float = setting(
        "how long readiness is false before SIGTERM ends listening, seconds: long enough for "
        "whoever spreads the load to notice",
        readers.seconds(0, 300),
        5.0,
    )
    drain_seconds: float = setting(
        "how long running requests may take to finish once listening has ended, seconds",
        readers.seconds(0, 600),
        20.0,
    )
    dashboard_url: str = setting(
        "address of the dashboard, for the way back from the demo's sign-in",
        readers.web_address,
        "http://127.0.0.1:8050",
    )

    @property
    def in_development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

    @property
    def signs_in_itself(self) -> bool:
        """Whether the development sign-in issues the tokens."""
        return self.in_development and self.issuer is None

    @property
    def token_issuer(self) -> str:
        return self.issuer or f"http://127.0.0.1:{self.port}/development"

    @property
    def owned_url(self) -> str:
        """The database for its owner. Raises SettingsError where that was not given."""
        if self.owner_url is None:
            raise SettingsError("GERBANG_OWNER_URL is missing: only the owner may do this.")
        return self.owner_url

    def __post_init__(self) -> None:
        if self.in_development:
            for key in ("cursor_key", "seal_key"):
                object.__setattr__(self, key, getattr(self, key) or secrets.token_bytes(32))
        _refuse_contradictions(self)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError for the first variable that cannot be used."""
    environ = os.environ if environ is None else environ
    known = {variable_name(item.name): item for item in fields(Settings)}
    return Settings(
        **{
            item.name: _value(name, item, environ.get(name, "").strip())
            for name, item in known.items()
            if environ.get(name, "").strip() or item.default is MISSING
        }
    )


def variable_name(name: str) -> str:
    return PREFIX + name.upper()


def _value(name: str, item: Field[Any], text: str) -> Any:
    meaning = item.metadata["meaning"]
    if not text:
        raise SettingsError(f"{name} is missing: set it to {meaning}.")
    try:
        return item.metadata["read"](text)
    except ValueError as error:
        # The text stays out of the message: it may be a key or hold a password.
        raise SettingsError(f"{name} cannot be used ({meaning}): {error}.") from None


def _refuse_contradictions(settings: Settings) -> None:
    if fault := nesting.fault(settings, variable_name):
        raise SettingsError(fault)
    if (settings.issuer is None) != (settings.jwks_url is None):
        raise SettingsError("GERBANG_ISSUER and GERBANG_JWKS_URL go together: set both.")
    if not settings.in_development:
        _refuse_development_habits(settings)


def _refuse_development_habits(settings: Settings) -> None:
    if settings.issuer is None:
        raise SettingsError(
            "GERBANG_ISSUER is missing: production needs a real provider; "
            "the development sign-in exists only with GERBANG_ENVIRONMENT=development."
        )
    for key in ("cursor_key", "seal_key"):
        if not getattr(settings, key):
            raise SettingsError(
                f"{variable_name(key)} is missing: set it to 64 hexadecimal digits, for example "
                "from `openssl rand -hex 32`."
            )
    for name, address in (("ISSUER", settings.issuer), ("JWKS_URL", settings.jwks_url)):
        parts = urlsplit(address or "")
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise SettingsError(f"{PREFIX}{name} must start with https:// in production.")
