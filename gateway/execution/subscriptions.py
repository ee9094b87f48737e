"""Runs subscriptions: each change is executed with a snapshot and a context of its own.

graphql-core opens the event stream and executes each event, but we drive the loop: its own would
share one context, and so one snapshot and its loaders, between all payloads.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Hashable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orjson
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
    Payload,
    SharedReads,
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
        self._reads = SharedReads(horizon, runner.read_transaction)

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
        key = _shared_by(admitted, request)
        async for batch in feed:
            charge.take_again()
            for answer in await self._payloads(admitted, feed, batch, key):
                yield with_cost(answer, charge)
            feed.acknowledge(batch)

    async def _open_feed(
        self, admitted: AdmittedOperation, resumed_at: str | None
    ) -> ChangeFeed | Answer:
        context = SubscriptionContext(
            admitted.viewer,
            self._reads,
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
        self, admitted: AdmittedOperation, feed: ChangeFeed, batch: ChangeBatch, key: Hashable
    ) -> list[Answer]:
        """An answer for each payload of a batch, which those who follow alike share."""

        async def read() -> SharedAnswers:
            return await self._read(admitted, feed, batch)

        if admitted.logged or not batch.places:
            return (await read()).answers
        try:
            shared = await self._reads.once(batch.until.written_in, (key, batch.places), read)
        except GerbangError:  # whoever read may be refused for a reason of its own
            shared = await read()
        if not shared.are_for(admitted.viewer):
            shared = await read()
        if shared.viewer is not admitted.viewer:
            admitted.charge.settle(shared.values, 0.0, 0.0)
        return [replace(one, extensions={**one.extensions}) for one in shared.answers]

    async def _read(
        self, admitted: AdmittedOperation, feed: ChangeFeed, batch: ChangeBatch
    ) -> "SharedAnswers":
        attempts = 0
        payloads: list[Payload] = []
        contexts: list[Context] = []

        async def read_roots(context: Context) -> list[Any]:
            contexts[:] = [context]
            payloads[:] = await feed.payloads(context, batch)
            return [payload.root for payload in payloads]

        while True:
            try:
                async with self._reads.slots:
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
                return SharedAnswers(answers, admitted, contexts[0])
            attempts += ErrorCode.UNAVAILABLE not in failures
            await asyncio.sleep(RETRY_SECONDS)


def _shared_by(admitted: AdmittedOperation, request: OperationRequest) -> Hashable:
    """What the payloads of followers depend on, but for the changes and whoever follows."""
    viewer = admitted.viewer
    return (
        admitted.text,
        request.operation_name,
        orjson.dumps(request.variables, option=orjson.OPT_SORT_KEYS),
        admitted.language,
        (viewer.role, viewer.partner, viewer.countries, viewer.centres),
    )


class SharedAnswers:
    """The answers of one batch, and for whom else they were read."""

    def __init__(
        self, answers: list[Answer], admitted: AdmittedOperation, context: Context
    ) -> None:
        self.answers = answers
        self.viewer = admitted.viewer
        self.values = admitted.charge.actual
        self._scopes = context.session.scopes
        #: Errors are logged for one viewer, and so is what has row rules of its own.
        self._is_own = bool(context.disclosed or any(one.errors for one in answers))

    def are_for(self, viewer: Viewer) -> bool:
        """Whether the viewer would be answered the same: all that its reads depend on is equal."""
        if self._is_own:
            return viewer is self.viewer
        return all(getattr(viewer, scope) == getattr(self.viewer, scope) for scope in self._scopes)


def _error_answer(result: ExecutionResult, admitted: AdmittedOperation) -> Answer:
    """The answer to a subscription that failed to start."""
    answer = answer_to(None, result.errors or (), admitted)
    return replace(answer, status=HTTPStatus.BAD_REQUEST)
