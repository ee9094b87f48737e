"""The log of requests: the record of each operation, and its line."""

import logging
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from gateway.processor_time import ProcessorTime
from models.vocabulary import Role


class OperationKind(StrEnum):
    """The kind of an operation."""

    UNKNOWN = "unknown"
    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


class Way(StrEnum):
    """How an operation was executed."""

    NONE = "none"
    PLAN = "plan"
    EXECUTOR = "executor"


class WhyExecutor(StrEnum):
    """Why an operation was run by the executor instead of a plan."""

    #: A field with an asynchronous resolver or arguments.
    COMPUTED = "computed"
    TOO_LARGE = "too_large"
    #: The result has an error with a path.
    REFUSED = "refused"
    #: A statement of the plan failed.
    DATABASE = "database"
    #: A row does not hold what its columns promise, such as null where there must be a value.
    UNEXPECTED = "unexpected"
    #: A bug in the plan.
    DEFECT = "defect"


@dataclass(slots=True)
class OperationRecord:
    """One operation, filled in while it runs. Its log line and its metrics are made from it."""

    trace_id: str = ""
    #: The caller's span and its flags, where the request names one (W3C Trace Context).
    parent_id: str = ""
    trace_flags: str = ""
    kind: OperationKind = OperationKind.UNKNOWN
    #: The acting role; None until the token is verified.
    role: Role | None = None
    #: Where somebody asks from who is not signed in: by it tries are counted. Never logged.
    source: str = field(default="", repr=False)
    #: SHA-256 of the document's text, in hexadecimal.
    document: str | None = None
    #: The name of a registered document. Names that clients choose are never logged.
    name: str | None = None
    #: Whether nobody registered the document, where that is noted.
    is_unregistered: bool = False
    #: What the client calls itself, which is only logged if documents are registered under it.
    claimed_client: str | None = None
    client: str | None = None
    way: Way = Way.NONE
    why_executor: WhyExecutor | None = None
    statements: int = 0
    #: Time spent waiting for admission, and for connections of the pool.
    turn_seconds: float = 0.0
    connection_seconds: float = 0.0
    #: Time spent on a subscription's payload, without waiting for a change.
    execution_seconds: float = 0.0
    #: What it takes of the processor, while it has its turn.
    processor: ProcessorTime = field(default_factory=ProcessorTime, compare=False)
    cost_requested: int | None = None
    cost_actual: int | None = None
    #: How many errors of each code the client received.
    codes: dict[str, int] = field(default_factory=dict)
    #: The subjects of values that somebody had changed, and whether each is an entry of the ban
    #: list.
    tampered: dict[UUID, bool] = field(default_factory=dict[UUID, bool])
    #: In how many seconds the key service opened as many people for the viewer as it may; 0 if not.
    reached_ceiling: int = 0
    #: Whether the answer was withheld since nothing accounts for what it read.
    has_unlogged_reads: bool = False
    #: Schema coordinates that its document uses, and that will go.
    deprecated: tuple[str, ...] = ()
    #: Schema coordinates that the role may not use.
    denied: dict[str, None] = field(default_factory=dict)

    def note_document(self, text: str | None) -> None:
        if text is not None:
            self.document = sha256(text.encode(errors="surrogatepass")).hexdigest()

    def reset_counters(self) -> None:
        """Reset the counters after a payload of a subscription."""
        self.tampered = {}
        self.reached_ceiling = 0
        self.has_unlogged_reads = False
        self.statements = 0
        self.connection_seconds = self.execution_seconds = 0.0

    def note_answer(self, errors: list[dict[str, Any]], extensions: dict[str, Any]) -> None:
        """Note the error codes of an answer, and its cost if it states one."""
        for entry in errors:
            details = entry["extensions"]
            code = str(details["code"])
            self.codes[code] = self.codes.get(code, 0) + 1
            if coordinate := details.get("coordinate"):
                self.denied[coordinate] = None
        if cost := extensions.get("cost"):
            self.cost_requested = cost.get("requested")
            self.cost_actual = cost.get("actual")

    def facts(self) -> dict[str, Any]:
        """The fields of its log line; unknown ones are left out."""
        fields = {
            "trace": self.trace_id,
            "kind": self.kind if self.kind is not OperationKind.UNKNOWN else None,
            "role": self.role,
            "document": self.document,
            "operation": self.name,
            "unregistered": self.is_unregistered or None,
            "client": self.client,
            "way": self.way if self.way is not Way.NONE else None,
            "why_executor": self.why_executor,
            "statements": self.statements or None,
            "turn_ms": _milliseconds(self.turn_seconds) or None,
            "connection_ms": _milliseconds(self.connection_seconds) or None,
            "cost_requested": self.cost_requested,
            "cost_actual": self.cost_actual,
            "codes": list(self.codes) or None,
            "tampered": bool(self.tampered) or None,
            "unlogged": self.has_unlogged_reads or None,
            "deprecated": list(self.deprecated) or None,
            "denied": list(self.denied) or None,
        }
        return {name: value for name, value in fields.items() if value is not None}


_current: ContextVar[OperationRecord | None] = ContextVar("operation_record", default=None)


def begin_record(trace_id: str, parent_id: str = "", trace_flags: str = "") -> OperationRecord:
    """Start a record, which code in this task and in tasks that it starts fills in."""
    record = OperationRecord(trace_id, parent_id, trace_flags)
    _current.set(record)
    return record


def current_record() -> OperationRecord:
    """The record of the current operation; outside of one, a record that is thrown away."""
    return _current.get() or OperationRecord()


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


#: Paths that are logged by name. Others are chosen by the client, and could hold anything.
PATHS = (
    "/graphql",
    "/graphql/schema/role.graphql",
    "/documents/name",
    "/health/live",
    "/health/ready",
    "/metrics",
)
#: Polled every few seconds by machines, so logged at DEBUG only.
_PROBES = frozenset(PATHS[3:])
#: A schema is logged by one name for all roles.
_SCHEMA = re.compile(r"/graphql/schema/[a-z_]{1,40}\.graphql")
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT"})

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
            "path": name_of(path),
            "status": status,
        }
        _write(level, "request", fields, record, seconds)


def name_of(path: str) -> str:
    """How a path is named in the log: those that a client chose are one."""
    if path in PATHS:
        return path
    if path.startswith("/documents/"):  # a link says who opens what
        return PATHS[2]
    return PATHS[1] if _SCHEMA.fullmatch(path) else "other"


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
