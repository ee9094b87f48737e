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

from gateway.access.transactions.change_horizon import Horizon
from gateway.errors import ErrorCode, GerbangError
from gateway.execution.budgets import Charge
from gateway.execution.graphql_core import execution
from gateway.execution.operation import Answer, OperationRequest
from gateway.execution.run import Admitted, SchemaExecutor, answer_to, with_cost
from gateway.logs.operation import current_record
from gateway.mapping.change_feed import (
    BROKEN,
    RETRY_SECONDS,
    Following,
    Found,
    LiveContext,
    News,
    another_time,
)
from gateway.viewer import Viewer
from models.vocabulary import Role

#: Failures that pass: what was found is read again, since nobody was told of it.
_PASSING = frozenset({ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT, ErrorCode.INTERNAL})
_MOST_ATTEMPTS = 5
_KINDS = (OperationType.SUBSCRIPTION,)


class SchemaFollower:
    """Follows changes for viewers, each on the view of its role."""

    def __init__(self, executor: SchemaExecutor, horizon: Horizon) -> None:
        self._executor = executor
        self._news = News(horizon, executor.session)

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
        admitted = self._executor.admitted(request, viewer, trace_id, charge, _KINDS)
        if isinstance(admitted, Answer):
            yield admitted
            return
        charge.cancel()  # each payload is charged by itself
        following = await self._following(admitted)
        if isinstance(following, Answer):
            yield following
            return
        async for found in following:
            charge.take_again()
            for answer in await self._told(admitted, following, found):
                yield with_cost(answer, charge)
            following.seen(found)

    async def _following(self, admitted: Admitted) -> Following | Answer:
        context = LiveContext(
            admitted.viewer, self._news, self._executor.catalogue, self._executor.positions
        )
        stream = create_source_event_stream(
            execution(
                admitted.view,
                admitted.document,
                admitted.operation,
                admitted.variables,
                context=context,
            )
        )
        stream = await stream if inspect.isawaitable(stream) else stream
        if isinstance(stream, Following):
            return stream
        if isinstance(stream, ExecutionResult):
            return _not_begun(stream, admitted)
        raise TypeError("a subscription that follows nothing")

    async def _told(self, admitted: Admitted, following: Following, found: Found) -> list[Answer]:
        attempts = 0
        while True:
            try:
                async with self._news.turns:
                    started_at = time.perf_counter()
                    answers = await self._executor.answers(
                        admitted, lambda context: following.records(context, found)
                    )
                    current_record().execution_seconds = time.perf_counter() - started_at
            except (GerbangError, *BROKEN) as error:
                await another_time(error)
                continue
            failures = {entry["extensions"]["code"] for one in answers for entry in one.errors}
            if not failures & _PASSING or attempts == _MOST_ATTEMPTS:
                return answers
            attempts += ErrorCode.UNAVAILABLE not in failures
            await asyncio.sleep(RETRY_SECONDS)


def _not_begun(result: ExecutionResult, admitted: Admitted) -> Answer:
    """What is wrong with the arguments, or with the database, ends it before it began."""
    return replace(answer_to(result, admitted), data=None, status=HTTPStatus.BAD_REQUEST)
