"""Orders the erasure of people whose files have been kept for as long as they are to be."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.rights.retention import Retention
from models.row_keys import new_key
from models.vocabulary import ErasureCause, Status

#: Applicants in the order in which they came, none younger than the shortest period.
_OLDEST = """
    SELECT id, created_at, erased_at IS NULL AND EXISTS (
        SELECT FROM application WHERE applicant_id = applicant.id
    ) AND NOT EXISTS (
        SELECT FROM application
        JOIN unnest($4::text[], $5::interval[]) AS period (status, kept) USING (status)
        WHERE applicant_id = applicant.id AND closed_at > now() - kept
    ) AND NOT EXISTS (
        SELECT FROM application WHERE applicant_id = applicant.id AND closed_at IS NULL
    ) AND NOT EXISTS (
        SELECT FROM erasure WHERE applicant_id = applicant.id
    ) AS is_due
    FROM applicant
    WHERE (created_at, id) > ($1, $2) AND created_at < now() - $3::interval
    ORDER BY created_at, id LIMIT $6
"""
_ORDER = f"""
    INSERT INTO erasure (id, applicant_id, cause)
    SELECT id, applicant_id, '{ErasureCause.RETENTION}'
    FROM unnest($1::uuid[], $2::uuid[]) AS due (id, applicant_id)
    ON CONFLICT (applicant_id) DO NOTHING
"""  # noqa: S608


class Place(NamedTuple):
    """Up to which applicant a walk has come."""

    created_at: datetime
    id: UUID


_BEGINNING = Place(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


async def order_due(
    connection: asyncpg.Connection, retention: Retention, place: Place | None, limit: int
) -> Place | None:
    """Order those of a batch who are due; return up to where it came, None at the end."""
    began = place or _BEGINNING
    days: Mapping[Status, int] = retention.days
    periods = [timedelta(days=kept) for kept in days.values()]
    rows = await connection.fetch(_OLDEST, *began, min(periods), list(days), periods, limit)
    due = [row["id"] for row in rows if row["is_due"]]
    await connection.execute(_ORDER, [new_key() for _ in due], due)
    return Place(rows[-1]["created_at"], rows[-1]["id"]) if len(rows) == limit else None
