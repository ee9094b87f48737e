"""How an answer or an error becomes an HTTP response."""

from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer
from gateway.failures import error_entry
from gateway.wire.media_types import JSON


def answer_response(answer: Answer, media_type: str) -> Response:
    """By the media type: the older one says 200 even to an operation with a mistake in it."""
    mistaken = answer.status == HTTPStatus.BAD_REQUEST
    status = HTTPStatus.OK if media_type == JSON and mistaken else answer.status
    content: dict[str, Any] = {}
    if answer.errors:
        content["errors"] = answer.errors
    if answer.status == HTTPStatus.OK:
        content["data"] = answer.data
    if answer.extensions:
        content["extensions"] = answer.extensions
    return json_response(content, status, media_type)


def error_response(error: RequestError, trace_id: str, media_type: str = JSON) -> Response:
    """An error of the request itself keeps its status in every media type."""
    response = json_response({"errors": [error_entry(error, trace_id)]}, error.status, media_type)
    if error.code is ErrorCode.UNAUTHENTICATED:
        # Our texts hold no double quotes or backslashes, so they can stand in the challenge.
        reason = error.message.encode("ascii", "replace").decode()
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="gerbang", error="invalid_token", error_description="{reason}"'
        )
    return response


def json_response(content: Any, status: HTTPStatus, media_type: str = JSON) -> Response:
    body = orjson.dumps(content)
    return Response(body, status, {"Content-Type": f"{media_type}; charset=utf-8"})
