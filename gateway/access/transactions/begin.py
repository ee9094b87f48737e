"""Begins transactions: limits, database role and sealed viewer are set in one round trip."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.transactions.errors import BROKEN, check_out, database_unavailable
from gateway.access.transactions.seal import Seal
from gateway.viewer import Viewer
from models.database.connections import backend_of, driver_of
from models.row_security import WRITING, database_role

#: How often the database checks, during a statement, that the client is still connected.
_NOTICE_SECONDS = 1
#: BEGIN, COMMIT and ROLLBACK take little more than a round trip: a connection that takes longer is
#: treated as lost.
ROUND_TRIP_SECONDS = 5

#: A pooled connection may have broken while idle. One retry is safe: nothing has run on it.
_ATTEMPTS = 2


@dataclass(frozen=True)
class TransactionLimits:
    """Limits that the database enforces, even if this process dies or is cut off."""

    statement_seconds: float
    lock_seconds: float
    #: No operation lasts longer, so a transaction idle for this long is abandoned.
    idle_seconds: float

    def statements(self) -> tuple[str, ...]:
        """SET LOCAL ends with the transaction, so that a pooler may share connections."""
        limits = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_seconds,
            "client_connection_check_interval": _NOTICE_SECONDS,
        }
        return tuple(f"SET LOCAL {name} = {int(most * 1000)}" for name, most in limits.items())


@dataclass(frozen=True)
class TransactionStart:
    """What to send to the database with BEGIN."""

    #: The database role to take on.
    role: str
    #: The statements for a backend id, which is None behind a pooler.
    statements: Callable[[int | None], tuple[str, ...]]


class TransactionStarts:
    """Prepares the start of transactions for viewers, all with the same limits."""

    def __init__(self, seal: Seal, limits: TransactionLimits) -> None:
        self._seal = seal
        self._limits = limits

    def for_reading(self, viewer: Viewer) -> TransactionStart:
        """For reads, and for logging them."""
        return self._start(viewer, database_role(viewer.role))

    def for_writing(self, viewer: Viewer) -> TransactionStart:
        """For mutations."""
        return self._start(viewer, WRITING)

    def _start(self, viewer: Viewer, role: str) -> TransactionStart:
        def statements(backend: int | None) -> tuple[str, ...]:
            return (*self._limits.statements(), *self._seal.statements(viewer, role, backend))

        return TransactionStart(role, statements)


async def begin_transaction(
    engine: AsyncEngine, begin: str, start: TransactionStart
) -> AsyncConnection:
    """Check out a connection and begin a transaction; the caller closes the connection.

    Raises FieldError with UNAVAILABLE or OVERLOADED.
    """
    for _ in range(_ATTEMPTS):
        connection = await check_out(engine)
        try:
            statements = start.statements(backend_of(connection))
            driver = driver_of(connection)
            await driver.execute("; ".join((begin, *statements)), timeout=ROUND_TRIP_SECONDS)
        except BaseException as error:
            await connection.invalidate()
            await connection.close()
            if not isinstance(error, BROKEN):
                raise
        else:
            return connection
    raise database_unavailable()
