"""Every error that a client can meet, by its code.

    GerbangError              carries a code, a text that says what to do, a path in time
    ├── RequestError          the operation did not start: no data, HTTP 4xx
    │   ├── MistakesError     its document or its arguments are wrong: an error for each mistake
    │   ├── RateLimitedError  the budget is spent for now
    │   ├── ReadBudgetError   so is the budget of people (gateway/access/read_budget.py)
    │   ├── TriesSpentError   a file was tracked too often (gateway/access/read_budget.py)
    │   └── InquiryLimitError an inquiry lets nobody further in (gateway/access/read_budget.py)
    └── FieldError            one field could not be answered: null there, data elsewhere
        └── ArgumentError     an argument is wrong: found before anything runs

What a mutation refuses to do is no error here: it is data of its payload, with a code of
``models.life.Refusal``, a message and a path into the input; nothing was changed then.

Anything else that is raised is masked as ``INTERNAL`` and logged with its trace id.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any


class ErrorCode(StrEnum):
    """The closed list of ``extensions.code``."""

    BAD_REQUEST = "BAD_REQUEST"
    NOT_FOUND = "NOT_FOUND"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    ROLE_REQUIRED = "ROLE_REQUIRED"
    ROLE_NOT_HELD = "ROLE_NOT_HELD"
    ROLES_EXCLUDED = "ROLES_EXCLUDED"
    SUSPENDED = "SUSPENDED"
    DOCUMENT_NOT_FOUND = "DOCUMENT_NOT_FOUND"
    DOCUMENT_REQUIRED = "DOCUMENT_REQUIRED"
    #: By this code, and the message PersistedQueryNotSupported, clients fall back to the document.
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    SYNTAX = "SYNTAX"
    INVALID_DOCUMENT = "INVALID_DOCUMENT"
    FORBIDDEN_FIELD = "FORBIDDEN_FIELD"
    INVALID_VARIABLES = "INVALID_VARIABLES"
    TOO_COSTLY = "TOO_COSTLY"
    #: As in RFC 9470: the provider is asked to sign the viewer in by more.
    INSUFFICIENT_USER_AUTHENTICATION = "INSUFFICIENT_USER_AUTHENTICATION"
    PURPOSE_REQUIRED = "PURPOSE_REQUIRED"
    PURPOSE_NOT_ALLOWED = "PURPOSE_NOT_ALLOWED"
    PURPOSE_DIFFERS = "PURPOSE_DIFFERS"
    INVALID_INPUT = "INVALID_INPUT"
    #: What was sent of a document, and how it goes on.
    NOT_AS_ANNOUNCED = "NOT_AS_ANNOUNCED"
    OFFSET_DIFFERS = "OFFSET_DIFFERS"
    NO_PICTURE = "NO_PICTURE"
    INVALID_CURSOR = "INVALID_CURSOR"
    POSITION_TOO_OLD = "POSITION_TOO_OLD"
    TOO_MANY_SUBSCRIPTIONS = "TOO_MANY_SUBSCRIPTIONS"
    RATE_LIMITED = "RATE_LIMITED"
    READ_BUDGET = "READ_BUDGET"
    INQUIRY_LIMIT = "INQUIRY_LIMIT"
    TIMEOUT = "TIMEOUT"
    OVERLOADED = "OVERLOADED"
    LOST = "LOST"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


class GerbangError(Exception):
    """An error whose text is written for the client."""

    def __init__(
        self, code: ErrorCode, message: str, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        #: ``locations`` in the document, the ``path`` of the answer, the ``inputPath`` into the
        #: variables, the ``coordinate`` of a field, the ``heldRoles`` to choose from, the
        #: ``acrValues`` to sign in with, the ``cost`` of the operation, the ``reason`` for which
        #: the bytes of a document were refused.
        self.details = details or {}


class RequestError(GerbangError):
    """The operation did not start; ``status`` is its HTTP status."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code, message, details)
        self.status = status


class MistakesError(RequestError):
    """The document or the arguments have mistakes, all of which are reported to the client."""

    def __init__(self, mistakes: Sequence[GerbangError]) -> None:
        super().__init__(mistakes[0].code, mistakes[0].message, details=mistakes[0].details)
        self.mistakes = mistakes


class RateLimitedError(RequestError):
    """The budget of the viewer is spent: enough of it is there after ``retry_after`` seconds."""

    def __init__(self, retry_after: int, cost: Mapping[str, Any]) -> None:
        super().__init__(
            ErrorCode.RATE_LIMITED,
            f"You asked for too much in a short time. Ask again in {retry_after} s.",
            HTTPStatus.TOO_MANY_REQUESTS,
            {"cost": cost},
        )
        self.retry_after = retry_after


class FieldError(GerbangError):
    """One field could not be answered."""


class ArgumentError(FieldError):
    """An argument of a field is wrong, or a part of it. A field's check yields these."""

    def __init__(
        self,
        argument: tuple[str, ...],
        message: str,
        code: ErrorCode = ErrorCode.INVALID_INPUT,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """``argument`` is its name, then the way to the part that is wrong, if one is."""
        super().__init__(code, message, details)
        self.argument = argument
