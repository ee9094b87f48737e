"""Begins transactions: one round trip sets their limits, the database role and a sealed viewer."""

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from asyncpg import PostgresError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.transactions.errors import BROKEN, database_unavailable
from gateway.errors import ErrorCode, FieldError
from gateway.logs.requests import current_record
from gateway.viewer import Viewer
from models.database.connections import backend_of, driver_of
from models.row_security import WRITING, database_role
from models.row_security.seal_keys import DAY, DailyKey, daily_key
from models.vocabulary import Role

#: How often the database checks, during a statement, that the client is still connected.
_NOTICE_SECONDS = 1
#: BEGIN, COMMIT and ROLLBACK take little more than a round trip: a connection that takes longer is
#: treated as lost.
ROUND_TRIP_SECONDS = 5

#: A pooled connection may have broken while idle. One retry is safe: nothing has run on it.
_ATTEMPTS = 2
_FULL = "Too much is asked at once. Try again shortly."
_DAY_MILLISECONDS = 86_400_000
_FIRST_DAY = date(1970, 1, 1)
#: Seconds since 1970.
Clock = Callable[[], float]


class Seal:
    """Seals viewers with keys that the database trusts; see ``models/viewer_context.sql``.

    Each UTC day has its own key. A seal is valid for a short time, and only on the backend it was
    made for, where that is known.
    """

    def __init__(self, master: bytes, seconds: float, clock: Clock = time.time) -> None:
        """``seconds`` is how long a seal is valid; no operation may take longer."""
        self._master = master
        self._seconds = seconds
        self._clock = clock
        self._today: tuple[int, DailyKey] | None = None

    def statements(self, viewer: Viewer, role: str, backend: int | None) -> tuple[str, ...]:
        """The statements that set the viewer and the database role of a transaction.

        The viewer's texts are in base64, so no token can inject SQL.
        """
        return (
            f"SET LOCAL gerbang.viewer = '{self._seal(viewer, backend)}'",
            f"SET LOCAL ROLE {role}",
        )

    def _seal(self, viewer: Viewer, backend: int | None) -> str:
        # Round once: the timestamp and the choice of the key must agree on the day, even within the
        # last millisecond of a day.
        now = round(self._clock() * 1000)
        key = self._key_at(now)
        fields = (
            viewer.role.value,
            str(now),
            str(now + round(self._seconds * 1000)),
            str(backend or ""),
            _text(viewer.subject),
            _text(viewer.partner or ""),
            _text(_array(viewer.countries)),
            _text(_array(viewer.centres)),
            key.id,
        )
        body = ".".join(fields)
        mac = hmac.digest(key.key, body.encode(), hashlib.sha256).hex()
        return f"{body}.{mac}"

    def _key_at(self, milliseconds: int) -> DailyKey:
        """The key of the day that holds this instant; derived once a day."""
        day = milliseconds // _DAY_MILLISECONDS
        if self._today is None or self._today[0] != day:
            self._today = day, daily_key(self._master, _FIRST_DAY + day * DAY)
        return self._today[1]


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
        self._database_roles = {role: database_role(role) for role in Role}

    def for_reading(self, viewer: Viewer) -> TransactionStart:
        """For reads, and for logging them."""
        return self._start(viewer, self._database_roles[viewer.role])

    def for_writing(self, viewer: Viewer) -> TransactionStart:
        """For mutations."""
        return self._start(viewer, WRITING)

    def _start(self, viewer: Viewer, role: str) -> TransactionStart:
        def statements(backend: int | None) -> tuple[str, ...]:
            return (*self._limits.statements(), *self._seal.statements(viewer, role, backend))

        return TransactionStart(role, statements)


async def begin_transaction(
    engine: AsyncEngine, begin: str, start: TransactionStart, *then: str
) -> AsyncConnection:
    """Check out a connection and begin a transaction; the caller closes the connection.

    ``then`` are statements to run at once, in the same round trip.

    Raises FieldError with UNAVAILABLE or OVERLOADED.
    """
    for _ in range(_ATTEMPTS):
        connection = await check_out(engine)
        try:
            statements = start.statements(backend_of(connection))
            driver = driver_of(connection)
            await driver.execute("; ".join((begin, *statements, *then)), timeout=ROUND_TRIP_SECONDS)
        except BaseException as error:
            await connection.invalidate()
            await connection.close()
            if not isinstance(error, BROKEN):
                raise
        else:
            return connection
    raise database_unavailable()


async def check_out(engine: AsyncEngine) -> AsyncConnection:
    """Take a connection from the pool. Raises FieldError with UNAVAILABLE or OVERLOADED."""
    started_at = time.perf_counter()
    try:
        return await engine.connect()
    except NoConnectionLeft as error:
        raise FieldError(ErrorCode.OVERLOADED, _FULL) from error
    except (SQLAlchemyError, PostgresError, *BROKEN) as error:
        raise database_unavailable() from error
    finally:
        current_record().connection_seconds += time.perf_counter() - started_at


def _text(text: str) -> str:
    return b64encode(text.encode()).decode()


def _array(words: Sequence[str]) -> str:
    """Format texts as a PostgreSQL array literal."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"
