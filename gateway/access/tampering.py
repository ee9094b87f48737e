"""Tells auditors, and supervisors who did not meet it, that somebody changed a sealed value."""

import logging
from collections.abc import Mapping
from uuid import UUID

from psycopg import Error
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.errors import FieldError
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.keys import new_key

log = logging.getLogger(__name__)


async def raise_tampering(
    pool: ConnectionPool, start: TransactionStart, viewer: Viewer, tampered: Mapping[UUID, bool]
) -> None:
    """Raise an alert for each subject, as the viewer who met it; and whether it is on the ban list.

    Where that is impossible now it is logged: the read fails anyway, and raises it when it is tried
    again.
    """
    try:
        connection, *_ = await begin_transaction(pool, "BEGIN", start)
        try:
            for subject, is_banned in tampered.items():
                raised = func.viewer.raise_tampering(
                    viewer.role.value, new_key(), subject, is_banned
                )
                await connection.alchemy.execute(select(raised))
            await connection.pipeline.run([Command("COMMIT")], seconds=ROUND_TRIP_SECONDS)
        finally:
            await pool.release(connection)
    except (FieldError, SQLAlchemyError, Error, OSError) as error:
        log.error("nobody was told that a sealed value was changed: %s", type(error).__name__)
