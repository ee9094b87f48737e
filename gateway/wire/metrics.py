"""Prometheus metrics of the gateway. No label names a viewer, a case or a country."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.replicas import Replicas
from gateway.errors import ErrorCode
from gateway.execution.budgets import Budgets
from gateway.faults import Fault
from gateway.logs import OperationKind, OperationRecord, Way, WhyExecutor
from gateway.mapping.services import DocumentTime, ProcessLoad, RoleBudget
from gateway.wire.health import Health
from models.vocabulary import Role

MEASURED_PATHS = ("/graphql",)
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: The role label of requests whose token was not verified.
UNKNOWN = "unknown"

#: Reads the values of gauges, by name, at each scrape.
Figures = Callable[[], Awaitable[Mapping[str, float]]]
#: Observes an operation's seconds, counts the operation, and counts its statements.
_Series = tuple[Callable[[float], None], Callable[[], None], Callable[[float], None]]


class OperationCounts(Protocol):
    """How many operations run, and how many wait for admission."""

    running: int
    waiting: int


class ConnectionUse(Protocol):
    """The connection pool of this process."""

    size: int
    in_use: int


class DocumentTimes:
    """How often each registered document ran and how long it took, by client: both are closed
    lists."""

    def __init__(self) -> None:
        #: Times, seconds in all, and seconds at most.
        self._of: dict[tuple[str | None, str, str], tuple[int, float, float]] = {}

    def note(self, record: OperationRecord, seconds: float) -> None:
        if record.name is None or record.document is None:
            return  # nobody registered it
        key = (record.client, record.name, record.document)
        times, total, most = self._of.get(key, (0, 0.0, 0.0))
        self._of[key] = (times + 1, total + seconds, max(most, seconds))

    def collect(self) -> Iterator[CounterMetricFamily]:
        """How often each ran; `gerbang documents list` says which fields it reads."""
        family = CounterMetricFamily(
            "gerbang_document_use",
            "Operations, by the client, the name and the hash under which their document is"
            " registered.",
            labels=("client", "document", "sha256"),
        )
        for (client, name, hash_), (times, *_) in self._of.items():
            family.add_metric((client or UNKNOWN, name, hash_), times)
        yield family

    def slowest(self, most: int) -> list[DocumentTime]:
        """Those that take longest on average."""
        found = [
            DocumentTime(*key, times, round(1000 * total / times, 1), round(1000 * longest, 1))
            for key, (times, total, longest) in self._of.items()
        ]
        return sorted(found, key=lambda one: -one.mean_milliseconds)[:most]


class Metrics:
    """The metrics of one gateway process, which is also what it says of itself. Every label has a
    closed list of values."""

    def __init__(self) -> None:
        self._started_at = datetime.now(UTC)
        self._documents = DocumentTimes()
        self._counts: OperationCounts | None = None
        self._pool: ConnectionUse | None = None
        self._budgets: Budgets | None = None
        self._health: Health | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self._documents)
        self._requests = self._counter("gerbang_requests", "Requests, by HTTP status.", "status")
        self._errors = self._counter("gerbang_errors", "Errors sent to clients, by code.", "code")
        self._refused = self._counter(
            "gerbang_refused",
            "Operations refused for overload: full, nobody more may wait; viewer, no more of this"
            " viewer may; late, waited too long.",
            "reason",
        )
        self._seconds = Histogram(
            "gerbang_request_seconds",
            "How long requests took.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._operation_seconds = Histogram(
            "gerbang_operation_seconds",
            "How long operations took; of a subscription, each payload.",
            ["kind", "role"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._operations = self._counter(
            "gerbang_operations", "Operations, by what ran them.", "kind", "way"
        )
        self._statements = self._counter(
            "gerbang_statements", "Database statements of operations.", "kind", "role"
        )
        self._fallbacks = self._counter(
            "gerbang_plan_fallbacks",
            "Queries that no plan ran, by reason: defect is a mistake in the plan.",
            "reason",
        )
        self._deprecated = self._counter(
            "gerbang_deprecated_use",
            "Operations that used a deprecated part of the schema, by the client and the name under"
            " which their document is registered.",
            "coordinate",
            "client",
            "document",
        )
        self._tampered = self._counter(
            "gerbang_vault_tampered",
            "Operations that met a sealed value which is not what was sealed there.",
        )
        self._unlogged = self._counter(
            "gerbang_unlogged_reads",
            "Operations whose answer was withheld, since the log of reads could not be written, or"
            " was not.",
        )
        self._turn_seconds = self._counter(
            "gerbang_turn_wait_seconds", "How long operations waited for their turn, in all."
        )
        self._connection_seconds = self._counter(
            "gerbang_pool_wait_seconds", "How long operations waited for a connection, in all."
        )
        self._sockets = Gauge("gerbang_sockets", "Open sockets.", registry=self._registry)
        self._closes = self._counter("gerbang_closes", "Sockets that were ended, by code.", "code")
        self._ended = self._counter(
            "gerbang_connections_ended",
            "Connections of HTTP that were ended: first_byte, headers, body, too slow with it; "
            "crowded, too many of an address; full, too many in all; unread, answers not taken.",
            "reason",
        )
        # An alert on a series that begins with its first event would miss that one.
        for counter, values in (
            (self._errors, ErrorCode),
            (self._refused, ("full", "viewer", "late")),
            (self._fallbacks, WhyExecutor),
        ):
            for value in values:
                counter.labels(value)
        self._series_of = cache(self._series)
        self._requests_of = cache(self._requests.labels)
        self._figures: dict[str, Gauge] = {}
        self._read_figures: Figures | None = None

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def note_request(self, path: str, record: OperationRecord, status: int, seconds: float) -> None:
        """Record a finished request; status 499 means that the client disconnected."""
        if path not in MEASURED_PATHS:
            return
        self._requests_of(status).inc()
        self._seconds.observe(seconds)
        if record.codes:
            self.note_errors(record)
        if record.kind is not OperationKind.UNKNOWN:
            self._note_operation(record, seconds)

    def note_payload(self, record: OperationRecord) -> None:
        """Record one payload of a subscription, and reset the record for the next."""
        self._note_operation(record, record.execution_seconds)
        record.reset_counters()

    def _note_operation(self, record: OperationRecord, seconds: float) -> None:
        observe, count, count_statements = self._series_of(record.kind, record.role, record.way)
        observe(seconds)
        count()
        count_statements(record.statements)
        if record.tampered:
            self._tampered.inc()
        if record.has_unlogged_reads:
            self._unlogged.inc()
        for coordinate in record.deprecated:
            client = record.client or UNKNOWN
            self._deprecated.labels(coordinate, client, record.name or UNKNOWN).inc()
        self._documents.note(record, seconds)
        self._turn_seconds.inc(record.turn_seconds)
        self._connection_seconds.inc(record.connection_seconds)
        if record.why_executor and record.kind is OperationKind.QUERY:
            self._fallbacks.labels(record.why_executor.value).inc()

    def _series(self, kind: OperationKind, role: Role | None, way: Way) -> _Series:
        """The methods that update these labels. Cached, since ``labels()`` costs more than the
        update itself."""
        labels = (kind.value, role.value if role else UNKNOWN)
        return (
            self._operation_seconds.labels(*labels).observe,
            self._operations.labels(kind.value, way.value).inc,
            self._statements.labels(*labels).inc,
        )

    def note_errors(self, record: OperationRecord) -> None:
        for code, times in record.codes.items():
            self._errors.labels(code).inc(times)

    def note_error(self, code: str) -> None:
        self._errors.labels(code).inc()

    def note_sockets(self, number: int) -> None:
        self._sockets.set(number)

    def note_close(self, code: int) -> None:
        self._closes.labels(int(code)).inc()

    def note_connection_end(self, reason: str) -> None:
        self._ended.labels(reason).inc()

    def note_refusal(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def watch(self, counts: OperationCounts) -> None:
        """Report how many operations run and wait at each scrape."""
        self._counts = counts
        self._gauge("gerbang_running", "Operations that run.", lambda: counts.running)
        self._gauge("gerbang_waiting", "Operations that wait.", lambda: counts.waiting)

    def watch_budgets(self, budgets: Budgets) -> None:
        self._budgets = budgets

    def watch_health(self, health: Health) -> None:
        """Report the faults that were found when somebody looked last."""
        self._health = health
        self._registry.register(health)

    def watch_pool(self, pool: ConnectionUse) -> None:
        """Report the size of the pool, and how much of it is in use, at each scrape."""
        self._pool = pool
        self._gauge("gerbang_pool_size", "Connections that there may be.", lambda: pool.size)
        self._gauge("gerbang_pool_in_use", "Connections that are in use.", lambda: pool.in_use)

    def watch_replicas(self, replicas: Replicas) -> None:
        """Report how late each replica is, at each scrape."""
        meaning = "By how much a replica is late at most; infinite while nobody knows."
        ages = Gauge("gerbang_replica_age_seconds", meaning, ["replica"], registry=self._registry)
        for name in replicas.ages():
            ages.labels(name).set_function(lambda name=name: replicas.ages()[name])

    def watch_figures(self, figures: Mapping[str, str], read: Figures) -> None:
        """Add gauges, given as help texts by name, whose values ``read`` returns at each scrape."""
        for name, meaning in figures.items():
            self._figures[name] = Gauge(name, meaning, registry=self._registry)
        self._read_figures = read

    def _gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def load(self) -> ProcessLoad:
        counts, pool, budgets = self._counts, self._pool, self._budgets
        return ProcessLoad(
            self._started_at,
            running=counts.running if counts else 0,
            waiting=counts.waiting if counts else 0,
            connections_in_use=pool.in_use if pool else 0,
            connections=pool.size if pool else 0,
            budget=budgets.capacity if budgets else 0,
        )

    def budget_use(self) -> Sequence[RoleBudget]:
        return self._budgets.use_by_role() if self._budgets else ()

    def slowest_documents(self, most: int) -> Sequence[DocumentTime]:
        return self._documents.slowest(most)

    async def faults(self) -> Sequence[tuple[Fault, bool]]:
        """What is wrong now, and whether the process is not ready for it."""
        if self._health is None:
            return ()
        state = await self._health.look()
        warnings = (fault for fault in state.warnings if fault not in state.reasons)
        return [*((one, True) for one in state.reasons), *((one, False) for one in warnings)]

    async def page(self, request: Request) -> Response:
        """``GET /metrics``."""
        read = await self._read_figures() if self._read_figures else {}
        for name, gauge in self._figures.items():
            gauge.set(read.get(name, float("nan")))
        return Response(
            generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
