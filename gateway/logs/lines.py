"""How a log record becomes a line: JSON for machines, or one that people read at a glance.

Nothing that an exception says of itself is written, since it may quote what a row or a request
holds; its kind and the places in the code are.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any

import orjson

#: The attribute of a record that holds facts by name: ``log.info("start", extra=facts(port=80))``.
FACTS = "facts"
#: Loggers whose texts are ours. Of others' texts the first line is kept: what follows it may
#: quote an exception, as asyncio does.
_OURS = ("gateway", "models")
_LONGEST_FOREIGN = 300


def facts(**known: Any) -> dict[str, Any]:
    """What to pass as ``extra``."""
    return {FACTS: known}


def describe_error(error: BaseException | None) -> Iterator[str]:
    """The kinds of an error and of what caused it, each with its lines of code."""
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
            "at": _instant(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "event": _text(record),
            **_facts(record),
        }
        return orjson.dumps(entry, default=str).decode()


class ReadableLines(logging.Formatter):
    """For a terminal: time, level, event, facts; an error's places below."""

    def format(self, record: logging.LogRecord) -> str:
        known = _facts(record)
        error = known.pop("error", ())
        told = " ".join(f"{name}={_readable(fact)}" for name, fact in known.items())
        clock = f"{_instant(record).astimezone():%H:%M:%S}"
        head = f"{clock} {record.levelname:<7} {_text(record)} {told}".rstrip()
        return "\n".join((head, *error))


def _instant(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _text(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if record.name.partition(".")[0] in _OURS:
        return text
    return text.partition("\n")[0][:_LONGEST_FOREIGN]


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    known = dict(getattr(record, FACTS, ()))
    if record.exc_info and record.exc_info[1]:
        known["error"] = list(describe_error(record.exc_info[1]))
    if left_out := getattr(record, "left_out", 0):
        known["left_out"] = left_out
    return known


def _readable(fact: Any) -> str:
    return ",".join(map(str, fact)) if isinstance(fact, list | tuple) else str(fact)
