"""Corrections of people on file: who proposed one, who approved it, but not what it changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import CorrectionState, Role


class Correction(Base):
    """A proposed version of an identity, and what became of it.

    A trigger puts it into force: nothing else changes an existing identity.
    """

    __tablename__ = "correction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: The case in which it was proposed.
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    applicant_id: Mapped[UUID]
    version: Mapped[int]
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    proposed_role: Mapped[str]
    #: After a grant: the first of two who approve it.
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    #: When it took effect, or was rejected, and by whom; null for what lapsed with its case.
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    #: Why it was rejected.
    reason: Mapped[str | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["applicant_id", "version"],
            ["identity_version.applicant_id", "identity_version.number"],
        ),
        Index(None, "application_id", "proposed_at", "id"),
        # One at a time: what it would change is known.
        Index(
            "uq_correction_open",
            "applicant_id",
            unique=True,
            postgresql_where=text("state IN ('PROPOSED', 'APPROVED')"),
        ),
        Index("uq_correction_version", "applicant_id", "version", unique=True),
        one_of("state", CorrectionState),
        one_of("proposed_role", Role),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_whom"),
        CheckConstraint("closed_by <> approved_by OR state = 'REJECTED'", name="approved_by_two"),
        CheckConstraint("(state = 'REJECTED') = (reason IS NOT NULL)", name="rejected_with_reason"),
        CheckConstraint(
            "(state IN ('PROPOSED', 'APPROVED')) = (closed_at IS NULL)", name="open_until_closed"
        ),
        CheckConstraint("closed_at >= proposed_at", name="closed_after_proposal"),
    )
