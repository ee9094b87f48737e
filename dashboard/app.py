"""The dashboard as one ASGI application: Dash behind the gate."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import httpx2
from dash import Dash
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.components.page_request import (
    ViewerChangedError,
    prefetch,
    refuse_other_viewer,
)
from dashboard.export.routes import routes as export_routes
from dashboard.gateway.client import GatewayClient, GatewayError, HttpGatewayClient
from dashboard.gateway.live import Live
from dashboard.gateway.session import Session
from dashboard.pages.registry import DRAWN, PATHS, READS, document, title_of
from dashboard.settings import Settings
from dashboard.web.callback_guard import CallbackGuard
from dashboard.web.contents import Contents
from dashboard.web.gate import NEWS, Gate
from dashboard.web.headers import Headers
from dashboard.web.metrics import Measured, Metrics
from dashboard.web.plain_page import STYLE_HASH
from dashboard.web.sessions import MemorySessions, Sessions
from dashboard.web.shared_sessions import SharedSessions
from dashboard.web.sign_in import SignIn, SignInCookie
from dashboard.web.static_files import PackedFiles, address_of
from dashboard.web.visit import Visit, current_visit

log = logging.getLogger(__name__)

#: How Dash writes the address of a file of ours.
DATED = re.compile(r"/assets/([^\"?]+)\?m=[0-9.]+")

#: The library by which pages draw; some 100 ms of a browser's processor to load.
PLOTLY = "vendor/plotly.min.js"

INDEX = """<!doctype html>
<html lang="id">
<head>
{%metas%}
<meta name="csp-nonce" content="NONCE">
<meta name="plotly" content="PLOTLY">
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
{%css%}
</head>
<body>
<svg class="patterns" aria-hidden="true">
<pattern id="no-data" width="6" height="6" patternUnits="userSpaceOnUse"
  patternTransform="rotate(45)">
<rect width="6" height="6"/><path d="M0 0V6"/>
</pattern>
</svg>
{%app_entry%}
{%config%}{%scripts%}{%renderer%}
</body>
</html>
"""


class Dashboard(Dash):
    """Dash with a document in the visitor's language, for the page that is opened: one on which
    nothing is drawn loads the library for it with the first picture (``assets/page.js``)."""

    def interpolate_index(self, *parts: Any, **named: Any) -> str:
        visit = current_visit.get()
        named["title"] = title_of(visit.path, visit.language)
        page = super().interpolate_index(*parts, **named)
        page = page.replace('lang="id"', f'lang="{visit.language}"', 1)
        page = page.replace('content="NONCE"', f'content="{visit.nonce}"', 1)
        page = DATED.sub(_with_version, page)
        plotly = address_of(PLOTLY)
        if visit.path not in DRAWN:
            page = page.replace(f'<script src="{plotly}"></script>', "")
        return page.replace('content="PLOTLY"', f'content="{plotly}"', 1)


class FirstRequest:
    """ASGI middleware that sends Dash its first request, at which Dash finishes its set-up.

    Until then Dash knows neither its callbacks nor its inline scripts.
    Every page has the same document, which Dash answers at the first address.
    """

    def __init__(self, app: ASGIApp, gateway: GatewayClient) -> None:
        self._app = app
        self._gateway = gateway
        self._is_started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_started:
            nobody = Visit(Session("", None, "", 0), self._gateway, "id")
            token = current_visit.set(nobody)
            transport = httpx2.ASGITransport(self._app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://dash") as first:
                await first.get("/")
            current_visit.reset(token)
            self._is_started = True
        if scope["type"] == "http" and scope["path"] in PATHS:
            scope = {**scope, "path": "/", "raw_path": b"/"}
        await self._app(scope, receive, send)


class Prefetcher:
    """ASGI middleware that prefetches the figures of a page when its document is requested."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = READS.get(scope["path"]) if scope["type"] == "http" else None
        if read and scope["method"] == "GET":
            query = scope["query_string"].decode("latin-1")
            prefetch(read, f"?{query}" if query else "")
        await self._app(scope, receive, send)


class Mistakes:
    """ASGI middleware around everything: whatever is raised is answered and logged, once.

    FastAPI answers by the same handler what is raised behind it, and raises it again.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = list[int]()

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if sent == [HTTPStatus.INTERNAL_SERVER_ERROR]:
                return
            response = self._answer(Request(scope), error)
            if not sent:
                await response(scope, receive, send)


def create_app(
    settings: Settings,
    sessions: Sessions | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    metrics: Metrics | None = None,
) -> Measured:
    """Build the dashboard; a process can hold only one, which is Dash's own limit.

    ``transport`` carries all our requests, to the gateway and to the provider. ``metrics`` counts
    them, and those of visitors.
    """
    sessions = sessions or _sessions(settings)
    metrics = metrics or Metrics()
    sign_in = SignIn(settings, sessions, PATHS, transport)
    gateway = HttpGatewayClient(settings.api_url, transport, metrics.note_failure)
    server: Any = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    dash = Dashboard(
        "dashboard",
        server=server,
        index_string=INDEX,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        use_pages=False,
        use_async=True,
        suppress_callback_exceptions=True,  # each page has callbacks that others lack
        update_title="",
        compress=False,
    )
    dash.layout = document

    headers = Headers(settings, dash.csp_hashes, (STYLE_HASH,))
    answer_broken = _mistake_handler(headers)
    server.add_exception_handler(Exception, answer_broken)
    server.router.routes.extend([*sign_in.routes(), *export_routes(gateway)])
    server.add_exception_handler(ViewerChangedError, _ask_for_reload)
    server.add_api_route("/health/live", _live, methods=["GET"])
    server.add_api_route(NEWS, _news_route(Live(settings.api_url)), methods=["GET"])
    app: ASGIApp = Prefetcher(FirstRequest(server, gateway))
    app = CallbackGuard(app, callbacks=lambda: dash.callback_map)
    app = GZipMiddleware(app, minimum_size=1_000, compresslevel=6)
    app = PackedFiles(app)
    app = Contents(app, gateway)
    app = SignInCookie(app, settings)
    app = Gate(
        *(app, PATHS, sessions, sign_in.renew, gateway, headers),
        cookie=sign_in.cookie,
        is_development=settings.is_development,
        officers_url=settings.officers_url,
    )
    return Measured(Mistakes(app, answer_broken), metrics)


def _sessions(settings: Settings) -> Sessions:
    if settings.sessions_url:
        return SharedSessions(settings.sessions_url, settings.session_keys)
    return MemorySessions()


def _with_version(dated: re.Match[str]) -> str:
    """An address by what the file holds, where Dash says when it was written."""
    return address_of(dated[1])


def _mistake_handler(headers: Headers) -> Callable[[Request, Exception], Response]:
    """The response to an unexpected error, which need not pass through the gate."""

    def answer_broken(request: Request, error: Exception) -> Response:
        trace_id = secrets.token_hex(16)
        kind, path = type(error).__name__, request.scope["path"]
        log.error("%s failed: %s (trace %s)", path, kind, trace_id, exc_info=error)
        return PlainTextResponse(
            f"Something went wrong on our side. Trace id: {trace_id}",
            HTTPStatus.INTERNAL_SERVER_ERROR,
            {**headers.for_page(""), "Cache-Control": "no-store"},
        )

    return answer_broken


async def _ask_for_reload(request: Request, error: Exception) -> JSONResponse:
    """The response to a page that was drawn for somebody else."""
    return JSONResponse({"error": "Reload the page."}, HTTPStatus.CONFLICT)


def _news_route(live: Live) -> Callable[[Request], Awaitable[Response]]:
    """How much news there was for whoever looks, once there is more than the page knows.

    204 for a role that follows nothing. ``news`` is null while the gateway cannot be asked;
    ``ended`` says that it took the viewer's reach back. Raises ViewerChangedError.
    """

    async def answer_news(request: Request) -> Response:
        visit = current_visit.get()
        try:
            viewer = await visit.gateway.viewer(visit.session)
        except GatewayError:
            return JSONResponse({"news": None})
        refuse_other_viewer(viewer)
        follower = live.follower(visit.drawn_for or "", viewer.role)
        if follower is None:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        known = request.query_params.get("known", "")
        news = await follower.wait(visit.session, int(known) if known.isdecimal() else 0)
        if follower.is_ended:
            live.forget(visit.drawn_for or "")
            visit.session.act_as(visit.session.role)  # who it is, the gateway says anew
            return JSONResponse({"ended": True})
        return JSONResponse({"news": news})

    return answer_news


async def _live(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")
