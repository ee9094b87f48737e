"""Ways to the database: an engine for statements, a bare connection for everything in bulk."""

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool


def engine(url: str) -> AsyncEngine:
    """An engine that opens a connection whenever it needs one and keeps none."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool
    )


def pool(url: str, size: int) -> AsyncEngine:
    """An engine that keeps up to ``size`` connections, for a service.

    Connections do not begin transactions by themselves: who needs one says which kind.
    """
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=size,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
    )


async def connect(url: str) -> asyncpg.Connection:
    """One connection of the driver itself."""
    return await asyncpg.connect(url)
