"""The log of a process: lines of JSON, or of text for a terminal, written in the background."""

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any, TextIO

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


#: The attribute of a record that distinguishes it from others with the same message.
PLACE = "place"

_EVERY_SECONDS = 60.0
#: Most different messages per minute; more are grouped by logger.
_MOST_MESSAGES = 500


@dataclass(slots=True)
class _LoggedRecord:
    record: logging.LogRecord
    logged_at: float
    left_out: int = 0


class RepeatLimit(logging.Filter):
    """Limits repeated warnings and errors; lower levels always pass.

    Records count as the same if logger, message template and place are equal.
    """

    def __init__(
        self, every: float = _EVERY_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._every = every
        self._clock = clock
        self._last: dict[tuple[str, str, str], _LoggedRecord] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        key = (record.name, str(record.msg), getattr(record, PLACE, ""))
        if key not in self._last and len(self._last) >= _MOST_MESSAGES:
            key = (record.name, "", "")
        last, now = self._last.get(key), self._clock()
        if last and now - last.logged_at < self._every:
            last.left_out += 1
            return False
        if last and last.left_out:
            record.left_out = last.left_out
        self._last[key] = _LoggedRecord(record, now)
        return True

    def overdue(self) -> Iterator[logging.LogRecord]:
        """Records that were repeated and then stopped, with the number of those left out."""
        now = self._clock()
        for key, last in list(self._last.items()):
            if now - last.logged_at < self._every:
                continue
            del self._last[key]
            if last.left_out:
                last.record.left_out = last.left_out
                yield last.record


#: Some seconds of a busy process. If the reader falls further behind, lines are dropped and
#: counted.
MOST_WAITING = 20_000
#: Lines are written in batches: waking the thread for each would cost more than the line.
_BATCH_SECONDS = 0.1
_IDLE_SECONDS = 5.0
_STOP_SECONDS = 2.0
#: Loggers that may log below WARNING. Libraries could log URLs or statements there.
_OUR_LOGGERS = ("gateway", "models")

log = logging.getLogger(__name__)


class BackgroundHandler(logging.Handler):
    """Queues records without blocking; a thread formats and writes them."""

    def __init__(
        self, stream: TextIO, formatter: logging.Formatter, most_waiting: int = MOST_WAITING
    ) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._repeats = RepeatLimit()
        self.addFilter(self._repeats)
        self._stream = stream
        self._most_waiting = most_waiting
        self._waiting: deque[logging.LogRecord] = deque()
        self._has_records = threading.Event()
        self._is_closed = threading.Event()
        self._dropped = 0
        self._dropped_reported = 0
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        if len(self._waiting) >= self._most_waiting:
            self._dropped += 1
            return
        self._waiting.append(record)
        if not self._has_records.is_set():
            self._has_records.set()

    def close(self) -> None:
        """Write what is queued, unless the reader has stopped reading."""
        self._is_closed.set()
        self._has_records.set()
        self._thread.join(_STOP_SECONDS)
        super().close()

    def _write(self) -> None:
        while not self._is_closed.is_set():
            self._has_records.wait(_IDLE_SECONDS)
            self._is_closed.wait(_BATCH_SECONDS)
            self._has_records.clear()
            self._write_batch()
        self._write_batch()

    def _write_batch(self) -> None:
        lines = [self._line(record) for record in self._take_batch()]
        if not lines:
            return
        try:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()
        except (OSError, ValueError):  # the stream is closed, so this cannot be reported either
            self._waiting.clear()

    def _take_batch(self) -> Iterator[logging.LogRecord]:
        while self._waiting:
            yield self._waiting.popleft()
        yield from self._repeats.overdue()
        if dropped := self._dropped - self._dropped_reported:
            self._dropped_reported += dropped
            record = log.makeRecord(
                log.name, logging.WARNING, "", 0, "log lines were lost", (), None
            )
            record.facts = {"lines": dropped}
            yield record

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)
        except Exception as error:  # one bad record must not stop the log
            return f'{{"level": "ERROR", "event": "no log line: {type(error).__name__}"}}'


@contextmanager
def logging_to(stream: TextIO, level: str, *, as_json: bool) -> Iterator[None]:
    """Send the log to a stream while the context is open."""
    root = logging.getLogger()
    level_before = root.level
    handler = BackgroundHandler(stream, JSONLines() if as_json else ReadableLines())
    root.addHandler(handler)
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    for name in _OUR_LOGGERS:
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level_before)
        for name in _OUR_LOGGERS:
            logging.getLogger(name).setLevel(logging.NOTSET)
        handler.close()


@contextmanager
def process_log(level: str, *, as_json: bool) -> Iterator[None]:
    """Send the log to standard error while the context is open."""
    with logging_to(sys.stderr, level, as_json=as_json):
        yield


def log_unhandled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The event loop's exception handler. The default one would quote the exception."""
    log.error(
        "an error that nobody awaited",
        exc_info=context.get("exception"),
        extra=facts(message=context["message"].partition("\n")[0]),
    )
