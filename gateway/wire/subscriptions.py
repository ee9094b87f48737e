"""Logs each subscription, and records metrics for each payload."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus

from gateway.error_reports import error_entries
from gateway.errors import GerbangError
from gateway.execution.operation import Answer, OperationRequest, SubscriptionRunner
from gateway.logs.requests import Kind, begin_record, log_subscription
from gateway.viewer import Viewer
from gateway.wire.metrics import Metrics
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
        record.kind, record.role = Kind.SUBSCRIPTION, viewer.role
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
