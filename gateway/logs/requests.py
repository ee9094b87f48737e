"""The line that each request, subscription and socket leaves in the log."""

import logging
import time
from typing import Any

from gateway.logs.operation import OperationRecord

#: The paths that are named; any other may be a client's own text.
PATHS = ("/graphql", "/health/live", "/health/ready", "/metrics")
#: Asked every few seconds by machines, so of use only when somebody looks for them.
_PROBES = frozenset(PATHS[1:])
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})

log = logging.getLogger(__name__)


def log_request(
    method: str, path: str, record: OperationRecord, status: int, seconds: float
) -> None:
    """One finished request; status 499 is one whose client hung up, 0 one that was cut off."""
    # Failures too: complaints of the same kind are limited, lines of requests are not.
    level = logging.DEBUG if path in _PROBES else logging.INFO
    if log.isEnabledFor(level):
        known = {
            "method": method if method in _METHODS else "other",
            "path": path if path in PATHS else "other",
            "status": status,
        }
        _write(level, "request", known, record, seconds)


def log_subscription(record: OperationRecord, payloads: int, seconds: float) -> None:
    """One subscription that ended, whoever ended it."""
    if log.isEnabledFor(logging.INFO):
        _write(logging.INFO, "subscription", {"payloads": payloads}, record, seconds)


def log_socket(record: OperationRecord, code: int | None, seconds: float) -> None:
    """One socket that ended: with our close code, an HTTP status where it never opened, or none
    where the client ended it."""
    if log.isEnabledFor(logging.INFO):
        _write(logging.INFO, "socket", {"code": code}, record, seconds)


#: What all of these records have in common.
_TEMPLATE = vars(logging.LogRecord(log.name, logging.INFO, __file__, 0, "", (), None))


class _RequestRecord(logging.LogRecord):
    """Made without its parent's constructor, which asks each time for thread, process and file;
    its facts are put together by the log's own thread."""

    def __init__(
        self,
        level: int,
        event: str,
        known: dict[str, Any],
        operation: OperationRecord,
        seconds: float,
    ) -> None:
        self.__dict__.update(_TEMPLATE)
        self.levelno, self.levelname = level, logging.getLevelName(level)
        self.msg = event
        self.created = time.time()
        self._known, self._operation, self._seconds = known, operation, seconds

    @property
    def facts(self) -> dict[str, Any]:
        return {**self._known, "ms": round(self._seconds * 1000, 1), **self._operation.facts()}


def _write(
    level: int, event: str, known: dict[str, Any], operation: OperationRecord, seconds: float
) -> None:
    log.handle(_RequestRecord(level, event, known, operation, seconds))
