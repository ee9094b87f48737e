"""``/documents/…``: the bytes of documents, as the gateway hands them to the viewer who asks."""

import logging
from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx2
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.gateway.client import HttpGatewayClient
from dashboard.texts import texts
from dashboard.web.plain_page import plain_page
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

#: Where documents are, each by a link of the gateway, which opens for a minute.
CONTENTS = "/documents/"
_HEADERS = (
    *("content-type", "content-length", "content-range", "content-disposition", "accept-ranges"),
)


class Contents:
    """ASGI middleware that passes documents on, part by part and as they are: a browser shows what
    is no page of ours, and nothing here keeps any of it."""

    def __init__(self, app: ASGIApp, gateway: HttpGatewayClient) -> None:
        self._app = app
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["path"].startswith(CONTENTS)
        answer = await self._answer(Request(scope)) if is_asked else self._app
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method != "GET":
            return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
        visit, link = current_visit.get(), request.scope["path"]
        if request.url.query:  # which page of it, as a picture
            link = f"{link}?{request.url.query}"
        try:
            found = await self._gateway.content(link, visit.session, request.headers.get("range"))
        except httpx2.HTTPError as error:
            log.warning("a document cannot be handed out: %s", type(error).__name__)
            return _refusal(HTTPStatus.BAD_GATEWAY, "failed.unreachable")
        if found.status_code in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            headers = {name: found.headers[name] for name in _HEADERS if name in found.headers}
            return StreamingResponse(_parts(found), found.status_code, headers)
        await found.aclose()
        if found.status_code == HTTPStatus.NOT_FOUND:
            return _refusal(HTTPStatus.NOT_FOUND, "case.content_gone")
        if found.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
            return _refusal(HTTPStatus(found.status_code), "case.no_picture")
        log.warning("a document cannot be handed out: %s", found.status_code)
        return _refusal(HTTPStatus.BAD_GATEWAY, "failed.inside")


async def _parts(found: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for part in found.aiter_raw():
            yield part
    finally:
        await found.aclose()


def _refusal(status: HTTPStatus, why: str) -> Response:
    say = texts(current_visit.get().language)
    back, title = (f"/case?language={say.language}", say("case.title")), say("case.not_opened")
    return plain_page(say, title=title, words=(say(why),), link=back, status=status)
