"""Commands that are committed by themselves: BEGIN, they and COMMIT take one write and one wait."""

from collections.abc import Sequence

from psycopg.pq.abc import PGresult

from gateway.access.transactions.begin import (
    TransactionStart,
    begin_transaction,
    end_transaction,
)
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool

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
