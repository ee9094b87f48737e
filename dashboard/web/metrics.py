"""Prometheus metrics of the dashboard. No label names a visitor, a page or a country."""

import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    start_http_server,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gateway.client import AWAY

#: A page is drawn from several answers of the gateway.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_CLASSES = ("2xx", "3xx", "4xx", "5xx")


class Metrics:
    """The metrics of one dashboard process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "gerbang_dashboard_requests", "Requests, by the class of their status.", ["status"],
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "gerbang_dashboard_request_seconds", "How long requests took.", buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._failures = Counter(
            "gerbang_dashboard_gateway_failures",
            "Questions that the gateway did not answer, by code: UNREACHABLE where nobody did.",
            ["code"],
            registry=self._registry,
        )
        # An alert on a series that begins with its first event would miss that one.
        for status in _CLASSES:
            self._requests.labels(status)
        for code in AWAY:
            self._failures.labels(code)

    def serve(self, host: str, port: int) -> None:
        """Serve them to operators from a thread of its own. Raises OSError where that is taken."""
        start_http_server(port, host, self._registry)

    def text(self) -> str:
        """The page that Prometheus reads."""
        return generate_latest(self._registry).decode()

    def note_request(self, status: int, seconds: float) -> None:
        self._requests.labels(f"{status // 100}xx").inc()
        self._seconds.observe(seconds)

    def note_failure(self, code: str) -> None:
        if code in AWAY:
            self._failures.labels(code).inc()


class Measured:
    """ASGI middleware around everything: how long each request takes, and how it ends."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began_at, statuses = time.perf_counter(), list[int]()

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            for status in statuses:
                self._metrics.note_request(status, time.perf_counter() - began_at)
