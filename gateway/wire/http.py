"""``/graphql`` over HTTP, by the GraphQL-over-HTTP specification."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from time import perf_counter

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway.access.purpose import PURPOSE_HEADER
from gateway.access.tokens import Authentication
from gateway.error_reports import error_entry, log_failure, masked_error
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer, OperationRequest, OperationRunner
from gateway.logs.requests import current_record
from gateway.texts.language import language_of
from gateway.viewer import Viewer
from gateway.wire.admission import Admission
from gateway.wire.content import (
    JSON,
    answer_response,
    error_response,
    negotiate,
    require_json,
)
from gateway.wire.edge import trace_id_of
from gateway.wire.parameters import from_body, from_url, read_body

#: In which clients say what they are called; Apollo's do by themselves.
CLIENT_HEADER = "apollographql-client-name"


class GraphQLOverHTTP:
    """The HTTP endpoint.

    A request that is refused before its operation is parsed keeps the HTTP status of its error.
    After that, the status depends on the media type of the answer.
    """

    def __init__(
        self,
        executor: OperationRunner,
        authentication: Authentication,
        admission: Admission,
        *,
        body_limit: int,
        seconds: float,
    ) -> None:
        self._executor = executor
        self._authentication = authentication
        self._admission = admission
        self._body_limit = body_limit
        self._seconds = seconds

    async def post(self, request: Request) -> Response:
        """An operation in the body."""

        async def read_operation() -> OperationRequest:
            require_json(
                request.headers.get("content-type"), request.headers.get("content-encoding")
            )
            return from_body(await read_body(request, self._body_limit))

        return await self._respond(request, read_operation)

    async def get(self, request: Request) -> Response:
        """A query in the URL: in development only, since URLs end up in logs."""

        async def read_operation() -> OperationRequest:
            return from_url(request.query_params)

        return await self._respond(request, read_operation)

    async def _respond(
        self, request: Request, read_operation: Callable[[], Awaitable[OperationRequest]]
    ) -> Response:
        trace_id = trace_id_of(request)
        media_type = JSON
        language = language_of(request.headers.get("accept-language"))
        record = current_record()
        try:
            async with request_deadline(request, self._seconds) as deadline:
                media_type = negotiate(request.headers.get("accept"))
                self._admission.refuse_if_full()
                viewer = await self._viewer(request)
                record.role = viewer.role
                record.claimed_client = request.headers.get(CLIENT_HEADER)
                operation = replace(
                    await read_operation(),
                    purposes=tuple(request.headers.getlist(PURPOSE_HEADER)),
                    language=language,
                )
                record.note_document(operation.document)
                queued_at = perf_counter()
                async with deadline.watch_for_hang_up(), self._admission.turn(viewer.lane):
                    record.turn_seconds = perf_counter() - queued_at
                    answer = await self._run(operation, viewer, trace_id)
        except RequestError as error:
            return self._refusal(error, trace_id, media_type)
        except TimeoutError:
            return self._refusal(_timeout_error(), trace_id, media_type)
        record.note_answer(answer.errors, answer.extensions)
        response = answer_response(answer, media_type)
        response.headers["Content-Language"] = language.lower()
        return response

    async def _viewer(self, request: Request) -> Viewer:
        return await self._authentication.viewer(
            request.headers.getlist("authorization"), request.headers.getlist("gerbang-role")
        )

    async def _run(self, operation: OperationRequest, viewer: Viewer, trace_id: str) -> Answer:
        try:
            return await self._executor.run(operation, viewer, trace_id)
        except RequestError as error:
            return Answer(None, [error_entry(error, trace_id)], status=error.status)
        except Exception as error:
            # Our deadline cancels this task, so a TimeoutError raised in it is not ours.
            log_failure(error, trace_id)
            failure = masked_error()
            return Answer(None, [error_entry(failure, trace_id)], status=failure.status)

    def _refusal(self, error: RequestError, trace_id: str, media_type: str) -> Response:
        entry = error_entry(error, trace_id)
        current_record().note_answer([entry], {})
        return error_response(error, trace_id, media_type)


def _timeout_error() -> RequestError:
    return RequestError(
        ErrorCode.TIMEOUT,
        "The request took too long. Ask for less, or for a shorter period.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    )


class RequestDeadline:
    """The deadline of one request. It expires at once when the client disconnects."""

    def __init__(self, request: Request, timeout: asyncio.Timeout) -> None:
        self._request = request
        self._timeout = timeout
        self.hung_up = False

    @asynccontextmanager
    async def watch_for_hang_up(self) -> AsyncIterator[None]:
        """Watch for a disconnect. The body must have been read: this reads on from there."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            continue
        self.hung_up = True
        self._timeout.reschedule(asyncio.get_running_loop().time())


@asynccontextmanager
async def request_deadline(request: Request, seconds: float) -> AsyncIterator[RequestDeadline]:
    """Raises TimeoutError after ``seconds``, or ClientDisconnect when the client disconnects."""
    timeout = asyncio.timeout(seconds)
    deadline = RequestDeadline(request, timeout)
    try:
        async with timeout:
            yield deadline
    except TimeoutError:
        if deadline.hung_up:
            raise ClientDisconnect from None
        raise
