"""What a client is told of an error, and what is logged of one that was not foreseen."""

import logging
from http import HTTPStatus
from typing import Any

from gateway.errors import ErrorCode, GerbangError, RequestError
from gateway.logs.lines import describe_error, facts
from gateway.logs.repeats import PLACE

MASKED = "Something went wrong here. Quote the trace id when you report it."

#: Details that GraphQL has no place of its own for.
IN_EXTENSIONS = frozenset({"coordinate", "cost", "heldRoles"})

log = logging.getLogger("gateway.error_reports")


def error_entry(error: GerbangError, trace_id: str) -> dict[str, Any]:
    """One entry of ``errors``, as every client meets it."""
    extensions: dict[str, Any] = {"code": error.code, "traceId": trace_id}
    places = dict(error.details)
    for name in IN_EXTENSIONS & set(places):
        extensions[name] = places.pop(name)
    return {"message": error.message, **places, "extensions": extensions}


def masked_error() -> RequestError:
    """What a client is told of an error that was not foreseen."""
    return RequestError(ErrorCode.INTERNAL, MASKED, HTTPStatus.INTERNAL_SERVER_ERROR)


def log_failure(error: BaseException, trace_id: str) -> None:
    """The kinds of error and the lines of code; an error's own text may hold personal data."""
    places = list(describe_error(error))
    known = {**facts(error=places), PLACE: "\n".join(places)}
    log.error("failed trace=%s %s", trace_id, type(error).__qualname__, extra=known)
