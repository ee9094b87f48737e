"""Makes the answer of an operation: its data, its errors as clients read them, and its cost."""

import asyncio
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from graphql import GraphQLError

from gateway.access.read_budget import ReadBudgetError, TriesSpentError
from gateway.error_reports import (
    error_entries,
    error_entry,
    locations_of,
    log_failure,
    masked_error,
)
from gateway.errors import ErrorCode, GerbangError, RateLimitedError, RequestError
from gateway.execution.budgets import Charge
from gateway.execution.operation import AdmittedOperation, Answer, Data
from gateway.texts.language import Language

#: Longer than a look-up takes on a machine with room, and than a condition of the policy that only
#: a row which is there has evaluated (some hundredths of a millisecond).
BEAT_SECONDS = 0.005


async def wait_for_beat(started_at: float) -> None:
    """Wait until a whole number of beats has passed since an operation began, so that time does not
    tell what is hidden from what is not there. A thread waits: the loop's own clock has whole
    milliseconds, which would begin where the look-up ended.
    """
    beats = 1 + (time.monotonic() - started_at) // BEAT_SECONDS
    at = started_at + beats * BEAT_SECONDS
    await asyncio.to_thread(lambda: time.sleep(max(0.0, at - time.monotonic())))


def answer_to(data: Data, errors: Sequence[GraphQLError], admitted: AdmittedOperation) -> Answer:
    """The answer with these data and errors."""
    if not errors:
        return Answer(data)
    entries = [_error_entry(error, admitted.trace_id, admitted.language) for error in errors]
    if any(error.path is None for error in errors):
        return Answer(None, entries, status=HTTPStatus.BAD_REQUEST)
    return Answer(data, entries)


def with_cost(answer: Answer, charge: Charge) -> Answer:
    """Add the cost to the answer, if it is known."""
    if charge.requested is not None:
        answer.extensions["cost"] = charge.as_extension()
    return answer


def error_answer(error: RequestError, charge: Charge, trace_id: str, language: Language) -> Answer:
    is_spent = isinstance(error, RateLimitedError | ReadBudgetError | TriesSpentError)
    retry_after = error.retry_after if is_spent else None
    entries = error_entries(error, trace_id, language)
    answer = Answer(None, entries, status=error.status, retry_after=retry_after)
    if isinstance(error, RateLimitedError):  # which states the cost already: both are the same
        answer.extensions["cost"] = error.details["cost"]
        return answer
    return with_cost(answer, charge)


def _error_entry(error: GraphQLError, trace_id: str, language: Language) -> dict[str, Any]:
    """The error for the client: masked, unless its text was written for clients."""
    locations = locations_of(error)
    if error.path is None:
        return error_entry(
            GerbangError(ErrorCode.INVALID_VARIABLES, error.message, {"locations": locations}),
            trace_id,
        )
    cause = error.original_error
    if isinstance(cause, GerbangError):
        shown = cause
    elif isinstance(cause, GraphQLError) and cause.nodes:  # an argument is invalid
        shown = GerbangError(ErrorCode.INVALID_VARIABLES, cause.message)
    else:
        log_failure(cause or error, trace_id)
        shown = masked_error()
    details = {**shown.details, "locations": locations, "path": error.path}
    return error_entry(GerbangError(shown.code, shown.message, details), trace_id, language)
