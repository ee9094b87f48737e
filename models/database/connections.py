"""Connections to the database: the pools of services, and bare connections for the owner's work."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

import asyncpg
import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from models.database.pipelined_connection import LoginRefusedError, open_connection
from models.database.pool import ConnectionPool
from models.database.url import TLS, DatabaseUrl, Host, read_database_url

_Connection = TypeVar("_Connection")

#: What the drivers raise on a broken connection; the last one if the server disappeared in the
#: middle of a response.
CONNECTION_ERRORS = (
    OSError,
    psycopg.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


#: SQLAlchemy's name of the driver, without a host: we parse the URL.
_OWNERS_DRIVER = "postgresql+asyncpg://"
#: Errors after which the next host is tried: unreachable, starting up, or of the wrong kind.
_TRY_NEXT_HOST = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.TargetServerAttributeNotMatched,
    psycopg.OperationalError,
)


def engine(url: str) -> AsyncEngine:
    """An engine without a pool: it opens a connection for each use."""
    return create_async_engine(
        _OWNERS_DRIVER, poolclass=NullPool, connect_args={"async_creator_fn": partial(connect, url)}
    )


def pool(
    url: str, size: int, *, connect_seconds: float = 3, wait_seconds: float = 3
) -> ConnectionPool:
    """A pool of up to ``size`` connections, for a service.

    Each host may take ``connect_seconds`` to connect. If all connections are in use, callers queue
    for at most ``wait_seconds``.
    """
    open_ = partial(_first_host, url, connect_seconds, open_connection)
    return ConnectionPool(open_, size, wait_seconds)


async def connect(
    url: str, *, connect_seconds: float = 60, statement_cache_size: int = 100
) -> asyncpg.Connection:
    """Open a connection for the owner's work, to the first suitable host.

    Each host may take ``connect_seconds``, or the URL's ``connect_timeout`` if that is less. If a
    host refuses the login, for example for its password, no other host is tried.
    """
    connect_to = partial(_connect_to, statement_cache_size=statement_cache_size)
    return await _first_host(url, connect_seconds, connect_to)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for the owner's work, as long as it takes."""
    connection = await connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _first_host(
    url: str, connect_seconds: float, connect_to: Callable[..., Awaitable[_Connection]]
) -> _Connection:
    parsed_url = read_database_url(url)
    wanted = parsed_url.parameters.get("target_session_attrs", "any")
    # Drivers support prefer-standby only for a list of hosts; here each is tried by itself.
    rounds = ("standby", "any") if wanted == "prefer-standby" else (wanted,)
    failure: Exception = ConnectionError("no host")
    for attributes in rounds:
        for host in parsed_url.hosts:
            try:
                return await connect_to(
                    host,
                    parsed_url,
                    seconds=min(connect_seconds, parsed_url.connect_seconds or connect_seconds),
                    target_session_attrs=attributes,
                )
            except LoginRefusedError:
                raise
            except _TRY_NEXT_HOST as error:
                failure = error
    raise failure


async def _connect_to(
    host: Host, parsed_url: DatabaseUrl, *, seconds: float, **options: Any
) -> asyncpg.Connection:
    """Connect to one host. Only the TLS parameters are left to the driver to parse."""
    tls = {name: parsed_url.parameters[name] for name in TLS if name in parsed_url.parameters}
    return await asyncpg.connect(
        f"postgresql:?{urlencode(tls)}" if tls else None,
        host=host.address,
        port=host.port,
        user=parsed_url.user,
        password=parsed_url.password_at(host),
        database=parsed_url.database,
        ssl=parsed_url.sslmode,
        server_settings=parsed_url.session,
        timeout=seconds,  # pyright: ignore[reportArgumentType]  it may be a fraction
        **options,
    )


async def own_backend(driver: asyncpg.Connection, seconds: float | None = None) -> int | None:
    """The process id of the connection's server backend; None behind a pooler.

    A pooler shares its backends among clients, and reports the process id of none of them.
    """
    serving = await driver.fetchval("SELECT pg_backend_pid()", timeout=seconds)
    return serving if serving == driver.get_server_pid() else None


def driver_of(connection: AsyncConnection) -> Any:
    """The driver's connection below SQLAlchemy's."""
    return connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
