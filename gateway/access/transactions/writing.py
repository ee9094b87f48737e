"""One mutation's hold on the database: one connection, one transaction, all or nothing.

READ COMMITTED: whoever changes an application locks its row first and reads it again then, so each
writer waits for the one before and sees what that one committed. A snapshot (REPEATABLE READ) would
turn every such wait into a serialisation failure, where a client is to be told what happened.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from asyncpg import PostgresError
from sqlalchemy import ARRAY, ColumnElement, Executable, Row, any_, func, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.rows import changeable
from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.access.transactions.errors import BROKEN, is_outage, state_of
from gateway.errors import ErrorCode, FieldError
from gateway.logs.operation import current_record
from gateway.viewer import Viewer
from models import Application
from models.database.connections import driver_of

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

_AWAY = "The database does not answer. Ask again with the same key: that tells what came of it."
_TOLD: Mapping[str, tuple[ErrorCode, str]] = {
    "57014": (ErrorCode.TIMEOUT, "This took too long, and nothing was changed."),
    "55P03": (
        ErrorCode.TIMEOUT,
        "Somebody else is changing this just now. Try again with the same key.",
    ),
    "40P01": (ErrorCode.UNAVAILABLE, "Nothing was changed. Try again with the same key."),
}


class WriteTransaction:
    """A transaction under way; leaving the block that opened it commits."""

    def __init__(self, connection: AsyncConnection, viewer: Viewer) -> None:
        self._connection = connection
        self.viewer = viewer

    async def run(self, statement: Executable, values: Any = None) -> None:
        """Write. Raises FieldError where it takes too long or waits too long."""
        await self._execute(statement, values)

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """The rows that a statement reads, or wrote and returns."""
        return (await self._execute(statement, None)).all()

    async def lock(self, mutation: str, application: UUID) -> bool:
        """Lock an application; False where the viewer's policy reaches none of this id.

        A foreign row is never locked and never waited for: it takes the path of a missing one.
        """
        in_reach = select(Application.id).where(
            Application.id == application, changeable(mutation, self.viewer)
        )
        return bool(await self.rows(in_reach.with_for_update(of=Application, key_share=True)))

    async def all_within(self, scope: ColumnElement[bool], applications: Sequence[UUID]) -> bool:
        """Whether applications that were written lie in a scope of who wrote them."""
        written = select(func.count()).where(
            Application.id == any_(literal(list(applications), ARRAY(Application.id.type))),
            scope,
        )
        [(kept,)] = await self.rows(written)
        return kept == len(applications)

    async def _execute(self, statement: Executable, values: Any) -> Any:
        current_record().statements += 1
        try:
            return await self._connection.execute(statement, values)
        except BROKEN:
            raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from None
        except DBAPIError as error:
            if is_outage(error):
                raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from None
            if told := _TOLD.get(state_of(error)):
                raise FieldError(*told) from None
            raise


@asynccontextmanager
async def begin_writing(
    engine: AsyncEngine, viewer: Viewer, opening: TransactionStart
) -> AsyncIterator[WriteTransaction]:
    """A transaction for one mutation: committed at the end, rolled back where anything is raised.

    Raises FieldError where the database is away or full.
    """
    connection = await begin_transaction(engine, _BEGIN, opening)
    is_clean = False
    try:
        driver = driver_of(connection)
        try:
            yield WriteTransaction(connection, viewer)
        except Exception:
            is_clean = await _is_rolled_back(driver)
            raise
        await _commit(driver)
        is_clean = True
    finally:
        if not is_clean:  # given up midway, or the outcome is unknown
            await connection.invalidate()
        await connection.close()


async def _commit(driver: Any) -> None:
    try:
        await driver.execute("COMMIT", timeout=ROUND_TRIP_SECONDS)
    except (PostgresError, *BROKEN) as error:
        raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from error


async def _is_rolled_back(driver: Any) -> bool:
    try:
        await driver.execute("ROLLBACK", timeout=ROUND_TRIP_SECONDS)
    except Exception:  # the connection is lost, and the transaction with it
        return False
    return True
