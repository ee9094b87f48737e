"""Reads JSON within limits: its outline is counted before it is parsed."""

import re
from http import HTTPStatus
from itertools import chain
from typing import Any

import orjson

from gateway.errors import ErrorCode, RequestError
from gateway.limits import DEEPEST_JSON, MOST_KEYS, MOST_QUOTES, MOST_VALUES

#: A text with its quotes. One that does not end reaches to the end of the body, so that no byte is
#: looked at twice.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")


def read_json(text: bytes) -> Any:
    """The value of a JSON text.

    Raises RequestError with TOO_LARGE or BAD_REQUEST. No error quotes the text, which may hold
    personal data.
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
    """How many keys are written in a JSON text, where it is within the limits."""
    if text.count(b'"') > MOST_QUOTES:
        raise _too_much(f"more than {MOST_QUOTES} quotes")
    outline = _TEXT.sub(b"", text)
    keys = outline.count(b":")
    if keys > MOST_KEYS:
        raise _too_much(f"more than {MOST_KEYS} keys")
    opened = outline.count(b"[") + outline.count(b"{")
    if opened + outline.count(b",") > MOST_VALUES:
        raise _too_much(f"more than {MOST_VALUES} values")
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
    """How many keys there are in a value. Of two that are the same the parser keeps one."""
    keys, level = 0, [value]
    while level:
        objects = [one for one in level if isinstance(one, dict)]
        keys += sum(map(len, objects))
        lists = (one for one in level if isinstance(one, list))
        inner = chain.from_iterable((*(one.values() for one in objects), *lists))
        level = [one for one in inner if isinstance(one, dict | list)]
    return keys


def _too_much(what: str) -> RequestError:
    return RequestError(
        ErrorCode.TOO_LARGE,
        f"The JSON has {what}: send less at once.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def _bad(message: str) -> RequestError:
    return RequestError(ErrorCode.BAD_REQUEST, message)
