"""The gate before everything that the dashboard serves: no session, no answer."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gateway.session import Session
from dashboard.model.languages import LANGUAGES
from dashboard.texts import preferred_language
from dashboard.web.sessions import COOKIE, Sessions
from dashboard.web.static_files import FOLDERS
from dashboard.web.visit import Visit, current_visit

#: What anybody may reach: the way in, the way out, and whether the process lives.
OPEN = frozenset({"/sign-in", "/sign-in/callback", "/sign-out", "/health/live"})

#: What somebody opens: pages, and figures as files.
OPENED = frozenset({"/", "/definitions", "/export.csv", "/export.xlsx"})

#: What else exists. Dash would answer any other path with its page.
BEHIND = OPENED | {"/role", "/_dash-layout", "/_dash-dependencies", "/_dash-update-component"}

LONGEST_QUERY = 4_000
#: What libraries compose addresses with; they fail at anything else.
HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")


class Gate:
    """ASGI middleware; it stands outermost, so that nothing is served around it."""

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        renewed: Callable[[Session], Awaitable[bool]],
        headers: dict[str, str],
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._renewed = renewed
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        return await self._answer(HTTPConnection(scope), scope, receive, self._guarded(scope, send))

    async def _answer(
        self, asked: HTTPConnection, scope: Scope, receive: Receive, send: Send
    ) -> None:
        refusal = _refusal(asked)
        if refusal or scope["path"] in OPEN:
            return await (refusal or self._app)(scope, receive, send)
        session = await self._session(asked)
        if session is None:
            return await _nobody(asked)(scope, receive, send)
        token = current_visit.set(Visit(session, language_of(asked)))
        try:
            return await self._app(scope, receive, send)
        finally:
            current_visit.reset(token)

    async def _session(self, asked: HTTPConnection) -> Session | None:
        key = asked.cookies.get(COOKIE, "")
        session = await self._sessions.find(key)
        if session is not None and not await self._renewed(session):
            await self._sessions.end(key)
            return None
        return session

    def _guarded(self, scope: Scope, send: Send) -> Send:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if not _is_file(scope, message["status"]):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return send_guarded


def language_of(asked: HTTPConnection) -> str:
    """The language that the address names, else the one that the browser asks for."""
    named = parse_qs(query_of(asked)).get("language", [""])[0]
    return (
        named
        if named in LANGUAGES
        else preferred_language(asked.headers.get("accept-language", ""))
    )


def query_of(asked: HTTPConnection) -> str:
    """The query as it was sent; ``asked.url`` is composed with the header Host, so never asked."""
    return asked.scope["query_string"].decode("latin-1")


def _refusal(asked: HTTPConnection) -> Response | None:
    path = asked.scope["path"]
    if len(asked.scope["query_string"]) > LONGEST_QUERY:
        return PlainTextResponse("Too long.", HTTPStatus.REQUEST_URI_TOO_LONG)
    if not HOST.fullmatch(asked.headers.get("host", "")):
        return PlainTextResponse("No such host.", HTTPStatus.BAD_REQUEST)
    if path not in OPEN | BEHIND and not path.startswith(FOLDERS):
        return PlainTextResponse("Not found.", HTTPStatus.NOT_FOUND)
    if (
        asked.scope["method"] == "POST"
        and asked.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        return PlainTextResponse("Not from here.", HTTPStatus.FORBIDDEN)
    return None


def _nobody(asked: HTTPConnection) -> Response:
    """Somebody who opens the page is sent to sign in; a program is told."""
    if asked.scope["path"] in OPENED and "text/html" in asked.headers.get("accept", ""):
        return RedirectResponse(f"/sign-in?{query_of(asked)}", HTTPStatus.SEE_OTHER)
    return JSONResponse({"error": "Sign in first."}, HTTPStatus.UNAUTHORIZED)


def _is_file(scope: Scope, status: int) -> bool:
    """Files say themselves how long they may be kept; figures never are."""
    is_told = status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
    return is_told and scope["path"].startswith(FOLDERS)
