"""The dashboard as one ASGI application: Dash behind the gate."""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import httpx2
from dash import Dash
from dash.backends._fastapi import FastAPIDashServer
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.export.routes import routes as export_routes
from dashboard.gateway.client import Gateway
from dashboard.pages.definitions import page as definitions_page
from dashboard.pages.volumes import page as volumes_page
from dashboard.settings import Settings
from dashboard.texts import texts
from dashboard.web.callback_guard import Questions
from dashboard.web.gate import Gate
from dashboard.web.headers import headers_for
from dashboard.web.plain_page import STYLE_HASH
from dashboard.web.sessions import MemorySessions, Sessions
from dashboard.web.sign_in import SignIn
from dashboard.web.sign_in_cookie import SignInCookie
from dashboard.web.static_files import PackedFiles, address_of
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

#: How Dash writes the address of a file of ours.
DATED = re.compile(r"/assets/([^\"?]+)\?m=[0-9.]+")

INDEX = """<!doctype html>
<html lang="id">
<head>
{%metas%}
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


class Backend(FastAPIDashServer):
    """Dash's FastAPI backend without its WebSocket and its pages of documentation."""

    websocket_capability = False

    @staticmethod
    def create_app(name: str = "dashboard", config: dict[str, Any] | None = None) -> FastAPI:
        return FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


class Dashboard(Dash):
    """Dash with a document in the visitor's language."""

    def interpolate_index(self, *parts: Any, **named: Any) -> str:
        language = current_visit.get().language
        say = texts(language)
        named["title"] = f"{say('page.title')} · {say('page.product')}"
        page = super().interpolate_index(*parts, **named)
        return DATED.sub(_versioned, page.replace('lang="id"', f'lang="{language}"', 1))


def create_app(
    settings: Settings,
    sessions: Sessions | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Build the dashboard; a process can hold only one, which is Dash's own limit.

    ``transport`` carries every question of ours, to the gateway as to the provider.
    """
    sessions = sessions or MemorySessions()
    sign_in = SignIn(settings, sessions, transport)
    dash = Dashboard(
        "dashboard",
        backend=Backend,
        index_string=INDEX,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        update_title="",
        compress=False,
    )
    dash.layout = volumes_page.layout
    gateway = Gateway(settings.api_url, transport)
    volumes_page.register(dash, gateway)

    headers = headers_for(settings, dash.csp_hashes(), (STYLE_HASH,))
    server: FastAPI = dash.server
    server.add_exception_handler(Exception, _broken(headers))
    server.router.routes.extend(
        [*sign_in.routes(), *export_routes(gateway), *definitions_page.routes()]
    )
    server.add_api_route("/health/live", _live, methods=["GET"])
    server.add_middleware(Questions, callbacks=lambda: dash.callback_map)
    server.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    server.add_middleware(PackedFiles)
    server.add_middleware(SignInCookie, keys=settings.session_keys, https_only=settings.is_https)
    # Added last, so it stands outermost.
    server.add_middleware(Gate, sessions=sessions, renewed=sign_in.renewed, headers=headers)
    return server


def _versioned(dated: re.Match[str]) -> str:
    """An address by what the file holds, where Dash says when it was written."""
    return address_of(dated[1])


def _broken(headers: Mapping[str, str]) -> Callable[[Request, Exception], Response]:
    """The answer to a mistake of ours, which passes by the gate on its way out."""

    def told(request: Request, error: Exception) -> Response:
        trace_id = secrets.token_hex(16)
        log.error("%s failed: %s (trace %s)", request.scope["path"], type(error).__name__, trace_id)
        return PlainTextResponse(
            f"Something went wrong on our side. Trace id: {trace_id}",
            HTTPStatus.INTERNAL_SERVER_ERROR,
            {**headers, "Cache-Control": "no-store"},
        )

    return told


async def _live(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")
