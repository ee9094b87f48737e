"""Requests of people whose data is on file: what they ask, by when, and how they are answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import DataRequestKind, DataRequestState, Role

#: How long an answer may take (UU 27/2022): 3 × 24 hours, whatever days they fall on.
ANSWER_HOURS = 72


class DataRequest(Base):
    """One request, lodged by an applicant or registered by the data protection officer.

    Never removed: it shows that it was answered, and when. It says nothing of who somebody is.
    """

    __tablename__ = "data_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Random; a purpose names it to look up the author of a letter.
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    #: Whose data it is about; null until the person who wrote a letter is found.
    applicant_id: Mapped[UUID | None] = mapped_column(ForeignKey("applicant.id"))
    #: The sign-in by which it was lodged, and which reads the answer; null for a letter.
    account: Mapped[str | None]
    lodged_by: Mapped[str]
    lodged_role: Mapped[str]
    lodged_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: By when it is to be answered.
    due_at: Mapped[datetime] = mapped_column(
        server_default=text(f"(clock_timestamp() + '{ANSWER_HOURS}:00:00'::interval)")
    )
    outcome: Mapped[str | None]
    #: The answer, for the person who asked.
    reason: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Computed("coalesce(outcome, 'OPEN')", persisted=True))

    __table_args__ = (
        one_of("kind", DataRequestKind),
        one_of("state", DataRequestState),
        one_of("lodged_role", Role),
        CheckConstraint("outcome <> 'OPEN'", name="outcome_is_an_answer"),
        CheckConstraint(
            "num_nulls(outcome, reason, answered_by, answered_at) IN (0, 4)",
            name="answered_with_reason",
        ),
        CheckConstraint(
            "applicant_id IS NOT NULL OR outcome IS DISTINCT FROM 'GRANTED'",
            name="granted_to_somebody",
        ),
        CheckConstraint("answered_at >= lodged_at", name="answered_after_lodging"),
        Index(None, "due_at", "id"),
        Index(None, "state", "due_at", "id"),
        Index(None, "kind", "due_at", "id"),
        Index(None, "account", "due_at", "id"),
        # One at a time of each kind: asked again, it is the same.
        Index(
            "uq_data_request_open",
            "applicant_id",
            "kind",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )
