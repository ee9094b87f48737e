"""The ASGI application: its routes and middleware.

A request passes these layers, from the outside in:

1. ``Edge``: sets the trace id and security headers, records metrics, masks and logs unexpected
   errors.
2. The route, which operations skip (``PastRouting``); where there is none, ``refusals`` answers.
   ``/development`` answers this machine only (``LoopbackOnly``).
3. ``GraphQLOverHTTP``: negotiates the media type, checks the queue, authenticates the viewer and
   reads the body; then waits for admission and runs the operation, until it is done, the deadline
   passes or the client disconnects. Or ``GraphQLOverWebSocket``: checks origin and subprotocol, and
   hands over to a ``Socket``, which runs subscriptions.

Pages of other origins can call the gateway from a browser only if the setting `origins` names them:
then ``CORSMiddleware`` stands between the edge and the routes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access.authentication import Authentication
from gateway.access.suspensions import Suspensions
from gateway.errors import ErrorCode, RequestError
from gateway.execution.document_matrix import DocumentMatrix
from gateway.execution.operation import OperationRunner, SubscriptionRunner
from gateway.faults import Check, Fault
from gateway.processor_time import make_task
from gateway.settings import Settings, SettingsError
from gateway.wire import explorer
from gateway.wire.admission import Admission, AdmissionLimits
from gateway.wire.connections import Addresses
from gateway.wire.documents import Documents
from gateway.wire.edge import Edge, ServerTiming
from gateway.wire.health import Drain, Health, internal_app
from gateway.wire.http import GraphQLOverHTTP
from gateway.wire.metrics import Metrics
from gateway.wire.parameters import URL_PARAMETERS
from gateway.wire.refusals import HANDLERS, answer_without_route
from gateway.wire.schema_files import SchemaFiles
from gateway.wire.socket_limits import SocketLimits, Sockets
from gateway.wire.websocket import GraphQLOverWebSocket, ObservedFollower
from models.access_tokens.provider_keys import KeySource, ProviderKeys, published_at
from models.access_tokens.verification import Verification
from models.vocabulary import Role

if TYPE_CHECKING:  # production never loads the development sign-in
    from gateway.development import SignIn
if TYPE_CHECKING:  # a package that not everybody installs
    from gateway.wire.traces import Traces

#: What pages of other origins may send, and may read of a response. Clients name themselves by the
#: headers of Apollo, and tracing adds those of W3C and of Sentry: without them, a browser would
#: refuse the whole request.
ALLOWED_HEADERS = (
    "Apollographql-Client-Name",
    "Apollographql-Client-Version",
    "Authorization",
    "Baggage",
    "Content-Range",
    "Content-Type",
    "Gerbang-Purpose",
    "Gerbang-Role",
    "Range",
    "Sentry-Trace",
    "Traceparent",
    "Tracestate",
)
EXPOSED_HEADERS = (
    *("Content-Language", "Content-Range", "Gerbang-Pages", "Gerbang-Trace", "Retry-After"),
    *("Upload-Offset", "WWW-Authenticate"),
)
#: How long a browser may keep the answer to a preflight: as long as any browser does.
PREFLIGHT_SECONDS = 7_200


def create_app(
    settings: Settings,
    executor: OperationRunner,
    *,
    views: Mapping[Role, GraphQLSchema] | None = None,
    documents: DocumentMatrix | None = None,
    follower: SubscriptionRunner | None = None,
    limits: SocketLimits | None = None,
    checks: Mapping[Fault, Check] | None = None,
    warnings: Collection[Check] = (),
    metrics: Metrics | None = None,
    resources: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    sign_in: "SignIn | None" = None,
    key_source: KeySource | None = None,
    suspensions: Suspensions | None = None,
    drain: Drain | None = None,
    contents: Callable[[Authentication, Admission], Documents] | None = None,
) -> Starlette:
    """Build the application.

    ``views`` are the schemas of the roles, which clients fetch as files. ``documents`` tells the
    explorer which roles can run which. ``follower`` runs subscriptions; without one there is no
    WebSocket endpoint. ``limits`` bound each socket.
    ``checks`` decide readiness, along with the provider's keys and the drain; ``warnings`` are
    reported without changing it. ``resources`` is entered at startup and left at shutdown.
    ``sign_in`` is the development sign-in. ``key_source`` replaces the provider in the settings.
    ``suspensions`` are those that the database knows of. ``drain`` begins when the process shuts
    down. ``contents`` takes the bytes of documents in, and hands them out.
    """
    keys = ProviderKeys(key_source or _key_source(settings, sign_in), settings.algorithms)
    metrics = metrics or Metrics()
    drain = drain or Drain()
    health = Health(
        {
            **(checks or {}),
            Fault.KEYS: _check_of(Fault.KEYS, keys.are_at_hand),
            Fault.STOPPING: _check_of(Fault.STOPPING, drain.is_serving),
        },
        warnings,
    )
    metrics.watch_health(health)
    traces = _traces(settings)
    authentication = _authentication(settings, keys, suspensions)
    admission = Admission(metrics, _admission_limits(settings))
    endpoint = GraphQLOverHTTP(
        executor,
        authentication,
        admission,
        addresses=Addresses(settings.trusted_proxies, settings.forwarding_header),
        body_limit=settings.body_limit,
        seconds=settings.request_seconds,
    )
    routes: list[BaseRoute] = [
        Route("/graphql", endpoint, methods=["POST"]),
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
    ]
    if views is not None:
        schema_files = SchemaFiles(authentication, views, in_development=settings.in_development)
        # No secret is in it, so that its compressed length tells nothing.
        small = [Middleware(GZipMiddleware)]
        routes.append(
            Route(
                "/graphql/schema/{role}.graphql",
                schema_files.get,
                methods=["GET"],
                middleware=small,
            )
        )
    if contents:
        documents_route = contents(authentication, admission).handle
        routes.append(Route("/documents/{name}", documents_route, methods=["GET", "HEAD", "PUT"]))
    if follower:
        observed = ObservedFollower(follower, metrics)
        sockets = _websocket_endpoint(settings, observed, authentication, metrics, limits)
        routes.append(WebSocketRoute("/graphql", sockets.serve))
    if settings.in_development:
        routes += [Route("/graphql", _explorer_or_query(endpoint)), *explorer.asset_routes()]
        if documents:
            routes.append(explorer.matrix_route(documents, settings.body_limit))
    else:
        routes.append(Route("/graphql", _public_documents(endpoint), methods=["GET"]))
    if sign_in:
        routes.append(sign_in.mount())
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Edge, metrics=metrics, drain=drain, traces=traces),
            *_cors(settings),
            *([Middleware(ServerTiming)] if settings.in_development else []),
            Middleware(PastRouting, endpoint=endpoint),
        ],
        exception_handlers=HANDLERS,
        lifespan=_lifespan(keys, resources, traces),
    )
    app.router.default = answer_without_route
    app.state.metrics = metrics
    app.state.internal = internal_app(health, metrics.page)  # served on a separate address
    return app


def _websocket_endpoint(
    settings: Settings,
    follower: ObservedFollower,
    authentication: Authentication,
    metrics: Metrics,
    limits: SocketLimits | None,
) -> GraphQLOverWebSocket:
    return GraphQLOverWebSocket(
        follower,
        authentication,
        metrics,
        Sockets(metrics, settings),
        Addresses(settings.trusted_proxies, settings.forwarding_header),
        limits or SocketLimits(settings.body_limit, settings.socket_seconds),
        settings.origins,
    )


def _cors(settings: Settings) -> list[Middleware]:
    """What lets pages of the named origins call from a browser. There are no cookies to allow:
    who asks is in a header that the page itself sets."""
    if not settings.origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=("GET", "HEAD", "POST", "PUT"),
            allow_headers=ALLOWED_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=PREFLIGHT_SECONDS,
        )
    ]


def _traces(settings: Settings) -> "Traces | None":
    if not settings.traces_url:
        return None
    try:
        from gateway.wire.traces import Traces  # half a second, which others do not wait
    except ImportError:
        raise SettingsError(
            "GERBANG_TRACES_URL needs packages that are not installed: pip install gerbang[traces]."
        ) from None
    return Traces(settings.traces_url)


def _check_of(fault: Fault, passes: Callable[[], Awaitable[bool]]) -> Check:
    async def check() -> Fault | None:
        return None if await passes() else fault

    return check


def _admission_limits(settings: Settings) -> AdmissionLimits:
    return AdmissionLimits(
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


def _authentication(
    settings: Settings, keys: ProviderKeys, suspensions: Suspensions | None
) -> Authentication:
    verification = Verification(
        keys,
        issuer=settings.token_issuer,
        audience=settings.audience,
        types=settings.token_types,
        longest_life=settings.token_seconds,
    )
    return Authentication(settings, verification, suspensions)


class PastRouting:
    """Passes operations to the endpoint without searching for their route, which would take longer
    than most of what the gateway does for them."""

    def __init__(self, app: ASGIApp, endpoint: ASGIApp) -> None:
        self._app = app
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_operation = (
            scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/graphql"
        )
        await (self._endpoint if is_operation else self._app)(scope, receive, send)


def _explorer_or_query(endpoint: GraphQLOverHTTP) -> Callable[[Request], Awaitable[ASGIApp]]:
    async def get(request: Request) -> ASGIApp:
        wants_page = "text/html" in request.headers.get("accept", "")
        if wants_page and not request.query_params.keys() & set(URL_PARAMETERS):
            return await explorer.page(request)
        return endpoint

    return get


def _public_documents(endpoint: GraphQLOverHTTP) -> Callable[[Request], Awaitable[ASGIApp]]:
    """Registered documents, asked for by whoever is not signed in: nothing in such an address is
    worth hiding from a log, and a cache may keep the answer."""

    async def get(request: Request) -> ASGIApp:
        is_named = "documentId" in request.query_params and "query" not in request.query_params
        if not is_named or "authorization" in request.headers:
            raise RequestError(
                ErrorCode.METHOD_NOT_ALLOWED,
                "By GET, only registered documents are answered, by `documentId` and without a"
                " token: send the operation by POST.",
                HTTPStatus.METHOD_NOT_ALLOWED,
            )
        return endpoint

    return get


def _lifespan(
    keys: ProviderKeys,
    resources: Callable[[], AbstractAsyncContextManager[object]],
    traces: "Traces | None",
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        refreshing = asyncio.create_task(keys.keep_fresh())
        asyncio.get_running_loop().set_task_factory(cast(Any, make_task))
        try:
            async with resources():
                yield
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
            if traces:
                await asyncio.to_thread(traces.close)

    return lifespan
