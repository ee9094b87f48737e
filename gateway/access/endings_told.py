"""Counts of whom each viewer was told the last four of a passport: many raise an alert.

Nothing is refused for it. PostgreSQL counts people, for all gateways, before the answer leaves: it
holds a lock of the viewer's own meanwhile, so that of many answers at once none goes uncounted.
"""

from collections.abc import Collection
from http import HTTPStatus
from uuid import UUID

from psycopg import Error
from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.policy import COUNTED_ENDINGS
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.keys import new_key


async def count_endings(
    pool: ConnectionPool,
    start: TransactionStart,
    viewer: Viewer,
    people: Collection[UUID],
    most: int,
) -> None:
    """Count the people of an answer; beyond ``most`` in an hour an alert is raised.

    Raises RequestError with UNAVAILABLE if that fails; the answer must then be withheld.
    """
    if viewer.role not in COUNTED_ENDINGS:
        return
    told = literal(sorted(people), ARRAY(Uuid))
    counting = func.viewer.count_endings(viewer.role.value, most, told, new_key())
    try:
        connection, *_ = await begin_transaction(pool, "BEGIN", start)
        try:
            await connection.alchemy.execute(select(counting))
            await connection.pipeline.run([Command("COMMIT")], seconds=ROUND_TRIP_SECONDS)
        finally:
            await pool.release(connection)  # which closes it unless the transaction is over
    except (FieldError, SQLAlchemyError, Error, OSError) as error:
        raise RequestError(
            ErrorCode.UNAVAILABLE,
            "What was read could not be counted, so nothing is told. Try again.",
            HTTPStatus.SERVICE_UNAVAILABLE,
        ) from error
