"""Log lines for requests, subscriptions and sockets."""

import logging
import time
from typing import Any

from gateway.logs.operation import OperationRecord

#: Paths that are logged by name. Others are chosen by the client, and could hold anything.
PATHS = ("/graphql", "/health/live", "/health/ready", "/metrics")
#: Polled every few seconds by machines, so logged at DEBUG only.
_PROBES = frozenset(PATHS[1:])
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})

log = logging.getLogger(__name__)


def log_request(
    method: str, path: str, record: OperationRecord, status: int, seconds: float
) -> None:
    """Log a finished request. Status 499 means that the client disconnected, 0 that the request was
    cancelled."""
    # INFO for failures too: repeated warnings are left out, and request lines must not be.
    level = logging.DEBUG if path in _PROBES else logging.INFO
    if log.isEnabledFor(level):
        fields = {
            "method": method if method in _METHODS else "other",
            "path": path if path in PATHS else "other",
            "status": status,
        }
        _write(level, "request", fields, record, seconds)


def log_subscription(record: OperationRecord, payloads: int, seconds: float) -> None:
    """Log a subscription that ended."""
    if log.isEnabledFor(logging.INFO):
        _write(logging.INFO, "subscription", {"payloads": payloads}, record, seconds)


def log_socket(record: OperationRecord, code: int | None, seconds: float) -> None:
    """Log a socket that ended. ``code`` is our close code, the HTTP status of a refused handshake,
    or None if the client closed."""
    if log.isEnabledFor(logging.INFO):
        _write(logging.INFO, "socket", {"code": code}, record, seconds)


#: Attributes that all of these records share.
_TEMPLATE = vars(logging.LogRecord(log.name, logging.INFO, __file__, 0, "", (), None))


class _RequestRecord(logging.LogRecord):
    """A record that is fast to make: it skips the parent's constructor, which looks up thread,
    process and file, and the log's thread computes its fields."""

    def __init__(
        self,
        level: int,
        event: str,
        fields: dict[str, Any],
        operation: OperationRecord,
        seconds: float,
    ) -> None:
        self.__dict__.update(_TEMPLATE)
        self.levelno, self.levelname = level, logging.getLevelName(level)
        self.msg = event
        self.created = time.time()
        self._fields, self._operation, self._seconds = fields, operation, seconds

    @property
    def facts(self) -> dict[str, Any]:
        return {**self._fields, "ms": round(self._seconds * 1000, 1), **self._operation.facts()}


def _write(
    level: int, event: str, fields: dict[str, Any], operation: OperationRecord, seconds: float
) -> None:
    log.handle(_RequestRecord(level, event, fields, operation, seconds))
