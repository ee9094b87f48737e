"""Lets a page call its registered callbacks, and nothing else."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.gate import CALLBACK

LARGEST_QUESTION = 64 * 1_024
LONGEST_TEXT = 4_000
DEEPEST = 4

Callbacks = Mapping[str, Mapping[str, Any]]


class RefusedError(Exception):
    """The request calls no registered callback; the status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class CallbackGuard:
    """ASGI middleware before Dash, which trusts the browser to name what it knows."""

    def __init__(self, app: ASGIApp, callbacks: Callable[[], Callbacks]) -> None:
        self._app = app
        self._callbacks = callbacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != CALLBACK or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        try:
            body = await _read(scope, receive)
            _check(_parse(body), self._callbacks())
        except RefusedError as refused:
            refusal = JSONResponse({"error": "No question of this page."}, refused.status)
            return await refusal(scope, receive, send)
        return await self._app(scope, _replay(body, receive), send)


async def _read(scope: Scope, receive: Receive) -> bytes:
    if not Headers(scope=scope).get("content-type", "").startswith("application/json"):
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body, has_more = bytearray(), True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        body += message.get("body", b"")
        has_more = message.get("more_body", False)
        if len(body) > LARGEST_QUESTION:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(HTTPStatus.BAD_REQUEST) from None


def _check(question: Any, callbacks: Callbacks) -> None:
    """Raises RefusedError unless a callback was registered with just this in and out."""
    if not isinstance(question, dict) or not isinstance(question.get("output"), str):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    callback = callbacks.get(question["output"])
    if callback is None or "callback" not in callback:  # the browser answers some by itself
        raise RefusedError(HTTPStatus.NOT_FOUND)
    inputs, states = question.get("inputs", []), question.get("state", [])
    names = [f"{each['id']}.{each['property']}" for each in callback["inputs"]]
    changed = question.get("changedPropIds", [])
    is_ours = (
        _places(inputs) == names
        and _places(states) == [f"{each['id']}.{each['property']}" for each in callback["state"]]
        and _places(question.get("outputs")) == _written_by(callback)
        and isinstance(changed, list)
        and all(isinstance(each, str) and each in names for each in changed)
        and all(_is_plain(each.get("value")) for each in (*inputs, *states))
        and all(
            isinstance(each.get("value"), str | None)
            for each in (*inputs, *states)
            if _is_address(each)
        )
    )
    if not is_ours:
        raise RefusedError(HTTPStatus.BAD_REQUEST)


def _places(entries: Any) -> list[str] | None:
    """``id.property`` of each entry, unless they are something else than entries."""
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        return None
    return [f"{each.get('id')}.{each.get('property')}" for each in entries]


def _written_by(callback: Mapping[str, Any]) -> list[str]:
    written = callback["output"]
    outputs = written if isinstance(written, list | tuple) else [written]
    return [f"{each.component_id}.{each.component_property}" for each in outputs]


def _is_address(entry: Mapping[str, Any]) -> bool:
    return entry["property"] in ("href", "pathname", "search", "hash")


def _is_plain(value: Any, depth: int = 0) -> bool:
    """A text, a number, or a few of them: all that a browser may send here."""
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and _can_be_written(value)
    if isinstance(value, dict):
        return depth < DEEPEST and all(_is_plain(each, depth + 1) for each in value.values())
    if isinstance(value, list):
        return depth < DEEPEST and all(_is_plain(each, depth + 1) for each in value)
    return value is None or isinstance(value, bool | int | float)


def _can_be_written(text: str) -> bool:
    """Half a surrogate pair is JSON, but no text."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Replays the body that was read, for the next application."""
    is_replayed = False

    async def again() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
