"""Runs gateways in this process, and asks them without all that a client does for each request."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx2
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bench.asking import exchange
from gateway.service import gateway
from gateway.settings import Settings
from tests import tokens
from tests.gateway.schemas import SCHEMAS
from tests.linking import OF_GATEWAYS, key_service


@dataclass(frozen=True)
class Response:
    """What was answered, as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class InProcessClient(httpx2.AsyncClient):
    """A client of one application. Thousands of questions go by its quick way."""

    def __init__(self, app: ASGIApp) -> None:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        super().__init__(transport=transport, base_url="http://127.0.0.1")
        self._app = app

    async def post_quickly(self, path: str, content: bytes, headers: Mapping[str, str]) -> Response:
        """The answer to a JSON body; a client of httpx2 takes half as long as the gateway."""
        length = {"content-length": str(len(content))}
        start, body = await exchange(self._app, path, {**length, **headers}, content)
        return Response(start["status"], httpx2.Headers(start["headers"]), body)


@asynccontextmanager
async def running_gateway(settings: Settings) -> AsyncIterator[Starlette]:
    """A gateway that takes the tokens of the tests, while the context is open."""
    keys = OF_GATEWAYS if settings.key_service == key_service() else None
    app = gateway(settings, key_source=tokens.key_source, schemas=SCHEMAS, keys=keys)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def two_gateways(settings: Settings) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """A client of each of two gateways with the same settings, hence on one database."""
    async with AsyncExitStack() as stack:
        apps = [await stack.enter_async_context(running_gateway(settings)) for _ in range(2)]
        yield [await stack.enter_async_context(InProcessClient(app)) for app in apps]
