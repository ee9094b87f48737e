"""Settings of the databases that a gateway logs in to."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gateway.settings import parsers
from gateway.settings.parsers import setting


class DatabaseTls(StrEnum):
    """What protects a connection to a database on another machine."""

    VERIFIED = "verified"
    BY_NETWORK = "by-network"


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where the visa database and its replicas are, and how far the latter may be behind."""

    database_url: str = setting(
        "the PostgreSQL database as the gateway logs in, as libpq reads it: "
        "postgresql://user:password@host1,host2/database?sslmode=verify-full&sslrootcert=FILE; "
        "`gerbang migrate` makes the login, which owns nothing; behind PgBouncer in transaction "
        "mode, let it keep prepared statements (1.21 or newer, max_prepared_statements above 0)",
        parsers.database_url,
        "",
        is_secret=True,
    )
    owner_url: str | None = setting(
        "the same database as its owner logs in, for `gerbang migrate` and `gerbang keep`; "
        "a gateway that is not given it cannot lose it",
        parsers.database_url,
        None,
        is_secret=True,
    )
    database_tls: DatabaseTls = setting(  # noqa: RUF009
        "what protects a database on another machine in production: verified, TLS that verifies "
        "the server; or by-network, a network that itself encrypts and authenticates",
        parsers.one_of(DatabaseTls),
        DatabaseTls.VERIFIED,
    )
    database_connections: int = setting(
        "how many database connections this process may hold, besides one that hears of changes",
        parsers.whole(1, 200),
        10,
    )
    read_url: tuple[str, ...] = setting(
        "streaming replicas that answer what may be late by `replica_seconds`: URLs with spaces "
        "between, one for each replica, with the login of `database_url`; the same for all "
        "gateways, which tell each other who changed something",
        parsers.database_urls,
        (),
        is_secret=True,
    )
    replica_seconds: float = setting(
        "how far a database that is a streaming replica may be behind, seconds",
        parsers.seconds(0.1, 86_400),
        30.0,
    )
    postgres_bin: Path | None = setting(  # noqa: RUF009
        "folder of the PostgreSQL programs for the embedded server; found by itself if not given",
        Path,
        None,
    )
