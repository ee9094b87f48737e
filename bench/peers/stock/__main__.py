"""Serves the schema: ``python -m bench.peers.stock`` with DATABASE_URL, POOL and PORT."""

import os
from typing import Any

import uvicorn
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from strawberry.asgi import GraphQL

from bench.peers.stock.rows import Loaders
from bench.peers.stock.schema import schema

_URL = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1)


class App(GraphQL[dict[str, Any], None]):
    """Strawberry's ASGI application, with loaders for each request."""

    sessions = async_sessionmaker(
        create_async_engine(_URL, pool_size=int(os.environ["POOL"]), max_overflow=0)
    )

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"loaders": Loaders(self.sessions)}


if __name__ == "__main__":
    uvicorn.run(
        App(schema, graphql_ide=None),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
