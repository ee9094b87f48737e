"""The log as a process in production writes it, caught for a test."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from models.logs import logging_to


@dataclass
class Log:
    """What was written, once the block that caught it has ended."""

    text: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@contextmanager
def log_lines(level: str = "INFO") -> Iterator[Log]:
    log, stream = Log(), io.StringIO()
    try:
        with logging_to(stream, level, as_json=True):
            yield log
    finally:
        log.text = stream.getvalue()
        log.lines = [json.loads(line) for line in log.text.splitlines()]
