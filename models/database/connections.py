"""Ways to the database: an engine for statements, a bare connection for everything in bulk."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from models.database.url import TLS, DatabaseUrl, Host, read_database_url

#: What the driver raises on a connection that is no good any more; the last where the server went
#: away between two answers.
CONNECTION_ERRORS = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


#: Option of a statement: what is remarked at its end. The server plans a prepared statement anew
#: whenever another role asks it than the last time; with its role remarked, each keeps its own.
COMMENT = "remark"
#: How many of them a connection keeps: every role asks in its own words.
_PREPARED_STATEMENTS = 300
#: SQLAlchemy's name of the driver, without an address: `connect` reads every URL.
_DRIVER = "postgresql+asyncpg://"
#: After these the next host of the URL is tried: away, starting or in recovery, of another kind.
_ANOTHER_MAY_DO = (OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched)


def engine(url: str) -> AsyncEngine:
    """An engine that opens a connection whenever it needs one and keeps none."""
    return create_async_engine(
        _DRIVER, poolclass=NullPool, connect_args={"async_creator_fn": partial(connect, url)}
    )


def pool(
    url: str, size: int, *, connect_seconds: float = 3, wait_seconds: float = 3
) -> AsyncEngine:
    """An engine that keeps up to ``size`` connections, for a service.

    Connections do not begin transactions by themselves: who needs one says which kind. Each host
    may take ``connect_seconds`` to open one; who finds all taken waits at most ``wait_seconds``,
    first come, first served.
    """
    kept = create_async_engine(
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
    event.listen(kept.sync_engine, "connect", partial(_note_backend, seconds=connect_seconds))
    event.listen(kept.sync_engine, "checkout", _discard_if_closed)
    event.listen(kept.sync_engine, "before_cursor_execute", _with_comment, retval=True)
    return kept


def _with_comment(
    connection: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool
) -> tuple[str, Any]:
    remark = context.execution_options.get(COMMENT)
    return (f"{statement} /* {remark} */" if remark else statement), values


def _note_backend(dbapi_connection: Any, record: Any, seconds: float) -> None:
    record.info["backend"] = dbapi_connection.run_async(partial(own_backend, seconds=seconds))


def _discard_if_closed(dbapi_connection: Any, *_: Any) -> None:
    """The driver has seen a restarted server hang up: asking it costs no round trip."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


async def connect(
    url: str, *, connect_seconds: float = 60, statement_cache_size: int = 100
) -> asyncpg.Connection:
    """One connection of the driver itself, to the first host that suits.

    Each host may take ``connect_seconds``, or the URL's ``connect_timeout`` where that is less.
    Who is refused at one host, for the password for one, asks no other.
    """
    place = read_database_url(url)
    wanted = place.parameters.get("target_session_attrs", "any")
    # The driver would choose among the standbys of one list; here each host is asked by itself.
    rounds = ("standby", "any") if wanted == "prefer-standby" else (wanted,)
    failure: Exception = ConnectionError("no host")
    for attributes in rounds:
        for host in place.hosts:
            try:
                return await _connect_to(
                    host,
                    place,
                    target_session_attrs=attributes,
                    timeout=min(connect_seconds, place.connect_seconds or connect_seconds),
                    statement_cache_size=statement_cache_size,
                )
            except _ANOTHER_MAY_DO as error:
                failure = error
    raise failure


async def _connect_to(host: Host, place: DatabaseUrl, **options: Any) -> asyncpg.Connection:
    """The driver reads the TLS parameters itself; nothing else is left to its reading."""
    tls = {name: place.parameters[name] for name in TLS if name in place.parameters}
    return await asyncpg.connect(
        f"postgresql:?{urlencode(tls)}" if tls else None,
        host=host.address,
        port=host.port,
        user=place.user,
        password=place.password_at(host),
        database=place.database,
        ssl=place.sslmode,
        server_settings=place.session,
        **options,
    )


async def own_backend(driver: asyncpg.Connection, seconds: float | None = None) -> int | None:
    """The process of the server that a connection is tied to; None behind a pooler.

    A pooler lends out connections of its own, and greets with a process that is none of theirs.
    """
    serving = await driver.fetchval("SELECT pg_backend_pid()", timeout=seconds)
    return serving if serving == driver.get_server_pid() else None


def backend_of(connection: AsyncConnection) -> int | None:
    """The same of a connection of our pool, which asked when it was opened."""
    return _pooled(connection).info["backend"]


def driver_of(connection: AsyncConnection) -> Any:
    """The driver's own connection, which sends several statements in one round trip."""
    return _pooled(connection).driver_connection


def _pooled(connection: AsyncConnection) -> Any:
    """What the pool has lent: it is there already, so that nothing is waited for."""
    return connection.sync_connection.connection  # type: ignore[union-attr]
