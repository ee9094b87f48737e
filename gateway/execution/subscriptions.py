"""Runs subscriptions: each change is executed with a snapshot and a context of its own.

graphql-core opens the event stream and executes each event, but we drive the loop: its own would
share one context, and so one snapshot and its loaders, between all payloads.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from graphql import ExecutionResult

from gateway.access.transactions.change_horizon import ChangeHorizon
from gateway.errors import ErrorCode, GerbangError
from gateway.execution.answers import answer_to, with_cost
from gateway.execution.budgets import Charge
from gateway.execution.graphql_core import build_execution, open_event_stream
from gateway.execution.operation import AdmittedOperation, Answer, OperationRequest
from gateway.execution.runner import SchemaRunner
from gateway.logs import OperationKind, current_record
from gateway.mapping.change_feed import (
    BROKEN,
    RETRY_SECONDS,
    ChangeBatch,
    ChangeFeed,
    ChangeLookups,
    Payload,
    SubscriptionContext,
    wait_before_retry,
)
from gateway.mapping.context import Context
from gateway.viewer import Viewer
from models.vocabulary import Role

#: Transient failures: the change is read again, since it has not been delivered.
_PASSING = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT, ErrorCode.INTERNAL})
_MOST_ATTEMPTS = 5
_KINDS = (OperationKind.SUBSCRIPTION,)


class SchemaSubscriptions:
    """Follows changes for viewers, each on the schema of the viewer's role."""

    def __init__(self, runner: SchemaRunner, horizon: ChangeHorizon) -> None:
        self._runner = runner
        self._lookups = ChangeLookups(horizon, runner.read_transaction)

    def serves(self, role: Role) -> bool:
        """Whether the role has any subscription."""
        return self._runner.views[role].subscription_type is not None

    async def follow(
        self, request: OperationRequest, viewer: Viewer, trace_id: str
    ) -> AsyncGenerator[Answer, None]:
        """Yield an answer for each payload, and end after one whose status is not OK.

        Raises RequestError where the operation cannot start.
        """
        charge = Charge(self._runner.budgets, viewer)
        try:
            found = await self._runner.trusted.resolve(request)
            admitted = self._runner.admit(found, viewer, trace_id, charge, _KINDS)
        finally:
            charge.cancel()  # each payload is charged by itself
        feed = await self._open_feed(admitted, request.resumed_at)
        if isinstance(feed, Answer):
            yield feed
            return
        async for batch in feed:
            charge.take_again()
            for answer in await self._payloads(admitted, feed, batch):
                yield with_cost(answer, charge)
            feed.acknowledge(batch)

    async def _open_feed(
        self, admitted: AdmittedOperation, resumed_at: str | None
    ) -> ChangeFeed | Answer:
        context = SubscriptionContext(
            admitted.viewer,
            self._lookups,
            self._runner.services,
            admitted.arguments,
            resumed_at,
        )
        stream = await open_event_stream(build_execution(admitted, context=context))
        if isinstance(stream, ChangeFeed):
            return stream
        if isinstance(stream, ExecutionResult):
            return _error_answer(stream, admitted)
        raise TypeError("a subscription that follows nothing")

    async def _payloads(
        self, admitted: AdmittedOperation, feed: ChangeFeed, batch: ChangeBatch
    ) -> list[Answer]:
        attempts = 0
        payloads: list[Payload] = []

        async def read_roots(context: Context) -> list[Any]:
            payloads[:] = await feed.payloads(context, batch)
            return [payload.root for payload in payloads]

        while True:
            try:
                async with self._lookups.read_slots:
                    started_at = time.perf_counter()
                    answers = await self._runner.answers(admitted, read_roots)
                    current_record().execution_seconds = time.perf_counter() - started_at
            except (GerbangError, *BROKEN) as error:
                await wait_before_retry(error)
                continue
            failures = {entry["extensions"]["code"] for one in answers for entry in one.errors}
            if not failures & _PASSING or attempts == _MOST_ATTEMPTS:
                for answer, payload in zip(answers, payloads, strict=True):
                    answer.extensions["position"] = payload.position
                return answers
            attempts += ErrorCode.UNAVAILABLE not in failures
            await asyncio.sleep(RETRY_SECONDS)


def _error_answer(result: ExecutionResult, admitted: AdmittedOperation) -> Answer:
    """The answer to a subscription that failed to start."""
    answer = answer_to(None, result.errors or (), admitted)
    return replace(answer, status=HTTPStatus.BAD_REQUEST)
