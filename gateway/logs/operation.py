"""The facts of one operation that operators may know: never who asked, nor what was answered."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from models.vocabulary import Role


class Kind(StrEnum):
    """What kind of operation a document asks for."""

    UNKNOWN = "unknown"
    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


class Way(StrEnum):
    """What ran an operation."""

    NONE = "none"
    PLAN = "plan"
    EXECUTOR = "executor"


class WhyExecutor(StrEnum):
    """The closed list of reasons for which an operation is not run by a plan."""

    #: Mutations and subscriptions never are.
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"
    #: A field that waits for something, or takes arguments.
    COMPUTED = "computed"
    #: An interface or a union, as `node` answers with.
    ABSTRACT = "abstract"
    TOO_LARGE = "too_large"
    #: The client has to be told something at its place in the answer.
    REFUSED = "refused"
    #: A statement of the plan failed.
    DATABASE = "database"
    #: A mistake in the plan itself.
    DEFECT = "defect"


@dataclass(slots=True)
class OperationRecord:
    """One operation, filled in on its way; its line in the log and its part in the metrics."""

    trace_id: str = ""
    kind: Kind = Kind.UNKNOWN
    #: The acting role; none before the token was verified.
    role: Role | None = None
    #: SHA-256 of the document's text, in hexadecimal digits.
    document: str | None = None
    #: The name of a registered document: a client's own text never gets here.
    name: str | None = None
    way: Way = Way.NONE
    why_executor: WhyExecutor | None = None
    statements: int = 0
    #: Waiting for admission, and for connections of the pool.
    turn_seconds: float = 0.0
    connection_seconds: float = 0.0
    #: Running, without the wait for a change: of a subscription's payload.
    execution_seconds: float = 0.0
    cost_requested: int | None = None
    cost_actual: int | None = None
    #: How often each code was told.
    codes: dict[str, int] = field(default_factory=dict)
    #: Coordinates of our schema that the role may not use.
    denied: dict[str, None] = field(default_factory=dict)

    def note_document(self, text: str | None) -> None:
        if text is not None:
            self.document = sha256(text.encode(errors="surrogatepass")).hexdigest()

    def begin_anew(self) -> None:
        """After a payload of a subscription: what is counted is counted for the next one."""
        self.statements = 0
        self.connection_seconds = self.execution_seconds = 0.0

    def note_executor(self, reason: WhyExecutor) -> None:
        """A plan does not run it; the first reason is the one that counts."""
        self.why_executor = self.why_executor or reason

    def note_answer(self, errors: list[dict[str, Any]], extensions: dict[str, Any]) -> None:
        """The codes of an answer, and its cost as far as it is told."""
        for entry in errors:
            said = entry["extensions"]
            code = str(said["code"])
            self.codes[code] = self.codes.get(code, 0) + 1
            if coordinate := said.get("coordinate"):
                self.denied[coordinate] = None
        if cost := extensions.get("cost"):
            self.cost_requested = cost.get("requested")
            self.cost_actual = cost.get("actual")

    def facts(self) -> dict[str, Any]:
        """What the log tells of it; what is not known is left out."""
        told = {
            "trace": self.trace_id,
            "kind": self.kind if self.kind is not Kind.UNKNOWN else None,
            "role": self.role,
            "document": self.document,
            "operation": self.name,
            "way": self.way if self.way is not Way.NONE else None,
            "why_executor": self.why_executor,
            "statements": self.statements or None,
            "turn_ms": _milliseconds(self.turn_seconds) or None,
            "connection_ms": _milliseconds(self.connection_seconds) or None,
            "cost_requested": self.cost_requested,
            "cost_actual": self.cost_actual,
            "codes": list(self.codes) or None,
            "denied": list(self.denied) or None,
        }
        return {name: fact for name, fact in told.items() if fact is not None}


_current: ContextVar[OperationRecord | None] = ContextVar("operation_record", default=None)


def begin_record(trace_id: str) -> OperationRecord:
    """A record that everything below in this task, and in tasks that it starts, fills in."""
    record = OperationRecord(trace_id)
    _current.set(record)
    return record


def current_record() -> OperationRecord:
    """The record of the operation under way; outside of one, a record that nobody reads."""
    return _current.get() or OperationRecord()


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
