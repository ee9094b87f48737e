"""Builds HTTP responses from answers and errors."""

import random
from collections.abc import Set
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from gateway.error_reports import error_entry
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer
from gateway.wire.media_types import JSON

#: Temporary failures. The delays differ, so that clients do not all retry in the same second.
_TEMPORARY = frozenset({ErrorCode.OVERLOADED, ErrorCode.UNAVAILABLE})
_RETRY_AFTER_SECONDS = (1, 2, 3)


def answer_response(answer: Answer, media_type: str) -> Response:
    """The response to an operation. With ``application/json``, an invalid operation gets status
    200, as the GraphQL-over-HTTP specification recommends."""
    is_invalid = answer.status == HTTPStatus.BAD_REQUEST
    status = HTTPStatus.OK if media_type == JSON and is_invalid else answer.status
    content: dict[str, Any] = {}
    if answer.errors:
        content["errors"] = answer.errors
    if answer.status == HTTPStatus.OK:
        content["data"] = answer.data
    if answer.extensions:
        content["extensions"] = answer.extensions
    response = json_response(content, status, media_type)
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    elif answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        _set_retry_after(response, {entry["extensions"]["code"] for entry in answer.errors})
    return response


def error_response(error: RequestError, trace_id: str, media_type: str = JSON) -> Response:
    """The response to a refused request: the error's own status, whatever the media type."""
    response = json_response({"errors": [error_entry(error, trace_id)]}, error.status, media_type)
    _set_retry_after(response, {error.code})
    if error.code is ErrorCode.UNAUTHENTICATED:
        # Our messages contain no double quotes or backslashes, so they need no escaping here.
        reason = error.message.encode("ascii", "replace").decode()
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="gerbang", error="invalid_token", error_description="{reason}"'
        )
    return response


def _set_retry_after(response: Response, codes: Set[ErrorCode]) -> None:
    if codes & _TEMPORARY:
        response.headers["Retry-After"] = str(random.choice(_RETRY_AFTER_SECONDS))


def json_response(content: Any, status: HTTPStatus, media_type: str = JSON) -> Response:
    body = orjson.dumps(content)
    return Response(body, status, {"Content-Type": f"{media_type}; charset=utf-8"})
