"""The same complaint at most once a minute, with the number of those that were left out."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: The attribute of a record that says where it comes from, where its text alone does not tell.
PLACE = "place"

_EVERY_SECONDS = 60.0
#: More different complaints than this within a minute are not told apart any more.
_MOST_KNOWN = 500


@dataclass(slots=True)
class _Complaint:
    record: logging.LogRecord
    told_at: float
    left_out: int = 0


class RepeatLimit(logging.Filter):
    """Lets everything below a warning pass, and each complaint once in a while.

    Two are the same when their logger, their text before its arguments, and their place are.
    """

    def __init__(
        self, every: float = _EVERY_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._every = every
        self._clock = clock
        self._known: dict[tuple[str, str, str], _Complaint] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        key = (record.name, str(record.msg), getattr(record, PLACE, ""))
        if key not in self._known and len(self._known) >= _MOST_KNOWN:
            key = (record.name, "", "")
        known, now = self._known.get(key), self._clock()
        if known and now - known.told_at < self._every:
            known.left_out += 1
            return False
        if known and known.left_out:
            record.left_out = known.left_out
        self._known[key] = _Complaint(record, now)
        return True

    def overdue(self) -> Iterator[logging.LogRecord]:
        """Complaints that came again and then ceased: the last one's record, with its count."""
        now = self._clock()
        for key, known in list(self._known.items()):
            if now - known.told_at < self._every:
                continue
            del self._known[key]
            if known.left_out:
                known.record.left_out = known.left_out
                yield known.record
