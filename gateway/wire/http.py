"""``/graphql`` over HTTP, by the GraphQL-over-HTTP specification: a bare ASGI application."""

import asyncio
from http import HTTPStatus
from time import perf_counter
from types import TracebackType

from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access.authentication import Authentication
from gateway.access.purpose import PURPOSE_HEADER
from gateway.error_reports import error_entry
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import OperationRequest, OperationRunner
from gateway.logs import current_record
from gateway.texts.language import Language, language_of
from gateway.wire.admission import Admission
from gateway.wire.connections import Addresses
from gateway.wire.content import (
    JSON,
    RequestHeaders,
    answer_response,
    error_response,
    negotiate,
    public_response,
    require_json,
)
from gateway.wire.parameters import from_body, from_url, read_body
from models.vocabulary import Role

#: The header in which clients give their name; Apollo's do so by default.
CLIENT_HEADER = b"apollographql-client-name"
_PURPOSE = PURPOSE_HEADER.lower().encode()
#: Few requests take this long. For shorter ones nobody watches for a hang-up: the task would cost
#: more than it could save.
_SLOW_SECONDS = 0.05


class GraphQLOverHTTP:
    """The HTTP endpoint.

    A request that is refused before its operation is parsed keeps the HTTP status of its error.
    After that, the status depends on the media type of the answer.
    """

    def __init__(
        self,
        runner: OperationRunner,
        authentication: Authentication,
        admission: Admission,
        *,
        addresses: Addresses,
        body_limit: int,
        seconds: float,
    ) -> None:
        self._runner = runner
        self._addresses = addresses
        self._authentication = authentication
        self._admission = admission
        self._body_limit = body_limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an operation in the body of a POST, or in the URL of a GET: since URLs end up in
        logs, in production only what is public and registered (`public_documents`)."""
        response = await self._respond(scope, receive)
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> ASGIApp:
        headers, record, media_type = RequestHeaders(scope), current_record(), JSON
        language = language_of(headers.get(b"accept-language"))
        try:
            async with RequestDeadline(receive, self._seconds) as deadline:
                media_type = negotiate(headers.get(b"accept"))
                self._admission.refuse_if_full()
                viewer = await self._authentication.viewer(
                    headers.all(b"authorization"), headers.all(b"gerbang-role")
                )
                record.role = viewer.role
                if viewer.role is Role.ANONYMOUS:
                    peer, _ = scope.get("client") or ("", 0)
                    record.source = self._addresses.of_request(peer, scope["headers"]) or ""
                record.claimed_client = headers.get(CLIENT_HEADER)
                operation = await self._read_operation(scope, headers, receive, language)
                record.note_document(operation.document)
                queued_at = perf_counter()
                deadline.watch_for_hang_up()
                async with self._admission.turn(viewer.lane, record.processor):
                    record.turn_seconds = perf_counter() - queued_at
                    running = self._runner.run(operation, viewer, record.trace_id)
                    answer = await record.processor.of(running)
                self._authentication.refuse_suspended(viewer)  # meanwhile
        except RequestError as error:
            return _refusal(error, record.trace_id, media_type, language)
        except TimeoutError:
            return _refusal(_timeout_error(), record.trace_id, media_type, language)
        record.note_answer(answer.errors, answer.extensions)
        response = answer_response(answer, media_type, language)
        if viewer.role is Role.ANONYMOUS:
            return public_response(response, answer, headers.get(b"if-none-match"), scope["method"])
        return response

    async def _read_operation(
        self, scope: Scope, headers: RequestHeaders, receive: Receive, language: Language
    ) -> OperationRequest:
        purposes = headers.all(_PURPOSE)
        if scope["method"] == "GET":
            return from_url(QueryParams(scope["query_string"]), purposes, language)
        require_json(headers.get(b"content-type"), headers.get(b"content-encoding"))
        body = await read_body(receive, headers.get(b"content-length"), self._body_limit)
        return from_body(body, purposes, language)


def _refusal(error: RequestError, trace_id: str, media_type: str, language: Language) -> Response:
    current_record().note_answer([error_entry(error, trace_id)], {})
    return error_response(error, trace_id, media_type, language)


def _timeout_error() -> RequestError:
    return RequestError(
        ErrorCode.TIMEOUT,
        "The request took too long. Ask for less, or for a shorter period.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    )


class RequestDeadline:
    """The deadline of one request: raises TimeoutError once it has passed, or ClientDisconnect as
    soon as it is known that the client has hung up."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self._timeout = asyncio.timeout(None)
        self._is_slow = self._may_watch = self._hung_up = False
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "RequestDeadline":
        await self._timeout.__aenter__()
        self._loop = asyncio.get_running_loop()
        # A single timer, which most requests outrun: then neither deadline nor watch is begun.
        self._timer = self._loop.call_later(_SLOW_SECONDS, self._become_slow)
        return self

    def watch_for_hang_up(self) -> None:
        """Notice a disconnect, if not at once. The body must have been read: this reads on."""
        self._may_watch = True
        if self._is_slow:
            self._watching = self._loop.create_task(self._watch())

    def _become_slow(self) -> None:
        self._is_slow = True
        self._timeout.reschedule(self._loop.time() + self._seconds - _SLOW_SECONDS)
        if self._may_watch:
            self.watch_for_hang_up()

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._hung_up = True
        self._timeout.reschedule(self._loop.time())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Before the response is sent, since servers report its end as a disconnect, too.
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError:
            if self._hung_up:
                raise ClientDisconnect from None
            raise
