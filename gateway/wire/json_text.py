"""Parses JSON within limits, which are checked on the raw text before parsing."""

import re
from http import HTTPStatus
from itertools import chain
from typing import Any

import orjson

from gateway.errors import ErrorCode, RequestError
from gateway.limits import DEEPEST_JSON, MOST_KEYS, MOST_QUOTES, MOST_VALUES

#: A JSON string with its quotes. An unterminated one matches to the end of the body, so that no
#: byte is scanned twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")


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
        raise _too_much(f"more than {MOST_QUOTES} quotes")
    outline = _STRING.sub(b"", text)
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
    """How many keys a parsed value has: fewer than were written if an object repeats a key, since
    the parser keeps only one of them."""
    keys, level = 0, [value]
    while level:
        objects = [item for item in level if isinstance(item, dict)]
        keys += sum(map(len, objects))
        lists = (item for item in level if isinstance(item, list))
        inner = chain.from_iterable((*(object_.values() for object_ in objects), *lists))
        level = [item for item in inner if isinstance(item, dict | list)]
    return keys


def _too_much(what: str) -> RequestError:
    return RequestError(
        ErrorCode.TOO_LARGE,
        f"The JSON has {what}: send less at once.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def _bad(message: str) -> RequestError:
    return RequestError(ErrorCode.BAD_REQUEST, message)
