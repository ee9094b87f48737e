"""Reads the parameters of an operation from a body, a message or a URL, within limits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import OperationRequest
from gateway.limits import DEEPEST_JSON, MOST_KEYS, MOST_QUOTES, MOST_VALUES
from gateway.texts.language import Language

#: The only way to write U+0000 in JSON, so bodies without it need no closer look.
_NUL = rb"\u0000"
URL_PARAMETERS = ("query", "documentId", "operationName", "variables", "extensions")
#: A JSON string with its quotes. An unterminated one matches to the end of the body, so that no
#: byte is scanned twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")


async def read_body(receive: Receive, announced: str | None, limit: int) -> bytes:
    """The whole body, of which ``announced`` is the header ``Content-Length``.

    Raises RequestError as soon as it exceeds ``limit`` bytes, ClientDisconnect if it ends too soon.
    """
    length = announced or "0"
    if length.isascii() and length.isdigit() and int(length[:12]) > limit:
        raise _body_too_large(limit)
    body, more_body = bytearray(), True
    while more_body:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limit:
            raise _body_too_large(limit)
        more_body = message.get("more_body", False)
    return bytes(body)


def from_body(body: bytes, purposes: Sequence[str], language: Language) -> OperationRequest:
    """The operation in a POST's body."""
    parameters = read_json(body)
    if isinstance(parameters, list):
        raise _bad("Send one operation per request: a list of operations is not accepted.")
    if not isinstance(parameters, dict):
        raise _bad("The body must be a JSON object.")
    return _operation(parameters, purposes, language, may_write=True, may_hold_nul=_NUL in body)


def from_message(payload: Any) -> OperationRequest:
    """The operation in the payload of a `subscribe` message."""
    if not isinstance(payload, dict):
        raise _bad("The payload must be an object.")
    operation = _operation(payload, (), Language.EN, may_write=False)
    position = _optional(payload.get("extensions") or {}, "position", str)
    return replace(operation, resumed_at=position)


def from_url(
    query: Mapping[str, str], purposes: Sequence[str], language: Language
) -> OperationRequest:
    """The operation in the query string of a GET, which may not be a mutation."""
    parameters: dict[str, Any] = {name: query[name] for name in URL_PARAMETERS if name in query}
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = read_json(parameters[name].encode("utf-8", "surrogatepass"))
    return _operation(parameters, purposes, language, may_write=False)


def _operation(
    parameters: dict[str, Any],
    purposes: Sequence[str],
    language: Language,
    *,
    may_write: bool,
    may_hold_nul: bool = True,
) -> OperationRequest:
    document = _optional(parameters, "query", str)
    document_id = _optional(parameters, "documentId", str)
    persisted = None
    if not document and document_id is None:
        document_id = persisted = _persisted_query(_optional(parameters, "extensions", dict))
    if document == "" and document_id is not None:
        document = None  # graphql-ws sends no message without a `query`
    if (document is None) == (document_id is None):
        raise _bad("Send either `query`, the document, or `documentId`.")
    _optional(parameters, "extensions", dict)
    variables = _optional(parameters, "variables", dict) or {}
    if may_hold_nul:
        _refuse_nul(variables)
    return OperationRequest(
        document=document,
        document_id=document_id,
        is_persisted_query=persisted is not None,
        operation_name=_optional(parameters, "operationName", str),
        variables=variables,
        purposes=tuple(purposes),
        language=language,
        may_write=may_write,
    )


def _persisted_query(extensions: Mapping[str, Any] | None) -> str | None:
    """The id by which clients with (automatic) persisted queries ask for a document."""
    persisted = (extensions or {}).get("persistedQuery")
    id_ = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return id_ if isinstance(id_, str) else None


def _optional(parameters: dict[str, Any], name: str, kind: type) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        raise _bad(f"`{name}` must be {'an object' if kind is dict else 'a text'}.")
    return value


def _refuse_nul(variables: dict[str, Any]) -> None:
    """Refuse the character U+0000, which PostgreSQL cannot store in a text."""
    level: list[Any] = [variables]
    while level:
        if any(isinstance(value, str) and "\0" in value for value in level):
            raise _bad(
                "`variables` contain the character U+0000, which cannot be stored: leave it out."
            )
        level = [inner for value in level for inner in _children(value)]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def read_json(text: bytes) -> Any:
    """Parse a JSON text.

    Raises RequestError with TOO_LARGE or BAD_REQUEST. Errors never quote the text, which may
    contain personal data.
    """
    keys = _count_keys_within_limits(text)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _bad(f"The JSON is malformed at character {error.pos}.") from None
    if _count_keys(value) != keys:
        raise _bad("An object of the JSON has the same key twice: leave one of them out.")
    return value


def _count_keys_within_limits(text: bytes) -> int:
    """Check a JSON text against the limits, and return how many keys are written in it."""
    if text.count(b'"') > MOST_QUOTES:
        raise _too_large(f"The JSON has more than {MOST_QUOTES} quotes: send less at once.")
    outline = _STRING.sub(b"", text)
    keys = outline.count(b":")
    if keys > MOST_KEYS:
        raise _too_large(f"The JSON has more than {MOST_KEYS} keys: send less at once.")
    opened = outline.count(b"[") + outline.count(b"{")
    if opened + outline.count(b",") > MOST_VALUES:
        raise _too_large(f"The JSON has more than {MOST_VALUES} values: send less at once.")
    if opened > DEEPEST_JSON and _is_too_deep(outline):
        raise _bad(f"The JSON is nested deeper than {DEEPEST_JSON} levels.")
    return keys


def _is_too_deep(outline: bytes) -> bool:
    depth = 0
    for bracket in outline.translate(None, _BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > DEEPEST_JSON:
            return True
    return False


def _count_keys(value: Any) -> int:
    """How many keys a parsed value has: fewer than were written if an object repeats a key, since
    the parser keeps only one of them."""
    keys, pending = 0, [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            keys += len(part)
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return keys


def _bad(message: str) -> RequestError:
    return RequestError(ErrorCode.BAD_REQUEST, message)


def _body_too_large(limit: int) -> RequestError:
    return _too_large(f"The request is larger than {limit} bytes.")


def _too_large(message: str) -> RequestError:
    return RequestError(ErrorCode.TOO_LARGE, message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
