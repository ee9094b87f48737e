"""The gateway with all it stands on: the database, the executor, the sign-in of the demo."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from gateway.access.bounds import Bounds
from gateway.access.horizon import Horizon
from gateway.access.opening import Openings
from gateway.access.seal import Seal
from gateway.access.tokens import KeySource
from gateway.app import create_app
from gateway.execution.executor import SchemaExecutor
from gateway.execution.live import SchemaFollower
from gateway.settings import Settings
from gateway.wire.drain import Drain
from gateway.wire.socket import Limits
from models.database import pool
from models.migrations import serves_this_release

if TYPE_CHECKING:
    from gateway.development import SignIn


def gateway(
    settings: Settings,
    *,
    key_source: KeySource | None = None,
    drain: Drain | None = None,
    limits: Limits | None = None,
) -> Starlette:
    """The gateway that the settings describe.

    ``key_source`` replaces the provider they name, ``limits`` what a socket may do.
    """
    engine = _pool(settings, settings.database_connections)
    probe = _pool(settings, 1)  # so that readiness never waits behind requests
    openings = Openings(
        Seal(settings.seal_key[0], settings.request_seconds + settings.statement_seconds),
        Bounds(settings.statement_seconds, settings.lock_seconds, settings.request_seconds),
    )
    executor = SchemaExecutor(engine, openings, cursor_keys=settings.cursor_key)
    horizon = Horizon(settings.database_url, engine)
    return create_app(
        settings,
        executor,
        follower=SchemaFollower(executor, horizon),
        limits=limits,
        checks={"database": lambda: _answers(probe), "migrations": lambda: _is_migrated(probe)},
        resources=lambda: _closing(horizon, engine, probe),
        sign_in=_sign_in(settings),
        key_source=key_source,
        drain=drain,
    )


def _pool(settings: Settings, size: int) -> AsyncEngine:
    return pool(
        settings.database_url,
        size,
        connect_seconds=settings.connect_seconds,
        wait_seconds=settings.queue_seconds,
    )


def _sign_in(settings: Settings) -> "SignIn | None":
    if not settings.signs_in_itself:
        return None
    from gateway.development import SignIn  # production never loads it

    return SignIn(settings)


async def _answers(probe: AsyncEngine) -> bool:
    async with probe.connect() as connection:
        return bool(await connection.scalar(text("SELECT true")))


async def _is_migrated(probe: AsyncEngine) -> bool:
    async with probe.connect() as connection:
        return await serves_this_release(connection)


@asynccontextmanager
async def _closing(horizon: Horizon, *engines: AsyncEngine) -> AsyncIterator[None]:
    try:
        async with horizon:
            yield
    finally:
        for engine in engines:
            await engine.dispose()
