"""Writes the access log: reads of identity are committed before the answer is sent."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from psycopg import Error
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from gateway.access.purpose import StatedPurpose
from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    TransactionStart,
    begin_transaction,
)
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.viewer import Viewer
from models import AccessEvent
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.keys import new_key


async def record_reads(
    pool: ConnectionPool,
    start: TransactionStart,
    viewer: Viewer,
    purpose: StatedPurpose,
    applicants: Collection[UUID],
    fields: Sequence[str],
    trace_id: str,
) -> None:
    """Log one access event for each applicant, all or none, as the viewer.

    Raises RequestError with UNAVAILABLE if that fails; the answer must then be withheld.
    """
    country = viewer.countries[0] if len(viewer.countries) == 1 else None
    now = datetime.now(UTC)
    events = [
        {
            "id": new_key(),
            "occurred_at": now,
            "applicant_id": applicant,
            "actor": viewer.subject,
            "actor_role": viewer.role.value,
            "actor_partner_code": viewer.partner,
            "actor_country_code": country,
            "purpose": purpose.code.value,
            "case_reference": purpose.case_reference,
            "fields": list(fields),
            "trace_id": trace_id,
        }
        for applicant in sorted(applicants)
    ]
    try:
        await _write(pool, start, events)
    except (FieldError, SQLAlchemyError, Error, OSError) as error:
        raise RequestError(
            ErrorCode.UNAVAILABLE,
            "The read could not be logged, so nothing is told. Try again.",
            HTTPStatus.SERVICE_UNAVAILABLE,
        ) from error


async def _write(
    pool: ConnectionPool, start: TransactionStart, events: list[dict[str, Any]]
) -> None:
    connection, *_ = await begin_transaction(pool, "BEGIN", start)
    try:
        await connection.alchemy.execute(insert(AccessEvent), events)
        await connection.pipeline.run([Command("COMMIT")], seconds=ROUND_TRIP_SECONDS)
    finally:
        await pool.release(connection)  # which closes it unless the transaction is over
