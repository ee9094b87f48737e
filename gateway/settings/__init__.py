"""All settings of the gateway, read once from environment variables into a frozen ``Settings``."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.settings import parsers
from gateway.settings.budgets import BudgetSettings
from gateway.settings.commands import Command
from gateway.settings.connections import ConnectionSettings
from gateway.settings.contradictions import LOOPBACK
from gateway.settings.database import DatabaseSettings
from gateway.settings.environment import SettingsError, read_table, variable_name
from gateway.settings.keys import KeySettings
from gateway.settings.parsers import setting
from models.account import FEWEST_DAYS_KEPT
from models.rights.orphan_keys import SWEEP_DAYS
from models.rights.retention import (
    BAN_DAYS,
    DAYS_KEPT,
    INDEX_DAYS,
    LOG_DAYS,
    MOVEMENT_DAYS,
    Retention,
)
from models.vocabulary import Role, Status

__all__ = [
    "LOOPBACK",
    "Command",
    "DocumentRule",
    "Environment",
    "Settings",
    "SettingsError",
    "read_settings",
    "setting",
    "variable_name",
]


class Environment(StrEnum):
    """Where the gateway runs. Production refuses settings that are safe only in development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """The least severe level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


class DocumentRule(StrEnum):
    """What happens to documents that nobody registered."""

    ALLOW = "allow"
    LOG = "log"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(BudgetSettings, ConnectionSettings, DatabaseSettings, KeySettings):
    """One field per variable: ``cursor_key`` is read from ``GERBANG_CURSOR_KEY``."""

    environment: Environment = setting(  # noqa: RUF009  setting() is a dataclass field
        "development, or production with its stricter rules",
        parsers.one_of(Environment),
        Environment.PRODUCTION,
    )
    host: str = setting("address to listen on", parsers.text, "127.0.0.1")
    port: int = setting("port to listen on", parsers.whole(1, 65_535), 8000)
    metrics_host: str = setting(
        "address on which health and metrics are served to operators", parsers.text, "127.0.0.1"
    )
    metrics_port: int | None = setting(
        "port of that address, another one for each process; empty: not served",
        parsers.whole(1, 65_535),
        9464,
        may_be_empty=True,
    )

    log_level: LogLevel = setting(  # noqa: RUF009
        "how much is logged: warning, info (a line for each request), or debug (health probes too)",
        parsers.one_of(LogLevel),
        LogLevel.INFO,
    )

    traces_url: str | None = setting(
        "collector that receives traces of requests by OTLP over HTTP, such as "
        "http://127.0.0.1:4318; needs the package's extra `traces`; empty: none are sent",
        parsers.web_address,
        None,
        may_be_empty=True,
    )

    keeper_port: int | None = setting(
        "port on which `gerbang keep` serves its health and metrics; empty: not served",
        parsers.whole(1, 65_535),
        9465,
        may_be_empty=True,
    )

    issuer: str | None = setting(
        "issuer of the tokens, exactly as in their claim iss; "
        "in development without one, the gateway's own sign-in for the demo",
        parsers.web_address,
        None,
    )
    jwks_url: str | None = setting(
        "where the issuer publishes its keys (jwks_uri of its discovery document)",
        parsers.web_address,
        None,
    )
    audience: str = setting("the audience that tokens must name", parsers.text, "gerbang")
    algorithms: tuple[str, ...] = setting(
        "signature algorithms that are accepted",
        parsers.several_of("ES256", "ES384", "PS256", "PS384", "RS256", "Ed25519", "EdDSA"),
        ("ES256", "PS256", "RS256", "Ed25519"),
    )
    token_types: tuple[str, ...] = setting(
        "header typ of access tokens; add JWT only for an issuer that cannot mark them (RFC 9068)",
        parsers.several_of("at+jwt", "JWT"),
        ("at+jwt",),
    )
    claim_roles: tuple[str, ...] = setting(
        "dotted path of the claim that lists the roles (Keycloak: realm_access.roles)",
        parsers.path,
        ("roles",),
    )
    claim_partner: tuple[str, ...] = setting(
        "dotted path of the claim with the partner's code", parsers.path, ("partner",)
    )
    claim_countries: tuple[str, ...] = setting(
        "dotted path of the claim with the partner countries", parsers.path, ("countries",)
    )
    claim_centres: tuple[str, ...] = setting(
        "dotted path of the claim with the visa centres", parsers.path, ("centres",)
    )
    claim_pools: tuple[str, ...] = setting(
        "dotted path of the claim with the pools from which an officer takes cases",
        parsers.path,
        ("pools",),
    )
    claim_email: tuple[str, ...] = setting(
        "dotted path of the claim with the viewer's e-mail address, which counts where the claim"
        " email_verified says so: reports and alerts that the viewer subscribes to go there",
        parsers.path,
        ("email",),
    )
    token_seconds: int = setting(
        "the longest life of a token that is accepted, seconds: for so long a right that was "
        "withdrawn at the issuer may still be used",
        parsers.whole(10, 7_200),
        900,
    )
    role_names: Mapping[str, Role] | None = setting(
        "the issuer's names of our roles, as Their.Name=OFFICER,…; "
        "once given, only these names count",
        parsers.role_names,
        None,
    )

    documents: DocumentRule = setting(  # noqa: RUF009
        "documents that nobody registered: allow; log, with their hash, client and role; or "
        "require that documents be registered, and refuse others",
        parsers.one_of(DocumentRule),
        DocumentRule.ALLOW,
    )
    body_limit: int = setting(
        "largest request body, bytes", parsers.whole(1_024, 16_777_216), 262_144
    )
    request_seconds: float = setting(
        "how long a request may take, its wait included, seconds; "
        "clients wait longer than this (the dashboard 20)",
        parsers.seconds(0.1, 300),
        15.0,
    )
    statement_seconds: float = setting(
        "how long one database statement may take, seconds", parsers.seconds(0.1, 300), 10.0
    )
    lock_seconds: float = setting(
        "how long a statement may wait for somebody else's lock, seconds",
        parsers.seconds(0.01, 60),
        3.0,
    )
    connect_seconds: float = setting(
        "how long the database may take to accept a connection, seconds",
        parsers.seconds(0.1, 60),
        3.0,
    )
    retention_days: Mapping[Status, int] | None = setting(
        "for how many days files are kept once they are closed, by the status in which they ended,"
        " such as `GRANTED=1825,PAYMENT_EXPIRED=1095`; what is not named keeps its usual period",
        parsers.retention_days,
        None,
    )
    retention_index_days: int = setting(
        "for how many days after a refusal for a forged document, or a revocation, the digests are"
        " kept by which a person who was erased is found again",
        parsers.whole(1, 36_500),
        INDEX_DAYS,
    )
    retention_ban_days: int = setting(
        "for how many days after an entry of the ban list has ended, or was rejected, it says whom"
        " it was about",
        parsers.whole(1, 36_500),
        BAN_DAYS,
    )
    retention_movement_days: int = setting(
        "for how many days after the last exit by a visa that is live no more it is known when its"
        " holder was in the country",
        parsers.whole(1, 36_500),
        MOVEMENT_DAYS,
    )
    retention_log_days: int = setting(
        "for how many days it is kept who read whom, and who looked for whom; never less than a"
        " year, and longer where a file is held or a request of a data subject is open",
        parsers.whole(FEWEST_DAYS_KEPT, 36_500),
        LOG_DAYS,
    )
    sweep_days: int = setting(
        "how old a data key is, in days, before the keeper sweeps it if it belongs to nobody: long"
        " enough for whoever restored the wrong backup to notice",
        parsers.whole(1, 3_650),
        SWEEP_DAYS,
    )
    keep_alive_seconds: int = setting(
        "how long an idle connection of a client stays open, seconds; longer than a proxy "
        "keeps its own, so that it never asks on one that just closes",
        parsers.whole(1, 3_600),
        75,
    )
    drain_grace_seconds: float = setting(
        "how long readiness is false before SIGTERM ends listening, seconds: long enough for "
        "whoever spreads the load to notice",
        parsers.seconds(0, 300),
        5.0,
    )
    drain_seconds: float = setting(
        "how long running requests may take to finish once listening has ended, seconds",
        parsers.seconds(0, 600),
        20.0,
    )
    dashboard_url: str = setting(
        "address of the dashboard, for links in mail, and the way back from the demo's sign-in",
        parsers.web_address,
        "http://127.0.0.1:8050",
    )
    portal_url: str | None = setting(
        "address of the portal of applicants, for links in mail to them; without it there are none",
        parsers.web_address,
        None,
    )
    mail: str | None = setting(
        "how `gerbang keep` sends mail: smtp://user:password@host:587 (STARTTLS), smtps://…:465"
        " (TLS), or file:/folder for development; without it there is none",
        parsers.mail,
        None,
        is_secret=True,
    )
    mail_from: str | None = setting(
        "the address that mail comes from; its domain ends each Message-ID", parsers.address, None
    )
    redirects: tuple[str, ...] = setting(
        "addresses to which the demo's sign-in leads back to applications on telephones, as "
        "org.example.visa:/sign-in,…",
        parsers.redirects,
        (),
    )

    @property
    def retention(self) -> Retention:
        """For how long files are kept."""
        return Retention(
            self.retention_days or DAYS_KEPT,
            self.retention_index_days,
            self.retention_ban_days,
            self.retention_movement_days,
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
    def required_owner_url(self) -> str:
        """``owner_url``. Raises SettingsError if it is not set."""
        if self.owner_url is None:
            raise SettingsError("GERBANG_OWNER_URL is missing: only the owner may do this.")
        return self.owner_url


def read_settings(
    environ: Mapping[str, str] | None = None, command: Command = Command.SERVE
) -> Settings:
    """Read the environment for a command. Raises SettingsError, which lists every mistake."""
    settings = read_table(Settings, os.environ if environ is None else environ, command)
    if command is Command.SERVE and settings.in_development:
        return _with_generated_keys(settings)
    return settings


def _with_generated_keys(settings: Settings) -> Settings:
    """Generate the keys that development does not set."""
    generated = {
        name: (secrets.token_bytes(32),)
        for name in ("cursor_key", "seal_key")
        if not getattr(settings, name)
    }
    return replace(settings, **generated)
