"""How errors appear to clients, and how unexpected ones are logged."""

import logging
from http import HTTPStatus
from typing import Any

from graphql import GraphQLError

from gateway.errors import ErrorCode, GerbangError, MistakesError, RequestError
from gateway.texts.language import Language
from gateway.texts.translation import translate
from models.logs import PLACE, describe_error, facts

MASKED = "Something went wrong here. Quote the trace id when you report it."

#: Details that belong in ``extensions``, because GraphQL errors have no field for them, and their
#: names there. The `path` of an error itself is one of the answer.
IN_EXTENSIONS = {
    "acrValues": "acrValues",
    "coordinate": "coordinate",
    "cost": "cost",
    "heldRoles": "heldRoles",
    "inputPath": "path",
    "reason": "reason",
}

log = logging.getLogger("gateway.error_reports")


def error_entry(
    error: GerbangError, trace_id: str, language: Language = Language.EN
) -> dict[str, Any]:
    """An entry of ``errors`` in a response."""
    extensions: dict[str, Any] = {"code": error.code, "traceId": trace_id}
    fields = dict(error.details)
    for name in IN_EXTENSIONS.keys() & fields.keys():
        extensions[IN_EXTENSIONS[name]] = fields.pop(name)
    message = translate(error.message, language)
    return {"message": message, **fields, "extensions": extensions}


def error_entries(
    error: GerbangError, trace_id: str, language: Language = Language.EN
) -> list[dict[str, Any]]:
    """The entries of ``errors`` for an error: one for each mistake of an operation."""
    errors = error.mistakes if isinstance(error, MistakesError) else (error,)
    return [error_entry(one, trace_id, language) for one in errors]


def locations_of(error: GraphQLError) -> list[dict[str, int]]:
    """The places of an error in the document, as clients read them."""
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]


def masked_error() -> RequestError:
    """The error that clients see in place of an unexpected one."""
    return RequestError(ErrorCode.INTERNAL, MASKED, HTTPStatus.INTERNAL_SERVER_ERROR)


def log_failure(error: BaseException, trace_id: str) -> None:
    """Log an unexpected error: its types and lines of code, never its message, which may contain
    personal data."""
    stack = list(describe_error(error))
    extra = {**facts(error=stack), PLACE: "\n".join(stack)}
    log.error("failed trace=%s %s", trace_id, type(error).__qualname__, extra=extra)
