"""Figures about the gateway itself for Prometheus: no viewer, no case, no country."""

from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

MEASURED_PATHS = ("/graphql",)
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Crowd(Protocol):
    """How many operations run, and how many wait for their turn."""

    running: int
    waiting: int


class Metrics:
    """The figures of one gateway process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "gerbang_requests", "Requests, by HTTP status.", ["status"], registry=self._registry
        )
        self._errors = Counter(
            "gerbang_errors", "Errors told to clients, by code.", ["code"], registry=self._registry
        )
        self._refused = Counter(
            "gerbang_refused",
            "Operations refused for overload: full, nobody more may wait; viewer, no more of this"
            " viewer may; late, waited too long.",
            ["reason"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gerbang_request_seconds",
            "How long requests took.",
            buckets=SECONDS,
            registry=self._registry,
        )

        self._sockets = Gauge("gerbang_sockets", "Open sockets.", registry=self._registry)
        self._closes = Counter(
            "gerbang_closes", "Sockets that were ended, by code.", ["code"], registry=self._registry
        )

    def note(self, path: str, status: int, seconds: float) -> None:
        """Note one finished request; status 499 is one whose client hung up."""
        if path in MEASURED_PATHS:
            self._requests.labels(status).inc()
            self._seconds.observe(seconds)

    def note_error(self, code: str) -> None:
        self._errors.labels(code).inc()

    def note_sockets(self, number: int) -> None:
        self._sockets.set(number)

    def note_close(self, code: int) -> None:
        self._closes.labels(int(code)).inc()

    def note_refusal(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def watch(self, crowd: Crowd) -> None:
        """Tell from now on how many run and wait, as of the moment of being asked."""
        running = Gauge("gerbang_running", "Operations that run.", registry=self._registry)
        running.set_function(lambda: crowd.running)
        waiting = Gauge("gerbang_waiting", "Operations that wait.", registry=self._registry)
        waiting.set_function(lambda: crowd.waiting)

    async def page(self, request: Request) -> Response:
        """``GET /metrics``."""
        return Response(
            generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
