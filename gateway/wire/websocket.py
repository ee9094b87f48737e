"""``/graphql`` over WebSocket: the handshake, who may open a socket, and what is logged and counted
of its subscriptions.
"""

import time
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.websockets import WebSocket

from gateway.access.authentication import Authentication
from gateway.error_reports import error_entries
from gateway.errors import ErrorCode, GerbangError, RequestError
from gateway.execution.operation import Answer, OperationRequest, SubscriptionRunner
from gateway.logs import OperationKind, begin_record, log_subscription
from gateway.texts.language import language_of
from gateway.viewer import Viewer
from gateway.wire.connections import Addresses
from gateway.wire.content import acceptable, error_response
from gateway.wire.metrics import Metrics
from gateway.wire.socket import SUBPROTOCOL, Socket
from gateway.wire.socket_limits import SocketLimits, Sockets
from models.vocabulary import Role


class ObservedFollower:
    """Wraps a subscription runner with logging and metrics."""

    def __init__(self, follower: SubscriptionRunner, metrics: Metrics) -> None:
        self._follower = follower
        self._metrics = metrics

    def serves(self, role: Role) -> bool:
        return self._follower.serves(role)

    async def follow(
        self, request: OperationRequest, viewer: Viewer, trace_id: str
    ) -> AsyncGenerator[Answer, None]:
        record = begin_record(trace_id)
        record.kind, record.role = OperationKind.SUBSCRIPTION, viewer.role
        record.note_document(request.document)
        started_at, payloads = time.monotonic(), 0
        try:
            async with aclosing(self._follower.follow(request, viewer, trace_id)) as answers:
                async for answer in answers:
                    payloads += answer.status == HTTPStatus.OK
                    record.note_answer(answer.errors, answer.extensions)
                    self._metrics.note_payload(record)
                    yield answer
        except GerbangError as error:
            record.note_answer(error_entries(error, trace_id), {})
            raise
        finally:
            self._metrics.note_errors(record)
            log_subscription(record, payloads, time.monotonic() - started_at)


RETRY_AFTER_SECONDS = 5


class GraphQLOverWebSocket:
    """The WebSocket endpoint. A refused handshake gets an HTTP error; later failures get a close
    code."""

    def __init__(
        self,
        follower: SubscriptionRunner,
        authentication: Authentication,
        metrics: Metrics,
        sockets: Sockets,
        addresses: Addresses,
        limits: SocketLimits,
        origins: Collection[str] = (),
    ) -> None:
        """``origins`` are those of pages elsewhere that may open sockets."""
        self._follower = follower
        self._authentication = authentication
        self._metrics = metrics
        self._sockets = sockets
        self._addresses = addresses
        self._limits = limits
        self._origins = origins

    async def serve(self, websocket: WebSocket) -> None:
        trace_id = websocket.state.trace_id
        try:
            _check_handshake(websocket, self._origins)
            with self._sockets.open_unknown(self._address(websocket)) as unknown:
                await websocket.accept(SUBPROTOCOL)
                socket = Socket(
                    websocket,
                    self._follower,
                    self._authentication,
                    self._sockets,
                    self._limits,
                    trace_id,
                )
                if code := await socket.serve(unknown):
                    self._metrics.note_close(code)
        except RequestError as error:
            self._metrics.note_error(error.code)
            await websocket.send_denial_response(_denial(websocket, error, trace_id))

    def _address(self, websocket: WebSocket) -> str | None:
        client = websocket.client
        if client is None:
            return None
        return self._addresses.of_request(client.host, websocket.scope["headers"])


def _check_handshake(websocket: WebSocket, origins: Collection[str]) -> None:
    if not (_is_same_origin(websocket) or websocket.headers.get("origin") in origins):
        raise RequestError(
            ErrorCode.BAD_REQUEST,
            "Pages of this origin may not open a socket here.",
            HTTPStatus.FORBIDDEN,
        )
    if SUBPROTOCOL not in websocket.scope["subprotocols"]:
        raise RequestError(ErrorCode.BAD_REQUEST, f"Offer the subprotocol {SUBPROTOCOL}.")


def _is_same_origin(websocket: WebSocket) -> bool:
    """Whether no page of another site opens the socket. Browsers always send ``Origin``; other
    clients need not."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")


def _denial(websocket: WebSocket, error: RequestError, trace_id: str) -> Response:
    media_type = acceptable(websocket.headers.get("accept"))
    language = language_of(websocket.headers.get("accept-language"))
    response = error_response(error, trace_id, media_type, language)
    response.headers["Cache-Control"] = "private, no-store"
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
