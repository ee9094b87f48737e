"""Logs the same warning or error at most once a minute, and counts the ones left out."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
