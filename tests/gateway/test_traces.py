"""Traces of requests, as a collector receives them: whose they are, and what they tell nobody."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway.app import create_app
from gateway.logs import OperationKind, OperationRecord
from gateway.settings import SettingsError
from gateway.wire.traces import Traces
from tests import tokens
from tests.gateway.small_schema import SmallExecutor

pytestmark = pytest.mark.anyio

_TRACE, _PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
_SUBJECT, _QUESTION = "somebody-who-asks", {"query": "{ role }"}


class Collector(HTTPServer):
    """Receives OTLP over HTTP, and keeps the spans."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receives)
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class _Receives(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


async def _ask(url: str, *requests: dict[str, Any]) -> list[httpx2.Response]:
    """The responses of a gateway that sends its traces there, after it has ended."""
    settings = tokens.settings(traces_url=url)
    app = create_app(settings, SmallExecutor(), key_source=tokens.key_source)
    transport = httpx2.ASGITransport(app)
    # Set up here, the tasks of the gateway are those of this loop.
    factory = asyncio.get_running_loop().get_task_factory()
    try:
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
        ):
            return [await client.post(**request) for request in requests]
    finally:
        asyncio.get_running_loop().set_task_factory(factory)


async def test_each_request_is_a_span_of_the_trace_that_it_names(collector: Collector) -> None:
    document = {"query": "query Secret { role }", "variables": {"name": "Zephyrine"}}
    caller = {"traceparent": f"00-{_TRACE}-{_PARENT}-01", "cookie": "a-secret-cookie"}
    bearer = tokens.bearer(sub=_SUBJECT, roles=["OFFICER"])
    own, called, refused, elsewhere = await _ask(
        collector.url,
        {"url": "/graphql?Zephyrine", "json": document, "headers": bearer},
        {"url": "/graphql", "json": document, "headers": {**bearer, **caller}},
        {"url": "/graphql", "content": b"{", "headers": {"content-type": "application/json"}},
        {"url": "/people/Zephyrine", "content": b""},
    )
    spans = {span.trace_id.hex(): span for span in collector.spans}
    assert len(spans) == 4
    for response in (own, called, refused, elsewhere):
        span = spans[response.headers["gerbang-trace"]]
        assert _attributes(span)["http.response.status_code"] == response.status_code
        assert span.end_time_unix_nano > span.start_time_unix_nano
    first = spans[own.headers["gerbang-trace"]]
    assert (first.name, first.kind, first.parent_span_id) == ("POST /graphql", 2, b"")
    assert _attributes(first).items() >= {
        "gerbang.role": "OFFICER", "http.route": "/graphql",
    }.items()  # fmt: skip
    assert spans[_TRACE].parent_span_id.hex() == _PARENT
    wrong = _attributes(spans[refused.headers["gerbang-trace"]])
    assert wrong["error.type"] == "BAD_REQUEST"
    assert spans[elsewhere.headers["gerbang-trace"]].name == "POST other"
    sent = b"".join(collector.bodies)
    for text in ("Zephyrine", _SUBJECT, "Secret", "a-secret-cookie", "127.0.0.1", "testclient"):
        assert text.encode() not in sent


def test_a_span_says_how_long_the_request_took_and_what_for(collector: Collector) -> None:
    record = OperationRecord(_TRACE, _PARENT, "01", kind=OperationKind.QUERY)
    record.turn_seconds, record.connection_seconds = 0.25, 0.5
    record.cost_requested, record.cost_actual = 9, 7
    traces = Traces(collector.url)
    for status in (499, 500):
        traces.note_request("POST", "/graphql", record, status, 2.5)
    traces.close()
    for span in collector.spans:
        assert span.end_time_unix_nano - span.start_time_unix_nano == 2_500_000_000
        assert _attributes(span).items() >= {
            "gerbang.turn_seconds": 0.25, "gerbang.connection_seconds": 0.5, "gerbang.cost": 7,
            "gerbang.statements": 0,
        }.items()  # fmt: skip
    failed = {_attributes(one)["http.response.status_code"]: one.status.code == 2
              for one in collector.spans}  # fmt: skip
    assert failed == {499: False, 500: True}


async def test_a_caller_that_samples_nothing_is_not_sampled(collector: Collector) -> None:
    headers = {"traceparent": f"00-{_TRACE}-{_PARENT}-00"}
    await _ask(
        collector.url, {"url": "/graphql", "json": {"query": "{ role }"}, "headers": headers}
    )
    assert collector.spans == []


async def test_a_collector_that_is_away_hinders_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0.2")
    (answer,) = await _ask("http://127.0.0.1:9", {"url": "/graphql", "json": _QUESTION})
    assert answer.status_code == 200


def test_an_installation_without_the_package_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gateway.wire.traces", None)
    with pytest.raises(SettingsError, match=r"gerbang\[traces\]"):
        create_app(tokens.settings(traces_url="http://127.0.0.1:4318"), SmallExecutor())


def _attributes(span: Any) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes
    }
