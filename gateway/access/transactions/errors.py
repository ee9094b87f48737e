"""What a client is told when the database is away, full, or was asked too much."""

from collections.abc import Iterable
from http import HTTPStatus
from time import perf_counter

from asyncpg import InterfaceError, InternalClientError, PostgresConnectionError, PostgresError
from asyncpg.exceptions import InsufficientResourcesError, OperatorInterventionError
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.logs.operation import current_record

#: What the driver itself raises on a connection that is no good any more. A connection that takes
#: too long to answer raises TimeoutError, which is an OSError; one whose server said good-bye while
#: it lay idle, and that is used before it is seen to be closed, an InternalClientError.
BROKEN = (
    OSError,
    InterfaceError,
    InternalClientError,
    PostgresConnectionError,
    OperatorInterventionError,
    InsufficientResourcesError,
)

_AWAY = "The database does not answer. Try again shortly."
_LOCKED = "This is being changed right now. Try again shortly."
_FULL = "Too much is asked at once. Try again shortly."
_TOO_LONG = "This took too long. Ask for less: a shorter period or a narrower filter."
_INCOMPARABLE = "A value here cannot be compared with any row."

#: SQLSTATEs and classes of them: broken connections; exhausted resources (a full disk, memory,
#: connections); a server that stops, starts or ended the session; failures of the system below it;
#: a transaction that idled too long.
_SERVER_AWAY = ("08", "53", "57P", "58", "25P03")
DISK_FULL = "53100"
TOO_MANY_CONNECTIONS = "53300"
_QUERY_CANCELED = "57014"
_LOCK_NOT_AVAILABLE = "55P03"
_DATA_EXCEPTION = "22"

_OUTAGES = (ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED)


async def check_out(engine: AsyncEngine) -> AsyncConnection:
    """A connection of the pool. Raises FieldError with UNAVAILABLE or OVERLOADED."""
    asked_at = perf_counter()
    try:
        return await engine.connect()
    except NoConnectionLeft as error:
        raise FieldError(ErrorCode.OVERLOADED, _FULL) from error
    except (SQLAlchemyError, PostgresError, *BROKEN) as error:
        raise database_unavailable() from error
    finally:
        current_record().connection_seconds += perf_counter() - asked_at


def database_unavailable() -> FieldError:
    return FieldError(ErrorCode.UNAVAILABLE, _AWAY)


def refuse_partial(failures: Iterable[BaseException | None]) -> None:
    """Raises RequestError if one of the failures of an operation is an outage.

    No part of its answer can then be trusted to be more than what was left; a mutation that was
    done before is found again by its key.
    """
    for failure in failures:
        if isinstance(failure, FieldError) and failure.code in _OUTAGES:
            raise RequestError(failure.code, failure.message, HTTPStatus.SERVICE_UNAVAILABLE)


def explain(error: Exception) -> FieldError | None:
    """The error of a statement as the client may be told it; None is for nobody to see."""
    if isinstance(error, ValueError):  # the driver cannot write it as the column's type
        return FieldError(ErrorCode.INVALID_INPUT, _INCOMPARABLE)
    if not isinstance(error, DBAPIError | PostgresError):
        return database_unavailable()
    state = state_of(error)
    if state == _QUERY_CANCELED:
        return FieldError(ErrorCode.TIMEOUT, _TOO_LONG)
    if state == _LOCK_NOT_AVAILABLE:
        return FieldError(ErrorCode.UNAVAILABLE, _LOCKED)
    if is_outage(error):
        return database_unavailable()
    if isinstance(error, DataError) or state.startswith(_DATA_EXCEPTION):
        return FieldError(ErrorCode.INVALID_INPUT, _INCOMPARABLE)
    return None


def is_outage(error: DBAPIError | PostgresError) -> bool:
    """Whether it passes by itself, or once an operator has mended the database."""
    is_broken = getattr(error, "connection_invalidated", False)
    return is_broken or state_of(error).startswith(_SERVER_AWAY)


def state_of(error: BaseException | None) -> str:
    """The SQLSTATE of an error, whether SQLAlchemy or the driver tells it."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""
