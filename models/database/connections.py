"""Connections to the database: SQLAlchemy engines, and bare driver connections for bulk work."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from models.database.url import TLS, DatabaseUrl, Host, read_database_url

#: What the driver raises on a broken connection; the last one if the server disappeared in the
#: middle of a response.
CONNECTION_ERRORS = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


#: Execution option: a comment to append to the statement. The server replans a prepared statement
#: whenever the role changes; with the role in a comment, each role has prepared statements of its
#: own.
COMMENT = "remark"
#: Prepared statements per connection: roles do not share them.
_PREPARED_STATEMENTS = 300
#: SQLAlchemy's name of the driver, without a host: `connect` parses the URL.
_DRIVER = "postgresql+asyncpg://"
#: Errors after which the next host is tried: unreachable, starting up, or of the wrong kind.
_TRY_NEXT_HOST = (OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched)


def engine(url: str) -> AsyncEngine:
    """An engine without a pool: it opens a connection for each use."""
    return create_async_engine(
        _DRIVER, poolclass=NullPool, connect_args={"async_creator_fn": partial(connect, url)}
    )


def pool(
    url: str, size: int, *, connect_seconds: float = 3, wait_seconds: float = 3
) -> AsyncEngine:
    """An engine with a pool of up to ``size`` connections, for a service.

    Connections are in autocommit mode; transactions are begun explicitly. Each host may take
    ``connect_seconds`` to connect. If all connections are in use, callers queue for at most
    ``wait_seconds``.
    """
    pooled_engine = create_async_engine(
        _DRIVER,
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait_seconds,
        isolation_level="AUTOCOMMIT",
        connect_args={
            "async_creator_fn": partial(connect, url),
            "connect_seconds": connect_seconds,
            "prepared_statement_cache_size": _PREPARED_STATEMENTS,
            "statement_cache_size": _PREPARED_STATEMENTS,
        },
    )
    event.listen(
        pooled_engine.sync_engine, "connect", partial(_record_backend, seconds=connect_seconds)
    )
    event.listen(pooled_engine.sync_engine, "checkout", _discard_if_closed)
    event.listen(pooled_engine.sync_engine, "before_cursor_execute", _with_comment, retval=True)
    return pooled_engine


def _with_comment(
    connection: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool
) -> tuple[str, Any]:
    comment = context.execution_options.get(COMMENT)
    return (f"{statement} /* {comment} */" if comment else statement), values


def _record_backend(dbapi_connection: Any, record: Any, seconds: float) -> None:
    record.info["backend"] = dbapi_connection.run_async(partial(own_backend, seconds=seconds))


def _discard_if_closed(dbapi_connection: Any, *_: Any) -> None:
    """Detect a server restart without a round trip: the driver knows that the socket closed."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


async def connect(
    url: str, *, connect_seconds: float = 60, statement_cache_size: int = 100
) -> asyncpg.Connection:
    """Open a driver connection to the first suitable host.

    Each host may take ``connect_seconds``, or the URL's ``connect_timeout`` if that is less. If a
    host refuses the login, for example for its password, no other host is tried.
    """
    parsed_url = read_database_url(url)
    wanted = parsed_url.parameters.get("target_session_attrs", "any")
    # The driver supports prefer-standby only for a list of hosts; here each is tried by itself.
    rounds = ("standby", "any") if wanted == "prefer-standby" else (wanted,)
    failure: Exception = ConnectionError("no host")
    for attributes in rounds:
        for host in parsed_url.hosts:
            try:
                return await _connect_to(
                    host,
                    parsed_url,
                    target_session_attrs=attributes,
                    timeout=min(connect_seconds, parsed_url.connect_seconds or connect_seconds),
                    statement_cache_size=statement_cache_size,
                )
            except _TRY_NEXT_HOST as error:
                failure = error
    raise failure


async def _connect_to(host: Host, parsed_url: DatabaseUrl, **options: Any) -> asyncpg.Connection:
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
        **options,
    )


async def own_backend(driver: asyncpg.Connection, seconds: float | None = None) -> int | None:
    """The process id of the connection's server backend; None behind a pooler.

    A pooler shares its backends among clients, and reports the process id of none of them.
    """
    serving = await driver.fetchval("SELECT pg_backend_pid()", timeout=seconds)
    return serving if serving == driver.get_server_pid() else None


def backend_of(connection: AsyncConnection) -> int | None:
    """The backend's process id of a pooled connection, as noted when it was opened."""
    return _pooled(connection).info["backend"]


def driver_of(connection: AsyncConnection) -> Any:
    """The underlying driver connection, which can send several statements in one round trip."""
    return _pooled(connection).driver_connection


def _pooled(connection: AsyncConnection) -> Any:
    """The pool's entry; read without awaiting, since the connection is already checked out."""
    return connection.sync_connection.connection  # type: ignore[union-attr]
