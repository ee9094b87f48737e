"""What every route answers to a request that it does not take: one kind of body on every path."""

import secrets
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.error_reports import error_entry
from gateway.errors import ErrorCode, RequestError
from gateway.logs import current_record
from gateway.texts.language import language_of
from gateway.wire.content import acceptable, error_response


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn what a route raised, or the lack of a route, into the response."""
    match error:
        case RequestError():
            refusal = error
        case HTTPException(status_code=HTTPStatus.NOT_FOUND):
            refusal = _not_found()
        case HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED):
            refusal = _wrong_method(_methods(request, error))
        case HTTPException():
            refusal = RequestError(
                ErrorCode.BAD_REQUEST,
                "The request cannot be answered here.",
                HTTPStatus(error.status_code),
            )
        case _:
            raise error
    response = _response(request, refusal)
    if refusal.code is ErrorCode.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_methods(request, error))
    return response


#: For applications whose routes should all answer alike.
HANDLERS: Mapping[Any, Any] = {HTTPException: answer_error, RequestError: answer_error}


async def answer_without_route(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer where no route matches."""
    if scope["type"] == "websocket":
        websocket = WebSocket(scope, receive, send)
        await websocket.send_denial_response(_response(websocket, _not_found()))
        return
    raise HTTPException(HTTPStatus.NOT_FOUND)


def _response(connection: HTTPConnection, refusal: RequestError) -> Response:
    trace_id = connection.scope.get("state", {}).get("trace_id") or secrets.token_hex(16)
    current_record().note_answer([error_entry(refusal, trace_id)], {})
    media_type = acceptable(connection.headers.get("accept"))
    language = language_of(connection.headers.get("accept-language"))
    return error_response(refusal, trace_id, media_type, language)


def _not_found() -> RequestError:
    return RequestError(
        ErrorCode.NOT_FOUND,
        "There is nothing at this address. Operations are sent to /graphql.",
        HTTPStatus.NOT_FOUND,
    )


def _wrong_method(methods: list[str]) -> RequestError:
    return RequestError(
        ErrorCode.METHOD_NOT_ALLOWED,
        f"This address takes {' or '.join(methods)}.",
        HTTPStatus.METHOD_NOT_ALLOWED,
    )


def _methods(request: Request, error: Exception) -> list[str]:
    """The methods of all routes of an address: an exception names those of the first at most."""
    named = error.headers if isinstance(error, HTTPException) else None
    allowed = (named or {}).get("Allow", "").split(", ")
    routes: list[BaseRoute] = getattr(request.scope.get("app"), "routes", [])
    return sorted({*allowed, *_methods_of(routes, request.scope)} - {""})


def _methods_of(routes: list[BaseRoute], scope: Scope) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
            yield from route.methods or ()
