"""Ways to the database: an engine for statements, a bare connection for everything in bulk."""

from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

#: What the driver raises on a connection that is no good any more; the last where the server went
#: away between two answers.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def engine(url: str) -> AsyncEngine:
    """An engine that opens a connection whenever it needs one and keeps none."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool
    )


def pool(
    url: str, size: int, *, connect_seconds: float = 3, wait_seconds: float = 3
) -> AsyncEngine:
    """An engine that keeps up to ``size`` connections, for a service.

    Connections do not begin transactions by themselves: who needs one says which kind. Opening
    one takes at most ``connect_seconds``; who finds all taken waits at most ``wait_seconds``,
    first come, first served.
    """
    kept = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait_seconds,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": connect_seconds},
    )
    event.listen(kept.sync_engine, "checkout", _replace_if_closed)
    return kept


def _replace_if_closed(dbapi_connection: Any, *_: Any) -> None:
    """The driver has seen a restarted server hang up: asking it costs no round trip."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


async def connect(url: str) -> asyncpg.Connection:
    """One connection of the driver itself."""
    return await asyncpg.connect(url)


async def driver_of(connection: AsyncConnection) -> Any:
    """The driver's own connection, which sends several statements in one round trip."""
    return (await connection.get_raw_connection()).driver_connection
