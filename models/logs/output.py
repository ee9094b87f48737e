"""Writes the log to standard error in a background thread, so that logging never blocks."""

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from models.logs.lines import JSONLines, ReadableLines, facts
from models.logs.repeats import RepeatLimit

#: Some seconds of a busy process. If the reader falls further behind, lines are dropped and
#: counted.
MOST_WAITING = 20_000
#: Lines are written in batches: waking the thread for each would cost more than the line.
_BATCH_SECONDS = 0.1
_IDLE_SECONDS = 5.0
_STOP_SECONDS = 2.0
#: Loggers that may log below WARNING. Libraries could log URLs or statements there.
_OURS = ("gateway", "models")

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
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level_before)
        for name in _OURS:
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
