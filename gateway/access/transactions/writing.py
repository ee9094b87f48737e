"""The transaction in which a mutation reads and writes: all or nothing.

READ COMMITTED: a mutation locks an application before it reads it, so each writer waits for the one
before it and sees what that one committed. REPEATABLE READ would turn every such wait into a
serialisation failure, which tells the client nothing.
"""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import Error
from sqlalchemy import ARRAY, ColumnElement, Executable, Row, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access.rows import changeable
from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.access.transactions.errors import (
    STATEMENT_ERRORS,
    SUSPENDED,
    is_broken,
    state_of,
    suspension_refusal,
)
from gateway.access.vault import closed_vault
from gateway.errors import ErrorCode, FieldError
from gateway.logs.requests import current_record
from gateway.viewer import Viewer
from models import Application
from models.database.command_pipeline import Command, CommandPipeline
from models.database.pool import ConnectionPool
from models.person.vault import Vault

log = logging.getLogger(__name__)

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

_AWAY = "The database does not answer. Ask again with the same key: that tells what came of it."
_CLIENT_ERRORS: Mapping[str, tuple[ErrorCode, str]] = {
    "57014": (ErrorCode.TIMEOUT, "This took too long, and nothing was changed."),
    "55P03": (
        ErrorCode.TIMEOUT,
        "Somebody else is changing this just now. Try again with the same key.",
    ),
    "40P01": (ErrorCode.UNAVAILABLE, "Nothing was changed. Try again with the same key."),
}


class WriteTransaction:
    """An open transaction. It commits when the block of `begin_writing` ends."""

    def __init__(self, connection: AsyncConnection, viewer: Viewer, vault: Vault | None) -> None:
        self._connection = connection
        self._vault = vault
        self.viewer = viewer

    @property
    def vault(self) -> Vault:
        """Raises FieldError with UNAVAILABLE where there is no key service."""
        if self._vault is None:
            raise closed_vault()
        return self._vault

    async def run(self, statement: Executable, values: Any = None) -> None:
        """Run a statement. Raises FieldError on timeouts, deadlocks and outages."""
        await self._execute(statement, values)

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """The rows that a statement selects or returns."""
        return (await self._execute(statement, None)).all()

    async def lock(self, mutation: str, application: UUID) -> bool:
        """Lock an application; False if the viewer may not change one with this id.

        A row out of reach is neither locked nor waited for, just like one that does not exist.
        """
        changeable_row = select(Application.id).where(
            Application.id == application, changeable(mutation, self.viewer)
        )
        return bool(await self.rows(changeable_row.with_for_update(of=Application, key_share=True)))

    async def all_within(self, scope: ColumnElement[bool], applications: Sequence[UUID]) -> bool:
        """Whether all of these applications meet a condition after they were written."""
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
        except STATEMENT_ERRORS as error:
            if is_broken(error):
                raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from None
            if state_of(error) == SUSPENDED:
                raise suspension_refusal() from None
            if client_error := _CLIENT_ERRORS.get(state_of(error)):
                raise FieldError(*client_error) from None
            raise


@asynccontextmanager
async def begin_writing(
    pool: ConnectionPool, viewer: Viewer, start: TransactionStart, vault: Vault | None = None
) -> AsyncIterator[WriteTransaction]:
    """A transaction for one mutation: commits at the end, rolls back on any exception.

    Raises FieldError if the database is unavailable or overloaded.
    """
    connection, *_ = await begin_transaction(pool, _BEGIN, start)
    try:
        try:
            yield WriteTransaction(connection.alchemy, viewer, vault)
        except Exception:
            await _roll_back(connection.pipeline)
            raise
        await _commit(connection.pipeline)
    finally:
        # It is closed where the transaction is not over: cancelled, or with an unknown outcome.
        await pool.release(connection)


async def _commit(pipeline: CommandPipeline) -> None:
    try:
        await pipeline.run([Command("COMMIT")], seconds=ROUND_TRIP_SECONDS)
    except (Error, OSError) as error:
        raise FieldError(ErrorCode.UNAVAILABLE, _AWAY) from error


async def _roll_back(pipeline: CommandPipeline) -> None:
    try:
        await pipeline.run([Command("ROLLBACK")], seconds=ROUND_TRIP_SECONDS)
    except (Error, OSError) as error:  # the connection is lost, and the transaction with it
        log.info("a connection was lost at the end of a change: %s", type(error).__name__)
