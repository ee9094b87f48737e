"""The gateway with all it stands on: the database, the executor, the sign-in of the demo."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from gateway.access.seal import Seal
from gateway.access.tokens import KeySource
from gateway.app import create_app
from gateway.execution.executor import SchemaExecutor
from gateway.settings import Settings
from gateway.wire.health import Check
from models.database import pool

if TYPE_CHECKING:
    from gateway.development import SignIn


def gateway(settings: Settings, *, key_source: KeySource | None = None) -> Starlette:
    """The gateway that the settings describe; ``key_source`` replaces the provider they name."""
    engine = pool(settings.database_url, settings.database_connections)
    executor = SchemaExecutor(
        engine,
        Seal(settings.seal_key, settings.request_seconds + settings.statement_seconds),
        cursor_key=settings.cursor_key,
        statement_seconds=settings.statement_seconds,
    )
    return create_app(
        settings,
        executor,
        checks={"database": _answers(engine)},
        resources=lambda: _disposed(engine),
        sign_in=_sign_in(settings),
        key_source=key_source,
    )


def _sign_in(settings: Settings) -> "SignIn | None":
    if not settings.signs_in_itself:
        return None
    from gateway.development import SignIn  # production never loads it

    return SignIn(settings)


def _answers(engine: AsyncEngine) -> Check:
    async def check() -> bool:
        async with engine.connect() as connection:
            return bool(await connection.scalar(text("SELECT true")))

    return check


@asynccontextmanager
async def _disposed(engine: AsyncEngine) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await engine.dispose()
