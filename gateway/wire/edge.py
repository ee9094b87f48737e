"""The outermost middleware: trace ids, security headers, metrics, log lines, masked and paced
errors."""

import asyncio
import logging
import re
import secrets
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.error_reports import error_entry, log_failure, masked_error
from gateway.logs import OperationRecord, begin_record, current_record, log_request, log_socket
from gateway.texts.language import language_of
from gateway.wire.content import RequestHeaders, acceptable, error_response
from gateway.wire.health import Drain
from gateway.wire.metrics import Metrics

if TYPE_CHECKING:  # a package that not everybody installs
    from gateway.wire.traces import Traces

#: An error response costs a tenth of a millisecond. At this pace all of them together leave nine
#: tenths of the time to the operations that run.
ERRORS_A_SECOND = 500
LONGEST_HOLD_SECONDS = 1.0


class ErrorPace:
    """Holds error responses back while there are too many, each for a second at most.

    Clients that are refused at once ask again at once, and a gateway that only refuses answers
    nobody. While its response is held back, a client sends nothing more on that connection.
    """

    def __init__(self) -> None:
        #: On the clock of the event loop.
        self._next_at = 0.0

    async def hold_back(self) -> None:
        """Wait until the pace allows one more."""
        now = asyncio.get_running_loop().time()
        sent_at = max(now, min(self._next_at, now + LONGEST_HOLD_SECONDS))
        self._next_at = sent_at + 1 / ERRORS_A_SECOND
        if sent_at > now:
            await asyncio.sleep(sent_at - now)


CLIENT_CLOSED_REQUEST = 499
TRACE_HEADER = "Gerbang-Trace"
_TRACE = TRACE_HEADER.lower().encode()
TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
)

# Defaults: a response that sets one of these itself keeps its own value.
SECURITY_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_DEFAULTS = {
    name.lower().encode(): (name.lower().encode(), value.encode())
    for name, value in SECURITY_HEADERS.items()
}

log = logging.getLogger(__name__)


class Edge:
    """Adds the trace id and security headers to every response, and masks unexpected errors."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, drain: Drain, traces: "Traces | None" = None
    ) -> None:
        self._app = app
        self._traces = traces
        self._metrics = metrics
        self._drain = drain
        self._error_pace = ErrorPace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._handle_http(scope, receive, send)
            case "websocket":
                await self._handle_websocket(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _handle_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        record = _begin_record(scope)
        started_at, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= HTTPStatus.BAD_REQUEST:
                    await self._error_pace.hold_back()
                headers = [*message.get("headers", ()), (_TRACE, record.trace_id.encode())]
                named = {name for name, _ in headers}
                headers += [own for name, own in _DEFAULTS.items() if name not in named]
                if self._drain.has_begun:  # clients reconnect elsewhere before the server stops
                    headers.append((b"connection", b"close"))
                message["headers"] = headers
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = CLIENT_CLOSED_REQUEST  # nobody is left to answer
        except Exception as error:
            log_failure(error, record.trace_id)
            record.note_answer([error_entry(masked_error(), record.trace_id)], {})
            if not status:
                headers = RequestHeaders(scope)
                media_type = acceptable(headers.get(b"accept"))
                language = language_of(headers.get(b"accept-language"))
                response = error_response(masked_error(), record.trace_id, media_type, language)
                await response(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started_at
            self._metrics.note_request(scope["path"], record, status, seconds)
            log_request(scope["method"], scope["path"], record, status, seconds)
            if self._traces:
                self._traces.note_request(scope["method"], scope["path"], record, status, seconds)

    async def _handle_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        record = _begin_record(scope)
        started_at, code = time.perf_counter(), None

        async def send_with_code(message: Message) -> None:
            nonlocal code
            if message["type"] == "websocket.close":
                code = message.get("code")
            elif message["type"] == "websocket.http.response.start":
                code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_with_code)
        finally:
            log_socket(record, code, time.perf_counter() - started_at)


class ServerTiming:
    """Says in each answer what took how long, which browsers show beside the request: in
    development only, since times tell what was looked at."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began_at = time.perf_counter()

        async def send_with_times(message: Message) -> None:
            if message["type"] == "http.response.start":
                record = current_record()
                times = {
                    "turn": record.turn_seconds,
                    "connection": record.connection_seconds,
                    "processor": record.processor.seconds,
                    "total": time.perf_counter() - began_at,
                }
                said = ", ".join(f"{name};dur={1000 * s:.1f}" for name, s in times.items())
                message["headers"] = [*message["headers"], (b"server-timing", said.encode())]
            await send(message)

        await self._app(scope, receive, send_with_times)


def _begin_record(scope: Scope) -> OperationRecord:
    """A record by the caller's W3C trace context if it is well formed, else of a new trace."""
    ids = (secrets.token_hex(16),)
    for name, value in scope["headers"]:
        if name == b"traceparent":
            if match := TRACEPARENT.fullmatch(value):
                ids = tuple(part.decode() for part in match.groups())
            break
    scope.setdefault("state", {})["trace_id"] = ids[0]
    return begin_record(*ids)
