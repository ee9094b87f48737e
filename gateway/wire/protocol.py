"""Subclasses of uvicorn's protocols that enforce our limits on connections.

This is the only module that depends on uvicorn's private parts, so uvicorn is pinned.
``tests/gateway/test_private_parts.py`` holds them against the installed release.

HTTP: a connection that is too slow, malformed, or one of too many is closed, with an error response
where the client can still read one. An offer to upgrade to another protocol (h2c) is ignored, as
RFC 9110 §7.8 allows. WebSocket: a connection is closed if its handshake is malformed, or if it
sends pings without reading the pongs.
"""

import asyncio
import secrets
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway.errors import ErrorCode, RequestError
from gateway.settings.connections import ConnectionSettings
from gateway.wire.connections import CLOSE_SECONDS, PIECE_BYTES, Addresses, Connections, Waiting
from gateway.wire.content import acceptable, error_response
from gateway.wire.edge import SECURITY_HEADERS, TRACE_HEADER
from gateway.wire.joined_head import JoinedHead
from gateway.wire.metrics import Metrics

#: The release that this module was written against. Read a newer one before allowing it here.
UVICORN = "0.54.0"

#: Most pipelined requests behind the one that runs. Browsers send none, benchmarks a few.
_MOST_PIPELINED = 16
_SEPARATOR_BYTES = 4  # colon, space and line break of a header
_NOTHING = Waiting.NOTHING
#: Headers that offer an upgrade to another protocol, and the options of `Connection` for them.
_UPGRADE_HEADERS = frozenset({b"upgrade", b"http2-settings"})


def bounded_http(settings: ConnectionSettings, metrics: Metrics) -> type[asyncio.Protocol]:
    """A factory of HTTP protocols that share one set of connections and its limits."""
    connections = Connections(settings, metrics.note_connection_end)
    addresses = Addresses(settings.trusted_proxies, settings.forwarding_header)
    factory = partial(
        BoundedHTTP,
        connections=connections,
        addresses=addresses,
        header_limit=settings.header_limit,
    )
    return cast(type[asyncio.Protocol], factory)


class BoundedHTTP(HttpToolsProtocol):
    """One HTTP connection."""

    def __init__(
        self,
        *args: Any,
        connections: Connections,
        addresses: Addresses,
        header_limit: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bounded_connections = connections
        self.addresses = addresses
        self.header_limit = header_limit
        self.awaited = Waiting.FIRST_BYTE
        self.awaited_since = 0.0
        self.unsent = 0
        self.unsent_since = 0.0
        #: The scope of the request we wait for, and the bytes of its headers received so far.
        self.awaited_scope: Any = None
        self.header_size = 0
        self.segment_size = 0
        self.body_size = 0  # of what came since its deadline began
        self.fault: RequestError | None = None

    # The Connection protocol, called by Connections

    def address(self) -> str | None:
        if self.client is None:
            return None
        if self.awaited is Waiting.BODY:
            return self.addresses.of_request(self.client[0], self.headers)
        return self.addresses.of_peer(self.client[0])

    def idle_since(self) -> float | None:
        timer = self.timeout_keep_alive_task
        return None if timer is None else timer.when() - self.timeout_keep_alive

    def is_held_back(self) -> bool:
        return self.flow.read_paused

    def end(self, error: RequestError | None) -> None:
        cycle: Any = self.cycle
        if self.transport.is_closing():
            return
        if cycle is None or cycle.scope is not self.scope:
            if cycle is None or cycle.response_complete:
                self._answer_and_close(error)
            else:
                cycle.keep_alive = False  # finish the complete request, then close
                self.fault = error
                self._wait_for(Waiting.NOTHING)
        elif cycle.more_body and not cycle.response_started and not self.pipeline:
            cycle.disconnected = True
            cycle.message_event.set()
            self._answer_and_close(error)
        else:
            self.transport.close()
            self._wait_for(Waiting.NOTHING)

    def _answer_and_close(self, error: RequestError | None) -> None:
        """Send the error and close our side. What the client still sends is read for a moment:
        closing at once would reset the connection, and the response could be lost."""
        self.fault = error
        if error is not None:
            accept = next((value for name, value in self.headers or () if name == b"accept"), None)
            self.transport.write(_closing_response(error, accept))
        if error is None or self.awaited is Waiting.FIRST_BYTE:
            self.transport.close()
        else:
            self.flow.resume_reading()
            self.transport.write_eof()
        self._wait_for(Waiting.END)

    # Callbacks of the transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for(Waiting.FIRST_BYTE)
        self.bounded_connections.join(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.bounded_connections.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.fault is not None:
            return
        self._unset_keepalive_if_required()
        self.segment_size = len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.end(self.fault or _malformed_request())
        except httptools.HttpParserUpgrade as offer:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._ignore_upgrade(data[offer.args[0] :])
        else:
            self._update_deadline()

    def _ignore_upgrade(self, following: bytes) -> None:
        """Continue in HTTP/1.1. The parser treats all data after an offer as another protocol, even
        a body, so a new parser reads the request again without the offer."""
        headers = self._head_without_upgrade()
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(headers + following)

    def _head_without_upgrade(self) -> bytes:
        """The request line and headers, without the headers that offer an upgrade."""
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        for name, value in self.headers:
            if name == b"connection":
                kept = [word for word in _options(value) if word not in _UPGRADE_HEADERS]
                value = b", ".join(kept)
            if name not in _UPGRADE_HEADERS:
                lines.append(name + b": " + value)
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _update_deadline(self) -> None:
        cycle: Any = self.cycle
        if cycle is None or cycle.scope is not self.scope:
            awaited = Waiting.HEADERS
        elif cycle.more_body:
            awaited = Waiting.BODY
            self.body_size += self.segment_size
            if self.body_size >= PIECE_BYTES and not cycle.response_complete:
                self._wait_for(awaited)
        elif cycle.response_complete and self.timeout_keep_alive_task is None:
            awaited = Waiting.HEADERS  # only blank lines: no request has begun
        else:  # the common case, which has to be fast
            self.awaited = _NOTHING
            self.header_size = 0
            return
        if awaited is not self.awaited or self.awaited_scope is not self.scope:
            self._wait_for(awaited)
            self.awaited_scope = self.scope
            self.header_size = 0
        if awaited is Waiting.HEADERS:
            self.header_size += self.segment_size
            if self.header_size > self.header_limit:
                self.end(_headers_too_large(self.header_limit))

    def _wait_for(self, awaited: Waiting) -> None:
        self.awaited = awaited
        self.body_size = 0
        if awaited is not Waiting.NOTHING:
            self.awaited_since = self.loop.time()

    # Callbacks of the parser

    def on_headers_complete(self) -> None:
        if self.header_size + self.segment_size > self.header_limit:
            self._refuse_long_headers()
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                raise self._refusal(_connect_refusal())
            if not self._should_upgrade():
                return  # a new parser reads it again, without the offer
            cycle: Any = self.cycle  # None before the first request
            if cycle is not None and not cycle.response_complete:
                raise self._refusal(_malformed_request())
        if len(self.pipeline) >= _MOST_PIPELINED:
            raise self._refusal(_malformed_request())
        if self._lacks_host():
            raise self._refusal(_host_refusal())
        super().on_headers_complete()
        if not self.parser.should_upgrade() and self.parser.get_method() != b"HEAD":
            self._join_head(self.cycle)  # a HEAD has no body to wait for

    def _join_head(self, cycle: Any) -> None:
        cycle.transport = JoinedHead(self.transport, cycle)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        # Also after the response is complete; uvicorn's own method skips that case.
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def _should_upgrade(self) -> bool:
        return super()._should_upgrade() and self.parser.get_method() == b"GET"

    def handle_websocket_upgrade(self) -> None:
        self.bounded_connections.leave(self)
        super().handle_websocket_upgrade()

    def _lacks_host(self) -> bool:
        """HTTP/1.1 demands one header Host, and that a request without it is refused."""
        hosts = [name for name, _ in self.headers if name == b"host"]
        return len(hosts) > 1 or (not hosts and self.parser.get_http_version() == "1.1")

    def _refuse_long_headers(self) -> None:
        sizes = [len(name) + len(value) + _SEPARATOR_BYTES for name, value in self.headers]
        if len(self.url) + sum(sizes) > self.header_limit:
            raise self._refusal(_headers_too_large(self.header_limit))

    def _refusal(self, error: RequestError) -> RequestError:
        self.fault = error
        return error


class BoundedSocket(WebSocketsSansIOProtocol):
    """One WebSocket connection."""

    async def run_asgi(self) -> None:
        """Close soon after the application ends. Uvicorn alone waits ten seconds for the closing
        handshake, and has no limit for a client that does not read."""
        await super().run_asgi()
        self.transport.close()
        self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # refused on purpose: uvicorn must not log an error

    def handle_connect(self, event: Any) -> None:
        """Leave out what the library would refuse in words of its own."""
        if self.conn.accept(event).status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            super().handle_connect(event)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated:  # malformed: the library would wait for more without end
            self.transport.write(_closing_response(_malformed_handshake(), _accept_of(data)))
            self.transport.close()

    def handle_ping(self) -> None:
        """Drop a client that sends pings but does not read the pongs."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.transport.abort()


def _accept_of(head: bytes) -> bytes | None:
    """The header Accept of a handshake that the library could not read."""
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return next((value for name, _, value in lines if name.strip().lower() == b"accept"), None)


def _options(value: bytes) -> list[bytes]:
    return [word.strip().lower() for word in value.split(b",")]


def _closing_response(error: RequestError, accept: bytes | None = None) -> bytes:
    """The bytes of an error response that ends the connection."""
    trace_id = secrets.token_hex(16)
    media_type = acceptable(None if accept is None else accept.decode("latin-1"))
    response = error_response(error, trace_id, media_type)
    if error.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, HEAD, POST"
    response.headers["Connection"] = "close"
    response.headers[TRACE_HEADER] = trace_id
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    lines = [f"HTTP/1.1 {error.status.value} {error.status.phrase}".encode()]
    lines += [name + b": " + value for name, value in response.raw_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + bytes(response.body)


def _malformed_request() -> RequestError:
    return RequestError(ErrorCode.BAD_REQUEST, "The request is not well-formed HTTP/1.1.")


def _host_refusal() -> RequestError:
    return RequestError(
        ErrorCode.BAD_REQUEST, "An HTTP/1.1 request must have exactly one Host header."
    )


def _malformed_handshake() -> RequestError:
    return RequestError(
        ErrorCode.BAD_REQUEST,
        "The handshake of the socket is malformed, or one of its headers is too long.",
    )


def _connect_refusal() -> RequestError:
    return RequestError(
        ErrorCode.METHOD_NOT_ALLOWED,
        "CONNECT is not supported: this is not a proxy.",
        HTTPStatus.METHOD_NOT_ALLOWED,
    )


def _headers_too_large(limit: int) -> RequestError:
    return RequestError(
        ErrorCode.TOO_LARGE,
        f"The headers are larger than {limit} bytes.",
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    )
