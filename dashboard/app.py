"""The dashboard as one ASGI application: Dash behind the gate."""

from typing import Any

import httpx2
from dash import Dash
from dash.backends._fastapi import FastAPIDashServer
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from dashboard.api import Gateway
from dashboard.export.routes import routes as export_routes
from dashboard.gate import Gate
from dashboard.pages import volumes
from dashboard.sessions import MemorySessions, Sessions
from dashboard.settings import Settings
from dashboard.sign_in import SignIn
from dashboard.texts import texts
from dashboard.visit import current_visit

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
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
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
        return page.replace('lang="id"', f'lang="{language}"', 1)


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
    dash.layout = volumes.layout
    gateway = Gateway(settings.api_url, transport)
    volumes.register(dash, gateway)

    server: FastAPI = dash.server
    server.router.routes.extend([*sign_in.routes(), *export_routes(gateway)])
    server.add_api_route("/health/live", _live, methods=["GET"])
    server.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    server.add_middleware(
        SessionMiddleware,
        secret_key=settings.session_key,
        session_cookie="gerbang_sign_in",
        path="/sign-in",
        max_age=600,
        https_only=settings.is_https,
    )
    # Added last, so it stands outermost.
    server.add_middleware(
        Gate,
        sessions=sessions,
        renewed=sign_in.renewed,
        headers=_headers(settings, dash.csp_hashes()),
    )
    return server


async def _live(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def _headers(settings: Settings, script_hashes: Any) -> dict[str, str]:
    """What every response tells the browser not to do."""
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *script_hashes)),
        "style-src": "'self' 'unsafe-inline'",  # Plotly and React write style attributes
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        # Signing out is a form that ends at the provider.
        "form-action": f"'self' {settings.issuer_origin}",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {rule}" for name, rule in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        **(
            {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
            if settings.is_https
            else {}
        ),
    }
