"""The ledger of reference changes: what was proposed, by which decree, who approved it, from when.

``models/schema/reference_changes.sql`` writes what was approved: no role of viewers writes
reference data otherwise.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.row_keys import key_at, new_key
from models.vocabulary import ReferenceChangeState, ReferenceKind

_STATE = (
    "CASE WHEN is_initial THEN 'INITIAL' WHEN cancelled_by IS NOT NULL THEN 'CANCELLED'"
    " WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE 'PROPOSED' END"
)

#: Of so many proposals it is said whom they touch: the newest ones.
MOST_PROPOSALS = 100

_RECORD_BEGINNING = """
    INSERT INTO reference_change
        (id, kind, subject, effective_on, targets, changed, is_initial, proposed_at)
    SELECT
        ($1::uuid[])[number], kind, subject, effective_on, targets, changed, true,
        coalesce($2, clock_timestamp())
    FROM find_unrecorded_reference_rows()
    WHERE number <= cardinality($1::uuid[])
    ORDER BY number
"""


class ReferenceChange(Base):
    """A change of reference data by a decree, from its proposal on; never removed.

    What came without a decree, when Gerbang was set up, is marked as such: ``is_initial``.
    """

    __tablename__ = "reference_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: The code of what it is about, such as a visa type's. Made from the rows, as the next two.
    subject: Mapped[str]
    #: None for what has no day of its own, until it is approved.
    effective_on: Mapped[date | None]
    #: The keys of the rows: no two changes of one row wait or are to come at once.
    targets: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: Each row: its table, what it was, what was in force, and what it becomes.
    changed: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    decree: Mapped[str | None]
    reason: Mapped[str | None]
    proposed_by: Mapped[str | None]
    proposed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    is_initial: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(Computed(_STATE, persisted=True))

    __table_args__ = (
        one_of("kind", ReferenceKind),
        one_of("state", ReferenceChangeState),
        CheckConstraint(
            "num_nulls(decree, reason, proposed_by) = CASE WHEN is_initial THEN 3 ELSE 0 END",
            name="by_a_decree",
        ),
        CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
        CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_somebody"
        ),
        CheckConstraint(
            "num_nulls(cancelled_by, cancelled_at, cancel_reason) IN (0, 3)",
            name="cancelled_with_reason",
        ),
        CheckConstraint(
            "NOT is_initial OR num_nonnulls(approved_by, cancelled_by) = 0",
            name="initial_by_nobody",
        ),
        Index(None, "proposed_at", "id"),
        Index(None, "kind", "proposed_at", "id"),
        Index(None, "subject", "proposed_at", "id"),
        Index(None, "subject", "kind", "proposed_at", "id"),
        Index(None, "state", "proposed_at", "id"),
    )


class ReferenceChangeValue(Base):
    """One value of a change, as it was and as it becomes; the database writes it from the rows."""

    __tablename__ = "reference_change_value"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("reference_change.id"), primary_key=True)
    #: The number of the row among those of the change, and of the value in it.
    line: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: As the API names it.
    name: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]

    __table_args__ = (one_of("kind", ReferenceKind),)


async def record_beginning(connection: asyncpg.Connection, at: datetime | None = None) -> None:
    """Write into the ledger each row that no change accounts for: it came when Gerbang was set up.

    That is now, unless ``at`` is given; the same instant gives the same keys each time.
    """
    missing = await connection.fetch("SELECT number FROM find_unrecorded_reference_rows()")
    since = int(at.timestamp() * 1000) if at else None
    keys = [new_key() if since is None else key_at(since, one["number"]) for one in missing]
    await connection.execute(_RECORD_BEGINNING, keys, at)
