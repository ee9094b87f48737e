"""Formats log records as JSON lines, or as text for a terminal.

The message of an exception is never written, since it may quote a row or a request. Its type and
its lines of code are.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any

import orjson

from models.instants import instant_text

#: The attribute of a record for structured fields: ``log.info("start", extra=facts(port=80))``.
FACTS = "facts"
#: Our own loggers. Of the messages of others only the first line is kept, since the rest may quote
#: an exception, as in asyncio.
_OURS = ("gateway", "models")
_LONGEST_FOREIGN = 300


def facts(**values: Any) -> dict[str, Any]:
    """Structured fields of a log record, to pass as ``extra``."""
    return {FACTS: values}


def describe_error(error: BaseException | None) -> Iterator[str]:
    """The type of an error and of each cause, with the lines of code of its traceback."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield type(error).__qualname__
        for frame, line in walk_tb(error.__traceback__):
            yield f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
        error = error.__cause__ or error.__context__


class JSONLines(logging.Formatter):
    """One JSON object for each record."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": instant_text(record.created),
            "level": record.levelname,
            "logger": record.name,
            "event": _message_of(record),
            **_facts(record),
        }
        return orjson.dumps(entry, default=str).decode()


class ReadableLines(logging.Formatter):
    """Text for a terminal: time, level, message and fields; the traceback of an error below."""

    def format(self, record: logging.LogRecord) -> str:
        fields = _facts(record)
        error = fields.pop("error", ())
        text = " ".join(f"{name}={_readable(value)}" for name, value in fields.items())
        clock = f"{datetime.fromtimestamp(record.created, UTC).astimezone():%H:%M:%S}"
        head = f"{clock} {record.levelname:<7} {_message_of(record)} {text}".rstrip()
        return "\n".join((head, *error))


def _message_of(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if record.name.partition(".")[0] in _OURS:
        return text
    return text.partition("\n")[0][:_LONGEST_FOREIGN]


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    fields = dict(getattr(record, FACTS, ()))
    if record.exc_info and record.exc_info[1]:
        fields["error"] = list(describe_error(record.exc_info[1]))
    if left_out := getattr(record, "left_out", 0):
        fields["left_out"] = left_out
    return fields


def _readable(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
