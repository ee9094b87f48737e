"""How a transaction begins: within limits, in a role, in a viewer's name, in one round trip."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.transactions.errors import BROKEN, check_out, database_unavailable
from gateway.access.transactions.seal import Seal
from gateway.viewer import Viewer
from models.database.connections import backend_of, driver_of
from models.row_security import WRITING, database_role

#: How soon the database notices, in the middle of a statement, that nobody listens any more.
_NOTICE_SECONDS = 1
#: Beginning and ending wait for nothing but the way to the database and back: who takes longer is
#: not there any more, even if nobody said so.
ROUND_TRIP_SECONDS = 5

#: A connection that broke while it lay idle is replaced once: nothing had been asked on it.
_ATTEMPTS = 2


@dataclass(frozen=True)
class TransactionLimits:
    """Limits that hold even when this process is gone or cannot reach the database."""

    statement_seconds: float
    lock_seconds: float
    #: No operation lives longer, so a transaction that was idle for so long has no owner.
    idle_seconds: float

    def statements(self) -> tuple[str, ...]:
        """They end with their transaction, so that a pooler in between may share connections."""
        limits = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_seconds,
            "client_connection_check_interval": _NOTICE_SECONDS,
        }
        return tuple(f"SET LOCAL {name} = {int(most * 1000)}" for name, most in limits.items())


@dataclass(frozen=True)
class TransactionStart:
    """What is said as a transaction begins."""

    #: The role of the database that the transaction takes on.
    role: str
    #: The statements on a backend; it is None where a pooler lends out its own.
    statements: Callable[[int | None], tuple[str, ...]]


class TransactionStarts:
    """Opens transactions for viewers, each within the same limits."""

    def __init__(self, seal: Seal, bounds: TransactionLimits) -> None:
        self._seal = seal
        self._bounds = bounds

    def for_reading(self, viewer: Viewer) -> TransactionStart:
        """For a viewer who reads, or whose reading is logged."""
        return self._as(viewer, database_role(viewer.role))

    def for_writing(self, viewer: Viewer) -> TransactionStart:
        """For a viewer who changes something."""
        return self._as(viewer, WRITING)

    def _as(self, viewer: Viewer, role: str) -> TransactionStart:
        def statements(backend: int | None) -> tuple[str, ...]:
            return (*self._bounds.statements(), *self._seal.statements(viewer, role, backend))

        return TransactionStart(role, statements)


async def begin_transaction(
    engine: AsyncEngine, begin: str, opening: TransactionStart
) -> AsyncConnection:
    """A connection on which a transaction has begun, for the caller to give back.

    Raises FieldError with UNAVAILABLE or OVERLOADED.
    """
    for _ in range(_ATTEMPTS):
        connection = await check_out(engine)
        try:
            statements = opening.statements(backend_of(connection))
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
