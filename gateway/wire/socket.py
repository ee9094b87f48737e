"""The protocol graphql-transport-ws on one accepted WebSocket.

Libraries implement it with one schema and one context for the whole socket. Here each role has its
own schema, and each payload is read in its own database snapshot.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.access.authentication import Authentication
from gateway.access.purpose import PURPOSE_HEADER
from gateway.error_reports import error_entries, log_failure, masked_error
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer, SubscriptionRunner
from gateway.texts.language import language_of
from gateway.viewer import Viewer
from gateway.wire import parameters
from gateway.wire.connections import CLOSE_SECONDS
from gateway.wire.parameters import read_json
from gateway.wire.socket_limits import CloseCode, SocketClosed, SocketLimits, Sockets, UnknownSocket
from models.vocabulary import Role

SUBPROTOCOL = "graphql-transport-ws"

#: HTTP headers that a client may send in the payload of `connection_init` instead.
_HEADERS = ("authorization", "gerbang-role", PURPOSE_HEADER.lower())
_LONGEST_ID = 100


class Socket:
    """One accepted WebSocket."""

    def __init__(
        self,
        websocket: WebSocket,
        follower: SubscriptionRunner,
        authentication: Authentication,
        sockets: Sockets,
        limits: SocketLimits,
        trace_id: str,
    ) -> None:
        self._websocket = websocket
        self._follower = follower
        self._authentication = authentication
        self._sockets = sockets
        self._limits = limits
        self._trace_id = trace_id
        self._language = language_of(websocket.headers.get("accept-language"))
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(limits.queued)
        #: Ends the socket when its token expires; None until the viewer is known.
        self._token_life: asyncio.Timeout | None = None
        self._subscriptions: dict[str, asyncio.Task[None]] = {}
        #: The purpose of every operation of this socket.
        self._purposes: tuple[str, ...] = ()

    async def serve(self, unknown: UnknownSocket) -> CloseCode | None:
        """Serve until one side closes. Returns our close code, or None if the client closed.

        ``unknown`` is the socket's entry among those whose viewer is not known yet.
        """
        ended = SocketClosed(None)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send())
                viewer = await self._initialise(unknown)
                with self._sockets.count_for(viewer, unknown):
                    tasks.create_task(self._end_if_suspended(viewer))
                    await self._queue({"type": "connection_ack"})
                    await self._serve_messages(viewer, tasks)
        except* SocketClosed as group:
            ended = _first_error(group, SocketClosed)
        except* Exception as group:
            log_failure(_first_error(group, Exception), self._trace_id)
            ended = SocketClosed(CloseCode.INTERNAL, "Something went wrong here.")
        if ended.code is not None:
            # A client that does not read will not accept the close frame either.
            with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._websocket.close(ended.code, ended.reason(self._language))
            if not unknown.is_unknown:
                await asyncio.sleep(CLOSE_SECONDS)  # time for the client's close frame
        return ended.code

    async def _initialise(self, unknown: UnknownSocket) -> Viewer:
        try:
            seconds = 0 if unknown.is_ended else self._limits.initialise_seconds
            async with asyncio.timeout(seconds) as unknown.deadline:
                payload = await self._receive_init()
                return await self._viewer(payload)
        except TimeoutError:
            raise SocketClosed(
                CloseCode.INITIALISATION_TIMEOUT, "Send connection_init sooner."
            ) from None

    async def _receive_init(self) -> dict[str, Any]:
        while True:
            message = await self._receive()
            match message["type"]:
                case "connection_init":
                    payload = message.get("payload") or {}
                    if not isinstance(payload, dict):
                        raise SocketClosed(CloseCode.BAD_REQUEST, "The payload must be an object.")
                    return payload
                case "subscribe" | "complete":
                    raise SocketClosed(CloseCode.UNAUTHORIZED, "Send connection_init first.")
                case _:
                    await self._handle_ping_or_pong(message, None)

    async def _viewer(self, payload: Mapping[str, Any]) -> Viewer:
        """Authenticate by the payload, or by headers of the handshake from clients that can set
        them."""
        headers = {name.lower(): value for name, value in payload.items()}
        if not all(isinstance(headers.get(name, ""), str) for name in _HEADERS):
            raise SocketClosed(
                CloseCode.BAD_REQUEST,
                f"Authorization, Gerbang-Role and {PURPOSE_HEADER} are texts.",
            )
        authorization, role, purposes = (
            self._websocket.headers.getlist(name) + ([headers[name]] if name in headers else [])
            for name in _HEADERS
        )
        self._purposes = tuple(purposes)
        try:
            viewer = await self._authentication.viewer(authorization, role)
        except RequestError as error:
            is_server_error = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            code = CloseCode.TRY_AGAIN_LATER if is_server_error else CloseCode.FORBIDDEN
            raise SocketClosed(code, error.message, error.code) from None
        if not self._follower.serves(viewer.role):
            if viewer.role is Role.ANONYMOUS:  # a token that was meant to be sent may not have been
                why = "There is no token: send `authorization` in the payload of `connection_init`."
                raise SocketClosed(CloseCode.FORBIDDEN, why)
            raise SocketClosed(CloseCode.FORBIDDEN, f"The role {viewer.role} has no subscriptions.")
        # Its own: other requests with this token do not show the one that renews the socket.
        return replace(viewer, bearer=viewer.bearer and replace(viewer.bearer))

    async def _end_if_suspended(self, viewer: Viewer) -> None:
        try:
            await self._authentication.until_suspended(viewer)
        except RequestError as error:
            raise SocketClosed(CloseCode.FORBIDDEN, error.message, error.code) from None

    async def _serve_messages(self, viewer: Viewer, tasks: asyncio.TaskGroup) -> None:
        try:
            async with asyncio.timeout_at(_deadline(viewer)) as self._token_life:
                while True:
                    await self._answer(await self._receive(), viewer, tasks)
        except TimeoutError:
            raise SocketClosed(
                CloseCode.FORBIDDEN, "The token has expired: reconnect with a new one."
            ) from None

    async def _answer(
        self, message: dict[str, Any], viewer: Viewer, tasks: asyncio.TaskGroup
    ) -> None:
        match message["type"]:
            case "subscribe":
                await self._subscribe(message, viewer, tasks)
            case "complete":
                if subscription := self._subscriptions.pop(_id_of(message), None):
                    subscription.cancel()
            case "connection_init":
                raise SocketClosed(CloseCode.TOO_MANY, "Send connection_init once.")
            case _:
                await self._handle_ping_or_pong(message, viewer)

    async def _handle_ping_or_pong(self, message: dict[str, Any], viewer: Viewer | None) -> None:
        match message["type"]:
            case "ping":
                token = _token_of(message.get("payload"))
                if viewer is None or token is None:
                    await self._queue({"type": "pong"})
                else:
                    await self._queue({"type": "pong", "payload": await self._renew(token, viewer)})
            case "pong":
                return
            case _:
                raise SocketClosed(CloseCode.BAD_REQUEST, "There is no message of this type.")

    async def _renew(self, token: str, viewer: Viewer) -> dict[str, Any]:
        """Let a fresh token of the same viewer prolong the socket; what its client is answered.

        A token that is refused changes nothing. One of other rights closes the socket, because
        subscriptions that run keep the rights with which they began.
        """
        try:
            renewed = await self._authentication.viewer([token], [viewer.role])
        except RequestError as error:
            return {"refused": f"{error.code}: {error.message}"}
        if _rights(renewed) != _rights(viewer):
            raise SocketClosed(
                CloseCode.FORBIDDEN,
                "The new token is another person's, or has other rights: reconnect with it.",
            )
        if self._token_life is not None:
            until = self._token_life.when(), _deadline(renewed)
            self._token_life.reschedule(max(filter(None, until), default=None))
            if viewer.bearer and renewed.bearer and self._token_life.when() == until[1]:
                viewer.bearer.token = renewed.bearer.token
        return {"expiresAt": renewed.expires_at}

    async def _subscribe(
        self, message: dict[str, Any], viewer: Viewer, tasks: asyncio.TaskGroup
    ) -> None:
        id_ = _id_of(message)
        if id_ in self._subscriptions:
            raise SocketClosed(CloseCode.SUBSCRIBER_EXISTS, "There is a subscription of this id.")
        if len(self._subscriptions) >= self._limits.subscriptions:
            await self._refuse(id_, _too_many(self._limits.subscriptions))
            return
        subscription = tasks.create_task(self._follow(id_, message.get("payload"), viewer))
        self._subscriptions[id_] = subscription
        subscription.add_done_callback(lambda done: self._forget(id_, done))

    def _forget(self, id_: str, subscription: asyncio.Task[None]) -> None:
        if self._subscriptions.get(id_) is subscription:
            del self._subscriptions[id_]

    async def _follow(self, id_: str, payload: Any, viewer: Viewer) -> None:
        try:
            operation = replace(
                parameters.from_message(payload),
                purposes=self._purposes,
                language=self._language,
            )
            answers = self._follower.follow(operation, viewer, self._trace_id)
            async with aclosing(answers):
                async for answer in answers:
                    if answer.status != HTTPStatus.OK:
                        await self._queue({"id": id_, "type": "error", "payload": answer.errors})
                        return
                    await self._queue({"id": id_, "type": "next", "payload": _payload(answer)})
        except RequestError as error:
            await self._refuse(id_, error)
        except SocketClosed:
            raise
        except Exception as error:
            log_failure(error, self._trace_id)
            await self._refuse(id_, masked_error())

    async def _refuse(self, id_: str, error: RequestError) -> None:
        entries = error_entries(error, self._trace_id, self._language)
        await self._queue({"id": id_, "type": "error", "payload": entries})

    async def _queue(self, message: dict[str, Any]) -> None:
        """Queue a message. Raises SocketClosed if the client does not read fast enough."""
        text = orjson.dumps(message).decode()
        if not self._outgoing.full():
            self._outgoing.put_nowait(text)
            return
        try:
            async with asyncio.timeout(self._limits.slow_seconds):
                await self._outgoing.put(text)
        except TimeoutError:
            raise _too_slow() from None

    async def _send(self) -> None:
        while True:
            text = await self._outgoing.get()
            try:
                async with asyncio.timeout(self._limits.slow_seconds):
                    await self._websocket.send_text(text)
            except WebSocketDisconnect:
                raise SocketClosed(None) from None
            except TimeoutError:
                raise _too_slow() from None

    async def _receive(self) -> dict[str, Any]:
        """The next message, of any type."""
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise SocketClosed(None)
        text = received.get("text")
        if text is None:
            raise SocketClosed(CloseCode.BAD_REQUEST, "Messages are texts.")
        if len(text) > self._limits.message_size:
            raise SocketClosed(CloseCode.TOO_LARGE, "The message is too large.")
        try:
            message = read_json(text.encode())
        except RequestError as error:
            raise SocketClosed(CloseCode.BAD_REQUEST, error.message) from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise SocketClosed(CloseCode.BAD_REQUEST, "A message is an object with a type.")
        return message


def _id_of(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= _LONGEST_ID:
        raise SocketClosed(
            CloseCode.BAD_REQUEST, f"An id is a text of up to {_LONGEST_ID} characters."
        )
    return id_


def _token_of(payload: Any) -> str | None:
    """The token in the payload of a ping."""
    named = payload if isinstance(payload, dict) else {}
    tokens = [value for name, value in named.items() if name.lower() == "authorization"]
    if not tokens:
        return None
    if len(tokens) > 1 or not isinstance(tokens[0], str):
        raise SocketClosed(CloseCode.BAD_REQUEST, "Authorization must be a single string.")
    return tokens[0]


def _deadline(viewer: Viewer) -> float | None:
    """When the viewer's token expires, in the time of the event loop."""
    if viewer.expires_at is None:
        return None
    return asyncio.get_running_loop().time() + viewer.expires_at - time.time()


def _rights(viewer: Viewer) -> tuple[object, ...]:
    lists = map(frozenset, (viewer.countries, viewer.centres, viewer.pools))
    return viewer.subject, viewer.role, viewer.partner, *lists


def _payload(answer: Answer) -> dict[str, Any]:
    errors = {"errors": answer.errors} if answer.errors else {}
    return {**errors, "data": answer.data, "extensions": answer.extensions}


def _too_many(limit: int) -> RequestError:
    return RequestError(
        ErrorCode.TOO_MANY_SUBSCRIPTIONS,
        f"A socket has at most {limit} subscriptions: end one of them first.",
        HTTPStatus.TOO_MANY_REQUESTS,
    )


def _too_slow() -> SocketClosed:
    return SocketClosed(CloseCode.TOO_SLOW, "Read faster; follow on from your last position.")


def _first_error(group: BaseExceptionGroup[Any], kind: type[Any]) -> Any:
    """The first error of a group, at any depth."""
    error: Any = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, kind)
    return error
