"""A small real schema behind the executor's protocol, so that the wire can be tested alone."""

import asyncio
from http import HTTPStatus
from typing import Any

from graphql import (
    GraphQLError,
    OperationType,
    build_schema,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution import ExecutionResult

from gateway.error_reports import error_entry
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer, OperationRequest
from gateway.viewer import Viewer

SCHEMA = build_schema(
    """
    type Query {
      role: String!
      scope: [String!]!
      echo(text: String, number: Int): String
      broken: String
      slow: String
    }
    type Mutation { remember: String }
    """
)


class SmallExecutor:
    """Runs the small schema; notes the operations it was given."""

    def __init__(self) -> None:
        self.requests: list[OperationRequest] = []

    async def run(self, request: OperationRequest, viewer: Viewer, trace_id: str) -> Answer:
        self.requests.append(request)
        try:
            return await self._answer(request, viewer, trace_id)
        except RequestError as error:
            return Answer(None, [error_entry(error, trace_id)], status=error.status)

    async def _answer(self, request: OperationRequest, viewer: Viewer, trace_id: str) -> Answer:
        if request.document is None:
            raise RequestError(ErrorCode.DOCUMENT_NOT_FOUND, "This document is not known.")
        try:
            document = parse(request.document)
        except GraphQLError as error:
            raise RequestError(ErrorCode.SYNTAX, error.message) from error
        for error in validate(SCHEMA, document):
            raise RequestError(ErrorCode.INVALID_DOCUMENT, error.message)
        operation = get_operation_ast(document, request.operation_name)
        if operation and operation.operation is not OperationType.QUERY and not request.may_write:
            raise RequestError(
                ErrorCode.METHOD_NOT_ALLOWED, "Use POST to write.", HTTPStatus.METHOD_NOT_ALLOWED
            )
        result = execute(
            SCHEMA,
            document,
            Root(viewer),
            variable_values=request.variables,
            operation_name=request.operation_name,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        if result.data is None:
            raise RequestError(ErrorCode.INVALID_VARIABLES, "The variables do not fit.")
        errors = [_entry(error, trace_id) for error in result.errors or []]
        return Answer(result.data, errors, {"cost": {"actual": 1}})


class Root:
    """The resolvers of the small schema."""

    def __init__(self, viewer: Viewer) -> None:
        self.role = viewer.role.value
        self.scope = [viewer.partner or "", *viewer.countries, *viewer.centres]

    def echo(self, info: Any, text: str | None = None, number: int | None = None) -> str:
        return f"{text} {number}"

    def broken(self, info: Any) -> str:
        raise SystemError("Siti Rahayu, passport X1234567")

    async def slow(self, info: Any) -> str:
        await asyncio.sleep(30)
        return "late"

    def remember(self, info: Any) -> str:
        return "remembered"


def _entry(error: GraphQLError, trace_id: str) -> dict[str, Any]:
    return {
        "message": "Something went wrong here.",
        "path": error.path,
        "extensions": {"code": ErrorCode.INTERNAL, "traceId": trace_id},
    }
