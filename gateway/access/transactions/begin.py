"""Begins transactions: one write sets their limits, the database role and a sealed viewer; what
needs no answer in between is committed in the same write.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from psycopg import Error
from psycopg.pq.abc import PGresult

from gateway.access.transactions.errors import database_unavailable, is_broken
from gateway.errors import ErrorCode, FieldError
from gateway.logs import current_record
from gateway.viewer import ANONYMOUS, Viewer
from models.database.command_pipeline import Command
from models.database.pipelined_connection import PipelinedConnection
from models.database.pool import ConnectionPool, PoolExhaustedError
from models.row_security import database_role, writing_role
from models.row_security.seal_keys import DAY, daily_key
from models.vocabulary import Role

#: How often the database checks, during a statement, that the client is still connected.
_NOTICE_SECONDS = 1
#: BEGIN, COMMIT and ROLLBACK take little more than a round trip: a connection that takes longer is
#: treated as lost.
ROUND_TRIP_SECONDS = 5
#: A statement that takes longer to cancel is left behind on its connection, which is closed.
_CANCEL_SECONDS = 1

#: A pooled connection may have broken while idle. One retry is safe: nothing was written on it.
_ATTEMPTS = 2
_ROLLBACK = Command("ROLLBACK")
_FULL = "Too much is asked at once. Try again shortly."
_DAY_MILLISECONDS = 86_400_000
_FIRST_DAY = date(1970, 1, 1)
#: As what the gateway acts where it asks for itself: a word that is no role.
_GATEWAY = "GATEWAY"
#: Seconds since 1970.
Clock = Callable[[], float]
#: Whose fields of a context are kept.
_MOST_SCOPES = 1_000
_NO_MORE: Mapping[str, str] = MappingProxyType({})

log = logging.getLogger(__name__)


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
        #: The number of the day, the id of its key, and a code of nothing under it.
        self._today: tuple[int, str, hmac.HMAC] | None = None

    def seal(self, viewer: Viewer, backend: int | None, acting: str | None = None) -> str:
        """The sealed viewer. Its names are in hexadecimal digits.

        ``acting`` is what the seal says instead of the viewer's role.
        """
        # Round once: the timestamp and the choice of the key must agree on the day, even within the
        # last millisecond of a day.
        now = round(self._clock() * 1000)
        day = now // _DAY_MILLISECONDS
        if self._today is None or self._today[0] != day:
            key = daily_key(self._master, _FIRST_DAY + day * DAY)
            self._today = day, key.id, hmac.new(key.key, digestmod="sha256")
        _, key_id, unsealed = self._today
        fields = (
            acting or viewer.role.value,
            str(now + round(self._seconds * 1000)),
            _scope(viewer.subject, viewer.partner, viewer.countries, viewer.centres, viewer.pools),
            (viewer.purpose_reference or "").encode().hex(),
            str(now),
            str(backend or ""),
            key_id,
        )
        body, mac = ",".join(fields), unsealed.copy()
        mac.update(body.encode())
        return f"{body},{mac.hexdigest()}"


@dataclass(frozen=True)
class TransactionLimits:
    """Limits that the database enforces, even if this process dies or is cut off."""

    statement_seconds: float
    lock_seconds: float
    #: No operation lasts longer, so a transaction idle for this long is abandoned.
    idle_seconds: float

    def settings(self) -> dict[str, str]:
        """The settings by which the database enforces them."""
        limits = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_seconds,
            "client_connection_check_interval": _NOTICE_SECONDS,
        }
        return {name: str(int(most * 1000)) for name, most in limits.items()}


@dataclass(frozen=True)
class TransactionStart:
    """What to send to the database with BEGIN."""

    #: What holds for the transaction and ends with it, so that a pooler may share connections:
    #: limits, and the database role to take on.
    settings: Mapping[str, str]
    #: Seals the viewer for a backend id, which is None behind a pooler; None where nobody asks.
    seal: Callable[[int | None], str] | None = None
    #: How long a statement may take.
    statement_seconds: float = inf

    def commands(
        self, begin: str, backend: int | None, more: Mapping[str, str] = _NO_MORE
    ) -> list[Command]:
        """The commands that begin a transaction with these settings, and some more, which may
        replace them."""
        settings = {**self.settings, **more}
        sealed = (self.seal(backend),) if self.seal else ()
        if not settings and not sealed:
            return [Command(begin)]
        text = set_locally(tuple(settings), bool(sealed))
        return [Command(begin), Command(text, (*sealed, *settings.values()))]


@lru_cache
def set_locally(names: Sequence[str], is_sealed: bool = False) -> str:
    """A statement that sets settings for the transaction, once it acts as a sealed viewer.

    PostgreSQL does all that in this order.
    """
    calls = ["viewer.authenticate($1)"] if is_sealed else []
    first = len(calls) + 1
    calls += (f"set_config('{name}', ${number}, true)" for number, name in enumerate(names, first))
    return f"SELECT {', '.join(calls)}"


class TransactionStarts:
    """Prepares the start of transactions for viewers, all with the same limits."""

    def __init__(self, seal: Seal, limits: TransactionLimits) -> None:
        self._seal = seal.seal
        self._statement_seconds = limits.statement_seconds
        shared = limits.settings()
        self._reading = {role: {**shared, "role": database_role(role)} for role in Role}
        self._writing = {role: {**shared, "role": writing_role(role)} for role in Role}

    def for_reading(self, viewer: Viewer) -> TransactionStart:
        """For reads, and for logging them."""
        seal = partial(self._seal, viewer)
        return TransactionStart(self._reading[viewer.role], seal, self._statement_seconds)

    def for_writing(self, viewer: Viewer) -> TransactionStart:
        """For mutations."""
        seal = partial(self._seal, viewer)
        return TransactionStart(self._writing[viewer.role], seal, self._statement_seconds)

    def for_the_gateway(self) -> TransactionStart:
        """For what the database tells the gateway itself, and no viewer."""
        seal = partial(self._seal, ANONYMOUS, acting=_GATEWAY)
        return TransactionStart(self._reading[Role.ANONYMOUS], seal, self._statement_seconds)


class OpenTransaction(NamedTuple):
    """A transaction that has begun, and what came of the commands that were sent with its BEGIN."""

    connection: PipelinedConnection
    results: Sequence[PGresult] = ()
    #: The failure of one of these commands, and how many were answered before it.
    failure: Error | None = None
    completed: int = 0


async def begin_transaction(
    pool: ConnectionPool,
    begin: str,
    start: TransactionStart,
    *,
    settings: Mapping[str, str] = _NO_MORE,
    savepoint: Command | None = None,
    reads: Sequence[Command] = (),
) -> OpenTransaction:
    """Take a connection and begin a transaction; the caller gives the connection back.

    ``settings`` hold for the transaction besides those of ``start``. ``reads`` are run in the same
    write, behind ``savepoint``.

    Raises FieldError with UNAVAILABLE or OVERLOADED, and psycopg.Error where the database does not
    believe the viewer.
    """
    for _ in range(_ATTEMPTS):
        connection = await check_out(pool)
        pipeline = connection.pipeline
        opening = start.commands(begin, connection.backend, settings)
        if savepoint:
            opening.append(savepoint)
        try:
            results = await pipeline.run(
                [*opening, *reads],
                seconds=ROUND_TRIP_SECONDS,
                prompt=len(opening) if reads else 0,
            )
        except asyncio.CancelledError:
            if reads:
                await end_transaction(pool, connection)
            else:
                pool.discard(connection)
            raise
        except BaseException as error:
            if isinstance(error, Error) and pipeline.completed and not is_broken(error):
                completed = pipeline.completed - len(opening)
                if completed < 0:  # the database does not believe the viewer
                    await end_transaction(pool, connection)
                    raise
                return OpenTransaction(connection, failure=error, completed=completed)
            pool.discard(connection)
            if not is_broken(error):
                raise
            if pipeline.completed:  # the connection broke under what ran
                break
            pool.close_idle()  # what broke one has broken them all
        else:
            return OpenTransaction(connection, results[len(opening) :])
    raise database_unavailable()


async def end_transaction(pool: ConnectionPool, connection: PipelinedConnection) -> None:
    """Roll a transaction back and return its connection to the pool.

    What still runs is cancelled. A connection on which this fails is closed.
    """
    pipeline = connection.pipeline
    try:
        if not pipeline.is_idle:
            await pipeline.drain(_CANCEL_SECONDS)
            await pipeline.run([_ROLLBACK], seconds=ROUND_TRIP_SECONDS)
    except (Error, OSError) as error:
        log.info("a connection was lost at the end of a transaction: %s", type(error).__name__)
    finally:
        pool.release(connection)  # which closes it unless the transaction is over


async def check_out(pool: ConnectionPool) -> PipelinedConnection:
    """Take a connection from the pool. Raises FieldError with UNAVAILABLE or OVERLOADED."""
    started_at = time.perf_counter()
    try:
        return await pool.acquire()
    except PoolExhaustedError as error:
        raise FieldError(ErrorCode.OVERLOADED, _FULL) from error
    except (Error, OSError) as error:
        raise database_unavailable() from error
    finally:
        current_record().connection_seconds += time.perf_counter() - started_at


@lru_cache(_MOST_SCOPES)
def _scope(
    subject: str,
    partner: str | None,
    countries: tuple[str, ...],
    centres: tuple[str, ...],
    pools: tuple[str, ...],
) -> str:
    """The fields of a context that are the same for all requests of a viewer."""
    lists = map(_array, (countries, centres, pools))
    return ",".join(map(_digits, (subject, partner or "", *lists)))


def _digits(text: str) -> str:
    return text.encode().hex()


def _array(words: Sequence[str]) -> str:
    """Format texts as a PostgreSQL array literal."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


_COMMIT = Command("COMMIT")


async def commit_in_one_write(
    pool: ConnectionPool, start: TransactionStart, commands: Sequence[Command]
) -> Sequence[PGresult]:
    """Run commands in a transaction of their own; their results, once they are committed.

    Where a connection breaks before it answers, they are sent once more: done twice, they must have
    no other effect than done once.

    Raises FieldError with UNAVAILABLE or OVERLOADED, psycopg.Error and OSError.
    """
    begun = await begin_transaction(pool, "BEGIN", start, reads=[*commands, _COMMIT])
    try:
        if begun.failure:
            raise begun.failure
        return begun.results[: len(commands)]
    finally:
        await end_transaction(pool, begun.connection)
