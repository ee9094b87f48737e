"""What is received and sent over HTTP: headers, media types, and the responses made of answers and
errors.
"""

import random
from collections.abc import Sequence, Set
from email.message import Message
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import orjson
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from gateway.access.purpose import WEAK_SIGN_IN
from gateway.error_reports import error_entry
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer
from gateway.limits import LONGEST_MEDIA_TYPES
from gateway.texts.language import Language


class RequestHeaders:
    """Values by lower-case names. A header that is sent twice has both."""

    __slots__ = ("_values",)

    def __init__(self, scope: Scope) -> None:
        values: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            if name in values:
                values[name].append(value)
            else:
                values[name] = [value]
        self._values = values

    def get(self, name: bytes) -> str | None:
        """The first value of a header; None where it is not sent."""
        values = self._values.get(name)
        return None if values is None else values[0].decode("latin-1")

    def all(self, name: bytes) -> Sequence[str]:
        """Each value of a header."""
        values = self._values.get(name)
        return () if values is None else [value.decode("latin-1") for value in values]


GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
#: What may be answered, the older type first: it is what a wildcard gets, since every client
#: understands it.
_ANSWERS = (JSON, GRAPHQL_RESPONSE)
#: How specific each range is that names them.
_RANGES = {"*/*": 0, "application/*": 1, JSON: 2, GRAPHQL_RESPONSE: 2}
#: Clients send the same few headers with every request.
_CACHE_SIZE = 100
#: Temporary failures. The delays differ, so that clients do not all retry in the same second.
_TEMPORARY = frozenset({ErrorCode.OVERLOADED, ErrorCode.UNAVAILABLE})
_RETRY_AFTER_SECONDS = (1, 2, 3)
#: Nearly as small as with the most, in a third of the time.
_COMPRESSION = 5


def require_json(content_type: str | None, content_encoding: str | None) -> None:
    """Accept only plain ``application/json`` in UTF-8, which a form of another site cannot send."""
    kind, charset = _parse((content_type or "")[:LONGEST_MEDIA_TYPES])
    if kind != JSON or charset not in (None, "utf-8"):
        raise _unsupported_type("Send the operation as application/json in UTF-8.")
    if content_encoding not in (None, "", "identity"):
        raise _unsupported_type("Send the body without Content-Encoding.")


@lru_cache(_CACHE_SIZE)
def negotiate(accept: str | None) -> str:
    """The best media type that the client accepts; the first named wins a tie."""
    if accept is not None and len(accept) > LONGEST_MEDIA_TYPES:
        raise _not_acceptable()
    offers = [_offer(part) for part in (accept or "*/*").split(",")]
    ranks = {kind: _rank(kind, offers) for kind in _ANSWERS}
    best = max(_ANSWERS, key=ranks.__getitem__)
    if ranks[best][0] <= 0:
        raise _not_acceptable()
    return best


def _rank(kind: str, offers: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """How much a client wants a media type, and how early it says so: by the most specific range
    that names it (RFC 9110, 12.5.1)."""
    named = [
        (_RANGES[offered], quality, -place)
        for place, (offered, quality) in enumerate(offers)
        if offered in (kind, "application/*", "*/*")
    ]
    return max(named)[1:] if named else (0.0, 0)


def acceptable(accept: str | None) -> str:
    """The media type of a refusal: the best that the client accepts, or JSON if it accepts none."""
    try:
        return negotiate(accept)
    except RequestError:
        return JSON


def _offer(part: str) -> tuple[str, float]:
    message = _message(part)
    kind = message.get_content_type() if part.strip() else ""
    charset = message.get_param("charset", "utf-8")
    if not isinstance(charset, str) or charset.lower() not in ("utf-8", "utf8"):
        return kind, 0.0
    return kind, _quality(message.get_param("q", "1"))


def _quality(text: object) -> float:
    try:
        quality = float(str(text))
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


@lru_cache(_CACHE_SIZE)
def _parse(content_type: str) -> tuple[str, str | None]:
    if not content_type.strip():
        return "", None
    message = _message(content_type)
    charset = message.get_param("charset")
    return message.get_content_type(), str(charset).lower() if charset else None


def _message(header: str) -> Message:
    message = Message()
    message["Content-Type"] = header.strip()
    return message


def _not_acceptable() -> RequestError:
    return RequestError(
        ErrorCode.NOT_ACCEPTABLE,
        f"Accept {GRAPHQL_RESPONSE} or {JSON}.",
        HTTPStatus.NOT_ACCEPTABLE,
    )


def _unsupported_type(text: str) -> RequestError:
    return RequestError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, text, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def answer_response(answer: Answer, media_type: str, language: Language) -> Response:
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
    response = JSONResponse(orjson.dumps(content), status, media_type)
    response.raw_headers.append(_CONTENT_LANGUAGE[language])
    if answer.status is HTTPStatus.UNAUTHORIZED:
        (entry,) = answer.errors
        values = " ".join(entry["extensions"]["acrValues"])
        response.headers["WWW-Authenticate"] = (
            'Bearer realm="gerbang", error="insufficient_user_authentication",'
            f' error_description="{WEAK_SIGN_IN}", acr_values="{values}"'
        )
    if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "POST"  # a mutation came by GET
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    elif answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        _set_retry_after(response, {entry["extensions"]["code"] for entry in answer.errors})
    return response


def public_response(
    response: Response, answer: Answer, if_none_match: str | None, method: str
) -> ASGIApp:
    """The response to somebody who is not signed in, compressed where the client takes that; by
    GET, it has a tag of its data, and is 304 for whoever has them.

    All of it is public: its compressed length tells nothing. In other answers texts that strangers
    chose may stand beside what they must not know, and are never compressed.
    """
    if method == "GET" and answer.status is HTTPStatus.OK and not answer.errors:
        # What the answer costs is different each time.
        tag = f'W/"{sha256(orjson.dumps(answer.data)).hexdigest()[:32]}"'
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Accept, Accept-Language, Authorization"
        if names_tag(if_none_match or "", tag):
            response.status_code, response.body = HTTPStatus.NOT_MODIFIED, b""
            del response.headers["Content-Length"], response.headers["Content-Type"]
    return GZipMiddleware(response, compresslevel=_COMPRESSION)


def names_tag(if_none_match: str, tag: str) -> bool:
    """Whether the client names the tag, or any. A proxy that compresses makes tags weak."""
    tags = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag.removeprefix("W/") in tags or "*" in tags


def error_response(
    error: RequestError,
    trace_id: str,
    media_type: str = JSON,
    language: Language = Language.EN,
) -> Response:
    """The response to a refused request: the error's own status, whatever the media type."""
    content = {"errors": [error_entry(error, trace_id, language)]}
    response = json_response(content, error.status, media_type)
    response.raw_headers.append(_CONTENT_LANGUAGE[language])
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
    return JSONResponse(orjson.dumps(content), status, media_type)


class JSONResponse(Response):
    """A response of JSON, whose headers are encoded already: Starlette's constructor takes longer
    than all else that is done for a response."""

    def __init__(self, body: bytes, status: HTTPStatus, media_type: str) -> None:
        self.body = body
        self.status_code = int(status)
        self.background = None
        self.raw_headers = [
            (b"content-type", _CONTENT_TYPE[media_type]),
            (b"content-length", b"%d" % len(body)),
        ]


_CONTENT_TYPE = {kind: f"{kind}; charset=utf-8".encode() for kind in (GRAPHQL_RESPONSE, JSON)}
_CONTENT_LANGUAGE = {
    language: (b"content-language", language.lower().encode()) for language in Language
}
