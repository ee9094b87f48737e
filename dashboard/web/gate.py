"""The gate in front of everything that the dashboard serves: no session, no answer."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session
from dashboard.model.page_state import LANGUAGES, sign_in_link
from dashboard.texts import preferred_language
from dashboard.web.contents import CONTENTS
from dashboard.web.headers import Headers
from dashboard.web.sessions import Sessions, StoreError
from dashboard.web.static_files import FOLDERS
from dashboard.web.visit import Visit, current_visit

#: What anybody may reach: the way in, the way out, and whether the process lives.
OPEN = frozenset(
    {"/sign-in", "/sign-in/callback", "/sign-out", "/back-channel-logout", "/health/live"}
)

#: What is only ever posted: Dash would take anything else for one of its pages.
POSTED = frozenset({"/sign-out", "/back-channel-logout"})

#: Figures as files, and what is on file of oneself.
FILES = frozenset(
    {
        *("/export.csv", "/export-months.csv", "/export.xlsx"),
        *("/report.pdf", "/report.xlsx", "/my-data.json"),
    }
)

#: What else exists. Dash would answer any other path with its page.
CALLBACK = "/_dash-update-component"
#: Where a page waits for news (``assets/news.js``).
NEWS = "/news"
BEHIND = frozenset({"/role", "/_dash-layout", "/_dash-dependencies", CALLBACK, NEWS})
#: By which a page says for whom it was drawn (``assets/page.js``): a header of its questions, and a
#: parameter of the links to its files.
DRAWN_FOR, FILE_FOR = "gerbang-drawn-for", "for"

log = logging.getLogger(__name__)

LANGUAGE_COOKIE = "gerbang_language"
LONGEST_QUERY = 4_000
#: What libraries compose addresses with; they fail at anything else.
HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")


class Gate:
    """ASGI middleware; it is the outermost one, so that nothing is served around it.

    ``pages`` are the paths of the registered pages: there is no other list of them.
    """

    def __init__(
        self,
        app: ASGIApp,
        pages: Collection[str],
        sessions: Sessions,
        renew: Callable[[Session], Awaitable[bool]],
        gateway: GatewayClient,
        headers: Headers,
        *,
        cookie: str,
        is_development: bool,
        officers_url: str | None = None,
    ) -> None:
        self._app = app
        self._pages = frozenset(pages)
        self._sessions = sessions
        self._renew = renew
        self._gateway = gateway
        self._headers = headers
        self._cookie = cookie
        self._is_development = is_development
        self._officers_url = officers_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        nonce = secrets.token_urlsafe(16) if scope["path"] in self._pages else ""
        guarded = self._with_headers(scope, send, nonce)
        return await self._answer(HTTPConnection(scope), scope, receive, guarded, nonce)

    async def _answer(
        self, request: HTTPConnection, scope: Scope, receive: Receive, send: Send, nonce: str
    ) -> None:
        refusal = self._refusal(request)
        if refusal or scope["path"] in OPEN:
            return await (refusal or self._app)(scope, receive, send)
        try:
            session = await self._session(request)
        except StoreError as error:
            log.warning("sessions cannot be read: %s", error)
            return await _away()(scope, receive, send)
        if session is None:
            return await self._nobody(request)(scope, receive, send)
        visit = Visit(
            session,
            self._gateway,
            language_of(request),
            nonce,
            scope["path"],
            _drawn_for(request),
            is_development=self._is_development,
            officers_url=self._officers_url,
        )
        token = current_visit.set(visit)
        try:
            return await self._app(scope, receive, send)
        finally:
            current_visit.reset(token)

    async def _session(self, request: HTTPConnection) -> Session | None:
        key = request.cookies.get(self._cookie, "")
        session = await self._sessions.find(key)
        if session is not None and not await self._renew(session):
            await self._sessions.end(key)
            return None
        return session

    def _refusal(self, request: HTTPConnection) -> Response | None:
        path = request.scope["path"]
        if len(request.scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse("Too long.", HTTPStatus.REQUEST_URI_TOO_LONG)
        if not HOST.fullmatch(request.headers.get("host", "")):
            return PlainTextResponse("No such host.", HTTPStatus.BAD_REQUEST)
        exists = (
            path in self._pages
            or path in OPEN | FILES | BEHIND
            or path.startswith((*FOLDERS, CONTENTS))
        )
        if not exists:
            return PlainTextResponse("Not found.", HTTPStatus.NOT_FOUND)
        if path in POSTED and request.scope["method"] != "POST":
            allow = {"Allow": "POST"}
            return PlainTextResponse("Post it.", HTTPStatus.METHOD_NOT_ALLOWED, allow)
        if (
            request.scope["method"] == "POST"
            and request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
        ):
            return PlainTextResponse("Not from here.", HTTPStatus.FORBIDDEN)
        return None

    def _nobody(self, request: HTTPConnection) -> Response:
        """Somebody who opens a page is sent to sign in and back; a program gets an error."""
        path, query = request.scope["path"], query_of(request)
        is_opened = path in self._pages or path in FILES or path.startswith(CONTENTS)
        if not is_opened or "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"error": "Sign in first."}, HTTPStatus.UNAUTHORIZED)
        page = path if path in self._pages else "/"
        return RedirectResponse(sign_in_link(page, query), HTTPStatus.SEE_OTHER)

    def _with_headers(self, scope: Scope, send: Send, nonce: str) -> Send:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers.for_page(nonce))
                if nonce and message["status"] == HTTPStatus.OK:
                    headers.append("Set-Cookie", _remembered_language(HTTPConnection(scope)))
                if not _is_file(scope, message["status"]):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return send_guarded


def language_of(request: HTTPConnection) -> str:
    """The language that the address names, else that of the last page, else the browser's.

    What a page asks for has no address of its own to name it.
    """
    named = parse_qs(query_of(request)).get("language", [""])[0]
    for language in (named, request.cookies.get(LANGUAGE_COOKIE)):
        if language in LANGUAGES:
            return language
    return preferred_language(request.headers.get("accept-language", ""))


def query_of(request: HTTPConnection) -> str:
    """The query as it was sent; ``request.url`` is never used, since it is composed with the header
    Host."""
    return request.scope["query_string"].decode("latin-1")


def _remembered_language(request: HTTPConnection) -> str:
    """The language of a page, for what it asks for next."""
    return f"{LANGUAGE_COOKIE}={language_of(request)}; Path=/; SameSite=Lax; HttpOnly"


def _drawn_for(request: HTTPConnection) -> str | None:
    path = request.scope["path"]
    if path in (CALLBACK, NEWS):
        return request.headers.get(DRAWN_FOR, "")
    return request.query_params.get(FILE_FOR) if path in FILES else None


def _away() -> Response:
    return PlainTextResponse(
        "Sign-ins cannot be looked up just now. Please try again in a moment.",
        HTTPStatus.SERVICE_UNAVAILABLE,
        {"Retry-After": "5"},
    )


def _is_file(scope: Scope, status: int) -> bool:
    """Files say themselves how long they may be kept; figures never are."""
    names_lifetime = status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
    return names_lifetime and scope["path"].startswith(FOLDERS)
