"""How a subscription runs: one execution for each change, in a snapshot and a context of its own.

GraphQL's own algorithms do both halves; only what runs them is ours: theirs would share one
context, so one snapshot and its loaders, between all payloads of a subscription.
"""

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from http import HTTPStatus

from graphql import ExecutionResult, OperationType, create_source_event_stream

from gateway.access.transactions.change_horizon import ChangeHorizon
from gateway.errors import ErrorCode, GerbangError
from gateway.execution.budgets import Charge
from gateway.execution.graphql_core import build_execution
from gateway.execution.operation import Answer, OperationRequest
from gateway.execution.run import AdmittedOperation, SchemaRunner, answer_to, with_cost
from gateway.logs.operation import current_record
from gateway.mapping.change_feed import (
    BROKEN,
    RETRY_SECONDS,
    ChangeBatch,
    ChangeFeed,
    ChangeLookups,
    SubscriptionContext,
    wait_before_retry,
)
from gateway.viewer import Viewer
from models.vocabulary import Role

#: Failures that pass: what was found is read again, since nobody was told of it.
_PASSING = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT, ErrorCode.INTERNAL})
_MOST_ATTEMPTS = 5
_KINDS = (OperationType.SUBSCRIPTION,)


class SchemaSubscriptions:
    """Follows changes for viewers, each on the view of its role."""

    def __init__(self, executor: SchemaRunner, horizon: ChangeHorizon) -> None:
        self._executor = executor
        self._news = ChangeLookups(horizon, executor.read_transaction)

    def serves(self, role: Role) -> bool:
        """Whether there is anything that the role can follow."""
        return self._executor.views[role].subscription_type is not None

    async def follow(
        self, request: OperationRequest, viewer: Viewer, trace_id: str
    ) -> AsyncGenerator[Answer, None]:
        """An answer for each payload; one that is not OK is the last.

        Raises RequestError where the operation cannot start.
        """
        charge = Charge(self._executor.budgets, viewer)
        admitted = self._executor.admit(request, viewer, trace_id, charge, _KINDS)
        if isinstance(admitted, Answer):
            yield admitted
            return
        charge.cancel()  # each payload is charged by itself
        following = await self._open_feed(admitted)
        if isinstance(following, Answer):
            yield following
            return
        async for found in following:
            charge.take_again()
            for answer in await self._payloads(admitted, following, found):
                yield with_cost(answer, charge)
            following.acknowledge(found)

    async def _open_feed(self, admitted: AdmittedOperation) -> ChangeFeed | Answer:
        context = SubscriptionContext(
            admitted.viewer, self._news, self._executor.catalogue, self._executor.positions
        )
        stream = create_source_event_stream(
            build_execution(
                admitted.view,
                admitted.document,
                admitted.operation,
                admitted.variables,
                context=context,
            )
        )
        stream = await stream if inspect.isawaitable(stream) else stream
        if isinstance(stream, ChangeFeed):
            return stream
        if isinstance(stream, ExecutionResult):
            return _failed_start(stream, admitted)
        raise TypeError("a subscription that follows nothing")

    async def _payloads(
        self, admitted: AdmittedOperation, following: ChangeFeed, found: ChangeBatch
    ) -> list[Answer]:
        attempts = 0
        while True:
            try:
                async with self._news.read_slots:
                    started_at = time.perf_counter()
                    answers = await self._executor.answers(
                        admitted, lambda context: following.records(context, found)
                    )
                    current_record().execution_seconds = time.perf_counter() - started_at
            except (GerbangError, *BROKEN) as error:
                await wait_before_retry(error)
                continue
            failures = {entry["extensions"]["code"] for one in answers for entry in one.errors}
            if not failures & _PASSING or attempts == _MOST_ATTEMPTS:
                return answers
            attempts += ErrorCode.UNAVAILABLE not in failures
            await asyncio.sleep(RETRY_SECONDS)


def _failed_start(result: ExecutionResult, admitted: AdmittedOperation) -> Answer:
    """What is wrong with the arguments, or with the database, ends it before it began."""
    return replace(answer_to(result, admitted), data=None, status=HTTPStatus.BAD_REQUEST)
