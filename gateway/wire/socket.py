"""One socket, from `connection_init` to its end: the protocol graphql-transport-ws.

Our own, since those of libraries execute on one schema and in one context for the whole socket;
here each role has its view, and each payload its own snapshot.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.access.tokens import Authentication
from gateway.error_reports import error_entry, log_failure, masked_error
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer, SubscriptionRunner
from gateway.viewer import Viewer
from gateway.wire import parameters
from gateway.wire.close_codes import CloseCode, SocketClosed
from gateway.wire.connections import CLOSE_SECONDS
from gateway.wire.json_text import read_json
from gateway.wire.sockets import Sockets, UnknownSocket

SUBPROTOCOL = "graphql-transport-ws"

#: Headers of other requests that the payload of `connection_init` stands in for.
_HEADERS = ("authorization", "gerbang-role")
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What one socket may do."""

    message_size: int = 262_144
    initialise_seconds: float = 3.0
    subscriptions: int = 10
    #: How many messages wait for a client, and how long it may take none.
    queued: int = 16
    slow_seconds: float = 10.0


class Socket:
    """A socket that was accepted."""

    def __init__(
        self,
        websocket: WebSocket,
        follower: SubscriptionRunner,
        authentication: Authentication,
        sockets: Sockets,
        limits: Limits,
        trace_id: str,
    ) -> None:
        self._websocket = websocket
        self._follower = follower
        self._authentication = authentication
        self._sockets = sockets
        self._limits = limits
        self._trace_id = trace_id
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(limits.queued)
        self._following: dict[str, asyncio.Task[None]] = {}

    async def run(self, place: UnknownSocket) -> CloseCode | None:
        """Talk until one side ends it; the code with which we did. ``place`` is what the socket
        holds until its viewer is known."""
        ended = SocketClosed(None)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send())
                viewer = await self._initialise(place)
                with self._sockets.of(viewer, place):
                    await self._queue({"type": "connection_ack"})
                    await self._serve_messages(viewer, tasks)
        except* SocketClosed as group:
            ended = _first(group, SocketClosed)
        except* Exception as group:
            log_failure(_first(group, Exception), self._trace_id)
            ended = SocketClosed(CloseCode.INTERNAL, "Something went wrong here.")
        if ended.code is not None:
            # A client that reads nothing does not take this either.
            with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._websocket.close(ended.code, ended.reason)
            if not place.is_unknown:
                await asyncio.sleep(CLOSE_SECONDS)  # for the client to answer; then it is cut
        return ended.code

    async def _initialise(self, place: UnknownSocket) -> Viewer:
        try:
            async with asyncio.timeout(self._limits.initialise_seconds) as place.deadline:
                payload = await self._initialisation()
                return await self._viewer(payload)
        except TimeoutError:
            raise SocketClosed(
                CloseCode.INITIALISATION_TIMEOUT, "Send connection_init sooner."
            ) from None

    async def _initialisation(self) -> dict[str, Any]:
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
                    await self._keep_alive(message)

    async def _viewer(self, payload: Mapping[str, Any]) -> Viewer:
        """The headers of the handshake count as well, as far as a client can set any."""
        said = {name.lower(): value for name, value in payload.items()}
        if not all(isinstance(said.get(name, ""), str) for name in _HEADERS):
            raise SocketClosed(CloseCode.BAD_REQUEST, "Authorization and Gerbang-Role are texts.")
        authorization, role = (
            self._websocket.headers.getlist(name) + ([said[name]] if name in said else [])
            for name in _HEADERS
        )
        try:
            viewer = await self._authentication.viewer(authorization, role)
        except RequestError as error:
            is_ours = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            code = CloseCode.TRY_AGAIN_LATER if is_ours else CloseCode.FORBIDDEN
            raise SocketClosed(code, f"{error.code}: {error.message}") from None
        if not self._follower.serves(viewer.role):
            raise SocketClosed(CloseCode.FORBIDDEN, f"The role {viewer.role} follows nothing.")
        return viewer

    async def _serve_messages(self, viewer: Viewer, tasks: asyncio.TaskGroup) -> None:
        seconds = None if viewer.expires_at is None else viewer.expires_at - time.time()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._answer(await self._receive(), viewer, tasks)
        except TimeoutError:
            raise SocketClosed(
                CloseCode.FORBIDDEN, "The token has expired: come back with another."
            ) from None

    async def _answer(
        self, message: dict[str, Any], viewer: Viewer, tasks: asyncio.TaskGroup
    ) -> None:
        match message["type"]:
            case "subscribe":
                await self._subscribe(message, viewer, tasks)
            case "complete":
                if following := self._following.pop(_id_of(message), None):
                    following.cancel()
            case "connection_init":
                raise SocketClosed(CloseCode.TOO_MANY, "Send connection_init once.")
            case _:
                await self._keep_alive(message)

    async def _keep_alive(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self._queue({"type": "pong"})
            case "pong":
                return
            case _:
                raise SocketClosed(CloseCode.BAD_REQUEST, "There is no message of this type.")

    async def _subscribe(
        self, message: dict[str, Any], viewer: Viewer, tasks: asyncio.TaskGroup
    ) -> None:
        id_ = _id_of(message)
        if id_ in self._following:
            raise SocketClosed(CloseCode.SUBSCRIBER_EXISTS, "There is a subscription of this id.")
        if len(self._following) >= self._limits.subscriptions:
            await self._refuse(id_, _too_many(self._limits.subscriptions))
            return
        following = tasks.create_task(self._follow(id_, message.get("payload"), viewer))
        self._following[id_] = following
        following.add_done_callback(lambda done: self._forget(id_, done))

    def _forget(self, id_: str, following: asyncio.Task[None]) -> None:
        if self._following.get(id_) is following:
            del self._following[id_]

    async def _follow(self, id_: str, payload: Any, viewer: Viewer) -> None:
        try:
            operation = parameters.from_message(payload)
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
        entry = error_entry(error, self._trace_id)
        await self._queue({"id": id_, "type": "error", "payload": [entry]})

    async def _queue(self, message: dict[str, Any]) -> None:
        """Queue a message; who takes none for too long is dropped."""
        text = orjson.dumps(message).decode()
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
        """The next message, whatever it is about."""
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


def _payload(answer: Answer) -> dict[str, Any]:
    errors = {"errors": answer.errors} if answer.errors else {}
    return {**errors, "data": answer.data, "extensions": answer.extensions}


def _too_many(most: int) -> RequestError:
    return RequestError(
        ErrorCode.TOO_MANY_SUBSCRIPTIONS,
        f"A socket has at most {most} subscriptions: end one of them first.",
        HTTPStatus.TOO_MANY_REQUESTS,
    )


def _too_slow() -> SocketClosed:
    return SocketClosed(CloseCode.TOO_SLOW, "Read faster; follow on from your last position.")


def _first(group: BaseExceptionGroup[Any], kind: type[Any]) -> Any:
    """One error of a group, however deep."""
    error: Any = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, kind)
    return error
