"""Traces of requests by OpenTelemetry, for installations that collect them.

A span has what the log line of the request has, and nothing of what anybody asked or was answered;
its trace is the one that the caller named, or that the answer names.
"""

import time
from importlib.metadata import version

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from gateway.logs import OperationKind, OperationRecord, current_record, name_of

_SERVER_ERROR = 500


class _RecordIds(RandomIdGenerator):
    """A trace that nobody began elsewhere has the id that the answer and the log name."""

    def generate_trace_id(self) -> int:
        return int(current_record().trace_id, 16)


class Traces:
    """Sends spans to a collector, in batches and from a thread of its own.

    The variables ``OTEL_…`` of OpenTelemetry hold besides, such as ``OTEL_TRACES_SAMPLER``.
    """

    def __init__(self, url: str) -> None:
        """``url`` is where OTLP over HTTP is received, without its path ``/v1/traces``."""
        resource = Resource.create(
            {"service.name": "gerbang-gateway", "service.version": version("gerbang")}
        )
        self._provider = TracerProvider(resource=resource, id_generator=_RecordIds())
        exporter = OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("gerbang")

    def note_request(
        self, method: str, path: str, record: OperationRecord, status: int, seconds: float
    ) -> None:
        """Record the span of a request that has just ended."""
        ended_at = time.time_ns()
        route = name_of(path)
        span = self._tracer.start_span(
            f"{method} {route}",
            _context_of(record),
            SpanKind.SERVER,
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
                **_attributes(record),
            },
            start_time=ended_at - round(seconds * 1e9),
        )
        if status >= _SERVER_ERROR:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended_at)

    def close(self) -> None:
        """Send what is left, and end."""
        self._provider.shutdown()


def _context_of(record: OperationRecord) -> Context | None:
    """The caller's span, where a request names one."""
    if not record.parent_id:
        return None
    parent = SpanContext(
        int(record.trace_id, 16),
        int(record.parent_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(int(record.trace_flags, 16)),
    )
    return set_span_in_context(NonRecordingSpan(parent))


def _attributes(record: OperationRecord) -> dict[str, str | int | float]:
    known: dict[str, str | int | float | None] = {
        "graphql.operation.type": (
            None if record.kind is OperationKind.UNKNOWN else record.kind.value
        ),
        "graphql.operation.name": record.name,
        "error.type": next(iter(record.codes), None),
        "gerbang.document": record.document,
        "gerbang.role": record.role and record.role.value,
        "gerbang.way": record.way.value,
        "gerbang.statements": record.statements,
        "gerbang.turn_seconds": record.turn_seconds,
        "gerbang.connection_seconds": record.connection_seconds,
        "gerbang.cost": record.cost_actual,
    }
    return {name: value for name, value in known.items() if value is not None}
