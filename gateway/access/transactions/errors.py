"""Translates failures of the database into errors for clients."""

import logging
from collections.abc import Iterable
from http import HTTPStatus

from psycopg import DataError, Error, OperationalError

from gateway.errors import ErrorCode, FieldError, GerbangError, RequestError
from models.logs import facts

#: What statements raise: the driver's errors, and TimeoutError, which is an OSError.
STATEMENT_ERRORS = (Error, OSError)

_AWAY = "The database does not answer. Try again shortly."
_LOCKED = "This is being changed right now. Try again shortly."
_TOO_LONG = "This took too long. Ask for less: a shorter period or a narrower filter."
_INCOMPARABLE = "A value here cannot be compared with any row."
_NOT_BELIEVED = "The database does not trust this gateway right now. Try again shortly."

#: SQLSTATE prefixes of outages: broken connections; exhausted resources (disk, memory,
#: connections); a server that starts, stops or ended the session; system errors; a transaction
#: that was idle for too long.
_SERVER_AWAY = ("08", "53", "57P", "58", "25P03")
DISK_FULL = "53100"
TOO_MANY_CONNECTIONS = "53300"
_QUERY_CANCELED = "57014"
_LOCK_NOT_AVAILABLE = "55P03"
#: Of `viewer_context.sql`: an SQLSTATE, and what it names in place of a constraint.
SUSPENDED = "GB403"
_SEAL = "seal"
_DATA_EXCEPTION = "22"
_CONFLICT = "40001"

_OUTAGES = (ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED)

log = logging.getLogger(__name__)


def suspension_refusal(
    message: str = "Your access, or that of your partner, is suspended. Ask the directorate.",
) -> RequestError:
    """The refusal of a suspended viewer. The database, which may know of it before the gateway
    does, does not say who is meant."""
    return RequestError(ErrorCode.SUSPENDED, message, HTTPStatus.FORBIDDEN)


def seal_refusal(error: BaseException, message: str = _NOT_BELIEVED) -> FieldError | None:
    """The error for the client if the database refused the seal of a viewer; None if it did not.

    It is logged: somebody must mend a clock or a key, as readiness and the doctor say.
    """
    refusal = getattr(error, "diag", None)
    if refusal is None or refusal.constraint_name != _SEAL:
        return None
    log.error("the database refused a seal", extra=facts(why=refusal.message_primary))
    return FieldError(ErrorCode.UNAVAILABLE, message)


def database_unavailable() -> FieldError:
    return FieldError(ErrorCode.UNAVAILABLE, _AWAY)


def refuse_partial(failures: Iterable[BaseException | None]) -> None:
    """Raise RequestError if an operation failed in part because of an outage, or because its viewer
    was suspended meanwhile.

    A partial answer would be misleading. A client can safely repeat a mutation with its key.
    """
    for failure in failures:
        if isinstance(failure, RequestError):
            raise failure
        if isinstance(failure, FieldError) and not is_partial(failure):
            raise RequestError(failure.code, failure.message, HTTPStatus.SERVICE_UNAVAILABLE)


def is_partial(failure: Exception) -> bool:
    """Whether a failure is that of its statement alone: no outage, and no refusal of the viewer."""
    is_whole = isinstance(failure, RequestError) or (
        isinstance(failure, FieldError) and failure.code in _OUTAGES
    )
    return not is_whole


def explain(error: Exception) -> GerbangError | None:
    """The error for the client; None if the failure must be masked."""
    if isinstance(error, ValueError):  # the value does not fit the type of the column
        return FieldError(ErrorCode.INVALID_INPUT, _INCOMPARABLE)
    state = state_of(error)
    if state == _QUERY_CANCELED:
        return FieldError(ErrorCode.TIMEOUT, _TOO_LONG)
    if state == SUSPENDED:
        return suspension_refusal()
    if refusal := seal_refusal(error):
        return refusal
    if state == _LOCK_NOT_AVAILABLE:
        return FieldError(ErrorCode.UNAVAILABLE, _LOCKED)
    if is_broken(error) or is_conflict(error):
        return database_unavailable()
    if isinstance(error, DataError) or state.startswith(_DATA_EXCEPTION):
        return FieldError(ErrorCode.INVALID_INPUT, _INCOMPARABLE)
    return None


def is_broken(error: BaseException) -> bool:
    """Whether the connection was lost or the database is away, rather than the statement wrong."""
    state = state_of(error)
    is_lost = isinstance(error, OSError) or (isinstance(error, OperationalError) and not state)
    return is_lost or state.startswith(_SERVER_AWAY)


def is_conflict(error: BaseException) -> bool:
    """Whether a replica ended a statement that was in the way of what it replays."""
    return state_of(error) == _CONFLICT


def state_of(error: BaseException | None) -> str:
    """The SQLSTATE of an error from the driver; empty if it has none."""
    return getattr(error, "sqlstate", None) or ""
