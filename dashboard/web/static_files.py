"""The files that the browser loads: packed once, then served from memory with their version."""

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import resources

from dash.fingerprint import check_fingerprint
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = "/assets/"
FOLDERS = (ASSETS, "/_dash-component-suites/")
#: More than Dash and we have together; whatever lies beyond is served, but not kept.
MOST_FILES = 400
PACKABLE = ("text/", "application/javascript", "application/json", "image/svg")
FOR_EVER = "private, max-age=31536000, immutable"
FOR_AN_HOUR = "private, max-age=3600"


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is and, if that is smaller, packed."""

    media_type: str
    content: bytes
    packed: bytes | None
    version: str


class PackedFiles:
    """ASGI middleware that gets each file from the application behind it once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(FOLDERS):
            return await self._app(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            return await Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED)(scope, receive, send)
        file = await self._file(scope, receive)
        answer = _answer(Request(scope), file) if file else _not_found()
        return await answer(scope, receive, send)

    async def _file(self, scope: Scope, receive: Receive) -> File | None:
        # Dash reads any fingerprint as the file itself, which is kept once.
        path, _ = check_fingerprint(scope["path"])
        if path not in self._kept:
            file = await self._load({**scope, "path": path}, receive)
            if file is None or len(self._kept) >= MOST_FILES:
                return file
            self._kept[path] = file
        return self._kept[path]

    async def _load(self, scope: Scope, receive: Receive) -> File | None:
        """The file, requested without conditions: all of it, unpacked."""
        response = CapturedResponse()
        plain: Scope = {**scope, "method": "GET", "headers": [], "query_string": b""}
        await self._app(plain, receive, response.receive_message)
        if response.status != HTTPStatus.OK:
            return None
        return await asyncio.to_thread(_pack, response.media_type, bytes(response.content))


class CapturedResponse:
    """The response of an application, captured."""

    def __init__(self) -> None:
        self.status = 0
        self.media_type = ""
        self.content = bytearray()

    async def receive_message(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.media_type = Headers(raw=message["headers"]).get("content-type", "")
        else:
            self.content += message.get("body", b"")


@cache
def address_of(name: str) -> str:
    """Where a file of ``assets/`` is served, with its version."""
    content = (resources.files("dashboard") / "assets" / name).read_bytes()
    return f"{ASSETS}{name}?v={_version(content)}"


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _pack(media_type: str, content: bytes) -> File:
    packed = gzip.compress(content, 9, mtime=0) if media_type.startswith(PACKABLE) else content
    smaller = packed if len(packed) < len(content) else None
    return File(media_type, content, smaller, _version(content))


def _answer(request: Request, file: File) -> Response:
    tag = f'W/"{file.version}"'
    headers = {
        "ETag": tag,
        "Cache-Control": _cache_control(request, file),
        "Vary": "Accept-Encoding",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.packed, headers=headers, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)


def _cache_control(request: Request, file: File) -> str:
    """For ever if the address carries the version, which Dash writes into names."""
    _, is_named = check_fingerprint(request.url.path)
    return FOR_EVER if is_named or request.query_params.get("v") == file.version else FOR_AN_HOUR


def _not_found() -> Response:
    return Response("Not found.", HTTPStatus.NOT_FOUND, media_type="text/plain")
