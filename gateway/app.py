"""The gateway as one application: what answers at which path, and what wraps it.

A request passes, from outside to inside:

1. ``Edge``: trace id, security headers, figures; masks and logs whatever was not foreseen.
2. the route; for ``/development`` only from this machine (``LoopbackOnly``).
3. ``GraphQLOverHTTP``: media types, room in the queue, viewer, bounded body; then its turn at the
   executor, until the deadline or until the client hangs up. Or ``GraphQLOverWebSocket``: origin,
   subprotocol; then ``Socket``, then the follower.

There is no CORS: other origins may not ask from a browser.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from gateway.access.tokens import (
    Authentication,
    KeySource,
    ProviderKeys,
    Verification,
    published_at,
)
from gateway.errors import RequestError
from gateway.execution.operation import OperationRunner, SubscriptionRunner
from gateway.faults import Fault
from gateway.settings import Settings, SettingsError
from gateway.wire import explorer
from gateway.wire.addresses import Addresses
from gateway.wire.admission import Admission, Room
from gateway.wire.drain import Drain
from gateway.wire.edge import Edge, answer_refusal
from gateway.wire.health import Check, Health
from gateway.wire.http import GraphQLOverHTTP
from gateway.wire.internal import internal_app
from gateway.wire.metrics import Metrics
from gateway.wire.socket import Limits
from gateway.wire.sockets import Sockets
from gateway.wire.subscriptions import ObservedFollower
from gateway.wire.websocket import GraphQLOverWebSocket

if TYPE_CHECKING:  # production never loads the development sign-in
    from gateway.development import SignIn


def create_app(
    settings: Settings,
    executor: OperationRunner,
    *,
    follower: SubscriptionRunner | None = None,
    limits: Limits | None = None,
    checks: Mapping[Fault, Check] | None = None,
    warnings: Collection[Check] = (),
    metrics: Metrics | None = None,
    resources: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    sign_in: "SignIn | None" = None,
    key_source: KeySource | None = None,
    drain: Drain | None = None,
) -> Starlette:
    """The gateway.

    ``follower`` runs subscriptions, if anybody does, on sockets within ``limits``; ``checks`` are
    what readiness asks, besides the provider's keys, and ``warnings`` what it tells though it is
    ready; ``resources`` is open while the application
    runs; ``sign_in`` is the development sign-in to offer; ``key_source`` replaces the provider
    that the settings name; ``drain`` tells when the process is on its way out.
    """
    keys = ProviderKeys(key_source or _key_source(settings, sign_in), settings.algorithms)
    metrics = metrics or Metrics()
    drain = drain or Drain()
    health = Health(
        {
            **(checks or {}),
            Fault.KEYS: _check_for(Fault.KEYS, keys.are_at_hand),
            Fault.STOPPING: _check_for(Fault.STOPPING, drain.is_serving),
        },
        warnings,
    )
    authentication = _authentication(settings, keys)
    endpoint = GraphQLOverHTTP(
        executor,
        authentication,
        Admission(metrics, _room(settings)),
        body_limit=settings.body_limit,
        seconds=settings.request_seconds,
    )
    routes: list[BaseRoute] = [
        Route("/graphql", endpoint.post, methods=["POST"]),
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
    ]
    if follower:
        live = GraphQLOverWebSocket(
            ObservedFollower(follower, metrics),
            authentication,
            metrics,
            Sockets(metrics, settings),
            Addresses(settings.trusted_proxies, settings.forwarding_header),
            limits or Limits(settings.body_limit, settings.socket_seconds),
        )
        routes.append(WebSocketRoute("/graphql", live.serve))
    if settings.in_development:
        routes += [Route("/graphql", _page_or_query(endpoint)), *explorer.asset_routes()]
    if sign_in:
        routes.append(sign_in.mount())
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Edge, metrics=metrics, drain=drain)],
        exception_handlers={RequestError: answer_refusal},
        lifespan=_lifespan(keys, resources),
    )
    app.state.metrics = metrics
    app.state.internal = internal_app(health, metrics.page)  # served on an address of its own
    return app


def _check_for(fault: Fault, passes: Callable[[], Awaitable[bool]]) -> Check:
    async def check() -> Fault | None:
        return None if await passes() else fault

    return check


def _room(settings: Settings) -> Room:
    return Room(
        running=settings.operations,
        waiting=settings.queue,
        running_of_a_viewer=min(settings.viewer_operations, settings.operations),
        waiting_of_a_viewer=min(settings.viewer_queue, settings.queue),
        seconds=settings.queue_seconds,
    )


def _key_source(settings: Settings, sign_in: "SignIn | None") -> KeySource:
    if sign_in is not None:
        return sign_in.key_source
    if settings.jwks_url is None:
        raise SettingsError("GERBANG_ISSUER and GERBANG_JWKS_URL are missing: who signs people in?")
    return published_at(settings.jwks_url)


def _authentication(settings: Settings, keys: ProviderKeys) -> Authentication:
    verification = Verification(
        keys,
        issuer=settings.token_issuer,
        audience=settings.audience,
        types=settings.token_types,
        longest_life=settings.token_seconds,
    )
    return Authentication(settings, verification)


def _page_or_query(endpoint: GraphQLOverHTTP) -> Callable[[Request], object]:
    async def get(request: Request) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if wants_page and not request.query_params:
            return await explorer.page(request)
        return await endpoint.get(request)

    return get


def _lifespan(
    keys: ProviderKeys, resources: Callable[[], AbstractAsyncContextManager[object]]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        refreshing = asyncio.create_task(keys.keep_fresh())
        try:
            async with resources():
                yield
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing

    return lifespan
