"""``/graphql`` over WebSocket: who may open a socket."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.websockets import WebSocket

from gateway.access.tokens import Authentication
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Follower
from gateway.wire.answers import error_response
from gateway.wire.metrics import Metrics
from gateway.wire.socket import SUBPROTOCOL, Limits, Socket
from gateway.wire.sockets import Sockets

RETRY_AFTER_SECONDS = 5


class GraphQLOverWebSocket:
    """The endpoint. A handshake is refused by HTTP, what comes later by a close code."""

    def __init__(
        self,
        follower: Follower,
        authentication: Authentication,
        metrics: Metrics,
        sockets: Sockets,
        limits: Limits,
    ) -> None:
        self._follower = follower
        self._authentication = authentication
        self._metrics = metrics
        self._sockets = sockets
        self._limits = limits

    async def serve(self, websocket: WebSocket) -> None:
        trace_id = websocket.state.trace_id
        if error := self._refusal(websocket):
            self._metrics.note_error(error.code)
            await websocket.send_denial_response(_denial(error, trace_id))
            return
        with self._sockets.one_more():
            await websocket.accept(SUBPROTOCOL)
            socket = Socket(
                websocket,
                self._follower,
                self._authentication,
                self._sockets,
                self._limits,
                trace_id,
            )
            if code := await socket.talk():
                self._metrics.note_close(code)

    def _refusal(self, websocket: WebSocket) -> RequestError | None:
        if not _is_of_this_site(websocket):
            return RequestError(
                ErrorCode.BAD_REQUEST,
                "Pages of other sites may not open a socket here.",
                HTTPStatus.FORBIDDEN,
            )
        if SUBPROTOCOL not in websocket.scope["subprotocols"]:
            return RequestError(ErrorCode.BAD_REQUEST, f"Offer the subprotocol {SUBPROTOCOL}.")
        if self._sockets.are_too_many:
            return RequestError(
                ErrorCode.UNAVAILABLE,
                "There are too many sockets right now. Try again shortly.",
                HTTPStatus.SERVICE_UNAVAILABLE,
            )
        return None


def _is_of_this_site(websocket: WebSocket) -> bool:
    """Browsers always say where a page comes from; other programs need not."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")


def _denial(error: RequestError, trace_id: str) -> Response:
    response = error_response(error, trace_id)
    response.headers["Cache-Control"] = "private, no-store"
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
